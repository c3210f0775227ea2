import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { DayColumns } from '../../ports/days.js'
import type { DayRecord } from '../../ports/vocabulary/trades.js'
import { VOLATILITY_RETURNS } from '../signal/vol-gate.js'
import { type Decided, type Decision, decisionsOf } from './decisions.js'
import type { DayTimes } from './gaps.js'
import { type Future, fromRow, truncateAfter } from './other-future.js'
import type { BacktestSettings } from './settings.js'
import { VeiledDay } from './veiled-day.js'

/** A backtest whose days are run in parts, over columns that may differ in what was not run yet. */
export interface PartwiseBacktest extends Decided {
  readonly settings: Pick<BacktestSettings, 'volGate'>
  /** `times` are those of all the day's bars, whatever part of it `columns` has. */
  beginDay(columns: DayColumns, times: DayTimes): void
  runTo(untilRow: number, columns: DayColumns, volOk?: Uint8Array): void
  endDay(): DayRecord
  /** Absent where bars are all that decides. */
  stepDay?(columns: DayColumns, volOk?: Uint8Array): void
}

/**
 * A run of its own through all days that never has the bars after a cut: up to the cut its data are the run's, after it they
 * are another future, and the veil is lifted only to be let down again at the next cut. One pass over the days so holds for
 * any number of cuts, and what a leak carries along inside the run is carried along from an altered future.
 */
export class VeiledRun {
  private day: { readonly columns: DayColumns; readonly veiled: VeiledDay; next: number } | undefined
  private seen = { trades: 0, refusals: 0, bar: -1 }
  private bars = 0

  /** `seed` makes the other future; unsigned 32-bit. */
  constructor(
    private readonly backtest: PartwiseBacktest,
    private readonly future: Future,
    private readonly seed: number,
  ) {}

  /** None of the day's bars is seen when it begins, only when they are. */
  beginDay(columns: DayColumns): void {
    const veiled = new VeiledDay(columns, this.future, this.seed)
    this.backtest.beginDay(veiled.through(-1), timesOf(columns))
    this.day = { columns, veiled, next: 0 }
  }

  /** Runs the day through a row that is the last one seen, and answers with what was decided since the cut before. */
  runThrough(row: number): Decision[] {
    const { backtest, day } = this
    assert(day !== undefined, 'a day has begun')
    const columns = day.veiled.through(row)
    backtest.runTo(row + 1, columns, this.maskOf(columns, day.next))
    day.next = row + 1
    return this.decidedThrough(this.bars + row)
  }

  /** Runs the rest of the day. */
  endDay(): Decision[] {
    const { backtest, day } = this
    assert(day !== undefined, 'a day has begun')
    const { columns } = day
    backtest.runTo(columns.bars, columns, backtest.settings.volGate?.maskForDay(columns))
    return this.ended(columns)
  }

  /** Runs a whole day without its columns, bar by bar. */
  stepDay(columns: DayColumns): Decision[] {
    const { backtest } = this
    assert(backtest.stepDay !== undefined, 'the run has columns that it can do without')
    backtest.beginDay(truncateAfter(columns, -1), timesOf(columns))
    backtest.stepDay(columns, backtest.settings.volGate?.maskForDay(columns))
    return this.ended(columns)
  }

  /**
   * The gate's mask of the rows from one on. A gate counts a day as an earlier one once it is asked, so a copy is; and as no
   * volatility reaches further back than its window, what lies before that is left out (the rest of a day takes 2 ms a cut).
   */
  private maskOf(columns: DayColumns, from: number): Uint8Array | undefined {
    const { volGate } = this.backtest.settings
    if (volGate === undefined) return undefined
    const first = Math.max(0, from - VOLATILITY_RETURNS - 1)
    const mask = volGate.copy().maskForDay(fromRow(columns, first))
    if (mask === undefined) return undefined
    const whole = new Uint8Array(columns.bars)
    whole.set(mask, first)
    return whole
  }

  private ended({ bars }: DayColumns): Decision[] {
    this.backtest.endDay()
    this.day = undefined
    const decisions = this.decidedThrough(this.bars + bars - 1)
    this.bars += bars
    return decisions
  }

  private decidedThrough(bar: number): Decision[] {
    const { backtest, seen } = this
    const { openPosition, trades, refusals = [] } = backtest
    const decisions = decisionsOf({
      trades: trades.slice(seen.trades),
      openPosition,
      refusals: refusals.slice(seen.refusals),
    })
    this.seen = { trades: trades.length, refusals: refusals.length, bar }
    return decisions.filter((decision) => decision.bar > seen.bar)
  }
}

function timesOf({ date, bars, timestampNs }: DayColumns): DayTimes {
  return { date, bars, ...present({ timestampNs }) }
}
