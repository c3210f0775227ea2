import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { type RunSurroundings, runService } from '../../../src/cli/serve/run-service.js'
import { SERVED, type Served, serviceOptions } from '../../../src/cli/serve/service-options.js'
import type { StopCause } from '../../../src/cli/shell/signals.js'
import { ACB_BOOST, FOREWARNER } from '../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, LATEST } from '../../../src/core/grid/names.js'
import { SAFETY, SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { pass, turns } from '../../support/pass-time.js'

const START = Date.UTC(2026, 0, 6)

async function serve(service: Served) {
  const time = new VirtualTime(START)
  const store = new MemoryGridStore({ timer: time })
  const client = () => memoryGrid({ store, listenerFailed: () => expect.unreachable() })
  const watcher = client()
  let stop: (cause: StopCause) => void = () => {}
  const surroundings: RunSurroundings = {
    time,
    openGrid: async () => client(),
    signals: () => ({
      stopped: new Promise((resolve) => {
        stop = resolve
      }),
      release: () => {},
    }),
  }
  const options = await serviceOptions(service, { grid: 'hazelcast://127.0.0.1:5701', quiet: true })
  const running = runService(options, surroundings)
  await turns()
  const text = async (map: string, key: string) => (await watcher.map(map).get(key)) ?? ''
  return { time, watcher, running, stop: (cause: StopCause) => stop(cause), text }
}

describe('a served service', () => {
  it.each([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)('runs with its heartbeat until %s, and ends with %d', async (cause, code) => {
    for (const service of SERVED) {
      const { time, running, stop, text } = await serve(service)
      await pass(time, 12_000)
      const heartbeat = SERVICE_HEARTBEAT.read(await text(GRID_MAPS.heartbeat, service))
      expect(heartbeat, service).toMatchObject({
        value: { name: service, state: 'RUNNING', iso: new Date(START + 10_000).toISOString(), pid: process.pid },
      })
      stop(cause)
      await pass(time, 2_000)
      expect(await running).toBe(code)
      await pass(time, 100)
      expect(time.waiting, `${service} leaves no timer`).toBe(0)
    }
  })

  it('writes what it is there for', async () => {
    const survival = await serve('survival')
    await pass(survival.time, 10_000)
    expect(SAFETY.read(await survival.text(GRID_MAPS.safety, LATEST))).toMatchObject({
      value: { posture: 'HIBERNATE' },
    })
    survival.stop('SIGTERM')

    const forewarner = await serve('forewarner')
    await pass(forewarner.time, 10_000)
    expect(FOREWARNER.read(await forewarner.text(GRID_MAPS.features, FEATURE_KEYS.forewarner))).toMatchObject({
      value: { source: 'FALLBACK_NO_DATA', max_leverage: 5 },
    })
    forewarner.stop('SIGTERM')

    const breaker = await serve('breaker')
    const scan = JSON.stringify({ scan_number: 1, timestamp: new Date(START).toISOString(), asset_prices: {} })
    await breaker.watcher.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, scan)
    await turns()
    expect(ACB_BOOST.read(await breaker.text(GRID_MAPS.features, FEATURE_KEYS.breaker))).toMatchObject({
      value: { boost: 1, beta: 0.2, date: '2026-01-06' },
    })
    breaker.stop('SIGTERM')
    for (const { time, running } of [survival, forewarner, breaker]) {
      await pass(time, 2_000)
      expect(await running).toBe(0)
    }
  })
})
