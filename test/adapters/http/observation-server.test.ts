import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ObservationServer, serveObservation } from '../../../src/adapters/http/observation-server.js'
import type { ObservationView } from '../../../src/adapters/http/observation-view.js'

const VIEW: ObservationView = {
  snapshot: {
    ...{ status: 'UNINITIALIZED', timestampMs: 1_767_614_400_000, symbolsActive: ['BTCUSDT'], promotedEvents: [] },
    counters: {
      intervalsProcessed: 9,
      accepted: { TRADE: 120, MARK_PRICE: 9 },
      refused: { 'TRADE:DUPLICATE': 3, 'LIQUIDATION:TOO_OLD': 1 },
      evicted: { ringEvicted: 5 },
      noted: { depthOutOfOrder: 7 },
    },
    primitives: new Map(),
  },
  leftOut: { booksUnlisted: 4 },
  regimes: { BTCUSDT: 'VOLATILE' },
  ...{ advances: 10, followed: 1 },
  market: {
    connections: 1,
    malformed: { trade: 2 },
    reconnects: { silent: 1 },
    dead: [],
    trades: { repeated: 3, missed: 4 },
  },
  recording: { written: 40, waiting: 2, durableMs: null, lost: undefined, failure: undefined },
}

let server: ObservationServer
let view = VIEW
let ageMs: number | undefined

beforeEach(async () => {
  view = VIEW
  ageMs = 400
  server = await serveObservation(() => view, {
    ...{ host: '127.0.0.1', port: 0, nowMs: () => performance.now(), ageMs: () => ageMs },
  })
})
afterEach(() => server.close())

describe('an observation that is served', () => {
  it('counts every refusal by kind and reason', async () => {
    const { text } = await ask('/metrics')
    for (const line of [
      'dolphin_observation_refused_total{kind="TRADE",reason="DUPLICATE"} 3',
      'dolphin_observation_refused_total{kind="LIQUIDATION",reason="TOO_OLD"} 1',
      'dolphin_observation_accepted_total{kind="TRADE"} 120',
      'dolphin_observation_evicted_total{why="ringEvicted"} 5',
      'dolphin_observation_noted_total{what="depthOutOfOrder"} 7',
      'dolphin_observation_left_out_total{what="booksUnlisted"} 4',
      'dolphin_observation_malformed_total{what="trade"} 2',
      'dolphin_observation_reconnects_total{why="silent"} 1',
      'dolphin_observation_trades_left_out_total{why="repeated"} 3',
      'dolphin_observation_trades_left_out_total{why="missed"} 4',
      'dolphin_observation_status{value="UNINITIALIZED"} 1',
      'dolphin_observation_status{value="FAILED"} 0',
      'dolphin_observation_snapshot_time_ms 1767614400000',
      'dolphin_observation_regime{symbol="BTCUSDT",value="VOLATILE"} 1',
      'dolphin_observation_regime{symbol="BTCUSDT",value="RANGING"} 0',
      'dolphin_observation_recorded_rows{state="waiting"} 2',
    ])
      expect(text).toContain(`${line}\n`)
  })

  it('has figures of now, not sums of readings', async () => {
    await ask('/metrics')
    view = { ...VIEW, regimes: {} }
    const { text } = await ask('/metrics')
    expect(text).toContain('dolphin_observation_accepted_total{kind="TRADE"} 120\n')
    expect(text).not.toContain('symbol="BTCUSDT"')
  })

  it('is healthy while it advances', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'ok\n' })
    ageMs = 91_000
    expect(await ask('/healthz')).toMatchObject({ status: 503, text: 'not advanced for 91 s\n' })
    ageMs = undefined
    expect(await ask('/healthz')).toMatchObject({ status: 503, text: expect.stringContaining('not advanced yet') })
  })

  it('is not healthy once it has failed, and says why', async () => {
    view = { ...VIEW, snapshot: { ...VIEW.snapshot, status: 'FAILED', failureReason: 'EXCEPTION' } }
    expect(await ask('/healthz')).toMatchObject({ status: 503, text: 'FAILED: EXCEPTION\n' })
    expect((await ask('/metrics')).text).toContain('dolphin_observation_status{value="FAILED"} 1\n')
  })

  it('says of itself as JSON what it has counted', async () => {
    const { text } = await ask('/observation')
    expect(JSON.parse(text)).toMatchObject({
      ...{ schema: 'dolphin.observation-health/1', status: 'UNINITIALIZED', advances: 10 },
      ...{ regimes: { BTCUSDT: 'VOLATILE' }, counters: VIEW.snapshot.counters },
    })
  })

  it.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['GET', '/elsewhere', {}, 404],
    ['POST', '/metrics', {}, 405],
    ['GET', '/metrics', { host: 'evil.example' }, 421],
    ['GET', '/metrics', { origin: 'http://evil.example' }, 403],
  ])('answers %s %s with headers %j by %d', async (method, path, headers, status) => {
    expect(await ask(path, { method, headers })).toMatchObject({ status })
  })
})

function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
  }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.address}${path}`, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
    asked.on('error', reject).end()
  })
}
