import { anyText, refuse } from '../../base/arguments.js'
import { present } from '../../base/present.js'
import type { DayColumns } from '../../ports/days.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { refuseDisorder } from '../days/timestamps.js'
import { DAY_COLUMNS } from '../engine/argument-checks.js'
import type { DayBoost } from '../engine/day.js'
import { Engine } from '../engine/engine.js'
import { stepAll } from './bar-by-bar.js'
import { fillAtBarPrice, runAtBarPrices } from './bar-price-fills.js'
import { barStepSeconds } from './bar-step.js'
import { Baseline } from './baseline.js'
import type { RunAbout } from './report.js'
import { buildReport } from './report.js'
import { BACKTEST, type BacktestSettings } from './settings.js'

/** A bulk backtest: days in, a report out. Synchronous; whoever reads the days decides how. */
export class Backtest {
  readonly settings: BacktestSettings
  private readonly engine: Engine
  private readonly closed: Trade[] = []
  private readonly refused: RefusedEntry[] = []
  private readonly days: DayRecord[] = []
  private readonly skipped: SkippedDay[] = []
  private readonly dataHashes: string[] = []
  private readonly stepSeconds: number[] = []
  private readonly baseline: Baseline
  /** Trades that were closed before the current day. */
  private tradesBefore = 0

  /** @throws InputMistake that names every setting that is wrong (`settings.parameters.fraction`). */
  constructor(settings: BacktestSettings) {
    refuse(BACKTEST(settings, 'settings'))
    this.settings = settings
    this.baseline = new Baseline(settings)
    this.engine = new Engine(settings.parameters, settings.initialCapital, {
      ...present({ orderBook: settings.orderBook }),
      ...(settings.barPriceFills === undefined ? {} : { fills: 'adapter' as const }),
      ...(settings.keepRefusals ? { refused: (entry: RefusedEntry) => this.refused.push(entry) } : {}),
    })
  }

  get trades(): readonly Trade[] {
    return this.closed
  }

  /** Entries refused while the signal gate was open; empty where they are not kept. */
  get refusals(): readonly RefusedEntry[] {
    return this.refused
  }

  get openPosition(): EntryRecord | undefined {
    return this.engine.openPosition
  }

  /** Realised capital, USD. */
  get capital(): number {
    return this.engine.capital
  }

  /**
   * Runs one day; days come in date order. `sha256` is the hash of the day's file.
   *
   * @throws DayError, with the state unchanged, when the day is out of order or its timestamps are refused; InputMistake when
   * the columns do not fit together.
   */
  addDay(columns: DayColumns, sha256: string): DayRecord {
    refuse(DAY_COLUMNS(columns, 'columns'), anyText(sha256, 'sha256'))
    this.beginDay(columns)
    this.runTo(columns.bars, columns, this.settings.volGate?.maskForDay(columns))
    const record = this.endDay()
    this.dataHashes.push(sha256)
    this.baseline.addDay(columns)
    const step = barStepSeconds(columns)
    if (step !== undefined) this.stepSeconds.push(step)
    return record
  }

  /**
   * Begins a day that is run in parts; columns and `sha256` of such a day are in no report.
   *
   * @throws DayError, with the state unchanged, when the day is out of order.
   * @internal
   */
  beginDay(columns: DayColumns): void {
    refuseDisorder(columns, this.days.at(-1)?.date)
    const { engine, settings } = this
    engine.beginDay({
      date: columns.date,
      direction: settings.direction,
      posture: settings.posture,
      ...this.dayBoost(columns.date),
      ...present({ forewarner: settings.forewarner }),
    })
    this.tradesBefore = this.closed.length
  }

  /** Runs the day on to a row (exclusive); the columns may differ from those before in rows that were not run yet. @internal */
  runTo(untilRow: number, columns: DayColumns, volOk?: Uint8Array): void {
    const { engine, settings } = this
    engine.endDay()
    engine.attach(columns)
    const sizing = settings.barPriceFills
    const trades = sizing === undefined ? engine.run(untilRow, volOk) : runAtBarPrices(engine, sizing, untilRow, volOk)
    this.closed.push(...trades)
  }

  /** Runs the whole day bar by bar: whoever decides is handed one bar, and no column. @internal */
  stepDay(columns: DayColumns, volOk?: Uint8Array): void {
    this.closed.push(...stepAll(this.engine, columns, { ...present({ volOk, sizing: this.settings.barPriceFills }) }))
  }

  /** Ends a day that was run in parts. @internal */
  endDay(): DayRecord {
    const { engine, settings } = this
    engine.endDay()
    const record = engine.dayRecord()
    for (let i = this.tradesBefore; i < this.closed.length; i++) {
      settings.forewarner?.observe(this.closed[i]!, record.date)
    }
    this.days.push(record)
    return record
  }

  /** Notes a day that was left out. */
  skipDay(day: SkippedDay): void {
    this.skipped.push(day)
  }

  /** Closes what is open if the parameters ask for it, and draws up the report. */
  finish(about: RunAbout): BacktestReport {
    const { engine } = this
    if (this.settings.parameters.close_at_end && this.days.length > 0) {
      const { barPriceFills } = this.settings
      const trade = engine.closeAtEnd() ?? (barPriceFills && fillAtBarPrice(engine, barPriceFills))
      if (trade !== undefined) {
        this.closed.push(trade)
        this.days[this.days.length - 1] = engine.dayRecord()
      }
    }
    return buildReport({
      about,
      settings: this.settings,
      baseline: this.baseline.result(),
      days: this.days,
      trades: this.closed,
      skippedDays: this.skipped,
      dataHashes: this.dataHashes,
      stepSeconds: this.stepSeconds,
      universe: engine.universe,
      openPosition: engine.openPosition,
      bars: engine.bars,
      rngDraws: engine.rngDraws,
    })
  }

  private dayBoost(date: string): { acb: DayBoost } | undefined {
    const boost = this.settings.breaker?.boostForDate(date)
    return boost === undefined ? undefined : { acb: { boost: boost.boost, beta: boost.beta, source: 'breaker' } }
  }
}
