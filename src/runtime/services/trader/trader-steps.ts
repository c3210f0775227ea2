import { present } from '../../../base/present.js'
import { ageOf, type ScanAge, type ScanAgeLimits } from '../../../core/grid/scan-intake.js'
import { NO_MACRO } from '../../../core/orderbook/macro.js'
import type { BarBooks } from '../../../ports/order-book.js'
import type { SessionStep } from '../../session/session-steps.js'
import type { BookWatch } from './book-watch.js'
import type { Gates } from './gates.js'
import type { LiveObservations } from './live-observations.js'
import type { BarGates, ScanBars } from './scan-bars.js'
import type { TakenScan } from './scan-taker.js'

export interface TraderStepsParts {
  /** Steps of a session that is computed again, in order, before any scan. */
  readonly before: readonly SessionStep[]
  /** Bars that the session has behind it: not among the steps. */
  readonly barsBehind: number
  /** Asked for once, after those. */
  scans(signal: AbortSignal): AsyncIterable<TakenScan>
  readonly bars: ScanBars
  readonly gates: Pick<Gates, 'forBar'>
  /** The order books that decide; absent: none do. */
  readonly books?: Pick<BookWatch, 'at'> | undefined
  /** What is observed of the market, for strategies that observe; absent: nobody does. */
  readonly observations?: Pick<LiveObservations, 'at'> | undefined
  /** By which clock scans are old; absent: none is. */
  readonly ages?: { nowMs(): number; readonly limits: ScanAgeLimits } | undefined
  /** Ends after so many bars in all. */
  readonly barsMax?: number | undefined
  /** A scan is about to be stepped. */
  onScan?(scan: TakenScan, age: ScanAge | undefined): void
}

/** The steps of a session that trades what scanners publish. */
export async function* traderSteps(
  parts: TraderStepsParts,
  signal: AbortSignal,
): AsyncGenerator<SessionStep, void, void> {
  const { before, bars, gates, ages, barsMax = Number.POSITIVE_INFINITY } = parts
  let steps = parts.barsBehind
  for (const step of before) {
    steps++
    yield step
  }
  if (steps >= barsMax) return
  for await (const scan of parts.scans(signal)) {
    const books = parts.books && ((await parts.books.at(bars.nextNumber, scan.atMs, signal)) ?? NOTHING_KNOWN)
    const observation = await parts.observations?.at(scan.atMs, signal)
    // A wait ends with the session: the scan is one of whoever goes on.
    if ((books !== undefined || parts.observations !== undefined) && signal.aborted) return
    const age = ages === undefined ? undefined : ageOf(scan, ages.nowMs(), ages.limits)
    parts.onScan?.(scan, age)
    const forBar = (date: string): BarGates => {
      const read = gates.forBar(date, age?.isStale ?? false)
      return books === NOTHING_KNOWN && read.hold === undefined ? { ...read, hold: 'NO_BOOKS' } : read
    }
    yield bars.step(scan, forBar, present({ books, observation }))
    if (++steps >= barsMax) return
  }
}

/** Where the bar's books are dark. */
const NOTHING_KNOWN: BarBooks = { macro: NO_MACRO, rows: {} }
