import type { Severity } from '../../../core/days/finding.js'
import type { RecordingFinding } from '../../../core/recording/verify-rows.js'
import { displayPath } from '../../../files/package-files.js'
import { count, plural, table } from '../../shell/figures-text.js'
import { type Colours, textOfLines } from '../../shell/terminal.js'
import type { VerifiedRecording, VerifiedRows } from './recordings.js'

export function recordingTotals(recordings: readonly VerifiedRecording[]): {
  readonly recordings: number
  readonly parts: number
  readonly rows: number
  readonly errors: number
  readonly warnings: number
  readonly infos: number
} {
  const dates = recordings.flatMap((recording) => recording.dates)
  const findings = recordings.flatMap((recording) => [
    ...recording.findings,
    ...recording.dates.flatMap((rows) => rows.findings),
  ])
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length
  return {
    recordings: recordings.length,
    parts: dates.reduce((sum, { parts }) => sum + parts, 0),
    rows: dates.reduce((sum, { rows }) => sum + rows, 0),
    ...{ errors: of('error'), warnings: of('warning'), infos: of('info') },
  }
}

/** What `--json` says of recordings. */
export function recordingsDocument(recordings: readonly VerifiedRecording[]): unknown {
  return recordings.map((verified) => documentOf(verified))
}

function documentOf(verified: VerifiedRecording): unknown {
  const { folder, recording, dates, findings } = verified
  const { recordings: _, ...totals } = recordingTotals([verified])
  return {
    folder,
    stepMs: recording?.stepMs ?? null,
    books: recording?.books ?? null,
    durableMs: recording?.durable?.ms ?? null,
    gaps: recording?.gaps ?? null,
    dates,
    findings,
    totals,
  }
}

/** Each recording as a table of its tables and dates, then what was found. */
export function recordingsText(recordings: readonly VerifiedRecording[], colours: Colours): string {
  const lines = recordings.flatMap((recording, i) => [...(i === 0 ? [] : ['']), ...linesOf(recording, colours)])
  const { parts, rows, errors, warnings, infos } = recordingTotals(recordings)
  const found = [plural(errors, 'error'), plural(warnings, 'warning'), plural(infos, 'remark')].join(', ')
  lines.push(
    '',
    `${plural(recordings.length, 'recording')}, ${plural(parts, 'part')}, ${plural(rows, 'row')}: ${found}`,
  )
  return textOfLines(lines)
}

function linesOf({ folder, recording, dates, findings }: VerifiedRecording, colours: Colours): string[] {
  const facts =
    recording === undefined ? 'no recording.json' : `${recording.books}, a bar each ${recording.stepMs / 1000} s`
  const head = ['table', 'date', 'parts', 'rows', 'symbols', 'from', 'until', 'MB']
  const lines = [
    `${colours.bold(displayPath(folder))}  ${colours.dim(facts)}`,
    ...table(head, dates.map(cellsOf), { head: colours.dim, cell: (text) => text }),
  ]
  if (findings.length > 0) lines.push('', ...findings.map((finding) => findingLine(finding, colours)))
  for (const rows of dates) {
    if (rows.findings.length === 0) continue
    lines.push('', `${colours.bold(`${rows.table} ${rows.date}`)}`)
    for (const finding of rows.findings) lines.push(findingLine(finding, colours))
  }
  return lines
}

function cellsOf({ table: name, date, parts, rows, symbols, fromMs, untilMs, bytes }: VerifiedRows): string[] {
  const [from, until] = [fromMs, untilMs].map((ms) => (ms === null ? '-' : new Date(ms).toISOString().slice(11, 23)))
  return [name, date, count(parts), count(rows), count(symbols), from!, until!, (bytes / 1e6).toFixed(2)]
}

function findingLine({ severity, check, message }: RecordingFinding, colours: Colours): string {
  const paint = severity === 'error' ? colours.red : severity === 'warning' ? colours.yellow : colours.dim
  return `  ${paint(severity.padEnd(7))}  ${check.padEnd(21)}  ${message}`
}
