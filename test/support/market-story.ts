import fc from 'fast-check'
import type { MarketBooks, MarketBooksBar, MarketBooksEffect } from '../../src/core/orderbook/market-books.js'
import type { ListedContract, MarketDataEvent } from '../../src/ports/market-data.js'
import type { LevelRows } from '../../src/ports/vocabulary/depth.js'

export const STORY_STEP_MS = 1_000
export const STORY_START_MS = 1_767_225_600_000
export const STORY_SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT'] as const

export function contractOf(symbol: string): ListedContract {
  return { symbol, priceDecimals: 1, quantityDecimals: 3 }
}

/** A level of an exchange's book, by side, ticks and lots. They never cross: bids are below 1,000 ticks, asks are not. */
export type LevelChange = readonly [side: 'b' | 'a', ticks: number, lots: number]

export const levelChange: fc.Arbitrary<LevelChange> = fc.oneof(
  fc.tuple(fc.constant('b' as const), fc.integer({ min: 985, max: 999 }), fc.integer({ min: 0, max: 40 })),
  fc.tuple(fc.constant('a' as const), fc.integer({ min: 1_000, max: 1_015 }), fc.integer({ min: 0, max: 40 })),
)

/** What happens next in a market; `of` is a place among the symbols. */
export type StoryAct =
  | { readonly act: 'change'; readonly of: number; readonly changes: readonly LevelChange[]; readonly spoiled: Spoiled }
  | { readonly act: 'answer'; readonly of: number; readonly how: 'good' | 'failed' | 'unreadable' | 'unasked' }
  | { readonly act: 'lost'; readonly of: readonly number[] }
  | { readonly act: 'liquidation'; readonly of: number; readonly base: number }
  | { readonly act: 'listing'; readonly of: number; readonly isListed: boolean }
  | { readonly act: 'close' }

/** What becomes of a frame on its way. */
type Spoiled = 'not' | 'skipped' | 'twice' | 'unreadable' | 'crossed' | 'shapeless'

export interface StoryStep {
  readonly laterMs: number
  /** How far its stamp is from the exchange's clock. */
  readonly stampMs: number
  readonly what: StoryAct
}

const of = fc.nat(STORY_SYMBOLS.length - 1)
const spoiled = fc.oneof(
  { weight: 30, arbitrary: fc.constant('not' as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Spoiled[]>('skipped', 'twice', 'unreadable', 'crossed', 'shapeless'),
  },
)
const changes = fc.array(levelChange, { minLength: 1, maxLength: 6 })
const how = fc.oneof(
  { weight: 8, arbitrary: fc.constant('good' as const) },
  { weight: 3, arbitrary: fc.constantFrom('failed' as const, 'unreadable' as const, 'unasked' as const) },
)
const act: fc.Arbitrary<StoryAct> = fc.oneof(
  { weight: 60, arbitrary: fc.record({ act: fc.constant('change' as const), of, changes, spoiled }) },
  { weight: 25, arbitrary: fc.record({ act: fc.constant('answer' as const), of, how }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('lost' as const), of: fc.uniqueArray(of) }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('liquidation' as const), of, base: fc.integer({ min: 1, max: 5_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('listing' as const), of, isListed: fc.boolean() }) },
  { weight: 30, arbitrary: fc.constant({ act: 'close' as const }) },
)

/** Frames cut anyhow, losses, gaps, snapshots, resyncs, liquidations, comings and goings between the closings of a market. */
export const story: fc.Arbitrary<readonly StoryStep[]> = fc.array(
  fc.record({
    laterMs: fc.oneof(fc.nat(400), fc.nat(3_000)),
    stampMs: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -1_500, max: 1_500 })),
    what: act,
  }),
  { maxLength: 250, size: 'max' },
)

/** Who keeps the books, and what else it does with what happens. */
export interface StoryKeeper {
  readonly books: MarketBooks
  heard?(event: MarketDataEvent): void
  listing?(contract: ListedContract, of: { readonly atMs: number; readonly isListed: boolean }): void
  closed?(bar: MarketBooksBar, atMs: number): void
}

/** Plays a story to books of changes: the bars that were closed. */
export function played(steps: readonly StoryStep[], keeper: StoryKeeper): MarketBooksBar[] {
  const exchange = new StoryExchange(keeper)
  for (const symbol of STORY_SYMBOLS.slice(0, 2)) exchange.listing(symbol, true)
  for (const { laterMs, stampMs, what } of steps) exchange.next(what, { laterMs, stampMs })
  exchange.close()
  return exchange.bars
}

export function levelRows(levels: Iterable<LevelChange>, side: 'b' | 'a'): LevelRows {
  return [...levels]
    .filter(([of]) => of === side)
    .map(([, ticks, lots]) => [(ticks / 10).toFixed(1), (lots / 1_000).toFixed(3)] as const)
}

class StoryExchange {
  readonly bars: MarketBooksBar[] = []
  private readonly books = new Map<string, { u: number; levels: Map<string, LevelChange> }>()
  private readonly asked = new Map<string, number>()
  private atMs = STORY_START_MS + 1

  constructor(private readonly keeper: StoryKeeper) {}

  next(what: StoryAct, { laterMs, stampMs }: { readonly laterMs: number; readonly stampMs: number }): void {
    this.atMs += laterMs
    const stamp = this.atMs + stampMs
    switch (what.act) {
      case 'close':
        this.close()
        break
      case 'lost':
        this.tell({ kind: 'lost', symbols: what.of.map(symbolAt), ...this.times(stamp) })
        break
      case 'change':
        this.change(symbolAt(what.of), what, stamp)
        break
      case 'answer':
        this.answer(symbolAt(what.of), what.how, stamp)
        break
      case 'listing':
        this.listing(symbolAt(what.of), what.isListed)
        break
      case 'liquidation': {
        const of = { symbol: symbolAt(what.of), side: 'SELL', price: 100, orderPrice: 99.5 } as const
        this.tell({ kind: 'liquidation', ...of, baseQuantity: what.base, ...this.times(stamp) })
      }
    }
  }

  listing(symbol: string, isListed: boolean): void {
    const { books, listing } = this.keeper
    const contract = contractOf(symbol)
    const isOther = isListed ? books.list(contract) : books.drop(symbol)
    if (isOther) listing?.call(this.keeper, contract, { atMs: this.atMs, isListed })
  }

  close(): void {
    for (const bar of this.keeper.books.closeUntil(this.atMs)) {
      this.bars.push(bar)
      this.keeper.closed?.(bar, this.atMs)
    }
  }

  private change(symbol: string, what: Extract<StoryAct, { act: 'change' }>, eventMs: number): void {
    const book = this.bookOf(symbol)
    const pu = book.u
    book.u += what.changes.length
    for (const change of what.changes) book.levels.set(`${change[0]}${change[1]}`, change)
    if (what.spoiled === 'skipped') return
    const frame = { U: pu + 1, u: book.u, pu, b: levelRows(what.changes, 'b'), a: levelRows(what.changes, 'a') }
    const sent = { ...frame, ...SPOILED[what.spoiled] }
    const event = { kind: 'depth', symbol, eventMs, receivedMs: this.atMs, frame: sent } as MarketDataEvent
    this.tell(event)
    if (what.spoiled === 'twice') this.tell(event)
  }

  private answer(symbol: string, how: 'good' | 'failed' | 'unreadable' | 'unasked', atMs: number): void {
    const { u, levels } = this.bookOf(symbol)
    const requestId = how === 'unasked' ? 1e6 : (this.asked.get(symbol) ?? 1e6)
    if (how === 'failed') {
      this.tell({ kind: 'snapshotFailed', symbol, requestId, receivedMs: this.atMs, message: 'away' })
      return
    }
    const there = [...levels.values()].filter(([, , lots]) => lots > 0)
    const bids = how === 'unreadable' ? ([['x', '1']] as const) : levelRows(there, 'b')
    const snapshot = { requestId, lastUpdateId: u, bids, asks: levelRows(there, 'a') }
    this.tell({ kind: 'snapshot', symbol, ...this.times(atMs), snapshot })
  }

  private tell(event: MarketDataEvent): void {
    const effects: readonly MarketBooksEffect[] = this.keeper.books.handle(event, this.atMs)
    this.keeper.heard?.(event)
    for (const effect of effects) if (effect.kind === 'askSnapshot') this.asked.set(effect.symbol, effect.requestId)
  }

  private times(atMs: number): { readonly atMs: number; readonly receivedMs: number } {
    return { atMs, receivedMs: this.atMs }
  }

  private bookOf(symbol: string): { u: number; levels: Map<string, LevelChange> } {
    const book = this.books.get(symbol) ?? { u: 0, levels: new Map() }
    this.books.set(symbol, book)
    return book
  }
}

const SPOILED = {
  not: {},
  twice: {},
  unreadable: { b: [['99.9', '-1']] },
  crossed: { b: [['101.0', '1']] },
  shapeless: { U: '1', b: 'none' },
} as const

function symbolAt(place: number): string {
  return STORY_SYMBOLS[place]!
}
