import { present } from '../../base/present.js'
import type { SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayRecord } from '../../ports/vocabulary/trades.js'

/** Shades on each side of zero. */
export const SHADES = 4

export interface HeatmapCell {
  readonly date: string
  readonly dayOfMonth: number
  /** 0 Monday … 6 Sunday, UTC. */
  readonly column: number
  /** Week of the month, from 0 at the first week with a day of the run. */
  readonly row: number
  /** Absent on days that are not in the run. */
  readonly day?: { readonly dailyReturn: number; readonly pnl: number; readonly trades: number; readonly shade: number }
  /** Why the day was left out. */
  readonly skipped?: string
}

export interface HeatmapMonth {
  /** `2025-05`. */
  readonly month: string
  /** The days in order, without the month's leading and trailing weeks that hold no day of the run. */
  readonly cells: readonly HeatmapCell[]
  /** Return over the month's days of the run, compounded. */
  readonly totalReturn: number
  readonly daysInRun: number
}

export interface Heatmap {
  readonly months: readonly HeatmapMonth[]
  /** Returns of at least `edges[i]` in size are in shade `i + 1`. */
  readonly edges: readonly number[]
}

export interface HeatmapInput {
  readonly days: readonly DayRecord[]
  /** Parallel to `days`. */
  readonly dailyReturns: readonly number[]
  readonly skippedDays: readonly SkippedDay[]
}

/**
 * The run's days as calendar months, gaps included. Shades are symmetric about zero, so that equal colours are equal
 * sizes; the darkest begins at three quarters of the 95th percentile of absolute returns, so that one wild day does not
 * wash out all others.
 */
export function heatmap({ days, dailyReturns, skippedDays }: HeatmapInput): Heatmap {
  const edges = shadeEdges(dailyReturns)
  const byDate = new Map<string, NonNullable<HeatmapCell['day']>>()
  days.forEach((day, i) => {
    const dailyReturn = dailyReturns[i] ?? 0
    byDate.set(day.date, { dailyReturn, pnl: day.pnl, trades: day.trades, shade: shadeOf(dailyReturn, edges) })
  })
  const skipped = new Map(skippedDays.map((day) => [day.date, day.error]))
  const months = monthsBetween([...byDate.keys(), ...skipped.keys()])
  return { edges, months: months.map((month) => layoutMonth(month, byDate, skipped)) }
}

/** −4 … 4; 0 is a day without a change. */
export function shadeOf(dailyReturn: number, edges: readonly number[]): number {
  if (dailyReturn === 0 || Number.isNaN(dailyReturn)) return 0
  const size = Math.abs(dailyReturn)
  let shade = 1
  while (shade < SHADES && size >= edges[shade]!) shade++
  return dailyReturn > 0 ? shade : -shade
}

function shadeEdges(dailyReturns: readonly number[]): number[] {
  const sizes = dailyReturns.map(Math.abs).filter((size) => size > 0 && Number.isFinite(size))
  sizes.sort((a, b) => a - b)
  const top = sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * 0.95))] ?? 0.01
  return Array.from({ length: SHADES }, (_, i) => (top * i) / SHADES)
}

function layoutMonth(
  month: string,
  byDate: ReadonlyMap<string, NonNullable<HeatmapCell['day']>>,
  skipped: ReadonlyMap<string, string>,
): HeatmapMonth {
  const [year, monthNumber] = month.split('-').map(Number) as [number, number]
  const length = new Date(Date.UTC(year, monthNumber, 0)).getUTCDate()
  const firstColumn = (new Date(Date.UTC(year, monthNumber - 1, 1)).getUTCDay() + 6) % 7
  let growth = 1
  let daysInRun = 0
  const cells = Array.from({ length }, (_, i): HeatmapCell => {
    const date = `${month}-${String(i + 1).padStart(2, '0')}`
    const slot = firstColumn + i
    const day = byDate.get(date)
    const error = skipped.get(date)
    if (day !== undefined) {
      growth *= 1 + day.dailyReturn
      daysInRun++
    }
    return {
      ...{ date, dayOfMonth: i + 1, column: slot % 7, row: Math.floor(slot / 7) },
      ...present({ day, skipped: error }),
    }
  })
  return { month, cells: trimWeeks(cells), totalReturn: growth - 1, daysInRun }
}

function trimWeeks(cells: readonly HeatmapCell[]): HeatmapCell[] {
  const used = cells.filter((cell) => cell.day !== undefined || cell.skipped !== undefined).map((cell) => cell.row)
  const first = used[0] ?? 0
  const last = used.at(-1) ?? 0
  const kept = cells.filter((cell) => cell.row >= first && cell.row <= last)
  return kept.map((cell) => ({ ...cell, row: cell.row - first }))
}

/** A century of months is as far as a calendar goes; a date beyond that is a mistake in the data, not a month to draw. */
const MONTHS_MAX = 1200

function monthsBetween(dates: readonly string[]): string[] {
  const months = dates.filter(isDate).map((date) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1)
  if (months.length === 0) return []
  const first = months.reduce((a, b) => Math.min(a, b))
  const last = months.reduce((a, b) => Math.max(a, b))
  return Array.from({ length: Math.min(last - first + 1, MONTHS_MAX) }, (_, i) => {
    const month = first + i
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}

function isDate(date: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])-\d{2}$/.test(date)
}
