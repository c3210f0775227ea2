import { present } from '../../base/present.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { refuseDisorder, timesOf } from '../../core/days/timestamps.js'
import { WARMUP_ROWS } from '../../core/engine/engine.js'
import { assessDay } from '../../core/forewarner/gate.js'
import type { DayColumns } from '../../ports/days.js'
import type { StrategyBar } from '../../ports/strategy.js'

/**
 * Recorded days as the bars that a session would have seen: each with what was known by then, numbered from 0 on over all
 * days. Days begin as they do in a backtest.
 */
export class SessionBars {
  private readonly settings: BarSettings
  private columns: DayColumns | undefined
  private times: BigInt64Array = new BigInt64Array()
  private volOk: Uint8Array | undefined
  private before = 0

  constructor(settings: BarSettings) {
    this.settings = settings
  }

  /**
   * Begins the next day.
   *
   * @throws DayError when it is out of order, or its timestamps are missing or refused.
   */
  beginDay(columns: DayColumns): void {
    const last = this.columns
    refuseDisorder(columns, last?.date)
    this.times = timesOf(columns)
    this.before += last?.bars ?? 0
    this.columns = columns
    this.volOk = this.settings.volGate?.maskForDay(columns)
  }

  /** When a row of the day happened, UTC ms. */
  timeMs(row: number): number {
    return Number(this.times[row]! / NS_PER_MS)
  }

  /** A row of the day, counted over all days. */
  numberOf(row: number): number {
    return this.before + row
  }

  /** A row of the day as a bar. The first is judged when it is asked for: what the day before came to must be known by then. */
  bar(row: number): StrategyBar {
    const { assets, prices, velDiv, date } = this.columns!
    return {
      bar: this.numberOf(row),
      timestampMs: this.timeMs(row),
      symbols: assets,
      prices: Float64Array.from(prices, (column) => column[row]!),
      velDiv: velDiv[row]!,
      volOk: this.volOk === undefined ? row >= WARMUP_ROWS : this.volOk[row] === 1,
      ...(row === 0 ? { day: dayBeginning(date, this.settings) } : {}),
      posture: this.settings.posture,
    }
  }
}

const NS_PER_MS = 1_000_000n

/** What a session takes of a run's settings to make its bars. */
export type BarSettings = Pick<BacktestSettings, 'parameters' | 'posture' | 'volGate' | 'breaker' | 'forewarner'>

/** What is known of a day before its first bar. */
export function dayBeginning(
  date: string,
  { breaker, forewarner, parameters }: Pick<BarSettings, 'parameters' | 'breaker' | 'forewarner'>,
): NonNullable<StrategyBar['day']> {
  const boost = breaker?.boostForDate(date)
  const maxLeverage = parameters.max_leverage * (boost?.boost ?? 1)
  return {
    date,
    ...present({ boost: boost?.boost, beta: boost?.beta }),
    ...(forewarner === undefined ? {} : { forewarner: assessDay(forewarner, { date, maxLeverage }).status }),
  }
}
