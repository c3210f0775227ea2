import { describe, expect, it } from 'vitest'
import {
  freshMinute,
  holding,
  LIVE_DAY,
  LIVE_START_MS,
  LiveTrader,
  next,
  trading,
} from '../../../support/live-trader.js'

const BAR_MS = 5_000

const holds = ({ bars }: LiveTrader) => bars.map(({ hold }) => hold ?? 'none')

describe('scans by the clock', () => {
  it('are stepped in their order, each once, however fast they come', async () => {
    const live = await trading()
    const from = live.time.epochMs()
    for (let i = 0; i < 200; i++) {
      await live.publish({ atMs: from + 10 * i, price: 60_000 + i })
      await live.pass(10)
    }
    await live.pass(100)
    expect(live.bars.map(({ bar }) => bar)).toEqual(Array.from({ length: 201 }, (_, i) => i))
    expect(live.bars.slice(1).map(({ prices }) => prices[0])).toEqual(Array.from({ length: 200 }, (_, i) => 60_000 + i))
    expect(live.view).toMatchObject({ counts: { taken: 201, missing: 0, sessions: 1 }, waiting: 0 })
    await live.stop()
  })

  it('that come twice, or later than newer ones, are counted and lead to nothing', async () => {
    const live = await trading()
    const atMs = live.time.epochMs()
    await live.scan({ number: 2, atMs })
    await live.scan({ number: 2, atMs })
    await live.scan({ number: 2, atMs: live.time.epochMs() })
    await live.scan({ number: 3, atMs: atMs - 1 })
    expect(live.bars).toHaveLength(2)
    expect(live.view.counts).toMatchObject({ taken: 2, duplicates: 2, outOfOrder: 1 })
    await live.stop()
  })

  it('of a scanner that counts anew are bars of the same session', async () => {
    const live = await trading()
    await next(live, { number: 900 })
    await live.pass(301_000)
    await live.posture('APEX')
    await live.scan({ number: 1 })
    expect(live.bars.map(({ bar }) => bar)).toEqual([0, 1, 2])
    expect(live.view.counts).toMatchObject({ taken: 3, sessions: 2 })
    expect(live.notices).toContain('the scanner counts anew, from 1')
    await live.stop()
  })

  it.each([
    ['of the past', -10_001],
    ['of the future', 10_001],
    ['of a far future', 86_400_000],
  ])('%s enter nothing, and the next one of now does', async (_what, byMs) => {
    const live = await trading()
    await live.pass(20_000)
    await live.posture('APEX')
    await live.scan({ atMs: live.time.epochMs() + byMs, velDiv: -1 })
    await live.pass(1_000)
    expect(live.state.position).toBeNull()
    expect(holds(live)).toEqual(['none', 'STALE_SCAN'])
    expect(live.log.missedEntries.map(({ reason }) => reason)).toEqual(['REJECT_STALE_SCAN'])
    await freshMinute(live)
    await next(live, { velDiv: -1 })
    expect(live.state.position).toMatchObject({ direction: -1 })
    expect(live.view).toMatchObject({ stale: 1, counts: { outOfOrder: 0, duplicates: 0 } })
    expect(live.bars.filter(({ day }) => day !== undefined)).toHaveLength(1)
    await live.stop()
  })

  it('that are too old close what the strategy wants to leave', async () => {
    const live = await holding()
    await live.pass(20_000)
    await live.scan({ atMs: live.time.epochMs() - 15_000, velDiv: 1 })
    await live.pass(1_000)
    expect(holds(live).at(-1)).toBe('STALE_SCAN')
    expect(live.state.position).toBeNull()
    await live.stop()
  })

  it('from long before a session begins are no bars of it', async () => {
    const live = new LiveTrader()
    await live.posture('APEX')
    await live.publish({ atMs: LIVE_START_MS - 3 * 86_400_000 })
    await live.start()
    expect(live.bars).toEqual([])
    expect(live.notices).toContain('Waiting for the next scan in the grid.')
    await live.posture('APEX')
    await live.scan()
    expect(live.bars.map(({ day }) => day?.date)).toEqual([LIVE_DAY])
    await live.stop()
  })
})

describe('a grid that is away', () => {
  it('blocks entries and nothing else, and is caught up with from the stream when it is back', async () => {
    const live = await holding()
    live.grid.leave()
    await live.pass(100)
    for (let i = 0; i < 3; i++) {
      await live.pass(1_000)
      await live.publish({ price: 60_001 + i })
    }
    expect(live.bars).toHaveLength(2)
    expect(live.state.position).not.toBeNull()
    expect(live.protection).toHaveLength(2)
    live.grid.comeBack()
    await live.pass(1_000)
    expect(live.bars.map(({ prices }) => prices[0])).toEqual([60_000, 60_000, 60_001, 60_002, 60_003])
    expect(live.view.counts).toMatchObject({ taken: 5, missing: 0 })
    await next(live, { velDiv: 1 })
    await next(live, { velDiv: -1 })
    expect(live.trades).toHaveLength(1)
    expect(live.state.position).not.toBeNull()
    await live.stop()
  })

  it('when a session begins is waited for', async () => {
    const live = new LiveTrader()
    live.grid.leave()
    await live.start()
    await live.pass(5_000)
    live.grid.comeBack()
    await live.pass(1_000)
    await live.posture('APEX')
    await live.scan({ velDiv: -1 })
    expect(live.state.position).toMatchObject({ direction: -1 })
    await live.stop()
  })

  it('makes an entry that was decided before it left wait for nothing: it is not made', async () => {
    const live = await trading()
    await live.pass(BAR_MS)
    await live.posture('APEX')
    await live.publish({ atMs: live.time.epochMs() + 900, velDiv: -1 })
    await live.pass(500)
    live.grid.leave()
    await live.pass(4_000)
    expect(live.state.position).toBeNull()
    expect(live.log.missedEntries).toHaveLength(1)
    await live.stop()
  })
})
