import type { IsoDate } from '../../../base/utc-date.js'
import type { Universe } from '../../../config/universe.js'
import { stepText } from '../../../core/days/price-grid.js'
import { displayPath } from '../../../files/package-files.js'
import type { PassedOverFile } from '../../../ports/klines.js'
import { tooFewSymbols } from '../../compose/eigen-settings.js'
import { notOver } from '../../compose/incomplete-days.js'
import { count, duration, percent, plural, table } from '../../shell/figures-text.js'
import { coloursFor, textOfLines } from '../../shell/terminal.js'
import type { BuildManifest } from './manifest.js'

export interface BuildAbout {
  readonly manifest: BuildManifest
  readonly universe: Universe
  /** Files of the input that hold no prices. */
  readonly ignored: readonly PassedOverFile[]
  readonly from: IsoDate
  readonly to: IsoDate
  /** Days made in this run; the others were there. */
  readonly made: number
  /** What it took. */
  readonly seconds: number
  readonly out: string
  readonly factors: string | undefined
}

/** A symbol's gaps over all days. */
interface SymbolTotal {
  readonly symbol: string
  readonly missing: number
  /** Days on which it lacks a step, and days without any price of it. */
  readonly days: number
  readonly absentDays: number
  readonly longest: number
}

const SHOWN_SYMBOLS = 12

/** What was made, as JSON data. */
export function buildDocument(about: BuildAbout): object {
  const { manifest, universe, ignored, made, seconds } = about
  const days = builtDays(about)
  return {
    schema: 'dolphin.data-build/1',
    spec: manifest.spec,
    made,
    kept: days.length - made,
    rows: total(days, 'rows'),
    bytes: total(days, 'bytes'),
    missingSteps: total(days, 'missingSteps'),
    duplicates: total(days, 'duplicates'),
    escalated: total(days, 'escalated'),
    seconds: Number(seconds.toFixed(3)),
    unusedSymbols: universe.unused,
    absentSymbols: universe.absent,
    ignoredFiles: ignored.map(({ path }) => path),
    passedOver: ignored,
    symbols: symbolTotals(about),
    days: days.map(({ lastW750: _, firstW750: __, input: ___, ...day }) => day),
  }
}

/** The same for a person. */
export function buildText(about: BuildAbout): string {
  const { manifest, universe, ignored, made, seconds, out, factors } = about
  const days = builtDays(about)
  const rows = total(days, 'rows')
  const lines = [
    `${plural(days.length, 'day')} ${days[0]?.date ?? ''} … ${days.at(-1)?.date ?? ''} in ${displayPath(out)}: ` +
      `${plural(made, 'day')} made, ${days.length - made} kept, ${(total(days, 'bytes') / 1e6).toFixed(1)} MB, ` +
      duration(seconds),
    `${count(rows)} bars of ${stepText(manifest.spec.stepMs)}, ${plural(universe.symbols.length, 'symbol')}, ` +
      `${plural(total(days, 'escalated'), 'scan')} decided at more than 512 bits`,
  ]
  const few = tooFewSymbols(universe.symbols.length, manifest.spec.minSymbols)
  if (few !== undefined) lines.push(few)
  if (manifest.spec.minSymbols !== undefined)
    lines.push(`Research: windows of ${manifest.spec.minSymbols} symbols and more`)
  const holes = days.filter((day) => day.missingSteps > 0)
  if (holes.length > 0) {
    const longest = Math.max(...holes.map((day) => day.longestHoleMs)) / 1000
    lines.push(
      `${plural(total(days, 'missingSteps'), 'step')} without any price on ${plural(holes.length, 'day')}, ` +
        `the longest hole ${duration(longest)}`,
    )
  }
  for (const { date, incomplete } of days) {
    if (incomplete !== undefined) lines.push(notOver(date, incomplete))
  }
  const duplicates = total(days, 'duplicates')
  if (duplicates > 0) lines.push(`${plural(duplicates, 'repeated row')} dropped`)
  if (universe.absent.length > 0) lines.push(`Not in the input: ${listed(universe.absent)}`)
  if (universe.unused.length > 0) lines.push(`Not in the universe: ${listed(universe.unused)}`)
  if (ignored.length > 0) lines.push(...passedOverLines(ignored))
  const unverified = days.filter((day) => day.checksums === 'off').length
  if (unverified > 0)
    lines.push(`${plural(unverified, 'day')} made with --no-checksum: .CHECKSUM files were not looked at`)
  lines.push(...gapTable(about, rows))
  if (factors !== undefined) lines.push('', `Factors for the breaker: ${displayPath(factors)}`)
  return textOfLines(lines)
}

/** A symbol may be in one of them: each is named, and why it was not read. */
function passedOverLines(ignored: readonly PassedOverFile[]): string[] {
  const shown = ignored.slice(0, SHOWN_SYMBOLS)
  const more = ignored.length - shown.length
  return [
    `Without prices, passed over: ${plural(ignored.length, 'file')}`,
    ...shown.map(({ place, expected, found }) => `  ${displayPath(place)}: expected ${expected}, found ${found}`),
    ...(more > 0 ? [`  and ${more} more; --json lists all`] : []),
  ]
}

function gapTable(about: BuildAbout, rows: number): string[] {
  const symbols = symbolTotals(about)
  if (symbols.length === 0) return []
  const colours = coloursFor(process.stdout)
  const shown = symbols.slice(0, SHOWN_SYMBOLS)
  const body = shown.map((row) => [
    row.symbol,
    count(row.missing),
    percent(row.missing / rows),
    count(row.days),
    count(row.absentDays),
    count(row.longest),
  ])
  const more = symbols.length - shown.length
  return [
    '',
    ...table(['Missing prices', 'steps', 'share', 'days', 'absent days', 'longest run'], body, { head: colours.bold }),
    ...(more > 0 ? [`and ${plural(more, 'symbol')} more; --json lists all`] : []),
  ]
}

function builtDays({ manifest, from, to }: BuildAbout) {
  return Object.entries(manifest.days)
    .filter(([date, day]) => date >= from && date <= to && day.bytes > 0)
    .map(([date, day]) => ({ date, ...day }))
}

function symbolTotals(about: BuildAbout): SymbolTotal[] {
  const totals = new Map<string, SymbolTotal>()
  for (const day of builtDays(about)) {
    for (const [symbol, gap] of Object.entries(day.gaps)) {
      const before = totals.get(symbol) ?? { symbol, missing: 0, days: 0, absentDays: 0, longest: 0 }
      totals.set(symbol, {
        symbol,
        missing: before.missing + gap.missing,
        days: before.days + 1,
        absentDays: before.absentDays + (gap.missing === day.rows ? 1 : 0),
        longest: Math.max(before.longest, gap.longest),
      })
    }
  }
  return [...totals.values()].sort((a, b) => b.missing - a.missing || (a.symbol < b.symbol ? -1 : 1))
}

type Sum = 'rows' | 'bytes' | 'missingSteps' | 'duplicates' | 'escalated'

function total(days: readonly Readonly<Record<Sum, number>>[], field: Sum): number {
  return days.reduce((sum, day) => sum + day[field], 0)
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_SYMBOLS
  return names.slice(0, SHOWN_SYMBOLS).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
