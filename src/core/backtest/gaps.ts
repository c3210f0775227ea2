import { epochDay, type IsoDate, MS_PER_DAY } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { barStepSeconds } from './bar-step.js'

/** Bars that follow each other after a time without any. */
export interface Gap {
  /** Global index of the first bar after it. */
  readonly bar: number
  /** Its row in its day. */
  readonly row: number
  /** From the bar before it to that bar, ms; where bars have no times, the days that are missing. */
  readonly ms: number
}

/** A run's last bar: what the next day's first is held against. */
export interface LastBar {
  readonly date: IsoDate
  /** UTC ns; absent where bars have no times. */
  readonly lastNs?: bigint
  /** The usual time from bar to bar, ms; 0 where it is not known. */
  readonly stepMs: number
}

/** When a day's bars are. */
export type DayTimes = Pick<DayColumns, 'date' | 'bars' | 'timestampNs'>

/** What a run does with a position that is open where bars are missing. `carry`: nothing. Engine semantics, section 14. */
export type OnGap = 'carry' | 'close'

/**
 * Finds the gaps in a run's days: dates without bars between two days, and steps of more than five usual ones, inside a day
 * or over midnight. A day that was refused is missing like one without a file.
 */
export class GapWatch {
  /** The last bar that was looked at. */
  before: LastBar | undefined

  /** The gaps before the bars of a day, in order; `firstBar` is the global index of its first. Days come in order. */
  next(day: DayTimes, firstBar: number): Gap[] {
    const { bars, timestampNs, date } = day
    if (bars === 0) return []
    const { before } = this
    const stepMs = (barStepSeconds(day) ?? 0) * 1000
    const overnight = before === undefined ? undefined : msSince(before, { date, stepMs, ...firstOf(timestampNs) })
    this.before = { date, stepMs, ...(timestampNs === undefined ? {} : { lastNs: timestampNs[bars - 1]! }) }
    const gaps: Gap[] = overnight === undefined ? [] : [{ bar: firstBar, row: 0, ms: overnight }]
    if (timestampNs === undefined || stepMs === 0) return gaps
    for (const row of holesIn(timestampNs, BigInt(Math.round(GAP_STEPS * stepMs * 1e6)))) {
      gaps.push({ bar: firstBar + row, row, ms: Number(timestampNs[row]! - timestampNs[row - 1]!) / 1e6 })
    }
    return gaps
  }
}

/** Steps longer than so many usual ones are no jitter of a feed. Engine semantics, section 14. */
const GAP_STEPS = 5

/** The trade, and the time without data that it was held over, if there was any. */
export function withGaps(trade: Trade, gaps: readonly Gap[]): Trade {
  let ms = 0
  for (const gap of gaps) if (trade.entryBar < gap.bar && gap.bar <= trade.exitBar) ms += gap.ms
  return ms === 0 ? trade : { ...trade, gapMs: ms }
}

/** The gap from one day's last bar to another's first, ms; undefined where there is none. */
function msSince(
  before: { readonly date: IsoDate; readonly lastNs?: bigint; readonly stepMs: number },
  day: { readonly date: IsoDate; readonly firstNs?: bigint; readonly stepMs: number },
): number | undefined {
  const missingDays = epochDay(day.date) - epochDay(before.date) - 1
  if (before.lastNs === undefined || day.firstNs === undefined) {
    return missingDays > 0 ? missingDays * MS_PER_DAY : undefined
  }
  const ms = Number(day.firstNs - before.lastNs) / 1e6
  const stepMs = Math.max(before.stepMs, day.stepMs)
  return missingDays > 0 || (stepMs > 0 && ms > GAP_STEPS * stepMs) ? ms : undefined
}

function firstOf(times: BigInt64Array | undefined): { readonly firstNs?: bigint } {
  return times === undefined ? {} : { firstNs: times[0]! }
}

/** Rows that come later after the one before them than `limitNs`. Wrapped to 64 bits, so that V8 need not allocate. */
function holesIn(times: BigInt64Array, limitNs: bigint): number[] {
  const rows: number[] = []
  for (let row = 1; row < times.length; row++) {
    if (BigInt.asIntN(64, times[row]! - times[row - 1]!) > limitNs) rows.push(row)
  }
  return rows
}
