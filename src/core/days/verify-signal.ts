import type { DayColumns } from '../../ports/days.js'
import { SYMBOLS_MIN } from '../eigen/window-tracker.js'
import type { Finding } from './finding.js'

/** `vel_div` against the velocities it is made of, where it is undefined, and where it is beyond belief. */
export function signalFindings(columns: DayColumns, maxVelDiv: number): Finding[] {
  return [...mismatchFindings(columns), ...undefinedFindings(columns), ...outlierFindings(columns, maxVelDiv)]
}

/** How far `vel_div` may lie from `v50 − v750`: more than rounding, less than any decision. */
const MISMATCH_TOLERANCE = 1e-9

function mismatchFindings({ velDiv, eigen }: DayColumns): Finding[] {
  const v50 = eigen.v50_lambda_max_velocity
  const v750 = eigen.v750_lambda_max_velocity
  if (v50 === undefined || v750 === undefined) {
    const message = 'v50 and v750 velocities are needed to check vel_div, found not both'
    return [{ severity: 'info', check: 'vel-div-unchecked', message, column: 'vel_div', count: 1 }]
  }
  let count = 0
  let firstRow: number | undefined
  let largest = 0
  for (let row = 0; row < velDiv.length; row++) {
    const difference = Math.abs(v50[row]! - v750[row]! - velDiv[row]!)
    // Undefined on one side only is a mismatch too; undefined on both is a bar without a signal.
    const bothUndefined = Number.isNaN(v50[row]! - v750[row]!) && Number.isNaN(velDiv[row]!)
    if (difference <= MISMATCH_TOLERANCE || bothUndefined) continue
    count++
    firstRow ??= row
    if (difference > largest) largest = difference
  }
  if (firstRow === undefined) return []
  const size = largest > 0 ? `off by up to ${largest.toPrecision(3)}` : 'defined on one side only'
  const message = `vel_div must be v50 − v750, found ${count} of ${velDiv.length} bars ${size}`
  return [{ severity: 'error', check: 'vel-div-mismatch', message, row: firstRow, column: 'vel_div', count }]
}

function undefinedFindings({ velDiv, assets }: DayColumns): Finding[] {
  const findings: Finding[] = []
  const runs: { row: number; length: number }[] = []
  let infinite = 0
  let firstInfinite: number | undefined
  for (let row = 0; row < velDiv.length; row++) {
    const value = velDiv[row]!
    if (Number.isFinite(value)) continue
    if (!Number.isNaN(value)) {
      infinite++
      firstInfinite ??= row
      continue
    }
    const last = runs.at(-1)
    if (last !== undefined && last.row + last.length === row) last.length++
    else runs.push({ row, length: 1 })
  }
  if (firstInfinite !== undefined) {
    const message = `vel_div must be finite or missing, found ${infinite} infinite values`
    const about = { check: 'vel-div-infinite', row: firstInfinite, column: 'vel_div', count: infinite } as const
    findings.push({ severity: 'error', message, ...about })
  }
  if (runs.length > 0) findings.push(undefinedRuns(runs, { bars: velDiv.length, symbols: assets.length }))
  return findings
}

function undefinedRuns(
  runs: readonly { row: number; length: number }[],
  { bars, symbols }: { readonly bars: number; readonly symbols: number },
): Finding {
  const count = runs.reduce((sum, run) => sum + run.length, 0)
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a))
  // One run from the first bar on is a scanner filling its windows; it happens once, at the start of a recording.
  const few = symbols < SYMBOLS_MIN ? `: a scan needs prices of ${SYMBOLS_MIN} symbols, found ${symbols}` : ''
  const warmup = runs.length === 1 && longest.row === 0 && count < bars
  const where =
    runs.length === 1
      ? `from row ${longest.row}`
      : `in ${runs.length} runs, the longest ${longest.length} from row ${longest.row}`
  const message =
    count === bars
      ? `no vel_div on any bar${few}`
      : warmup
        ? `no vel_div on the first ${count} bars (windows filling)`
        : `no vel_div on ${count} of ${bars} bars ${where}`
  const severity = warmup ? 'info' : 'warning'
  return { severity, check: 'vel-div-undefined', message, row: runs[0]!.row, column: 'vel_div', count }
}

function outlierFindings({ velDiv }: DayColumns, maxVelDiv: number): Finding[] {
  let count = 0
  let firstRow: number | undefined
  let extreme = 0
  for (let row = 0; row < velDiv.length; row++) {
    const size = Math.abs(velDiv[row]!)
    if (!(size > maxVelDiv) || size === Number.POSITIVE_INFINITY) continue
    count++
    firstRow ??= row
    if (size > Math.abs(extreme)) extreme = velDiv[row]!
  }
  if (firstRow === undefined) return []
  const message = `|vel_div| above ${maxVelDiv} is not believable, found ${count} bars, the largest ${extreme.toPrecision(3)}`
  return [{ severity: 'warning', check: 'vel-div-outlier', message, row: firstRow, column: 'vel_div', count }]
}
