import type { MarketRows } from '../../ports/market-recording.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'

/** Tables of a recording that are observed. */
export const OBSERVED_TABLES = ['frames', 'trades', 'liquidations', 'marks', 'open_interest', 'funding'] as const

export type ObservedTable = (typeof OBSERVED_TABLES)[number]

/** A row with the table that it is from. */
export type ObservedRow = {
  [Table in ObservedTable]: { readonly table: Table; readonly row: MarketRows[Table] }
}[ObservedTable]

/** Whoever observes a market: told what it shows, and when time passes. */
export interface RowObserver {
  handleRow(next: ObservedRow): void
  /** UTC ms; never back. */
  advance(tMs: number): void
  /** As of the last advance. */
  observed(): BarObservation
}

export interface BarObserverParts {
  readonly observer: RowObserver
  /** In the order in which they came. */
  readonly rows: AsyncIterable<ObservedRow>
  /** Times of which rows are missing, UTC ms. */
  readonly gaps?: readonly { readonly fromMs: number; readonly untilMs: number }[]
}

/**
 * What had been observed by the bars of a run, of a recording: as of the last whole second at or before each, by rows that had come
 * by then and no others. Time passes second by second, whichever bars are asked for, so that a session that goes on observes what
 * it would have observed without its pause.
 */
export class BarObserver {
  private readonly rows: AsyncIterator<ObservedRow>
  private pending: ObservedRow | undefined
  private isOver = false
  private firstMs: number | undefined
  private lastMs = Number.NEGATIVE_INFINITY
  private atMs = Number.NEGATIVE_INFINITY
  private asked = 0
  private unobserved = 0

  constructor(private readonly parts: BarObserverParts) {
    this.rows = parts.rows[Symbol.asyncIterator]()
  }

  /** Bars that were asked for, those of which nothing was known, and the times of the rows so far, UTC ms. */
  get counts(): ObservedBars {
    const { asked, unobserved, firstMs, lastMs } = this
    return { asked, unobserved, rows: firstMs === undefined ? undefined : { firstMs, lastMs } }
  }

  /** At a bar; times never go back. Undefined where the recording tells nothing of that time. */
  async at(timestampMs: number): Promise<BarObservation | undefined> {
    const untilMs = wholeSecondBy(timestampMs)
    await this.takeUntil(untilMs)
    this.asked++
    if (!this.isCovered(untilMs)) {
      this.unobserved++
      return undefined
    }
    this.advance(untilMs)
    return this.parts.observer.observed()
  }

  async close(): Promise<void> {
    await this.rows.return?.()
  }

  private async takeUntil(untilMs: number): Promise<void> {
    for (;;) {
      const next = await this.peek()
      if (next === undefined) return
      const cameMs = Math.max(this.lastMs, cameAtMs(next))
      if (cameMs > untilMs) return
      this.pending = undefined
      this.firstMs ??= cameMs
      this.lastMs = cameMs
      // Those of a second, its end included, are applied by the advance to its end.
      this.advance(wholeSecondBy(cameMs - 1))
      this.parts.observer.handleRow(next)
    }
  }

  private async peek(): Promise<ObservedRow | undefined> {
    if (this.pending !== undefined || this.isOver) return this.pending
    const { done, value } = await this.rows.next()
    if (done === true) this.isOver = true
    else this.pending = value
    return this.pending
  }

  private advance(toMs: number): void {
    if (toMs <= this.atMs) return
    this.atMs = toMs
    this.parts.observer.advance(toMs)
  }

  /** A recording ends with its last row: what it would have told a while later is not known. */
  private isCovered(ms: number): boolean {
    const { firstMs, lastMs, isOver, parts } = this
    if (firstMs === undefined || ms < firstMs) return false
    if (isOver && ms > lastMs + TAIL_MS) return false
    return !(parts.gaps ?? []).some(({ fromMs, untilMs }) => ms > fromMs && ms < untilMs)
  }
}

export interface ObservedBars {
  readonly asked: number
  readonly unobserved: number
  readonly rows: { readonly firstMs: number; readonly lastMs: number } | undefined
}

const SECOND_MS = 1_000
/** Mark prices come each three seconds at most: nothing for longer is the end. */
const TAIL_MS = 5_000

function wholeSecondBy(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS
}

/** When a row was known here. Where that was not recorded, the exchange's time: nothing is known before that. */
function cameAtMs(next: ObservedRow): number {
  switch (next.table) {
    case 'frames':
    case 'trades':
    case 'liquidations':
      return next.row.received_ms
    case 'marks':
      return next.row.E_ms
    default:
      return next.row.t_ms
  }
}
