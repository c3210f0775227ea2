import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/present.js'
import { Engine } from '../../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../../src/core/engine/parameters.js'
import { TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import type { AdapterEvent, Manners } from '../../support/adapter-play.js'
import { playAdapter } from '../../support/adapter-play.js'
import { marketOf, marketShape, play } from '../../support/markets.js'

const unruly: fc.Arbitrary<Manners> = fc.record({
  kind: fc.constant('unruly' as const),
  seed: fc.nat(0xffffffff),
})
const manners: fc.Arbitrary<Manners> = fc.oneof(unruly, fc.constant({ kind: 'at once' as const }))
const modes = fc.constantFrom<'bulk' | 'rows'>('bulk', 'rows')

describe('where an adapter fills, on any market and however the venue behaves', () => {
  test('there is at most one position or proposed entry, and nothing is drawn', () => {
    let trades = 0
    fc.assert(
      fc.property(marketShape, unruly, modes, (shape, venue, mode) => {
        const run = playAdapter(marketOf(shape), {
          manners: venue,
          mode,
          watch(engine, events) {
            expect(engine.openPosition !== undefined && engine.proposedEntry !== undefined).toBe(false)
            expect(engine.rngDraws).toBe(0)
            expect(engine.openPosition !== undefined).toBe(isHeld(events))
            expect(engine.proposedEntry !== undefined).toBe(isPending(events))
          },
        })
        trades += run.trades.length
      }),
      { numRuns: 100 },
    )
    expect(trades).toBeGreaterThan(20)
  })

  test('no entry is proposed while one is pending, a position is open, or on the bar of an exit; no exit twice', () => {
    let seen = 0
    fc.assert(
      fc.property(marketShape, manners, modes, (shape, venue, mode) => {
        const { events } = playAdapter(marketOf(shape), { manners: venue, mode })
        events.forEach((event, i) => {
          if (event.kind !== 'proposal') return
          seen++
          const before = events.slice(0, i)
          const { proposal } = event
          if (proposal.kind === 'entry') {
            expect(isHeld(before) || isPending(before)).toBe(false)
            expect(proposal.entry.entryBar).toBe(event.bar)
            const lastTrade = before.findLast((earlier) => earlier.kind === 'trade')
            if (lastTrade !== undefined) expect(lastTrade.trade.exitBar).toBeLessThan(event.bar)
          } else {
            expect(isHeld(before)).toBe(true)
            const since = before.slice(before.findLastIndex(({ kind }) => kind === 'trade') + 1)
            expect(since.some((earlier) => earlier.kind === 'proposal' && earlier.proposal.kind === 'exit')).toBe(false)
          }
        })
      }),
      { numRuns: 100 },
    )
    expect(seen).toBeGreaterThan(50)
  })

  test('a trade is its confirmed fills and nothing else, and capital is the sum of them', () => {
    let trades = 0
    fc.assert(
      fc.property(marketShape, unruly, modes, (shape, venue, mode) => {
        const market = marketOf(shape)
        const run = playAdapter(market, { manners: venue, mode })
        let capital = market.initialCapital
        for (const { entry, first, exit, exitBar, trade } of positionsOf(run.events)) {
          trades++
          expect(trade).toMatchObject({
            entryBar: first,
            exitBar,
            barsHeld: exitBar - first,
            entryPrice: entry.price,
            exitPrice: exit.price,
            quantity: exit.quantity,
            notional: entry.price * entry.quantity,
            entryFee: entry.feesUsd,
            exitFee: exit.feesUsd,
            fundingUsd: exit.fundingUsd,
            reason: exit.reason,
            capitalBefore: capital,
            slippageUsd: 0,
            refundUsd: 0,
            edgeUsd: 0,
            rng: null,
          })
          const gross = trade.direction * (exit.price - entry.price) * exit.quantity
          expect(trade.net).toBe(gross - (entry.feesUsd + exit.feesUsd) + exit.fundingUsd)
          capital += trade.net
          expect(trade.capitalAfter).toBe(capital)
        }
        expect(run.snapshot.capital).toBe(capital)
        expect(run.snapshot.lastExitBar).toBe(run.trades.at(-1)?.exitBar ?? -1)
      }),
      { numRuns: 100 },
    )
    expect(trades).toBeGreaterThan(20)
  })

  test('in bulk or row by row, restored from JSON before any bar, the run is the same', () => {
    let trades = 0
    const bars = fc.array(fc.nat(450), { maxLength: 20 })
    fc.assert(
      fc.property(marketShape, manners, modes, bars, (shape, venue, mode, restoreAt) => {
        const market = marketOf(shape)
        const expected = playAdapter(market, { manners: venue, mode: 'rows' })
        trades += expected.trades.length
        const found = playAdapter(market, { manners: venue, mode, restoreAt })
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected))
      }),
      { numRuns: 100 },
    )
    expect(trades).toBeGreaterThan(20)
  })

  test('a run by fills that is restored before every single bar is the same', () => {
    const everyBar = Array.from({ length: 450 }, (_, i) => i)
    fc.assert(
      fc.property(marketShape, manners, modes, (shape, venue, mode) => {
        const market = marketOf(shape)
        const expected = playAdapter(market, { manners: venue, mode })
        expect(JSON.stringify(playAdapter(market, { manners: venue, mode, restoreAt: everyBar }))).toBe(
          JSON.stringify(expected),
        )
      }),
      { numRuns: 8 },
    )
  })
})

test('filled at once, the decisions of the first trade are those of simulated fills: later sizes follow from capital', () => {
  let compared = 0
  fc.assert(
    fc.property(marketShape, (shape) => {
      const market = marketOf({ ...shape, orderBook: false })
      const simulated = play({ ...market, parameters: { ...market.parameters, close_at_end: false } })
      const filled = playAdapter(market, { manners: { kind: 'at once' }, mode: 'rows' })
      const [expected] = simulated.trades
      const [found] = filled.trades
      expect(found === undefined).toBe(expected === undefined)
      if (expected === undefined || found === undefined) return
      compared++
      const { asset, direction, entryBar, entryPrice, leverage, fraction, exitBar, reason } = expected
      expect(found).toMatchObject({ asset, direction, entryBar, entryPrice, leverage, fraction, exitBar, reason })
    }),
    { numRuns: 100 },
  )
  expect(compared).toBeGreaterThan(5)
})

/** Whether a position is open after these events. */
function isHeld(events: readonly AdapterEvent[]): boolean {
  const last = events.findLast(({ kind }) => kind === 'entry' || kind === 'trade')
  return last?.kind === 'entry'
}

/** Whether a proposed entry is neither confirmed nor dropped after these events. */
function isPending(events: readonly AdapterEvent[]): boolean {
  const last = events.findLast(
    (event) =>
      event.kind === 'entry' || event.kind === 'drop' || (event.kind === 'proposal' && event.proposal.kind === 'entry'),
  )
  return last?.kind === 'proposal'
}

/** Every closed position: the bar of its first fill, and the last word on each leg. */
function positionsOf(events: readonly AdapterEvent[]) {
  return events.flatMap((event, i) => {
    if (event.kind !== 'trade') return []
    const start = events.slice(0, i).findLastIndex(({ kind }) => kind === 'trade') + 1
    const own = events.slice(start, i)
    const entries = own.filter((word) => word.kind === 'entry')
    const exit = own.findLast((word) => word.kind === 'exit')!
    return [
      { entry: entries.at(-1)!.fill, first: entries[0]!.bar, exit: exit.exit, exitBar: exit.bar, trade: event.trade },
    ]
  })
}

/** Signals that open a SHORT on BTCUSDT as soon as the warm-up is over; prices fall by a hundredth of a percent a bar. */
function falling(overrides: Partial<EngineParameters> = {}, orderBook?: TableOrderBook) {
  const parameters = { ...DEFAULT_PARAMETERS, use_asset_selection: false, lookback: 0, ...overrides }
  const ports = { fills: 'adapter' as const, ...present({ orderBook }) }
  const engine = new Engine(parameters, 10_000, ports)
  engine.addAssets(['BTCUSDT'])
  engine.beginDay({ date: '2026-01-01' })
  let price = 100
  const step = (velDiv = -0.06, change = -1e-4) => {
    price *= 1 + change
    return engine.step({ velDiv, prices: [price], volOk: true, timeMs: engine.bars * 1000 }).proposal
  }
  return { engine, step, price: () => price }
}

describe('an entry', () => {
  test('is as old as the bar in force when it was first confirmed', () => {
    const { engine, step } = falling()
    expect(step()?.kind).toBe('entry')
    step()
    step()
    engine.confirmEntry({ price: 100, quantity: 3, feesUsd: 1 })
    expect(engine.openPosition).toMatchObject({ entryBar: 2, entryTimeMs: 2000, entryPrice: 100, quantity: 3 })
    step()
    engine.confirmEntry({ price: 101, quantity: 5, feesUsd: 2 })
    expect(engine.openPosition).toMatchObject({ entryBar: 2, entryPrice: 101, quantity: 5, notional: 505 })
    expect(engine.dayRecord().entries).toBe(1)
  })

  test('that was dropped is decided anew on the next bar', () => {
    const { engine, step } = falling()
    const first = step()
    engine.dropEntry()
    expect(engine.proposedEntry).toBeUndefined()
    const second = step()
    expect([first?.kind, second?.kind]).toEqual(['entry', 'entry'])
    expect(engine.dayRecord().entries).toBe(0)
  })

  test('is measured by its fill: the take-profit counts from there, not from the price that was asked', () => {
    const { engine, step, price } = falling({ fixed_tp_pct: 0.005 })
    step()
    engine.confirmEntry({ price: price() * 1.0051, quantity: 1, feesUsd: 0 })
    expect(step(0)).toMatchObject({ kind: 'exit', reason: 'FIXED_TP', quantity: 1, direction: -1 })
  })

  test('of nothing is not proposed', () => {
    const { step } = falling({ fraction: 0 })
    expect(step()).toBeUndefined()
  })

  test('needs a book of the chosen asset where an order book is attached; a simulated one does not', () => {
    const empty = new TableOrderBook({ assets: ['BTCUSDT'], rows: [], macro: [] })
    expect(falling({}, empty).step()).toBeUndefined()
    const known = new TableOrderBook({ assets: ['BTCUSDT'], rows: [{ bar: 0, assetIndex: 0, book: BOOK }], macro: [] })
    expect(falling({}, known).step()?.kind).toBe('entry')
    const simulated = new Engine({ ...DEFAULT_PARAMETERS, use_asset_selection: false, lookback: 0 }, 1, {
      orderBook: empty,
    })
    simulated.addAssets(['BTCUSDT'])
    simulated.beginDay({ date: '2026-01-01' })
    expect(simulated.step({ velDiv: -0.06, prices: [1], volOk: true }).entry?.asset).toBe('BTCUSDT')
  })
})

const BOOK = { imbalanceMa5: 0, persistence: 0, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0.5 }

describe('an exit', () => {
  function held(overrides: Partial<EngineParameters> = {}) {
    const session = falling(overrides)
    session.step()
    session.engine.confirmEntry({ price: session.price(), quantity: 2, feesUsd: 0.5 })
    return session
  }
  const whole = { price: 99, quantity: 2, feesUsd: 0.5, fundingUsd: 0.25, complete: true } as const

  test('is pending until it is confirmed: it is asked for once, and the position stays open', () => {
    const { engine, step } = held({ max_hold_bars: 2 })
    expect([step(), step(), step(), step()].map((proposal) => proposal?.kind)).toEqual([
      undefined,
      'exit',
      undefined,
      undefined,
    ])
    expect(engine.openPosition).toBeDefined()
    expect(engine.confirmExit({ ...whole, reason: 'MAX_HOLD' })).toMatchObject({ reason: 'MAX_HOLD', barsHeld: 4 })
  })

  test('that was dropped is asked for again', () => {
    const { engine, step } = held({ max_hold_bars: 1 })
    expect(step()?.kind).toBe('exit')
    engine.dropExit()
    expect(step()?.kind).toBe('exit')
  })

  test('from outside ends the position; the bar in force has had its decision, the next may enter', () => {
    const { engine, step } = held()
    step()
    const trade = engine.confirmExit({ ...whole, reason: 'CATASTROPHIC_STOP' })
    expect(trade).toMatchObject({ reason: 'CATASTROPHIC_STOP', exitBar: 1, exitTimeMs: 1000, entryBar: 0 })
    expect(engine.openPosition).toBeUndefined()
    expect(step()?.kind).toBe('entry')
  })

  test('in parts counts once, when it is complete, with the last word on price and fees', () => {
    const { engine, step } = held()
    const entryPrice = engine.openPosition!.entryPrice
    expect(engine.confirmExit({ ...whole, quantity: 1, complete: false, reason: 'RISK' })).toBeUndefined()
    expect(engine.capital).toBe(10_000)
    step()
    const trade = engine.confirmExit({ ...whole, price: 98, feesUsd: 0.75, reason: 'OPERATOR' })!
    expect(trade.net).toBe(-(98 - entryPrice) * 2 - 1.25 + 0.25)
    expect(engine.capital).toBe(10_000 + trade.net)
    expect(engine.dayRecord().trades).toBe(1)
  })

  test('after a part was closed is proposed for what is left', () => {
    const { engine, step } = held({ max_hold_bars: 1 })
    engine.confirmExit({ ...whole, quantity: 0.5, complete: false, reason: 'RISK' })
    expect(step()).toMatchObject({ kind: 'exit', quantity: 1.5 })
  })

  test('of a part stays known when the entry fills on', () => {
    const { engine, step } = held({ max_hold_bars: 1 })
    engine.confirmExit({ ...whole, quantity: 0.5, complete: false, reason: 'RISK' })
    engine.confirmEntry({ price: 100, quantity: 3, feesUsd: 1 })
    expect(step()).toMatchObject({ kind: 'exit', quantity: 2.5 })
  })

  test('at the end of the data is proposed as well', () => {
    const { engine, price } = held()
    const last = price()
    expect(engine.closeAtEnd()).toBeUndefined()
    expect(engine.proposal).toMatchObject({ kind: 'exit', reason: 'END_OF_DATA', price: last })
  })

  test('on the last bar leaves nothing to propose at the end of the data, nor does one that is pending', () => {
    const closed = held({ max_hold_bars: 1 })
    expect(closed.step()?.kind).toBe('exit')
    closed.engine.confirmExit({ ...whole, reason: 'MAX_HOLD' })
    closed.engine.closeAtEnd()
    expect(closed.engine.proposal).toBeUndefined()

    const pending = held({ max_hold_bars: 1 })
    expect(pending.step()?.kind).toBe('exit')
    pending.engine.closeAtEnd()
    expect(pending.engine.proposal).toBeUndefined()
  })
})

describe('what cannot be is a bug of whoever confirms', () => {
  test.each<[string, (engine: Engine) => unknown, string]>([
    ['an entry that nobody proposed', (e) => e.confirmEntry({ price: 1, quantity: 1, feesUsd: 0 }), 'proposed'],
    ['a drop of nothing', (e) => e.dropEntry(), 'proposed'],
    ['a dropped exit without one', (e) => e.dropExit(), 'proposed'],
    [
      'an exit while flat',
      (e) => e.confirmExit({ price: 1, quantity: 1, feesUsd: 0, fundingUsd: 0, complete: true, reason: 'RISK' }),
      'open',
    ],
  ])('%s', (_, act, word) => {
    expect(() => act(falling().engine)).toThrow(word)
  })

  test.each([
    ['price', { price: 0, quantity: 1, feesUsd: 0 }],
    ['price', { price: Number.NaN, quantity: 1, feesUsd: 0 }],
    ['quantity', { price: 1, quantity: 0, feesUsd: 0 }],
    ['quantity', { price: 1, quantity: Number.POSITIVE_INFINITY, feesUsd: 0 }],
    ['fees', { price: 1, quantity: 1, feesUsd: Number.NaN }],
  ])('a fill whose %s is none', (word, fill) => {
    const { engine, step } = falling()
    step()
    expect(() => engine.confirmEntry(fill)).toThrow(word)
  })

  test('an entry that shrinks', () => {
    const { engine, step } = falling()
    step()
    engine.confirmEntry({ price: 100, quantity: 2, feesUsd: 0 })
    expect(() => engine.confirmEntry({ price: 100, quantity: 1, feesUsd: 0 })).toThrow('never shrinks')
  })
})
