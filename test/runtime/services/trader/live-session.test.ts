import { describe, expect, it } from 'vitest'
import { GRID_MAPS, LATEST_LIVE, RESULT_KEYS } from '../../../../src/core/grid/names.js'
import { freshMinute, holding, LIVE_DAY, next, trading } from '../../../support/live-trader.js'

const BAR_MS = 5_000
const RESULTS = GRID_MAPS.pnl('BLUE')

describe('midnight', () => {
  it('begins a day once, with results of its own, and capital goes on', async () => {
    const live = await trading({ startMs: Date.UTC(2026, 2, 2, 23, 59, 30) })
    await next(live, { velDiv: -1 })
    await next(live, { velDiv: 1, price: 59_000 })
    expect(live.trades).toHaveLength(1)
    const gained = Number(live.trades[0]!.netPnl)
    for (let i = 0; i < 6; i++) await next(live)
    expect(live.bars.flatMap(({ day }) => day?.date ?? [])).toEqual([LIVE_DAY, '2026-03-03'])
    const [before, after] = [
      await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY)),
      await live.written(RESULTS, RESULT_KEYS.live('2026-03-03')),
    ]
    expect(before).toMatchObject({ trades: 1, pnl: gained, capital: 25_000 + gained })
    expect(after).toMatchObject({ trades: 0, pnl: 0, capital: 25_000 + gained })
    await live.stop()
  })
})

describe('the clock of the machine', () => {
  it('that is set forward ends nothing, trades nothing twice, and is traded by', async () => {
    const live = await holding()
    live.clock.setBy = 3_600_000
    await next(live, { velDiv: 1 })
    await live.pass(1_000)
    expect(live.trades).toHaveLength(1)
    await freshMinute(live)
    await next(live, { velDiv: -1 })
    expect(live.state.position).toMatchObject({ direction: -1 })
    expect(live.bars.map(({ bar }) => bar)).toEqual(live.bars.map((_, i) => i))
    await live.stop()
  })

  it.each([
    ['an hour', -3_600_000],
    ['a day', -86_400_000],
  ])(
    'that is set back by %s leaves the position protected, which is told, and a restart manages it and enters nothing',
    async (_what, byMs) => {
      const live = await holding()
      live.clock.setBy = byMs
      for (let i = 0; i < 4; i++) await next(live, { velDiv: 1 })
      expect(live.state.position).toMatchObject({ direction: -1 })
      expect(live.protection).toHaveLength(2)
      expect(live.notices.filter((text) => text.includes('older than the last that was taken'))).toHaveLength(1)
      await live.stop()
      await live.start()
      await next(live, { velDiv: 1 })
      await live.pass(1_000)
      expect(live.trades).toHaveLength(1)
      await next(live, { velDiv: -1 })
      expect(live.state.position).toBeNull()
      expect(live.log.missedEntries.at(-1)!.detail).toContain('REDUCEONLY_MARKET_DATA_STALE')
      expect(live.bars.map(({ bar }) => bar)).toEqual(live.bars.map((_, i) => i))
      expect(live.bars.flatMap(({ day }) => day?.date ?? [])).toEqual([LIVE_DAY])
      await live.stop()
    },
  )
})

describe('a session that goes on', () => {
  it('has its position, its protection, its capital and its numbers', async () => {
    const live = await trading()
    await live.pass(BAR_MS)
    await live.posture('APEX')
    await live.publish({ atMs: live.time.epochMs() + 900, velDiv: -1 })
    await live.pass(500)
    await live.posture('TURTLE')
    await live.pass(4_000)
    await next(live, { velDiv: -1 })
    await next(live, { velDiv: 1, price: 59_000 })
    await next(live, { velDiv: -1 })
    const position = live.state.position
    await live.stop()
    const before = await live.written(GRID_MAPS.state('BLUE'), LATEST_LIVE)
    expect(before).toMatchObject({ trades: 1, position: { direction: -1 } })
    await live.pass(30_000)
    await live.start()
    expect(live.state.position).toEqual(position)
    expect(live.protection).toHaveLength(2)
    await live.posture('APEX')
    await live.scan()
    expect(live.bars.map(({ bar }) => bar)).toEqual([0, 1, 2, 3, 4, 5])
    const after = await live.written(GRID_MAPS.state('BLUE'), LATEST_LIVE)
    expect(after).toMatchObject({
      capital: before!.capital,
      peak_capital: before!.peak_capital,
      position: before!.position,
      bar: 5,
    })
    expect(await live.written(RESULTS, RESULT_KEYS.live(LIVE_DAY))).toMatchObject({
      bars: 6,
      trades: 1,
    })
    await next(live, { velDiv: 1 })
    expect(live.trades).toHaveLength(2)
    expect(live.protection).toEqual([])
    await live.stop()
  })

  it('after the clock was set back takes the scans of now', async () => {
    const live = await holding()
    live.clock.setBy = 3_600_000
    await next(live)
    await live.stop()
    live.clock.setBy = 0
    await live.start()
    await live.posture('APEX')
    await live.scan({ velDiv: 1 })
    await live.pass(1_000)
    expect(live.trades).toHaveLength(1)
    await live.stop()
  })
})
