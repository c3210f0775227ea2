import type { IsoDate } from '../../../base/utc-date.js'
import type { Finding, Severity } from '../../../core/days/finding.js'
import type { DaySummary } from '../../../core/days/verify.js'
import { displayPath } from '../../../files/package-files.js'
import { count, plural, table } from '../../shell/figures-text.js'
import { type Colours, textOfLines } from '../../shell/terminal.js'

/** One file after verification. */
export interface VerifiedDay {
  readonly date: IsoDate
  readonly path: string
  readonly bytes: number
  /** Lower-case hex; absent when the file could not even be read as bytes. */
  readonly sha256: string | undefined
  /** Absent when the file is no readable day. */
  readonly summary?: DaySummary
  readonly findings: readonly Finding[]
}

export interface Totals {
  readonly days: number
  readonly bars: number
  readonly errors: number
  readonly warnings: number
  readonly infos: number
}

export function totalsOf(days: readonly VerifiedDay[]): Totals {
  const findings = days.flatMap((day) => day.findings)
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  const bars = days.reduce((sum, day) => sum + (day.summary?.bars ?? 0), 0)
  return { days: days.length, bars, errors: of('error'), warnings: of('warning'), infos: of('info') }
}

/** `passed` is the verdict behind the exit code. `recordings` is there where recordings were checked. */
export function verificationJson(
  days: readonly VerifiedDay[],
  { passed, recordings }: { readonly passed: boolean; readonly recordings?: unknown },
): string {
  const document = {
    schema: 'dolphin.data-verify/1',
    passed,
    totals: totalsOf(days),
    days: days.map(({ date, path, bytes, sha256, summary, findings }) => ({
      date,
      file: path,
      bytes,
      sha256: sha256 ?? null,
      bars: summary?.bars ?? null,
      assets: summary?.assets.length ?? null,
      stepSeconds: summary?.coverage === undefined ? null : summary.coverage.stepNs / 1e9,
      findings,
    })),
    recordings,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** A table of files with their hashes, then what was found, day by day. */
export function verificationText(days: readonly VerifiedDay[], colours: Colours): string {
  const rows = days.map(({ date, bytes, sha256, summary, findings }) => [
    date,
    summary === undefined ? '-' : count(summary.bars),
    summary === undefined ? '-' : count(summary.assets.length),
    `${(bytes / 1e6).toFixed(2)}`,
    verdict(findings),
    sha256 ?? '-',
  ])
  const head = ['date', 'bars', 'assets', 'MB', 'verdict', 'sha256']
  const lines = table(head, rows, { head: colours.dim, cell: (text, column) => paintCell(text, column, colours) })
  for (const day of days) {
    if (day.findings.length === 0) continue
    lines.push('', `${colours.bold(day.date)}  ${colours.dim(displayPath(day.path))}`)
    for (const group of grouped(day.findings)) lines.push(findingLine(group, colours))
  }
  const { bars, errors, warnings, infos } = totalsOf(days)
  const totals = [plural(errors, 'error'), plural(warnings, 'warning'), plural(infos, 'remark')].join(', ')
  lines.push('', `${plural(days.length, 'day')}, ${plural(bars, 'bar')}: ${totals}`)
  return textOfLines(lines)
}

function verdict(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const warnings = findings.filter((finding) => finding.severity === 'warning').length
  if (errors > 0) return plural(errors, 'error')
  return warnings > 0 ? plural(warnings, 'warning') : 'ok'
}

const VERDICT_COLUMN = 4

function paintCell(text: string, column: number, colours: Colours): string {
  if (column !== VERDICT_COLUMN) return text
  if (text.includes('error')) return colours.red(text)
  return text.includes('warning') ? colours.yellow(text) : colours.green(text)
}

/** Columns with the same trouble share a line: fifty assets of a dead feed are one piece of news. */
const GROUPED_FROM = 4

function grouped(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.check}`
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()].flatMap((group) => {
    const columns = new Set(group.map((finding) => finding.column))
    return columns.size === group.length && columns.size >= GROUPED_FROM ? [group] : group.map((finding) => [finding])
  })
}

function findingLine(group: readonly Finding[], colours: Colours): string {
  const [first] = group
  const { severity, check, message, row, column } = first!
  const paint = severity === 'error' ? colours.red : severity === 'warning' ? colours.yellow : colours.dim
  const place = [column, row === undefined ? undefined : `row ${row}`].filter((part) => part !== undefined).join(' ')
  const label = `  ${paint(severity.padEnd(7))}  ${check.padEnd(21)}  `
  if (group.length === 1) return `${label}${place === '' ? '' : `${place}: `}${message}`
  const others = group.slice(1, 4).map((finding) => finding.column)
  const more = group.length > 4 ? ` and ${group.length - 4} more` : ''
  return `${label}${group.length} columns: ${place}: ${message}; likewise ${others.join(', ')}${more}`
}
