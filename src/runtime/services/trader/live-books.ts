import { step as stepStall } from '../../../core/orderbook/bar-stall.js'
import type { MarketBar } from '../../../core/orderbook/market-features.js'
import type { Clock } from '../../../ports/clock.js'
import type { AssetBook, BarBooks, OrderBookSource } from '../../../ports/order-book.js'

/** Books of the bars that a market's books were closed at; `AlignedBooks` is one. */
export interface AlignedSource extends OrderBookSource {
  closed(bar: MarketBar): void
  /** The engine's bar of this number is the one that ends at `endMs`, UTC ms. */
  bind(bar: number, endMs: number): void
}

export interface LiveBooksParts {
  readonly aligned: AlignedSource
  /** Of the machine. */
  readonly clock: Clock
  /** From bar to bar, ms: of the books as of the trader. */
  readonly stepMs: number
}

/** The books at a bar, or why nothing is known of any. */
export type BooksAtBar = BarBooks | { readonly dark: string }

/** How the books stand, for people. */
export interface LiveBooksView {
  /** Assets whose book was known at the last closed bar, and those that are followed. */
  readonly known: number
  readonly followed: number
  /** End of the last closed bar, UTC ms; undefined before the first. */
  readonly barEndMs: number | undefined
}

/**
 * The order books of the running market as a trader's bars need them: the bar that ends at t is decided on the books' bar that ends at
 * t, and on no other. Where that is not closed yet it is waited for, a moment; then the bar goes on without.
 *
 * Source: spec "Books and features"; system bible §20, §22.
 */
export class LiveBooks {
  private newest: MarketBar | undefined
  /** When it was closed, by a clock that never goes back. */
  private closedAtMs = 0
  private known = 0
  /** A first bar was waited for in vain: it is not waited for again. */
  private isMissed = false
  private waiting: (() => void)[] = []

  constructor(private readonly parts: LiveBooksParts) {}

  /** The next bar of the books. Before it is published, nobody trades on it. */
  closed(bar: MarketBar, { isPublished }: { readonly isPublished: boolean }): void {
    if (isPublished) this.parts.aligned.closed(bar)
    this.newest = bar
    this.closedAtMs = this.parts.clock.nowMs()
    this.known = 0
    for (const { value } of bar.assets) if (value !== undefined) this.known++
    for (const wake of this.waiting.splice(0)) wake()
  }

  /** What is known at the trader's bar of this number, which ends at `endMs`, UTC ms. */
  async at(number: number, endMs: number, signal: AbortSignal): Promise<BooksAtBar> {
    await this.comes(endMs, signal)
    const dark = this.darkness(endMs)
    return dark === undefined ? this.read(number, endMs) : { dark }
  }

  view(): LiveBooksView {
    const { newest, known } = this
    return { known, followed: newest?.assets.length ?? 0, barEndMs: newest?.endMs }
  }

  /** Of a service that closes its bars the next one is on its way; one that stands still is not waited for at every bar. */
  private async comes(endMs: number, signal: AbortSignal): Promise<void> {
    const { clock, stepMs } = this.parts
    const { newest } = this
    const isAlive = newest === undefined ? !this.isMissed : newest.endMs >= endMs - stepMs
    if (!isAlive || this.isClosed(endMs)) return
    this.isMissed = true
    const ended = new AbortController()
    const stop = AbortSignal.any([signal, ended.signal])
    const late = clock.sleep(Math.min(WAIT_MS_MAX, stepMs / WAITS_A_STEP), stop).then(
      () => true,
      () => true,
    )
    while (!this.isClosed(endMs)) {
      const closed = new Promise<false>((resolve) => this.waiting.push(() => resolve(false)))
      if (await Promise.race([closed, late])) break
    }
    ended.abort()
  }

  private isClosed(endMs: number): boolean {
    return this.newest !== undefined && this.newest.endMs >= endMs
  }

  /** Why nothing is known of any book; undefined where something is, or the trader's bar is an old one. */
  private darkness(endMs: number): string | undefined {
    const { clock, stepMs } = this.parts
    const { newest, known } = this
    if (newest === undefined) return 'no bar of the order books has been closed yet'
    if (newest.endMs < endMs) {
      const behindMs = endMs - newest.endMs
      return `the last bar of the order books ended ${(behindMs / 1000).toFixed(0)} s before that of the prices`
    }
    // Of an exchange's clock that leapt ahead: the books wait until it is reached.
    const silentMs = clock.nowMs() - this.closedAtMs
    if (newest.endMs > endMs && stepStall({ isStalled: false, silentMs, stepMs }).isStalled)
      return `no bar of the order books has been closed for ${(silentMs / 1000).toFixed(0)} s, and the last one ended at ${new Date(newest.endMs).toISOString()}`
    if (newest.endMs === endMs && known === 0)
      return `none of ${newest.assets.length} order books is known: not connected, or not in step yet`
    return undefined
  }

  private read(number: number, endMs: number): BarBooks {
    const { aligned } = this.parts
    aligned.bind(number, endMs)
    const rows: Record<string, AssetBook> = {}
    for (const symbol of aligned.assets) {
      const book = aligned.book(symbol, number)
      if (book !== undefined) rows[symbol] = book
    }
    return { macro: aligned.macro(number), rows }
  }
}

/** Two clocks of one exchange, known from answers of their own, differ by some tens of milliseconds. */
const WAIT_MS_MAX = 500
const WAITS_A_STEP = 4
