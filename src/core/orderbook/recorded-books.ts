import type { LiquidationEvent, ListedContract, MarketDataEvent } from '../../ports/market-data.js'
import type { FrameRow, MarketRecorder } from '../../ports/market-recording.js'
import type { LevelRows } from '../../ports/vocabulary/depth.js'
import type { MarketBooks, MarketBooksBar, MarketBooksEffect } from './market-books.js'

/**
 * Books that are recorded while they are kept: what makes their bars is written down in the order in which it happens, and
 * `ReplayedBooks` makes the same bars of it. What the books do not take makes no bar, and is left out.
 */
export class RecordedBooks {
  readonly books: MarketBooks
  private readonly recorder: BooksRecorder

  /** @param options `startMs`: what the books were begun with; what is played again begins anew here. */
  constructor({ books, recorder, startMs }: RecordedBooksOptions) {
    this.recorder = recorder
    this.books = books
    this.listing('', { atMs: startMs, isListed: true })
  }

  /** @param atMs the exchange's clock. */
  list(contract: ListedContract, atMs: number): void {
    if (!this.books.list(contract)) return
    const { symbol, priceDecimals, quantityDecimals } = contract
    this.recorder.scale(symbol, { priceDecimals, quantityDecimals })
    this.listing(symbol, { atMs, isListed: true })
  }

  /** @param atMs the exchange's clock. */
  drop(symbol: string, atMs: number): void {
    if (this.books.drop(symbol)) this.listing(symbol, { atMs, isListed: false })
  }

  handle(event: MarketDataEvent, nowMs: number): readonly MarketBooksEffect[] {
    const effects = this.books.handle(event, nowMs)
    if (this.books.wasTaken) this.write(event)
    return effects
  }

  closeUntil(exchangeMs: number): MarketBooksBar[] {
    const bars = this.books.closeUntil(exchangeMs)
    for (const { endMs } of bars)
      this.recorder.add('closings', { n: this.recorder.nextNumber(), t_ms: endMs, closed_at_ms: exchangeMs })
    return bars
  }

  private write(event: MarketDataEvent): void {
    if (event.kind === 'depth') this.frame(frameOf(event))
    else if (event.kind === 'snapshot') this.frame(snapshotOf(event))
    else if (event.kind === 'liquidation') this.liquidation(event)
    else if (event.kind === 'lost') {
      for (const symbol of event.symbols) if (this.books.book(symbol) !== undefined) this.frame(lossOf(event, symbol))
    }
  }

  private frame(row: Omit<FrameRow, 'n'>): void {
    this.recorder.add('frames', { n: this.recorder.nextNumber(), ...row })
  }

  private liquidation(event: LiquidationEvent): void {
    const { atMs, receivedMs, symbol, side, price, orderPrice, baseQuantity } = event
    this.recorder.add('liquidations', {
      ...{ n: this.recorder.nextNumber(), T_ms: atMs, received_ms: receivedMs, symbol, side },
      ...{ price, order_price: orderPrice, base_qty: baseQuantity },
    })
  }

  private listing(symbol: string, { atMs, isListed }: { readonly atMs: number; readonly isListed: boolean }): void {
    this.recorder.add('listings', { n: this.recorder.nextNumber(), t_ms: atMs, symbol, is_listed: isListed })
  }
}

type BooksRecorder = Pick<MarketRecorder, 'nextNumber' | 'scale' | 'add'>

export interface RecordedBooksOptions {
  readonly books: MarketBooks
  readonly recorder: BooksRecorder
  readonly startMs: number
}

type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { readonly kind: Kind }>
type Row = Omit<FrameRow, 'n'>

/** Ids that cannot be read are kept as ones that cannot either: the last before the first. */
const UNREADABLE = { U: 1, u: 0, pu: null }

function frameOf({ symbol, eventMs, receivedMs, frame }: EventOf<'depth'>): Row {
  const { U, u, pu, b, a } = frame
  const ids = isId(U) && isId(u) ? { U, u, pu: isId(pu) ? pu : null } : UNREADABLE
  return { E_ms: eventMs, received_ms: receivedMs, symbol, ...ids, bids: rowsOf(b), asks: rowsOf(a) }
}

function snapshotOf({ symbol, atMs, receivedMs, snapshot }: EventOf<'snapshot'>): Row {
  const { lastUpdateId: u, bids, asks } = snapshot
  return { E_ms: timeOf(atMs), received_ms: receivedMs, symbol, U: null, u, pu: null, bids, asks }
}

function lossOf({ atMs, receivedMs }: EventOf<'lost'>, symbol: string): Row {
  const nothing = { U: null, u: null, pu: null, bids: null, asks: null }
  return { E_ms: timeOf(atMs), received_ms: receivedMs, symbol, ...nothing }
}

/** Levels that are no list could not be read, and cannot be when they are missing. */
function rowsOf(levels: unknown): LevelRows | null {
  return Array.isArray(levels) ? levels : null
}

/** A time that is none counts at once: as does the oldest of all. */
function timeOf(ms: number): number {
  return Number.isSafeInteger(ms) ? ms : 0
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
