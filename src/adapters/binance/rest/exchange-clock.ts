/**
 * The clock of the exchange as answers of its route `time` tell it: of the last few, the one that came back quickest. The
 * exchange refuses a stamp that runs ahead of it by a second, and one behind it costs nothing: stamps are the earliest time
 * that it can be. Measured every `everyMs`, which keeps a connection warm as well; at once after {@link forget}.
 */
export class ExchangeClock {
  private readonly everyMs: number
  private samples: readonly Sample[] = []
  private best: Sample | undefined
  private dueMs = Number.NEGATIVE_INFINITY
  /** Questions in a row without a useful answer. */
  failures = 0
  /** Questions that do not wait for their turn: one answer alone may have been slow. */
  private atOnce = AT_ONCE

  constructor({ everyMs = 20_000 }: { readonly everyMs?: number } = {}) {
    this.everyMs = everyMs
  }

  get offsetKnown(): boolean {
    return this.best !== undefined
  }

  /** The first question is out: nothing is known of how the exchange answers. */
  get isFirstOut(): boolean {
    return this.best === undefined && this.failures === 0 && this.dueMs === Number.POSITIVE_INFINITY
  }

  /** Clock of the exchange − clock of this machine, in the middle of what it can be. */
  get offsetMs(): number | undefined {
    return this.best && (this.best.earliestOffsetMs + this.best.latestOffsetMs) / 2
  }

  /** How far {@link offsetMs} may be off, either way. */
  get uncertaintyMs(): number | undefined {
    return this.best && (this.best.latestOffsetMs - this.best.earliestOffsetMs) / 2
  }

  /** Between which times of the exchange, UTC ms, `nowMs` is. */
  between(nowMs: number): { readonly earliestMs: number; readonly latestMs: number } {
    const { earliestOffsetMs, latestOffsetMs } = this.best ?? UNKNOWN
    return { earliestMs: nowMs + earliestOffsetMs, latestMs: nowMs + latestOffsetMs }
  }

  /** By which time here the exchange has certainly reached `exchangeMs`. */
  reachedMs(exchangeMs: number): number {
    return exchangeMs - (this.best ?? UNKNOWN).earliestOffsetMs
  }

  /** When to ask for the time next. */
  nextDueMs(): number {
    return this.dueMs
  }

  /** Somebody asks: no more questions until the answer, or its loss. */
  asked(): void {
    this.dueMs = Number.POSITIVE_INFINITY
  }

  answered(answer: { readonly sentMs: number; readonly receivedMs: number; readonly serverMs: number }): void {
    const { sentMs, receivedMs, serverMs } = answer
    const sample: Sample = {
      // The server's clock was read, in whole milliseconds, between sending and receiving.
      earliestOffsetMs: serverMs - receivedMs - MARGIN_MS,
      latestOffsetMs: serverMs + 1 - sentMs + MARGIN_MS,
    }
    const agreeing = this.samples.filter((earlier) => overlap(earlier, sample))
    const isRunningAway = agreeing.length < this.samples.length
    this.samples = [...agreeing, sample].slice(-KEPT)
    this.best = this.samples.reduce((best, one) => (width(one) < width(best) ? one : best))
    this.failures = 0
    this.atOnce = Math.max(0, this.atOnce - 1)
    const waitMs = isRunningAway ? Math.min(RUNNING_AWAY_MS, this.everyMs) : this.everyMs
    this.dueMs = this.atOnce > 0 ? receivedMs : receivedMs + waitMs
  }

  /** The question had no useful answer: asked again soon, and then less and less soon. */
  lost(nowMs: number): void {
    this.failures += 1
    this.dueMs = nowMs + Math.min(RETRY_MIN_MS * 2 ** (this.failures - 1), RETRY_MAX_MS)
  }

  /** This machine slept, or the exchange contradicts: nothing that was measured before holds. */
  forget(): void {
    this.samples = []
    this.best = undefined
    this.atOnce = AT_ONCE
    this.remeasure()
  }

  /** Asks at once, and goes by what is known meanwhile. A question that is out will do. */
  remeasure(): void {
    if (this.dueMs !== Number.POSITIVE_INFINITY) this.dueMs = Number.NEGATIVE_INFINITY
  }
}

/** What an answer of the route `time` says, UTC ms; undefined for what no clock reads, which would be waited for. */
export function serverTimeOf(answer: unknown): number | undefined {
  const { serverTime } = (answer ?? {}) as { readonly serverTime?: unknown }
  return Number.isSafeInteger(serverTime) && Math.abs(serverTime as number) <= TIME_MS_MAX
    ? (serverTime as number)
    : undefined
}

/** The year 2100. */
const TIME_MS_MAX = Date.UTC(2100, 0)

interface Sample {
  readonly earliestOffsetMs: number
  readonly latestOffsetMs: number
}

/** What two clocks drift apart while a sample is kept, at 200 ppm. */
const MARGIN_MS = 25
const KEPT = 6
const AT_ONCE = 3
/** How often to ask while a clock was set, or one that was set back catches up at half its pace. */
const RUNNING_AWAY_MS = 1_000
const RETRY_MIN_MS = 500
const RETRY_MAX_MS = 20_000

/** Before anything is known, the clock of this machine is right to a second. */
const UNKNOWN: Sample = { earliestOffsetMs: -1_000, latestOffsetMs: 1_000 }

function width({ earliestOffsetMs, latestOffsetMs }: Sample): number {
  return latestOffsetMs - earliestOffsetMs
}

/** Two that do not were taken before and after somebody set a clock. */
function overlap(a: Sample, b: Sample): boolean {
  return a.earliestOffsetMs <= b.latestOffsetMs && b.earliestOffsetMs <= a.latestOffsetMs
}
