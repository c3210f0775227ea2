import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import type { GridDocument } from '../../src/core/grid/document.js'
import { ACB_BOOST, FOREWARNER } from '../../src/core/grid/feature-documents.js'
import {
  BREAKER_FENCE_REFERENCE,
  FEATURE_KEYS,
  GRID_MAPS,
  LATEST,
  POSTURE_REFERENCE,
} from '../../src/core/grid/names.js'
import { SAFETY, SERVICE_HEARTBEAT } from '../../src/core/grid/watch-documents.js'
import type { Grid } from '../../src/ports/grid.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { until } from '../support/until.js'
import { RunningDolphin } from './running-dolphin.js'

describe.skipIf(!hasHazelcast())('services that run as processes of their own on a cluster', () => {
  let cluster: HazelcastCluster
  let grid: Grid
  let url = ''
  const running: RunningDolphin[] = []
  const serve = (...args: string[]): RunningDolphin => {
    const served = new RunningDolphin(['serve', ...args, '--grid', url, '--json'])
    running.push(served)
    return served
  }
  beforeAll(async () => {
    cluster = await startCluster(1)
    url = `hazelcast://${cluster.address.members.join(',')}`
    grid = await hazelcastGrid({ ...cluster.address, deadlineMs: 60_000, listenerFailed: () => expect.unreachable() })
  })
  afterEach(async () => {
    for (const served of running.splice(0)) await served.stop('SIGKILL')
  })
  afterAll(async () => {
    await grid.close()
    await cluster.end()
  })

  async function read<Read>(
    document: Pick<GridDocument<never, Read>, 'read'>,
    text: Promise<string | undefined>,
  ): Promise<Read | undefined> {
    const reading = document.read((await text) ?? '')
    return 'value' in reading ? reading.value : undefined
  }
  const feature = (key: string) => grid.map(GRID_MAPS.features).get(key)
  const scan = (number: number) =>
    grid
      .map(GRID_MAPS.features)
      .set(
        FEATURE_KEYS.scan,
        JSON.stringify({ scan_number: number, timestamp: new Date().toISOString(), asset_prices: {} }),
      )

  it('publish postures and reports, with heartbeats, and end with 0 when they are told to', async () => {
    const [survival, forewarner] = [serve('survival'), serve('forewarner')]
    const report = await until(() => read(FOREWARNER, feature(FEATURE_KEYS.forewarner)))
    expect(report).toMatchObject({ source: 'FALLBACK_NO_DATA', status: 'ORANGE', max_leverage: 5 })
    const posture = await until(async () => {
      const text = grid.reference(POSTURE_REFERENCE).get()
      const document = await read(SAFETY, text)
      return document?.posture === 'HIBERNATE' && document
    })
    expect(posture.reason).toContain('Cat2')
    expect(await read(SAFETY, grid.map(GRID_MAPS.safety).get(LATEST))).toMatchObject({ Rm: posture.Rm })
    for (const name of ['survival', 'forewarner']) {
      const heartbeat = await until(() => read(SERVICE_HEARTBEAT, grid.map(GRID_MAPS.heartbeat).get(name)))
      expect(heartbeat.name).toBe(name)
    }
    expect(await survival.stop('SIGTERM')).toBe(0)
    expect(JSON.parse(survival.out)).toMatchObject({ schema: 'dolphin.service/1', name: 'survival', state: 'EXITED' })
    expect(survival.said).toContain(`Serving survival on ${url}: the posture from the sensors every 5 s`)
    expect(await forewarner.stop('SIGINT')).toBe(130)
  })

  it.each([
    ['is stopped', 'SIGTERM', 0],
    ['is killed', 'SIGKILL', null],
  ] as const)('hand the right to write from a breaker that %s to the next', async (_, signal, code) => {
    await grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.breaker)
    const one = serve('breaker')
    await until(() => one.said.includes('Serving breaker'))
    await scan(1)
    const first = await until(() => read(ACB_BOOST, feature(FEATURE_KEYS.breaker)))
    expect(first).toMatchObject({ boost: 1, beta: 0.2, date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) })
    serve('breaker')
    expect(await one.stop(signal)).toBe(code)
    const second = await until(async () => {
      const now = await read(ACB_BOOST, feature(FEATURE_KEYS.breaker))
      return now !== undefined && now.fence !== first.fence && now
    })
    expect(BigInt(second.fence!)).toBeGreaterThan(BigInt(first.fence!))
    expect(await grid.reference(BREAKER_FENCE_REFERENCE).get()).toBe(second.fence)
  })

  it('write everything anew into a cluster that was lost with all that it held', async () => {
    // What the tests before have left says nothing of these.
    await grid.map(GRID_MAPS.safety).remove(LATEST)
    for (const key of [FEATURE_KEYS.breaker, FEATURE_KEYS.forewarner]) await grid.map(GRID_MAPS.features).remove(key)
    const served = [serve('survival', '--posture', 'STALKER'), serve('breaker'), serve('forewarner')]
    await until(() => served.every(({ said }) => said.includes('Serving')))
    await scan(1)
    const isThere = async () =>
      (await read(SAFETY, grid.map(GRID_MAPS.safety).get(LATEST)))?.posture === 'STALKER' &&
      (await read(ACB_BOOST, feature(FEATURE_KEYS.breaker))) !== undefined &&
      (await read(FOREWARNER, feature(FEATURE_KEYS.forewarner))) !== undefined
    await until(isThere)
    await cluster.kill(0)
    await until(() => grid.connection.state === 'OFFLINE')
    await cluster.start()
    await until(() => grid.connection.state === 'CONNECTED')
    await until(isThere)
    expect(await read(SAFETY, grid.reference(POSTURE_REFERENCE).get())).toMatchObject({
      posture: 'STALKER',
      fixed: true,
    })
    for (const one of served) expect(await one.stop('SIGTERM'), one.said).toBe(0)
  })
})
