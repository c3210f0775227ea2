import type { LiquidationEvent, ListedContract, MarketDataEvent } from '../../ports/market-data.js'
import type { BookMacro } from '../../ports/order-book.js'
import type { DepthFrame } from '../../ports/vocabulary/depth.js'
import type { DarkSignal } from './dark-streak.js'
import { step as stepDark } from './dark-streak.js'
import { type Book, type BookEffect, DepthBook } from './depth-book.js'
import { type MarketBooksCounters, MarketCounts } from './market-counts.js'
import { type BookKind, type MarketBar, MarketFeatures } from './market-features.js'
import { PartialBook } from './partial-book.js'
import { FIGURES, type Figures, figuresOf, writeSample } from './sample.js'

/**
 * The books of a market from its events, live or recorded, and what is to be done about them. Each listed symbol has a book, its
 * bars and features, its liquidations, and a count of the bars in which nothing came. What comes never throws: what cannot be read
 * is counted by its kind, what is of a symbol that is not listed is counted and left. A frame that changes a book allocates
 * nothing here.
 *
 * Whoever drives it closes the bars by {@link closeUntil} when the exchange's clock reads their end. Of what was taken
 * ({@link wasTaken}) and the closings, in the same order, come the same bars, bit for bit.
 */
export class MarketBooks {
  readonly books: BookKind
  /**
   * Whether the event handled last counts, so that a recording has to keep it: a frame or a liquidation of a listed symbol, a
   * snapshot that was waited for and could be read, the loss of a listed symbol. All else changes no bar.
   */
  wasTaken = false
  private readonly features: MarketFeatures
  private readonly listed = new Map<string, Listed>()
  private changed = new Set<string>()
  private readonly counts = new MarketCounts()
  private readonly columns = new Float64Array(FIGURES.length)

  /** @param options `startMs`: some time within the first bar, UTC ms of the exchange's clock. */
  constructor({ stepMs, startMs, books }: MarketBooksOptions) {
    this.books = books
    this.features = new MarketFeatures({ stepMs, startMs, books })
  }

  /** When the open bar ends, UTC ms. */
  get endMs(): number {
    return this.features.endMs
  }

  /** Its symbols, in the order in which they were listed. */
  get symbols(): Iterable<string> {
    return this.listed.keys()
  }

  /**
   * A symbol joins with the open bar. One that is listed stays as it is, unless its decimals are others: then it begins anew.
   * Answers whether it begins here.
   */
  list(contract: ListedContract): boolean {
    const { symbol, priceDecimals, quantityDecimals } = contract
    const before = this.listed.get(symbol)?.book
    if (before?.priceDecimals === priceDecimals && before.quantityDecimals === quantityDecimals) return false
    this.drop(symbol)
    const scale = { priceDecimals, quantityDecimals }
    const book = this.books === 'partial' ? new PartialBook(scale) : new DepthBook(scale)
    this.listed.set(symbol, {
      ...{ symbol, book, isLive: false, applied: 0, malformed: 0 },
      ...{ isChanged: false, frames: 0, darkBars: 0 },
    })
    this.features.add(symbol)
    return true
  }

  /** A symbol leaves: listed again it begins anew. False when it was not listed. */
  drop(symbol: string): boolean {
    const gone = this.listed.get(symbol)
    if (gone === undefined) return false
    this.listed.delete(symbol)
    this.features.remove(symbol)
    this.changed.delete(symbol)
    this.counts.gone(gone.book)
    return true
  }

  /** @param nowMs one local clock that does not go back: snapshots are asked for by it. */
  handle(event: MarketDataEvent, nowMs: number): readonly MarketBooksEffect[] {
    this.wasTaken = false
    switch (event.kind) {
      case 'depth':
        return this.depth(event, nowMs)
      case 'snapshot':
        return this.snapshot(event, nowMs)
      case 'snapshotFailed':
        return this.snapshotFailed(event, nowMs)
      case 'lost':
        return this.lost(event)
      case 'liquidation':
        return this.liquidation(event)
      case 'malformed':
        this.counts.malformed(event.what)
        return NOTHING
      default:
        return NOTHING
    }
  }

  /** Closes every bar that has ended when the exchange's clock reads this, in order. */
  closeUntil(exchangeMs: number): MarketBooksBar[] {
    const closed: MarketBooksBar[] = []
    while (this.features.endMs <= exchangeMs) closed.push({ ...this.features.close(), dark: this.darkened() })
    return closed
  }

  /** The market-wide figures of the bar that ended at this time; `{0, 0}` when it is not known. */
  macroAt(endMs: number): BookMacro {
    return this.features.macroAt(endMs)
  }

  /** Undefined when the symbol is not listed. */
  book(symbol: string): Book | undefined {
    return this.listed.get(symbol)?.book
  }

  /** The snapshot that a symbol waits for; undefined when it waits for none. */
  requestId(symbol: string): number | undefined {
    const book = this.listed.get(symbol)?.book
    return book instanceof DepthBook ? book.requestId : undefined
  }

  /** What a book shows now; undefined unless it is live with both sides. */
  sample(symbol: string): Figures | undefined {
    const book = this.listed.get(symbol)?.book
    if (book === undefined || !writeSample(book, this.columns)) return undefined
    return figuresOf(this.columns)
  }

  /** Symbols whose books have changed, or are not known any more, since this was last asked. */
  takeChanged(): Iterable<string> {
    const { changed } = this
    for (const symbol of changed) this.listed.get(symbol)!.isChanged = false
    this.changed = new Set()
    return changed
  }

  counters(): MarketBooksCounters {
    return this.counts.over([...this.listed.values()].map(({ book }) => book))
  }

  private depth({ symbol, eventMs, frame }: EventOf<'depth'>, nowMs: number): readonly MarketBooksEffect[] {
    const of = this.listed.get(symbol)
    if (of === undefined) return this.unlisted()
    if (!this.isTime(eventMs)) return this.unreadable('stamp')
    if (typeof frame !== 'object' || frame === null) return this.unreadable('depth')
    this.wasTaken = true
    this.counts.frames++
    of.frames++
    const { book } = of
    let effects = NOTHING_OF_BOOK
    if (book instanceof DepthBook) effects = book.diff(frame, nowMs)
    else effects = partialFrame(book, frame)
    this.settle(of, eventMs, 'depth')
    if (effects.length === 0 && of.darkBars === 0) return NOTHING
    return [...this.lit(of), ...this.told(symbol, effects)]
  }

  private snapshot({ symbol, atMs, snapshot }: EventOf<'snapshot'>, nowMs: number): readonly MarketBooksEffect[] {
    const of = this.listed.get(symbol)
    if (of === undefined) return this.unlisted()
    const { book } = of
    if (typeof snapshot !== 'object' || snapshot === null) return this.unreadable('snapshot')
    if (!(book instanceof DepthBook)) return NOTHING
    const { snapshotsIgnored, malformed } = book.counters
    const effects = book.snapshot(snapshot, nowMs)
    this.wasTaken = book.counters.snapshotsIgnored === snapshotsIgnored && book.counters.malformed === malformed
    this.settle(of, this.timeOf(atMs), 'snapshot')
    return this.told(symbol, effects)
  }

  private snapshotFailed(
    { symbol, requestId }: EventOf<'snapshotFailed'>,
    nowMs: number,
  ): readonly MarketBooksEffect[] {
    const of = this.listed.get(symbol)
    if (of === undefined) return this.unlisted()
    return of.book instanceof DepthBook ? this.told(symbol, of.book.snapshotFailed(requestId, nowMs)) : NOTHING
  }

  private lost({ symbols, atMs }: EventOf<'lost'>): readonly MarketBooksEffect[] {
    for (const symbol of symbols) {
      const of = this.listed.get(symbol)
      if (of === undefined) continue
      this.wasTaken = true
      of.book.connectionChanged()
      this.settle(of, this.timeOf(atMs), 'lost')
    }
    return NOTHING
  }

  private liquidation({ symbol, price, baseQuantity, atMs }: LiquidationEvent): readonly MarketBooksEffect[] {
    if (!this.listed.has(symbol)) return this.unlisted()
    const usd = price * baseQuantity
    if (!this.isTime(atMs) || !Number.isFinite(usd) || !(price >= 0) || !(baseQuantity >= 0)) {
      return this.unreadable('liquidation')
    }
    this.wasTaken = true
    this.features.liquidated(symbol, { atMs, usd })
    return NOTHING
  }

  /** Tells the bars what a book has become. */
  private settle(of: Listed, atMs: number, kind: string): void {
    const { symbol, book } = of
    const { applied, malformed } = book.counters
    const hasChanged = book.isLive ? applied !== of.applied || !of.isLive : of.isLive
    if (hasChanged) {
      if (book.isLive) this.features.changed(symbol, book, atMs)
      else this.features.unknown(symbol, atMs)
      if (!of.isChanged) {
        of.isChanged = true
        this.changed.add(symbol)
      }
    }
    if (malformed !== of.malformed) this.counts.malformed(kind)
    of.isLive = book.isLive
    of.applied = applied
    of.malformed = malformed
  }

  private told(symbol: string, effects: readonly BookEffect[]): readonly MarketBooksEffect[] {
    return effects.map((effect) => {
      if (effect.type === 'resync') {
        this.counts.resyncs[effect.reason]++
        return { kind: 'resync', symbol, reason: effect.reason }
      }
      return { kind: 'askSnapshot', symbol, requestId: effect.requestId, afterMs: effect.afterMs }
    })
  }

  /** A frame has come: an asset that was dark is not any more. */
  private lit(of: Listed): readonly DarkEffect[] {
    const { darkBars, signal } = stepDark({ darkBars: of.darkBars, frames: 1 })
    of.darkBars = darkBars
    return signal === undefined ? [] : [{ kind: 'dark', symbol: of.symbol, signal }]
  }

  /** A bar was closed: who has been dark for too long. */
  private darkened(): readonly DarkEffect[] {
    const told: DarkEffect[] = []
    for (const of of this.listed.values()) {
      const { darkBars, signal } = stepDark(of)
      of.darkBars = darkBars
      of.frames = 0
      if (signal !== undefined) told.push({ kind: 'dark', symbol: of.symbol, signal })
    }
    return told
  }

  /** No time is what lies so far ahead that all later changes would wait behind it. */
  private isTime(ms: number): boolean {
    return Number.isSafeInteger(ms) && ms <= this.features.endMs + AHEAD_MS_MAX
  }

  /** What has to count, whatever its stamp is, counts at once when that is none. */
  private timeOf(ms: number): number {
    return this.isTime(ms) ? ms : this.features.endMs - this.features.stepMs
  }

  private unlisted(): readonly MarketBooksEffect[] {
    this.counts.unlisted++
    return NOTHING
  }

  private unreadable(kind: string): readonly MarketBooksEffect[] {
    this.counts.malformed(kind)
    return NOTHING
  }
}

export interface MarketBooksOptions {
  readonly stepMs: number
  /** Some time within the first bar, UTC ms of the exchange's clock. */
  readonly startMs: number
  readonly books: BookKind
}

export type MarketBooksEffect =
  /** A snapshot is to be asked for after this time, and answered with this id, or said to have failed. */
  | { readonly kind: 'askSnapshot'; readonly symbol: string; readonly requestId: number; readonly afterMs: number }
  /** A book was discarded: nothing is known of it until it is live again. */
  | { readonly kind: 'resync'; readonly symbol: string; readonly reason: 'gap' | 'crossed' | 'malformed' }
  | DarkEffect

/** Nothing has come of a symbol for ten bars, or something again. */
export interface DarkEffect {
  readonly kind: 'dark'
  readonly symbol: string
  readonly signal: DarkSignal
}

export interface MarketBooksBar extends MarketBar {
  /** Who has been dark for too long with this bar. `DATA_BACK` comes with the frame that brings it. */
  readonly dark: readonly DarkEffect[]
}

type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { readonly kind: Kind }>

/** A symbol with its book, and what was last told of it. */
interface Listed {
  readonly symbol: string
  readonly book: DepthBook | PartialBook
  isLive: boolean
  applied: number
  malformed: number
  /** Whether it is among the changed. */
  isChanged: boolean
  /** In the open bar. */
  frames: number
  darkBars: number
}

const NOTHING: readonly MarketBooksEffect[] = Object.freeze([])
const NOTHING_OF_BOOK: readonly BookEffect[] = Object.freeze([])

/** Stamps farther behind the end of the open bar are no times. */
const AHEAD_MS_MAX = 3_600_000

/** A partial book needs no snapshot; that it was discarded is told as of any other. */
function partialFrame(book: PartialBook, frame: DepthFrame): readonly BookEffect[] {
  const wasLive = book.isLive
  const { malformed } = book.counters
  book.frame(frame)
  if (!wasLive || book.isLive) return NOTHING_OF_BOOK
  return [{ type: 'resync', reason: book.counters.malformed > malformed ? 'malformed' : 'crossed' }]
}
