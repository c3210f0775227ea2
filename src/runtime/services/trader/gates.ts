import { type GateSnap, gatesMoved } from '../../../core/grid/gate-snap.js'
import type { StrategyBar } from '../../../ports/strategy.js'
import type { Posture } from '../../../ports/vocabulary/market.js'
import type { ForewarnerStatus } from '../../../ports/vocabulary/trades.js'
import type { BarGates } from './scan-bars.js'

/** Boost and beta as a breaker wrote them. */
export interface KnownBoost {
  readonly boost: number
  readonly beta: number
  /** The UTC day that they are of; undefined where the writer does not say: whichever it is. */
  readonly date?: string | undefined
}

export interface KnownPosture {
  readonly posture: Posture
  /** UTC ms when its writer made it; undefined where it does not say. */
  readonly madeAtMs?: number | undefined
}

/** What the grid says at this moment, as far as this process has heard. */
export interface GateSources {
  /** Undefined while nobody has said. */
  posture(): KnownPosture | undefined
  boost(): KnownBoost | undefined
  forewarner(): ForewarnerStatus | undefined
}

export interface GatesParts {
  readonly sources: GateSources
  /** UTC ms, of the clock that ages are judged by; absent: no age is, time is what scans say. */
  readonly nowMs?: (() => number) | undefined
}

/** A posture that is older forbids entries. Source: spec "The grid". */
export const POSTURE_AGE_MAX_MS = 60_000

/**
 * What bars are decided under. A document that comes during a bar is parked: it is in force from the next one on, and an entry
 * that was decided under what is no longer so is taken back.
 *
 * Source: system bible §14.2, §14.3, §14.6.
 */
export class Gates {
  private readonly parts: GatesParts
  /** In force in the engine. */
  private applied: { readonly boost: number; readonly beta: number } = NEUTRAL
  private forewarnerOpen = true
  private lastPosture: Posture = 'TURTLE'
  /** Of the last bar. */
  private date = ''
  /** What the last bar was decided under; undefined before the first. */
  private before: GateSnap | undefined
  private isDecided = false
  /** Bars in which a gate moved. */
  moves = 0

  constructor(parts: GatesParts) {
    this.parts = parts
  }

  /** What a day begins with, as far as it is known; asked for before {@link forBar} of its first bar. */
  day(date: string): NonNullable<StrategyBar['day']> {
    const known = this.parts.sources.boost()
    const ofDay = known !== undefined && (known.date === undefined || known.date === date) ? known : undefined
    this.applied = ofDay ?? NEUTRAL
    const forewarner = this.parts.sources.forewarner()
    this.forewarnerOpen = forewarner !== 'RED'
    return {
      date,
      ...(ofDay === undefined ? {} : { boost: ofDay.boost, beta: ofDay.beta }),
      ...(forewarner === undefined ? {} : { forewarner }),
    }
  }

  /** What the next bar, of this date, is decided under. `isStale`: its scan is too old, or of the future. */
  forBar(date: string, isStale: boolean): BarGates {
    this.date = date
    const breaker = this.news()
    if (breaker !== undefined) this.applied = breaker
    const posture = this.readablePosture()
    this.lastPosture = this.parts.sources.posture()?.posture ?? this.lastPosture
    this.before = this.snap()
    this.isDecided = false
    const hold = posture === undefined ? 'NO_POSTURE' : isStale ? 'STALE_SCAN' : this.redSince()
    return {
      posture: this.lastPosture,
      ...(breaker === undefined ? {} : { breaker }),
      ...(hold === undefined ? {} : { hold }),
    }
  }

  /** The bar has been decided: {@link moved} tells from now on, also of what moved while it was on its way. */
  decided(): void {
    this.isDecided = true
  }

  /** What has moved since the last bar was made, once that is decided, as text; undefined where nothing has. Told once per bar. */
  moved(): string | undefined {
    if (this.before === undefined || !this.isDecided) return undefined
    const detail = gatesMoved(this.before, this.snap())
    if (detail === undefined) return undefined
    this.before = undefined
    this.moves++
    return detail
  }

  /** A bar of the session's own journal: it was decided under this. */
  again({ day, breaker, posture }: StrategyBar): void {
    if (day !== undefined) {
      this.applied = { boost: day.boost ?? NEUTRAL.boost, beta: day.beta ?? NEUTRAL.beta }
      this.forewarnerOpen = day.forewarner !== 'RED'
    }
    if (breaker !== undefined) this.applied = breaker
    this.lastPosture = posture
  }

  /** In force: boost and beta as the engine has them. */
  get boost(): { readonly boost: number; readonly beta: number } {
    return this.applied
  }

  /** With everything that is parked. */
  private snap(): GateSnap {
    const { boost, beta } = this.news() ?? this.applied
    return { boost, beta, posture: this.readablePosture(), forewarnerOpen: this.forewarnerOpen && !this.isRed }
  }

  /** What the engine does not know: its day has begun with another verdict, which holds for as long as the day. */
  private redSince(): 'FOREWARNER_RED' | undefined {
    return this.forewarnerOpen && this.isRed ? 'FOREWARNER_RED' : undefined
  }

  /** By the clock; in a replay a day's verdict is the one that it begins with. */
  private get isRed(): boolean {
    return this.parts.nowMs !== undefined && this.parts.sources.forewarner() === 'RED'
  }

  /** A boost for this day that is not in force yet. */
  private news(): { readonly boost: number; readonly beta: number } | undefined {
    const known = this.parts.sources.boost()
    if (known === undefined || (known.date !== undefined && known.date !== this.date)) return undefined
    const { boost, beta } = known
    return boost === this.applied.boost && beta === this.applied.beta ? undefined : { boost, beta }
  }

  private readablePosture(): Posture | undefined {
    const { sources, nowMs } = this.parts
    const known = sources.posture()
    if (known === undefined) return undefined
    if (nowMs === undefined) return known.posture
    const ageMs = known.madeAtMs === undefined ? Number.POSITIVE_INFINITY : nowMs() - known.madeAtMs
    return Math.abs(ageMs) > POSTURE_AGE_MAX_MS ? undefined : known.posture
  }
}

/** What a day has of which no breaker says anything. */
const NEUTRAL = { boost: 1, beta: 0 } as const
