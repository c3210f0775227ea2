import { describe, expect, it } from 'vitest'
import { loadInstruments } from '../../../../src/config/instruments.js'
import { Backtest } from '../../../../src/core/backtest/backtest.js'
import { lotSizing } from '../../../../src/core/backtest/bar-price-fills.js'
import { DecisionSide } from '../../../../src/core/decision/decision-side.js'
import { barBooks } from '../../../../src/core/decision/recorded-books.js'
import type { DecisionRecord } from '../../../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../../../src/core/decision/settings.js'
import { DEFAULT_PARAMETERS } from '../../../../src/core/engine/parameters.js'
import { BarOrderBook } from '../../../../src/core/orderbook/bar-order-book.js'
import { JournaledBooks } from '../../../../src/core/orderbook/journaled-books.js'
import { JournalDays } from '../../../../src/core/paper-record/journal-days.js'
import type { VolGate } from '../../../../src/core/signal/vol-gate.js'
import { ChampionStrategy } from '../../../../src/core/strategy/champion.js'
import { bookBar, DEEP_ROW, type Known } from '../../../support/book-bars.js'
import { LIVE_SYMBOL, type LiveScan, type LiveTrader, trading } from '../../../support/live-trader.js'

const PARAMETERS = { ...DEFAULT_PARAMETERS, use_asset_selection: false, lookback: 0, dc_lookback_bars: 1 }

const champion = () =>
  new ChampionStrategy({
    ...{ id: 'champion', parameters: PARAMETERS, direction: -1 as const, initialCapital: 25_000 },
    orderBook: new BarOrderBook(),
  })

const onBooks = (): Promise<LiveTrader> => trading({ strategy: champion, books: true })

/** Five seconds on: what survival, the books and a scanner say then; without `known` the books' service stands still. */
async function next(live: LiveTrader, scan: LiveScan, known?: Known): Promise<void> {
  await live.pass(5_000)
  await live.posture('APEX')
  if (known !== undefined)
    live.books!.closed(bookBar(live.clock.epochMs(), { [LIVE_SYMBOL]: known }), { isPublished: true })
  await live.scan(scan)
}

const SIGNAL = { velDiv: -0.03 }
const QUIET = { velDiv: 0 }

describe('a live session on order books', () => {
  it('enters on the book of the bar, which its journal keeps with the bar and with no quiet one', async () => {
    const live = await onBooks()
    await next(live, QUIET, DEEP_ROW)
    await next(live, SIGNAL, DEEP_ROW)
    expect(live.state.position).toMatchObject({ symbol: LIVE_SYMBOL, direction: -1, state: 'OPEN' })
    const kept = { macro: [0, 0], rows: { [LIVE_SYMBOL]: Object.values(DEEP_ROW) } }
    // A day begins with all that is known, and that was nothing yet.
    expect(live.bars.map(({ books }) => books)).toEqual([{ macro: [0, 0], rows: {} }, undefined, kept])
    await live.stop()
  })

  it('enters nothing where the book of the asset is known and its row is not', async () => {
    const live = await onBooks()
    await next(live, SIGNAL, 'no row')
    expect(live.state.position).toBeNull()
    expect(live.bars.at(-1)).toMatchObject({ books: { rows: {} } })
    expect(live.bars.at(-1)!.hold).toBeUndefined()
    await live.stop()
  })

  it.each<[string, Known | undefined]>([
    ['stands still', undefined],
    ['knows no book', 'dark'],
  ])(
    'while the service %s enters nothing and leaves what it holds, which is told once, and is over once',
    async (_, known) => {
      const live = await onBooks()
      await next(live, QUIET, DEEP_ROW)
      await next(live, SIGNAL, DEEP_ROW)
      expect(live.state.position).toMatchObject({ state: 'OPEN' })
      live.notices.length = 0
      await next(live, QUIET, known)
      await next(live, { ...QUIET, price: 59_000 }, known)
      expect(live.trades).toHaveLength(1)
      await next(live, { ...SIGNAL, price: 59_000 }, known)
      await next(live, { ...SIGNAL, price: 59_000 }, known)
      expect(live.state.position).toBeNull()
      expect(live.bars.slice(-4).map(({ hold }) => hold)).toEqual(Array(4).fill('NO_BOOKS'))
      const told = live.notices.filter((text) => text.includes('order book'))
      expect(told).toEqual([
        expect.stringMatching(/^No order book is known: .*Positions are managed, nothing is entered\.$/),
      ])
      expect(
        recordsOf(live).filter((record) => record.type === 'latched' && record.reason === 'BOOK_GAP'),
      ).toHaveLength(1)
      await next(live, { ...QUIET, price: 59_000 }, DEEP_ROW)
      expect(live.notices.at(-1)).toMatch(/^Order books are known again, after \d+ s\.$/)
      await next(live, { ...SIGNAL, price: 59_000 }, DEEP_ROW)
      expect(live.state.position).toMatchObject({ state: 'OPEN' })
      await live.stop()
    },
  )

  it('is explained by its bars alone: their backtest enters and leaves on the books that it had, and not without them', async () => {
    const live = await onBooks()
    for (const [scan, known] of COURSE) await next(live, scan, known)
    await live.stop()
    const [of, without] = [backtestOf(live, new JournaledBooks()), backtestOf(live, undefined)]
    const session = [...live.trades.map(({ entryBar, quantity }) => [entryBar, quantity])]
    expect(of.trades.map(({ entryBar, quantity }) => [entryBar, String(quantity)])).toEqual(session)
    expect(of.open).toMatchObject({ entryBar: live.state.holding!.entryBar })
    expect(String(of.open!.quantity)).toBe(live.state.holding!.orderedQuantity)
    // The dark bar had a signal: who knows nothing of books enters there.
    expect(without.open!.entryBar).toBe(of.open!.entryBar - 1)
  })

  it('that is killed at any bar and goes on keeps the same bars, decides the same, and its journal leads to its state', async () => {
    const whole = await played(undefined)
    expect(whole.opened).toHaveLength(2)
    for (let killedAt = 0; killedAt < COURSE.length; killedAt++) {
      const found = await played(killedAt)
      expect(found, `killed before step ${killedAt}`).toEqual(whole)
    }
  })
})

function backtestOf(live: LiveTrader, books: JournaledBooks | undefined) {
  const rule = loadInstruments().instrument(LIVE_SYMBOL, 'PAPER')
  const backtest = new Backtest({
    ...{ strategy: 'champion', direction: -1, posture: 'APEX', initialCapital: 25_000, parameters: PARAMETERS },
    volGate: { maskForDay: ({ bars }) => new Uint8Array(bars).fill(1) } as VolGate,
    barPriceFills: lotSizing(() => rule),
    ...(books && { orderBook: books }),
  })
  const days = new JournalDays()
  for (const bar of live.bars) days.take(bar)
  books?.beginDay(
    0,
    live.bars.map((bar) => bar.books && barBooks(bar.books)),
  )
  backtest.addDay(days.end()!, 'none')
  const { trades, openPosition: open } = backtest.finish({ engineVersion: '0', codeHash: '0', settings: {} })
  return { trades, open }
}

/** Each row a bar: an entry, its exit, a dark bar, and an entry that the day ends with. */
const COURSE: readonly (readonly [LiveScan, Known | undefined])[] = [
  [QUIET, DEEP_ROW],
  [SIGNAL, { ...DEEP_ROW, imbalanceMa5: -0.3 }],
  [QUIET, { ...DEEP_ROW, withdrawalVelocity: -0.3 }],
  [{ ...QUIET, price: 59_000 }, DEEP_ROW],
  [{ ...SIGNAL, price: 59_000 }, 'dark'],
  [
    { ...SIGNAL, price: 59_000 },
    { ...DEEP_ROW, imbalanceMa5: -0.05 },
  ],
  [{ ...QUIET, price: 59_000 }, DEEP_ROW],
]

/** What became of the course: its bars but for their times, and what was entered. */
async function played(killedAt: number | undefined) {
  const live = await onBooks()
  for (const [step, [scan, known]] of COURSE.entries()) {
    if (step === killedAt) {
      await live.stop()
      await live.start()
    }
    await next(live, scan, known)
  }
  const result = await live.stop()
  const records = recordsOf(live)
  const begun = records.find((record) => record.type === 'begun')!
  const settings = { ...DECISION_DEFAULTS, ...begun, instruments: [], build: '0123456789abcdef' }
  expect(DecisionSide.recover(settings, [champion()], records).stateHash()).toBe(result.journals.decision.stateHash)
  return {
    bars: live.bars.map(({ timestampMs: _, ...bar }) => bar),
    opened: records.flatMap((record) => (record.type === 'cycle' && record.proposal !== null ? [sizeOf(record)] : [])),
  }
}

function sizeOf({ proposal }: Extract<DecisionRecord, { type: 'cycle' }>) {
  const { instrument, orderedQuantity, requestedPrice, targetNotionalUsd, entryBar } = proposal!
  return { symbol: instrument.symbol, orderedQuantity, requestedPrice, targetNotionalUsd, entryBar }
}

function recordsOf({ disks }: LiveTrader): DecisionRecord[] {
  return disks.decision.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as DecisionRecord)
}
