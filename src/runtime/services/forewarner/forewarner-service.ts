import { dateOfMs } from '../../../core/breaker/day-factors.js'
import {
  type Assessment,
  type AssessmentRequest,
  type ClosedTrade,
  ERROR_REPORT,
  forewarnerDocument,
} from '../../../core/forewarner/assessment.js'
import { ACB_BOOST, FOREWARNER } from '../../../core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, type StrategyColour } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import type { Grid } from '../../../ports/grid.js'
import { LatestDocument } from '../latest-document.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import { closedTradesOfGrid } from './grid-evidence.js'

/** What a forewarner reports on, and when. */
export interface ForewarnerSettings {
  /** Time between two reports, counted from 00:00 UTC, ms: a part of a day. */
  readonly everyMs: number
  /** Leverage of the strategy at most, before the day's boost, times the capital. */
  readonly maxLeverage: number
  /** Leverage that no day goes beyond. */
  readonly leverageMax: number
  /** Of the draws, an integer. */
  readonly seed: number
  /** Whose results in the grid are evidence. */
  readonly colour: StrategyColour
}

/** What a forewarner needs of the outside. */
export interface ForewarnerPorts {
  readonly grid: Grid
  readonly clock: Clock
  /**
   * Assesses off this loop, with whatever evidence it has beside the trades of the request. Rejects when it cannot, or takes
   * too long.
   */
  readonly assess: (request: AssessmentRequest, signal: AbortSignal) => Promise<Assessment>
  /** The latest value of a key, which gets into the grid as soon as that can be. Returns at once. */
  readonly put: (map: string, key: string, text: string) => void
  /** For the person who runs it. */
  warn(text: string): void
}

const LOOK_MS = 5_000
/** After a failure it is tried again so much later, ms. */
const RETRY_MS = 300_000

/**
 * What the strategy's own closed trades warn of, into `mc_forewarner_latest`: at day start and every four hours, and when the
 * day's boost changes what it is asked about. Source: system bible §12, §16.8, §28.6.
 */
export class ForewarnerService implements Service {
  readonly name = 'forewarner'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly boost: LatestDocument<{ readonly boost: number; readonly date?: string }>
  /** What the last report was about: another period, another date or another leverage wants another one. */
  private reported: { readonly period: number; readonly maxLeverage: number } | undefined
  private retryAtMs: number | undefined
  private detail = 'no report yet'

  constructor(
    private readonly settings: ForewarnerSettings,
    private readonly ports: ForewarnerPorts,
  ) {
    this.life = new ServiceLife(this.name, ports.clock)
    this.wake = new Wake(ports.clock)
    this.boost = new LatestDocument(ACB_BOOST, ports.warn)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {
      while (!signal.aborted) {
        await this.look(signal)
        if (signal.aborted) break
        this.life.progress(this.detail)
        await this.wake.wait(LOOK_MS, signal)
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private async look(signal: AbortSignal): Promise<void> {
    const { clock, grid } = this.ports
    try {
      this.boost.take(await grid.map(GRID_MAPS.features).get(FEATURE_KEYS.breaker))
    } catch {
      // The boost that is known stays.
    }
    const epochMs = clock.epochMs()
    const date = dateOfMs(epochMs)
    const period = Math.floor(epochMs / this.settings.everyMs)
    const maxLeverage = this.settings.maxLeverage * this.boostOf(date)
    const isDone = this.reported?.period === period && this.reported.maxLeverage === maxLeverage
    const isRetry = this.retryAtMs !== undefined && clock.nowMs() >= this.retryAtMs
    if (isDone && !isRetry) return
    await this.report({ date, period, maxLeverage }, signal)
  }

  private async report(
    about: { readonly date: string; readonly period: number; readonly maxLeverage: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, put } = this.ports
    const assessment = await this.assessed(about, signal)
    if (signal.aborted) return
    const document = forewarnerDocument(assessment, { ...about, atMs: clock.epochMs() })
    put(GRID_MAPS.features, FEATURE_KEYS.forewarner, FOREWARNER.write(document))
    this.reported = about
    const { status, catastrophic_prob, source, trades } = document
    const share = (100 * catastrophic_prob).toFixed(1)
    this.detail = `${status}: ${share} % catastrophic at × ${about.maxLeverage.toFixed(2)}, ${source} of ${trades} trades`
  }

  /** Never rejects: what cannot be assessed is reported as that. */
  private async assessed(
    { date, maxLeverage }: Pick<AssessmentRequest, 'date' | 'maxLeverage'>,
    signal: AbortSignal,
  ): Promise<Assessment> {
    const { clock, assess, warn } = this.ports
    const { leverageMax, seed } = this.settings
    this.retryAtMs = undefined
    try {
      const trades = await this.tradesBefore(date)
      return await assess({ date, maxLeverage, leverageMax, seed, trades }, signal)
    } catch (error) {
      if (!signal.aborted) warn(`no assessment: ${error instanceof Error ? error.message : String(error)}`)
      this.retryAtMs = clock.nowMs() + RETRY_MS
      return { report: ERROR_REPORT, trades: 0 }
    }
  }

  /** Those that can be had: a grid that is away takes nothing from the evidence of a file. */
  private async tradesBefore(date: string): Promise<readonly ClosedTrade[]> {
    const { grid, warn } = this.ports
    try {
      return await closedTradesOfGrid(grid.map(GRID_MAPS.pnl(this.settings.colour)), date, warn)
    } catch {
      warn('the results in the grid cannot be read: what is assessed rests on the file alone')
      this.retryAtMs = this.ports.clock.nowMs() + RETRY_MS
      return []
    }
  }

  private boostOf(date: string): number {
    const { value } = this.boost
    return value !== undefined && (value.date ?? date) === date ? value.boost : 1
  }
}
