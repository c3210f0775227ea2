import type { IsoDate } from '../../base/utc-date.js'
import { FACTOR_SOURCES, type FactorSourceName, type TakerRow } from '../../ports/factor-source.js'
import { DayFactors, FACTOR_AGE_MAX_MS } from '../breaker/day-factors.js'
import type { DocumentOf } from '../grid/document.js'
import type { EXTERNAL_FACTORS } from '../grid/feature-documents.js'
import { DVOL_START, type DvolWatch, watchDvol } from '../survival/dvol-watch.js'
import { type FactorsRow, rowOfDay } from './day-row.js'
import { FACTOR_OF_SOURCE, refusedFactor } from './factor-ranges.js'
import { TakerRatio } from './taker-ratio.js'

/** A value as its source stamped it. */
export interface SourceValue {
  readonly source: FactorSourceName
  readonly value: number
  /** UTC ms. */
  readonly atMs: number
}

export type FactorOutcome =
  /** `spike`: volatility rose by a tenth or more within an hour. */
  | { readonly kind: 'accepted'; readonly spike: boolean }
  /** The one that is held is newer: nothing has changed. */
  | { readonly kind: 'older' }
  | { readonly kind: 'refused'; readonly reason: FactorRefusal }

export type FactorRefusal = 'not_finite' | 'range' | 'future' | 'empty' | 'incomplete'

/** A value with the time at which it arrived, UTC ms: what a start goes on with. */
export interface ArrivedValue extends SourceValue {
  readonly arrivedAtMs: number
}

/** A stamp further ahead is somebody's wrong clock. Source: spec "External factors". */
export const FACTOR_AHEAD_MAX_MS = 60_000

/**
 * Funding, volatility, fear and greed, takers: of each the newest value by its source's stamp, which goes missing by its age.
 * What befalls one source changes nothing about the others. Times are given, UTC ms.
 */
export class ExternalFactors {
  private readonly held: Readonly<Record<FactorSourceName, Held>> = {
    funding: newHeld(),
    dvol: newHeld(),
    fng: newHeld(),
    taker: newHeld(),
  }
  private readonly days = new DayFactors()
  private readonly takers = new TakerRatio()
  private volatility: DvolWatch = DVOL_START

  /** @param told as it was told: what is no finite number is refused. */
  value(told: Omit<SourceValue, 'value'> & { readonly value: unknown }, nowMs: number): FactorOutcome {
    const { source, atMs } = told
    const held = this.held[source]
    const refused = refusedFactor(source, told.value) ?? refusedStamp(atMs, nowMs)
    if (refused !== undefined) return refusal(held, refused)
    // An exchange may tell −0, which JSON has not.
    const value = (told.value as number) + 0
    held.error = null
    if (held.known !== undefined && atMs < held.known.atMs) return { kind: 'older' }
    held.known = { value, atMs }
    this.days.take({ factor: FACTOR_OF_SOURCE[source], value, atMs }, nowMs)
    return { kind: 'accepted', spike: source === 'dvol' && this.isSpike({ value, atMs }) }
  }

  /** Rows of volumes. They are kept, also those of an answer that is too short by itself; none of one with a time to come. */
  takerRows(rows: readonly TakerRow[], nowMs: number): FactorOutcome {
    const held = this.held.taker
    if (rows.some((row) => !row.every((value) => Number.isFinite(value)))) return refusal(held, 'not_finite')
    if (rows.some(([atMs]) => refusedStamp(atMs, nowMs) !== undefined)) return refusal(held, 'future')
    const reading = this.takers.take(rows)
    if (reading.kind === 'refused') return refusal(held, reading.reason)
    return this.value({ source: 'taker', value: reading.value, atMs: reading.atMs }, nowMs)
  }

  /** An attempt came to nothing; the value that is held stays, and ages. */
  failed(source: FactorSourceName, error: string): void {
    this.held[source].error = error
  }

  /** What everybody may know of it now: `exf_latest`. */
  document(nowMs: number): DocumentOf<typeof EXTERNAL_FACTORS> {
    const present = (source: FactorSourceName) =>
      this.isMissing(source, nowMs) ? null : this.held[source].known!.value
    return {
      funding_btc: present('funding'),
      dvol_btc: present('dvol'),
      fng: present('fng'),
      taker: present('taker'),
      _pushed_at: nowMs / 1_000,
      sources: Object.fromEntries(FACTOR_SOURCES.map((source) => [source, this.sourceDocument(source, nowMs)])),
    }
  }

  /** Never heard of, or its value too old. */
  isMissing(source: FactorSourceName, nowMs: number): boolean {
    const { known } = this.held[source]
    return known === undefined || nowMs - known.atMs > FACTOR_AGE_MAX_MS[FACTOR_OF_SOURCE[source]]
  }

  /** The date's row of what was stamped at or before 00:00 UTC of it and has arrived by 00:05; the same from then on. */
  dayRow(date: IsoDate): FactorsRow {
    return rowOfDay(this.days, date)
  }

  /** What rows to come may rest on, in the order of the stamps. Given to another's {@link resume}, that one goes on alike. */
  kept(): readonly ArrivedValue[] {
    return FACTOR_SOURCES.flatMap((source) =>
      this.days.arrivals(FACTOR_OF_SOURCE[source]).map(({ value, atMs, arrivedAtMs }) => {
        return { source, value, atMs, arrivedAtMs }
      }),
    ).sort((one, other) => one.atMs - other.atMs)
  }

  /** What was kept before; what cannot have arrived by now is left out. */
  resume(kept: readonly ArrivedValue[], nowMs: number): void {
    for (const { arrivedAtMs, ...value } of kept) {
      if (arrivedAtMs <= nowMs + FACTOR_AHEAD_MAX_MS) this.value(value, arrivedAtMs)
    }
  }

  private sourceDocument(source: FactorSourceName, nowMs: number): SourceDocument {
    const { known, error } = this.held[source]
    return {
      value: known?.value ?? null,
      at: known === undefined ? null : known.atMs / 1_000,
      age_s: known === undefined ? null : (nowMs - known.atMs) / 1_000,
      ok: error === null && !this.isMissing(source, nowMs),
      error,
    }
  }

  private isSpike(value: { readonly value: number; readonly atMs: number }): boolean {
    const before = this.volatility.spikeAtMs
    this.volatility = watchDvol(this.volatility, value)
    return this.volatility.spikeAtMs !== before
  }
}

type SourceDocument = NonNullable<DocumentOf<typeof EXTERNAL_FACTORS>['sources']>[string]

interface Held {
  known: { readonly value: number; readonly atMs: number } | undefined
  /** Why the last attempt came to nothing; null after one that did not. */
  error: string | null
}

function newHeld(): Held {
  return { known: undefined, error: 'never' }
}

function refusedStamp(atMs: number, nowMs: number): FactorRefusal | undefined {
  if (!Number.isFinite(atMs)) return 'not_finite'
  return atMs > nowMs + FACTOR_AHEAD_MAX_MS ? 'future' : undefined
}

function refusal(held: Held, reason: FactorRefusal): FactorOutcome {
  held.error = reason
  return { kind: 'refused', reason }
}
