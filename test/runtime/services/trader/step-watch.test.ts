import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS, RESULT_KEYS } from '../../../../src/core/grid/names.js'
import { holding, LIVE_DAY, LiveTrader, next, trading } from '../../../support/live-trader.js'

const BAR_MS = 5_000
const RESULTS = GRID_MAPS.pnl('BLUE')

const holds = ({ bars }: LiveTrader) => bars.map(({ hold }) => hold ?? 'none')

describe('a posture', () => {
  it('that nobody has published forbids entries, and that is told once', async () => {
    const live = new LiveTrader()
    await live.start()
    await live.scan({ velDiv: -1 })
    await live.pass(BAR_MS)
    await live.scan({ velDiv: -1 })
    expect(holds(live)).toEqual(['NO_POSTURE', 'NO_POSTURE'])
    expect(live.state.position).toBeNull()
    expect(live.notices.filter((text) => text.startsWith('No posture can be read'))).toHaveLength(1)
    await live.posture('APEX')
    await live.pass(BAR_MS)
    await live.scan({ velDiv: -1 })
    expect(live.state.position).toMatchObject({ direction: -1 })
    expect(live.notices).toContain('The posture can be read: APEX.')
    await live.stop()
  })

  it('that is not renewed for a minute forbids entries, and exits go on by it', async () => {
    const live = await holding()
    await live.pass(61_000)
    await live.scan({ velDiv: 1 })
    await live.pass(BAR_MS)
    await live.scan({ velDiv: -1 })
    expect(live.state.position).toBeNull()
    expect(live.bars.slice(-2)).toMatchObject([
      { posture: 'APEX', hold: 'NO_POSTURE' },
      { posture: 'APEX', hold: 'NO_POSTURE' },
    ])
    expect(live.trades).toHaveLength(1)
    await live.stop()
  })

  it('of HIBERNATE closes what is open, also once it cannot be read any more', async () => {
    const live = await holding()
    await live.posture('HIBERNATE')
    live.grid.leave()
    await live.pass(61_000)
    live.grid.comeBack()
    await live.pass(1_000)
    await live.scan()
    await live.pass(1_000)
    expect(live.bars.at(-1)).toMatchObject({ posture: 'HIBERNATE', hold: 'NO_POSTURE' })
    expect(live.trades).toHaveLength(1)
    await live.stop()
  })
})

describe('a gate that moves between a bar and the leaving of its entry', () => {
  it.each<[string, (live: LiveTrader) => Promise<void>, string]>([
    ['posture', (live) => live.posture('TURTLE'), 'posture APEX -> TURTLE'],
    [
      'boost',
      (live) => live.feature(FEATURE_KEYS.breaker, { boost: 1.5, beta: 0.2, date: LIVE_DAY }),
      'boost 1 -> 1.5, beta 0 -> 0.2',
    ],
    ['forewarner', (live) => live.feature(FEATURE_KEYS.forewarner, FOREWARNER_RED), 'forewarnerOpen true -> false'],
  ])('drops the entry and marks the result: %s', async (_gate, move, detail) => {
    const live = await trading()
    await live.pass(BAR_MS)
    await live.posture('APEX')
    // The bar is on its way from its gates to its step for as long as its scan is ahead of the clock.
    await live.publish({ atMs: live.time.epochMs() + 900, velDiv: -1 })
    await live.pass(500)
    await move(live)
    await live.pass(4_000)
    expect(live.state.position).toBeNull()
    expect(live.log.missedEntries.at(-1)).toMatchObject({ reason: 'REJECT_LATCHED', detail })
    expect(live.view.gateMoves).toBe(1)
    expect(await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY))).toMatchObject({
      stale_state: true,
      stale_state_events: 1,
    })
    await live.stop()
  })

  it('drops an entry that waits for its disk, and none that has left', async () => {
    const live = await trading()
    await live.pass(BAR_MS)
    await live.posture('APEX')
    live.decisionDisk.isHeld = true
    await live.publish({ velDiv: -1 })
    await live.pass(20)
    await live.posture('TURTLE')
    live.decisionDisk.release()
    await live.pass(1_000)
    expect(live.state.position).toBeNull()
    expect(live.log.missedEntries.at(-1)).toMatchObject({ detail: 'posture APEX -> TURTLE' })
    await next(live, { velDiv: -1 })
    await live.posture('TURTLE')
    expect(live.state.position).toMatchObject({ direction: -1 })
    expect(await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY))).toMatchObject({ stale_state_events: 1 })
    await live.stop()
  })

  it('holds back no exit', async () => {
    const live = await holding()
    await live.pass(BAR_MS)
    await live.publish({ atMs: live.time.epochMs() + 900, velDiv: 1 })
    await live.pass(500)
    await live.posture('TURTLE')
    await live.pass(4_000)
    expect(live.trades).toHaveLength(1)
    expect(await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY))).toMatchObject({ stale_state: true })
    await live.stop()
  })

  it('is no stale state once the step is over', async () => {
    const live = await trading()
    await live.pass(1_000)
    await live.posture('TURTLE')
    await live.posture('APEX')
    expect(await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY))).toMatchObject({ stale_state_events: 0 })
    expect(live.view.gateMoves).toBe(0)
    await live.stop()
  })
})

const FOREWARNER_RED = {
  status: 'RED',
  gate: 'RED',
  catastrophic_prob: 0.5,
  envelope_score: -1,
  source: 'REAL_MODEL',
  timestamp: '2026-03-02T07:50:00Z',
}

describe('a forewarner', () => {
  it('that comes to RED within a day forbids entries from then on', async () => {
    const live = await trading()
    await live.feature(FEATURE_KEYS.forewarner, FOREWARNER_RED)
    await next(live, { velDiv: -1 })
    expect(holds(live)).toEqual(['none', 'FOREWARNER_RED'])
    expect(live.log.missedEntries.at(-1)).toMatchObject({ detail: 'the forewarner says RED' })
    await live.stop()
  })
})

describe('a boost', () => {
  it('that comes within a day is in force at the next bar, and one of a lower token is refused', async () => {
    const live = await trading()
    await live.feature(FEATURE_KEYS.breaker, { boost: 1.5, beta: 0.2, date: LIVE_DAY, fence: '7' })
    await next(live)
    await live.feature(FEATURE_KEYS.breaker, { boost: 1.1, beta: 0.8, date: LIVE_DAY, fence: '6' })
    await next(live)
    await live.feature(FEATURE_KEYS.breaker, { boost: 1.2, beta: 0.8, date: LIVE_DAY, fence: '8' })
    await next(live)
    expect(live.bars.map(({ breaker }) => breaker?.boost)).toEqual([undefined, 1.5, undefined, 1.2])
    expect(live.notices).toContain('acb_boost refused: its token 6 is lower than 7, which was seen before')
    await live.stop()
  })
})
