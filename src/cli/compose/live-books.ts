import type { Endpoints } from '../../adapters/binance/endpoints.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { AlignedBooks } from '../../core/orderbook/aligned-books.js'
import { reason } from '../../files/reason.js'
import type { BooksView } from '../../ports/status-surface.js'
import { LiveBooks } from '../../runtime/services/trader/live-books.js'
import type { GridParts } from './grid-parts.js'
import { openOrderBooks } from './order-books.js'

/** The order books that a session decides on, kept in its own process. */
export interface OwnBooks {
  readonly books: LiveBooks
  /** For people. */
  view(): BooksView
}

/**
 * Runs the order-book service beside a session, over connections of its own: the trader reads it in this process, and in a grid of this
 * process it is published for whoever watches. When it cannot go on that is told, and the session goes on without books: nothing is
 * entered.
 */
export async function runOwnBooks(parts: GridParts, choice: OwnBooksChoice): Promise<OwnBooks> {
  const { at, symbols, stepMs, quiet, isPublished, signal, warn } = choice
  const books = new LiveBooks({ aligned: new AlignedBooks(symbols), clock: systemClock, stepMs })
  const service = await openOrderBooks(
    { symbols, stepMs, books: { kind: 'diffs', everyMs: 100 }, flushMs: NOTHING_IS_RECORDED },
    { at, room: parts.room, isPublished, quiet, signal, closed: (bar, of) => books.closed(bar, of) },
  )
  parts.run(service, ({ error }) => warn(`Order books: ${reason(error)}. Positions are managed, nothing is entered.`))
  const view = (): BooksView => {
    const { known, followed, barEndMs } = books.view()
    const { connections } = service.figures().market
    return {
      ...{ connections, known, followed },
      barAgeMs: barEndMs === undefined ? null : Math.max(0, systemClock.epochMs() - barEndMs),
    }
  }
  return { books, view }
}

export interface OwnBooksChoice {
  readonly at: Endpoints
  readonly symbols: readonly string[]
  readonly stepMs: number
  /** Into the grid: one of others has an order-book service of its own. */
  readonly isPublished: boolean
  readonly quiet: boolean
  readonly signal: AbortSignal
  /** Something that a person should know, whatever they asked to be spared. */
  warn(text: string): void
}

const NOTHING_IS_RECORDED = 60_000
