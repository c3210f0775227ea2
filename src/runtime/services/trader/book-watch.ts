import type { BarBooks } from '../../../ports/order-book.js'
import type { WatchedDecision } from '../../session/session-parts.js'
import type { BooksAtBar } from './live-books.js'

export interface BookWatchParts {
  readonly books: { at(number: number, endMs: number, signal: AbortSignal): Promise<BooksAtBar> }
  /** Something that a person should know. */
  notice(text: string): void
  /** Nothing can be entered before that is over: a person should know it, whatever they asked to be spared. */
  waiting(text: string): void
}

/**
 * The order books that a trader's bars are decided on, and whether there are any: without them nothing is entered, positions are managed,
 * and whoever watches hears of it once.
 */
export class BookWatch {
  private decision: Pick<WatchedDecision, 'tell'> | undefined
  /** End of the first bar without any, UTC ms; undefined while there are. */
  private darkSinceMs: number | undefined
  private hasSeenAny = false

  constructor(private readonly parts: BookWatchParts) {}

  /** It hears of books that are lost. */
  attach(decision: Pick<WatchedDecision, 'tell'>): void {
    this.decision = decision
  }

  /** Those of the bar of this number; undefined: nothing is known, and nothing may be entered. */
  async at(number: number, endMs: number, signal: AbortSignal): Promise<BarBooks | undefined> {
    const found = await this.parts.books.at(number, endMs, signal)
    if ('dark' in found) {
      if (this.darkSinceMs === undefined) this.lost(found.dark)
      this.darkSinceMs ??= endMs
      return undefined
    }
    if (this.darkSinceMs !== undefined) {
      const seconds = ((endMs - this.darkSinceMs) / 1000).toFixed(0)
      this.parts.notice(this.hasSeenAny ? `Order books are known again, after ${seconds} s.` : 'Order books are known.')
    }
    this.darkSinceMs = undefined
    this.hasSeenAny = true
    return found
  }

  /** Before the first there is nothing to lose: that is no alert. */
  private lost(cause: string): void {
    const { notice, waiting } = this.parts
    const text = `No order book is known: ${cause}. Positions are managed, nothing is entered.`
    if (this.hasSeenAny) waiting(text)
    else notice(text)
    if (this.hasSeenAny) this.decision?.tell({ kind: 'feedGap', feed: 'BOOK', cause })
  }
}
