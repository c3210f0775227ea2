import type { BreakerTable } from '../../../core/breaker/breaker.js'
import type { StampedFactor } from '../../../core/breaker/day-factors.js'
import { type LiveBoost, LiveBreaker, type LiveBreakerSettings } from '../../../core/breaker/live-breaker.js'
import { FACTOR_OF_SOURCE } from '../../../core/factors/factor-ranges.js'
import type { DocumentOf } from '../../../core/grid/document.js'
import { type EigenScan, LATEST_EIGEN_SCAN } from '../../../core/grid/eigen-scan.js'
import { ACB_BOOST, ACB_STATE, EXTERNAL_FACTORS } from '../../../core/grid/feature-documents.js'
import { BREAKER_FENCE_REFERENCE, BREAKER_LOCK, FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import { FACTOR_SOURCES } from '../../../ports/factor-source.js'
import { type Grid, type GridMap, GridUnavailable } from '../../../ports/grid.js'
import { unlessUnavailable } from '../../grid/unless-unavailable.js'
import { LatestDocument } from '../latest-document.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import { FencedLock } from './fenced-lock.js'

/** What a breaker needs of the outside. */
export interface BreakerPorts {
  readonly grid: Grid
  readonly clock: Clock
  /** Rows of a file that have changed since they were asked for; undefined when they have not. Absent: no file. */
  readonly changedRows?: () => Promise<Pick<BreakerTable, 'factors' | 'w750'> | undefined>
  /** For the person who runs it. */
  warn(text: string): void
}

/** How often it looks for what no listener tells: a changed file, a lock that became free, a grid that lost a write, ms. */
const LOOK_MS = 5_000
/** A scan further ahead than this is of a wrong clock, ms. */
const AHEAD_MAX_MS = 60_000

/**
 * Boost and beta of the day into `acb_boost`, and what they are made of into `acb_state_latest`: when the first scan of a date
 * comes, and again when new factors or scans change them. One breaker writes at a time, under the fenced lock.
 *
 * A new date is computed in the listener that hears its first scan, and written without waiting for any timer: on the embedded
 * grid it lies in the map before the turn after that one. Source: system bible §10.5, §15.5, §16.4; spec "The grid".
 */
export class BreakerService implements Service {
  readonly name = 'breaker'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly breaker: LiveBreaker
  private readonly features: GridMap
  private readonly lock: FencedLock
  private readonly scans: LatestDocument<EigenScan>
  private readonly factors: LatestDocument<DocumentOf<typeof EXTERNAL_FACTORS>>
  private readonly listening: (() => Promise<void>)[] = []
  private isListening = false
  /** What the grid holds now has to be read: at the start, and when it was away. */
  private isBehind = true
  private lastScan: Pick<EigenScan, 'scanNumber' | 'atMs'> | undefined
  private isWarnedOfClock = false
  /** What was written last under the token that is held. */
  private written: string | undefined
  private isDue = false
  private writing: Promise<void> | undefined
  private failure: { readonly error: unknown } | undefined
  private role: 'standby' | 'writer' = 'standby'
  private trouble = ''
  private fileTrouble = ''

  constructor(
    settings: LiveBreakerSettings,
    private readonly ports: BreakerPorts,
  ) {
    const { grid, clock, warn } = ports
    this.life = new ServiceLife(this.name, clock)
    this.wake = new Wake(clock)
    this.breaker = new LiveBreaker(settings)
    this.features = grid.map(GRID_MAPS.features)
    this.lock = new FencedLock(grid, { lock: BREAKER_LOCK, fence: BREAKER_FENCE_REFERENCE })
    this.scans = new LatestDocument(LATEST_EIGEN_SCAN, warn)
    this.factors = new LatestDocument(EXTERNAL_FACTORS, warn)
  }

  start(signal: AbortSignal): Promise<void> {
    const { grid } = this.ports
    return this.life.run(signal, async () => {
      const stopListening = grid.connection.listen(() => {
        // A grid that was away may have forgotten what was written, and told nothing meanwhile.
        this.written = undefined
        this.isBehind = true
        this.wake.call()
      })
      try {
        while (!signal.aborted) {
          await this.look()
          this.life.progress(this.detail())
          await this.wake.wait(LOOK_MS, signal)
        }
      } finally {
        stopListening()
        await Promise.allSettled(this.listening.splice(0).map((end) => end()))
        await this.writing
        await this.lock.release().catch(unlessUnavailable)
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private async look(): Promise<void> {
    await this.readFile()
    if (await this.catchUp()) {
      // The lock is asked for also while there is nothing to write: whoever has it is ready for the first scan of a date.
      await this.write()
    }
    if (this.failure !== undefined) throw this.failure.error
  }

  /** Whatever the file is like, the rows that were read before stay. */
  private async readFile(): Promise<void> {
    try {
      const rows = await this.ports.changedRows?.()
      if (rows !== undefined) this.breaker.useFile(rows)
      this.fileTrouble = ''
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error)
      if (trouble !== this.fileTrouble) this.ports.warn(`the rows read before stay: ${trouble}`)
      this.fileTrouble = trouble
    }
  }

  /** Listens, then reads what is there, so that nothing falls between the two. False while the grid is away. */
  private async catchUp(): Promise<boolean> {
    const { features } = this
    try {
      if (!this.isListening) await this.listen()
      if (!this.isBehind) return true
      this.isBehind = false
      const { externalFactors, externalFactorsBefore, scan } = FEATURE_KEYS
      const texts = await features.getAll([externalFactors, externalFactorsBefore, scan])
      this.takeFactors(texts.get(externalFactors) ?? texts.get(externalFactorsBefore))
      this.takeScan(texts.get(scan))
      return true
    } catch (error) {
      unlessUnavailable(error)
      this.isBehind = true
      this.trouble = 'the grid is away'
      return false
    }
  }

  private async listen(): Promise<void> {
    const hear = async (key: string, take: (text: string | undefined) => void) => {
      this.listening.push(await this.features.listen(({ value }) => take(value), { key }))
    }
    try {
      const state = await this.features.get(FEATURE_KEYS.breakerState)
      await hear(FEATURE_KEYS.externalFactors, (text) => this.takeFactors(text))
      await hear(FEATURE_KEYS.scan, (text) => this.takeScan(text))
      if (state !== undefined) this.resume(state)
      this.isListening = true
    } catch (error) {
      await Promise.allSettled(this.listening.splice(0).map((end) => end()))
      throw error
    }
  }

  /** The row of the date at hand, and velocities, as the breaker before this one published them. */
  private resume(text: string): void {
    const reading = ACB_STATE.read(text)
    if ('refused' in reading) {
      this.ports.warn('the state of the breaker before cannot be read: velocities of earlier dates are not known')
      return
    }
    const { date, factors, w750_by_date, w750_velocity = null } = reading.value
    if (date === undefined) return
    const { funding_btc: fundingBtc, dvol_btc: dvolBtc, fng, taker } = factors
    const w750 = new Map(Object.entries(w750_by_date ?? {})).set(date, w750_velocity)
    this.breaker.resume({ date, factors: { fundingBtc, dvolBtc, fng, taker }, w750 })
  }

  private takeScan(text: string | undefined): void {
    if (!this.scans.take(text)) return
    const { scanNumber, atMs, w750Velocity } = this.scans.value!
    // A scanner may write a scan twice, the second time with old prices.
    if (this.lastScan !== undefined && (atMs <= this.lastScan.atMs || scanNumber === this.lastScan.scanNumber)) return
    if (!this.isOfNow(atMs)) return
    this.lastScan = { scanNumber, atMs }
    const w750 = Number.isFinite(w750Velocity) ? w750Velocity : null
    if (this.breaker.takeScan({ timestampMs: atMs, w750 })) this.writeSoon()
  }

  /** A scan from the future would make every scan until then a late one. */
  private isOfNow(atMs: number): boolean {
    const isAhead = atMs > this.ports.clock.epochMs() + AHEAD_MAX_MS
    if (isAhead && !this.isWarnedOfClock) {
      this.ports.warn(`a scan of ${new Date(atMs).toISOString()} is ahead of the clock: left out, as all such scans`)
    }
    this.isWarnedOfClock = isAhead
    return !isAhead
  }

  private takeFactors(text: string | undefined): void {
    if (!this.factors.take(text)) return
    const nowMs = this.ports.clock.epochMs()
    let changed = false
    for (const factor of stampedFactors(this.factors.value!)) {
      changed = this.breaker.takeFactor(factor, nowMs) || changed
    }
    if (changed) this.writeSoon()
  }

  private writeSoon(): void {
    this.write().catch((error: unknown) => {
      this.failure = { error }
      this.wake.call()
    })
  }

  /** One write at a time; what changes during one is written after it, once. Never rejects because of the grid. */
  private write(): Promise<void> {
    this.isDue = true
    this.writing ??= this.writeWhileDue()
    return this.writing
  }

  private async writeWhileDue(): Promise<void> {
    try {
      while (this.isDue) {
        this.isDue = false
        await this.writeOnce()
      }
    } finally {
      this.writing = undefined
    }
  }

  private async writeOnce(): Promise<void> {
    try {
      const fence = await this.lock.permitted()
      this.role = fence === undefined ? 'standby' : 'writer'
      this.trouble = ''
      const boost = this.breaker.boost()
      if (fence === undefined || boost === undefined) {
        if (fence === undefined) this.written = undefined
        return
      }
      const said = JSON.stringify([fence, boost, [...this.breaker.velocities(boost.date)]])
      if (said === this.written) return
      const computed_at = new Date(this.ports.clock.epochMs()).toISOString()
      await this.features.set(
        FEATURE_KEYS.breaker,
        ACB_BOOST.write({ boost: boost.boost, beta: boost.beta, date: boost.date, fence, computed_at }),
      )
      await this.features.set(FEATURE_KEYS.breakerState, ACB_STATE.write(this.stateOf(boost, computed_at)))
      this.written = said
    } catch (error) {
      unlessUnavailable(error)
      this.trouble = error instanceof GridUnavailable ? error.message : ''
    }
  }

  private stateOf(boost: LiveBoost, computed_at: string): DocumentOf<typeof ACB_STATE> {
    const { fundingBtc = null, dvolBtc = null, fng = null, taker = null } = boost.factors
    return {
      boost: boost.boost,
      beta: boost.beta,
      signals: boost.signals,
      factors: { funding_btc: fundingBtc, dvol_btc: dvolBtc, fng, taker },
      computed_at,
      date: boost.date,
      w750_velocity: boost.w750,
      w750_threshold: boost.threshold,
      w750_by_date: Object.fromEntries(this.breaker.velocities(boost.date)),
    }
  }

  private detail(): string {
    const boost = this.breaker.boost()
    const what =
      boost === undefined ? 'waits for a scan' : `${boost.date}: boost ${boost.boost.toFixed(3)}, beta ${boost.beta}`
    const role = this.role === 'writer' ? '' : ', another one writes'
    return this.trouble === '' ? `${what}${role}` : `${what}, not written: ${this.trouble}`
  }
}

/** What is not missing; without a stamp of its source, as of when it was pushed. */
function* stampedFactors(document: DocumentOf<typeof EXTERNAL_FACTORS>): Generator<StampedFactor> {
  for (const source of FACTOR_SOURCES) {
    const factor = FACTOR_OF_SOURCE[source]
    const value = document[factor]
    const at = document.sources?.[source]?.at ?? document._pushed_at
    if (value !== null) yield { factor, value, atMs: Math.round(at * 1000) }
  }
}
