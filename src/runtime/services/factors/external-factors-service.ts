import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { dateOfMs } from '../../../core/breaker/day-factors.js'
import { latestFixedDate, nextFixedMs } from '../../../core/factors/day-row.js'
import { ExternalFactors } from '../../../core/factors/external-factors.js'
import { FACTOR_OF_SOURCE } from '../../../core/factors/factor-ranges.js'
import { afterAsking, POLL_SCHEDULES, POLLING_START } from '../../../core/factors/polling.js'
import { ACB_STATE, EXTERNAL_FACTORS } from '../../../core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import { reason } from '../../../files/reason.js'
import type { Clock } from '../../../ports/clock.js'
import { FACTOR_SOURCES, type FactorAnswer, type FactorSource } from '../../../ports/factor-source.js'
import type { Grid } from '../../../ports/grid.js'
import { unlessUnavailable } from '../../grid/unless-unavailable.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import type { FactorsFile } from './factors-file.js'
import type { KeptFactors } from './kept-factors.js'
import { takeAnswer } from './take-answer.js'

/** What the service needs of the outside. */
export interface ExternalFactorsPorts {
  /** Where the breaker says which velocity of the 750-step window a date has. */
  readonly grid: Pick<Grid, 'map'>
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly sources: readonly FactorSource[]
  /** Rows of days; closed at the end. */
  readonly file: Pick<FactorsFile, 'newestDate' | 'append' | 'close'>
  readonly kept: Pick<KeptFactors, 'read' | 'keep' | 'settle'>
  /** The latest value of a key, which gets into the grid as soon as that can be. Returns at once. */
  readonly put: (map: string, key: string, text: string) => void
  /** For the person who runs it. */
  warn(text: string): void
}

/** How often `exf_latest` is published where nothing changes, ms. Source: spec "External factors". */
export const PUBLISH_MS = 60_000
const LOOK_MS = 5_000
/** A source that is asked for longer than this is stuck, and so is the service. Its own deadline is far below. */
const ASK_MS_MAX = 60_000
/** So long a row waits for a breaker that runs and has not said the date's velocity yet, ms after 00:05. */
const VELOCITY_WAIT_MS = 60_000

/**
 * Funding, volatility, fear and greed, takers into `exf_latest`, each minute and whenever one of them changes; and the row of
 * each day, fixed at 00:05 UTC, into a file. Source: spec "External factors" and "Day row of the factors".
 */
export class ExternalFactorsService implements Service {
  readonly name = 'external-factors'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly factors = new ExternalFactors()
  private readonly asking = new Map<FactorSource, number>()
  /** Troubles by source, as they were told. */
  private readonly told = new Map<string, string>()
  private publishedAtMs: number | undefined
  /** No row up to this date is to come any more. */
  private settledDate: IsoDate | undefined
  private fileTrouble = ''
  private failure: { readonly error: unknown } | undefined

  constructor(private readonly ports: ExternalFactorsPorts) {
    this.life = new ServiceLife(this.name, ports.clock)
    this.wake = new Wake(ports.clock)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {
      const { kept, file, clock, sources } = this.ports
      const stopped = new AbortController()
      const polling = AbortSignal.any([signal, stopped.signal])
      try {
        this.factors.resume(await kept.read(), clock.epochMs())
        this.settleMissedDates()
        for (const source of sources) void this.poll(source, polling)
        while (!signal.aborted) {
          await this.look()
          if (this.failure !== undefined) throw this.failure.error
          if (!this.isStuck()) this.life.progress(this.detail())
          await this.wake.wait(this.untilNextLookMs(), signal)
        }
      } finally {
        stopped.abort()
        await kept.settle()
        await file.close()
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  /**
   * Asks one source until it is stopped: whatever becomes of it, the others do not notice. What is answered after that is of no
   * consequence. Never rejects.
   */
  private async poll(source: FactorSource, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.ports
    const schedule = POLL_SCHEDULES[source.name]
    let polling = POLLING_START
    try {
      while (!signal.aborted) {
        this.asking.set(source, clock.nowMs())
        const answer = await source.ask(clock.epochMs(), signal)
        this.asking.delete(source)
        if (signal.aborted) return
        this.take(source, answer)
        const failed = answer.kind === 'failed' ? { failed: answer } : {}
        const nowMs = clock.epochMs()
        const isAwaited = this.isAwaited(source, nowMs)
        const next = afterAsking(polling, { schedule, nowMs, random: random(), isAwaited, ...failed })
        polling = next.polling
        await clock.sleep(next.pauseMs, signal)
      }
    } catch (error) {
      if (signal.aborted) return
      this.failure = { error }
      this.wake.call()
    }
  }

  /** Whether the row of the date would rest on a Fear & Greed of the day before. */
  private isAwaited({ name }: FactorSource, nowMs: number): boolean {
    const date = dateOfMs(nowMs)
    return name === 'fng' && this.factors.dayRow(date).fng_date !== date
  }

  private take(source: FactorSource, answer: FactorAnswer): void {
    const { name } = source
    const { clock, kept } = this.ports
    const nowMs = clock.epochMs()
    const { kind, trouble = '' } = takeAnswer(this.factors, name, answer, nowMs)
    if (kind === 'accepted') kept.keep(this.factors.kept())
    this.tell(source, trouble)
    this.publish()
  }

  /** A cause once, and its end. */
  private tell({ name, host }: FactorSource, trouble: string): void {
    const before = this.told.get(name) ?? ''
    if (trouble === before) return
    this.told.set(name, trouble)
    this.ports.warn(trouble === '' ? `${name} of ${host} is back` : `${name} of ${host}: ${trouble}`)
  }

  private async look(): Promise<void> {
    const { publishedAtMs } = this
    if (publishedAtMs !== undefined && this.ports.clock.nowMs() - publishedAtMs >= PUBLISH_MS) this.publish()
    await this.fixRow()
  }

  private publish(): void {
    const { clock, put } = this.ports
    this.publishedAtMs = clock.nowMs()
    put(
      GRID_MAPS.features,
      FEATURE_KEYS.externalFactors,
      EXTERNAL_FACTORS.write(this.factors.document(clock.epochMs())),
    )
  }

  /** What was known at 00:05 of a day on which nothing ran then, nobody can say any more. */
  private settleMissedDates(): void {
    const { file, clock, warn } = this.ports
    const { newestDate } = file
    const fixed = latestFixedDate(clock.epochMs())
    this.settledDate = newestDate === undefined || newestDate < fixed ? fixed : newestDate
    if (newestDate === undefined || newestDate >= fixed) return
    warn(missedText(newestDate, this.settledDate))
  }

  private async fixRow(): Promise<void> {
    const { file, clock, warn } = this.ports
    const nowMs = clock.epochMs()
    const date = latestFixedDate(nowMs)
    if (this.settledDate !== undefined && date <= this.settledDate) return
    try {
      const velocity = await this.velocityOf(date)
      const isLate = latestFixedDate(nowMs - VELOCITY_WAIT_MS) === date
      if (velocity === 'later' && !isLate) return
      const isNew = await file.append(this.factors.dayRow(date), velocity === 'later' ? null : velocity)
      const before = this.settledDate
      this.settledDate = date
      this.fileTrouble = ''
      if (isNew && before !== undefined && epochDay(date) - epochDay(before) > 1) {
        warn(missedText(before, dateOfEpochDay(epochDay(date) - 1)))
      }
    } catch (error) {
      const trouble = reason(error)
      if (trouble !== this.fileTrouble) warn(`the row of ${date} cannot be written, and is tried again: ${trouble}`)
      this.fileTrouble = trouble
    }
  }

  /** Of the breaker, for the row; null: there is no breaker, or it knows none. */
  private async velocityOf(date: IsoDate): Promise<number | null | 'later'> {
    try {
      const text = await this.ports.grid.map(GRID_MAPS.features).get(FEATURE_KEYS.breakerState)
      if (text === undefined) return null
      const reading = ACB_STATE.read(text)
      if ('refused' in reading) return null
      return reading.value.date === date ? (reading.value.w750_velocity ?? null) : 'later'
    } catch (error) {
      unlessUnavailable(error)
      return 'later'
    }
  }

  private untilNextLookMs(): number {
    const { clock } = this.ports
    const publishMs = this.publishedAtMs === undefined ? LOOK_MS : this.publishedAtMs + PUBLISH_MS - clock.nowMs()
    const nowMs = clock.epochMs()
    return Math.max(1, Math.min(LOOK_MS, publishMs, nextFixedMs(nowMs) - nowMs))
  }

  private isStuck(): boolean {
    const nowMs = this.ports.clock.nowMs()
    return [...this.asking.values()].some((sinceMs) => nowMs - sinceMs > ASK_MS_MAX)
  }

  private detail(): string {
    const document = this.factors.document(this.ports.clock.epochMs())
    const missing: string[] = []
    const known: string[] = []
    for (const source of FACTOR_SOURCES) {
      const value = document[FACTOR_OF_SOURCE[source]]
      if (value === null) missing.push(`${source} (${document.sources?.[source]?.error ?? 'too old'})`)
      else known.push(`${source} ${value}`)
    }
    const row = this.fileTrouble === '' ? '' : `; the row of the day is not written: ${this.fileTrouble}`
    return `${known.join(', ')}${missing.length === 0 ? '' : `${known.length === 0 ? '' : '; '}missing: ${missing.join(', ')}`}${row}`
  }
}

function missedText(before: IsoDate, last: IsoDate): string {
  const first = dateOfEpochDay(epochDay(before) + 1)
  const days = first === last ? `${first} has no row` : `${first} to ${last} have no rows`
  return `${days}: nothing ran at 00:05 UTC`
}
