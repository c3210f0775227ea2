import { epochDay, type IsoDate } from '../../base/utc-date.js'
import type { DatedFinding, Finding } from './finding.js'
import { incompleteDays, STEP_TOLERANCE } from './incomplete-days.js'
import type { DaySummary, VerifyLimits } from './verify.js'
import { VERIFY_LIMITS } from './verify.js'

export interface AcrossOptions {
  readonly limits?: VerifyLimits
  /** Dates whose file is there and could not be read: they are not missing, and nothing is compared with them. */
  readonly unreadable?: readonly IsoDate[]
}

/**
 * Checks days against each other, in order of date: days that are missing or incomplete, changes of the universe and of the
 * bar step, prices that do not run on over midnight.
 */
export function verifyAcrossDays(days: readonly DaySummary[], options: AcrossOptions = {}): DatedFinding[] {
  const { limits = VERIFY_LIMITS, unreadable = [] } = options
  const findings: DatedFinding[] = [...incompleteDays(days, unreadable)]
  for (let i = 1; i < days.length; i++) {
    const before = days[i - 1]!
    const day = days[i]!
    const changes = [
      ...stepChange(before, day),
      ...universeChange(before, day),
      ...midnightJumps(before, day, limits.maxJump),
    ]
    findings.push(...changes.map((finding) => ({ date: day.date, ...finding })))
  }
  return findings.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

function stepChange(before: DaySummary, day: DaySummary): Finding[] {
  const from = before.coverage?.stepNs
  const to = day.coverage?.stepNs
  if (from === undefined || to === undefined || Math.abs(to / from - 1) <= STEP_TOLERANCE) return []
  const message = `bars every ${to / 1e9} s, ${from / 1e9} s on ${before.date}`
  return [{ severity: 'warning', check: 'step-change', message, column: 'timestamp', count: 1 }]
}

/** An asset that comes is news; one that goes leaves a position in it without a price. */
function universeChange(before: DaySummary, day: DaySummary): Finding[] {
  const gone = before.assets.filter((symbol) => !day.assets.includes(symbol))
  const come = day.assets.filter((symbol) => !before.assets.includes(symbol))
  const findings: Finding[] = []
  const about = { check: 'universe-change' } as const
  if (gone.length > 0) {
    const message = `without ${gone.join(', ')}, there on ${before.date}`
    findings.push({ ...about, severity: 'warning', message, count: gone.length })
  }
  if (come.length > 0) {
    findings.push({ ...about, severity: 'info', message: `new: ${someOf(come)}`, count: come.length })
  }
  return findings
}

function midnightJumps(before: DaySummary, day: DaySummary, maxJump: number): Finding[] {
  if (epochDay(day.date) !== epochDay(before.date) + 1) return []
  return day.assets.flatMap((column, i) => {
    const jump = day.firstPrices[i]! / (before.lastPrices[before.assets.indexOf(column)] ?? Number.NaN) - 1
    if (!(Math.abs(jump) > maxJump)) return []
    const message = `opens ${Number((jump * 100).toPrecision(3))} % away from the last price of ${before.date}`
    return [{ severity: 'warning', check: 'price-jump', message, row: 0, column, count: 1 }]
  })
}

function someOf(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).join(', ')
  return symbols.length > 5 ? `${shown} and ${symbols.length - 5} more` : shown
}
