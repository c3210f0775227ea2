import type { MarketDataEvent } from '../../ports/market-data.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'

/** Whoever observes a market: told what it shows, and when time passes. `MarketObserver` is one. */
export interface EventObserver {
  handle(event: MarketDataEvent): void
  /** UTC ms; never back. */
  advance(tMs: number): void
  /** As of the last advance. */
  observed(): BarObservation
}

export interface BarObserverParts {
  readonly observer: EventObserver
  /** Of a recording, in the order in which they came. */
  readonly events: AsyncIterable<MarketDataEvent>
  /** Times of which some are missing, UTC ms. */
  readonly gaps?: readonly { readonly fromMs: number; readonly untilMs: number }[]
}

/**
 * What had been observed by the bars of a run, of a recording: as of the last whole second at or before each, by what had come
 * by then and by nothing else. Time passes second by second, whichever bars are asked for, so that a session that goes on observes what
 * it would have observed without its pause.
 */
export class BarObserver {
  private readonly events: AsyncIterator<MarketDataEvent>
  private pending: MarketDataEvent | undefined
  private isOver = false
  private firstMs: number | undefined
  private lastMs = Number.NEGATIVE_INFINITY
  private atMs = Number.NEGATIVE_INFINITY
  private asked = 0
  private unobserved = 0

  constructor(private readonly parts: BarObserverParts) {
    this.events = parts.events[Symbol.asyncIterator]()
  }

  /** Bars that were asked for, those of which nothing was known, and the times of what has come so far, UTC ms. */
  get counts(): ObservedBars {
    const { asked, unobserved, firstMs, lastMs } = this
    return { asked, unobserved, events: firstMs === undefined ? undefined : { firstMs, lastMs } }
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
    await this.events.return?.()
  }

  private async takeUntil(untilMs: number): Promise<void> {
    for (;;) {
      const next = await this.peek()
      if (next === undefined) return
      const cameMs = Math.max(this.lastMs, this.cameMs(next))
      if (cameMs > untilMs) return
      this.pending = undefined
      if (ON_TIME.has(next.kind)) this.firstMs ??= cameMs
      this.lastMs = cameMs
      // Those of a second, its end included, are applied by the advance to its end.
      this.advance(wholeSecondBy(cameMs - 1))
      this.parts.observer.handle(next)
    }
  }

  /** Candles of before were told at their ends, whenever they came. */
  private cameMs(event: MarketDataEvent): number {
    if (event.kind === 'notice') return this.lastMs
    return event.kind === 'kline' && this.firstMs === undefined ? event.closeMs + 1 : event.receivedMs
  }

  private async peek(): Promise<MarketDataEvent | undefined> {
    if (this.pending !== undefined || this.isOver) return this.pending
    const { done, value } = await this.events.next()
    if (done === true) this.isOver = true
    else this.pending = value
    return this.pending
  }

  private advance(toMs: number): void {
    if (toMs <= this.atMs) return
    this.atMs = toMs
    this.parts.observer.advance(toMs)
  }

  /** A recording ends with its last event: what it would have told a while later is not known. */
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
  readonly events: { readonly firstMs: number; readonly lastMs: number } | undefined
}

/** When the others came was not recorded: a rate that is told first was settled hours before. */
const ON_TIME: ReadonlySet<MarketDataEvent['kind']> = new Set(['depth', 'snapshot', 'trade', 'liquidation', 'mark'])

const SECOND_MS = 1_000
/** Mark prices come each three seconds at most: nothing for longer is the end. */
const TAIL_MS = 5_000

function wholeSecondBy(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS
}
