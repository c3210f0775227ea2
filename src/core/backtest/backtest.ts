import { anyText, refuse } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { DayColumns } from '../../ports/days.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { refuseDisorder } from '../days/timestamps.js'
import { DAY_COLUMNS } from '../engine/argument-checks.js'
import type { DayBoost } from '../engine/day.js'
import { Engine } from '../engine/engine.js'
import type { EnginePorts } from '../engine/fills.js'
import type { EngineSnapshot } from '../engine/snapshot.js'
import { stepAll } from './bar-by-bar.js'
import { fillAtBarPrice, runAtBarPrices } from './bar-price-fills.js'
import { EquityTrack } from './equity-track.js'
import type { DayTimes } from './gaps.js'
import type { RunAbout } from './report.js'
import { buildReport } from './report.js'
import { type CarriedDays, RunDays } from './run-days.js'
import { BACKTEST, type BacktestSettings } from './settings.js'

/** Where a run stands between two days, as plain JSON. */
export interface CarriedBacktest {
  readonly engine: EngineSnapshot
  readonly days: CarriedDays
}

/** A bulk backtest: days in, a report out. Synchronous; whoever reads the days decides how. */
export class Backtest {
  readonly settings: BacktestSettings
  private readonly engine: Engine
  private readonly closed: Trade[] = []
  private readonly refused: RefusedEntry[] = []
  private readonly days: RunDays
  private readonly equity: EquityTrack
  /** Trades that were closed before the current day. */
  private tradesBefore = 0
  /** Rows of the current day that were not run yet, and before which what is open is closed. */
  private closing: number[] = []

  /**
   * @param carried of an earlier run with the same settings, which this one goes on from as if it were one run.
   * @throws InputMistake that names every setting that is wrong (`settings.parameters.fraction`).
   */
  constructor(settings: BacktestSettings, carried?: CarriedBacktest) {
    refuse(BACKTEST(settings, 'settings'))
    this.settings = settings
    this.days = new RunDays(settings, carried?.days)
    this.equity = new EquityTrack(settings.initialCapital)
    const ports: EnginePorts = {
      ...present({
        orderBook: settings.orderBook,
        liquidation: settings.liquidation,
        delisting: settings.delisting,
      }),
      ...(settings.barPriceFills === undefined ? {} : { fills: 'adapter' as const }),
      ...(settings.keepRefusals ? { refused: (entry: RefusedEntry) => this.refused.push(entry) } : {}),
    }
    this.engine =
      carried === undefined
        ? new Engine(settings.parameters, settings.initialCapital, ports)
        : Engine.restore(carried.engine, ports)
  }

  /**
   * All that a run of the next days needs to go on from here, as plain JSON: taken between two days. Not in it: what gates and
   * forewarners remember.
   */
  carry(): CarriedBacktest {
    const days = this.days.carry()
    assert(days !== undefined, 'a run that is carried on has run a day')
    return { engine: this.engine.snapshot(), days }
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
    const { days, equity, engine } = this
    const trades = this.closed.slice(this.tradesBefore)
    const firstBar = engine.bars - columns.bars
    equity.markDay(columns, { firstBar, trades, open: engine.openPosition, capital: engine.capital })
    days.describe(columns, sha256)
    return record
  }

  /**
   * Begins a day that is run in parts; columns and `sha256` of such a day are in no report. `times` are those of all its bars:
   * where data break off is a fact of the data, which nobody decides.
   *
   * @throws DayError, with the state unchanged, when the day is out of order.
   * @internal
   */
  beginDay(columns: DayColumns, times: DayTimes = columns): void {
    refuseDisorder(columns, this.days.lastDate)
    const { engine, settings, days } = this
    const gaps = days.gapsOf(times, engine.bars)
    const closing = settings.onGap === 'close' ? gaps.map(({ row }) => row) : []
    if (closing[0] === 0) this.endLastDay(this.closedBeforeGap())
    this.closing = closing.filter((row) => row > 0)
    engine.beginDay({
      date: columns.date,
      direction: settings.direction,
      posture: settings.posture,
      ...this.dayBoost(columns.date),
      ...present({ forewarner: settings.forewarner }),
      assets: columns.assets,
    })
    this.tradesBefore = this.closed.length
  }

  /** Runs the day on to a row (exclusive); the columns may differ from those before in rows that were not run yet. @internal */
  runTo(untilRow: number, columns: DayColumns, volOk?: Uint8Array): void {
    const { engine, settings } = this
    engine.endDay()
    engine.attach(columns)
    const sizing = settings.barPriceFills
    const run = (row: number) =>
      this.keep(sizing === undefined ? engine.run(row, volOk) : runAtBarPrices(engine, sizing, row, volOk))
    for (const row of this.closing.splice(0, this.closing.filter((row) => row < untilRow).length)) {
      run(row)
      const trade = this.closedBeforeGap()
      if (trade !== undefined) this.keep([trade])
    }
    run(untilRow)
  }

  /** Runs the whole day bar by bar: whoever decides is handed one bar, and no column. @internal */
  stepDay(columns: DayColumns, volOk?: Uint8Array): void {
    const { engine, settings, closing } = this
    this.keep(stepAll(engine, columns, { ...present({ volOk, sizing: settings.barPriceFills }), closing }))
  }

  /** Ends a day that was run in parts. @internal */
  endDay(): DayRecord {
    const { engine, settings } = this
    engine.endDay()
    const record = engine.dayRecord()
    for (let i = this.tradesBefore; i < this.closed.length; i++) {
      settings.forewarner?.observe(this.closed[i]!, record.date)
    }
    this.days.end(record, engine.openPosition)
    return record
  }

  /** Notes a day that was left out. */
  skipDay(day: SkippedDay): void {
    this.days.skipped.push(day)
  }

  /** Closes what is open if the parameters ask for it, and draws up the report. */
  finish(about: RunAbout): BacktestReport {
    const { engine, days } = this
    if (this.settings.parameters.close_at_end && days.last !== undefined) {
      this.endLastDay(engine.closeAtEnd() ?? this.filledAtBarPrice())
    }
    return buildReport({
      about,
      settings: this.settings,
      days,
      trades: this.closed,
      markToMarket: this.equity.result(),
      universe: engine.universe,
      openPosition: engine.openPosition,
      bars: engine.bars,
      rngDraws: engine.rngDraws,
    })
  }

  private keep(trades: readonly Trade[]): void {
    for (const trade of trades) this.closed.push(this.days.held(trade))
  }

  private closedBeforeGap(): Trade | undefined {
    return this.engine.closeBeforeGap() ?? this.filledAtBarPrice()
  }

  private filledAtBarPrice(): Trade | undefined {
    const { barPriceFills } = this.settings
    return barPriceFills && fillAtBarPrice(this.engine, barPriceFills)
  }

  /** A position was closed after the last bar of the last day, which it belongs to. */
  private endLastDay(trade: Trade | undefined): void {
    if (trade === undefined) return
    const { days, equity, settings, engine } = this
    const held = days.held(trade)
    const record = engine.dayRecord()
    this.closed.push(held)
    equity.mark(held.exitBar, held.capitalAfter)
    days.amend(record)
    settings.forewarner?.observe(held, record.date)
  }

  private dayBoost(date: string): { acb: DayBoost } | undefined {
    const boost = this.settings.breaker?.boostForDate(date)
    return boost === undefined ? undefined : { acb: { boost: boost.boost, beta: boost.beta, source: 'breaker' } }
  }
}
