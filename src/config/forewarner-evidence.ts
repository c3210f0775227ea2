import { type CsvCell, csvCells } from '../base/csv.js'
import { decimalNumber } from '../base/decimal.js'
import { found, InputMistake, Mistake, type Place, type Problem } from '../base/mistakes.js'
import { plainText, textLines } from '../base/plain-text.js'
import type { EngineParameters } from '../core/engine/parameters.js'
import { MonteCarloForewarner } from '../core/forewarner/monte-carlo.js'
import type { Trade } from '../ports/vocabulary/trades.js'
import { parseJsonDocument } from './json-document.js'

/** What a forewarner learns from a closed trade. */
export type EvidenceTrade = Pick<Trade, 'net' | 'capitalBefore' | 'leverageCeiling' | 'exitTimeMs'>

/** The fields by their name in a report's JSON and in a trades CSV. */
const FIELDS = [
  { json: 'exitTimeMs', csv: 'exit_time', expected: 'a time' },
  { json: 'net', csv: 'net', expected: 'a number' },
  { json: 'capitalBefore', csv: 'capital_before', expected: 'a number above 0' },
  { json: 'leverageCeiling', csv: 'leverage_ceiling', expected: 'a number above 0' },
] as const

/** The Monte-Carlo forewarner of a run; `earlier` are trades of other runs it may learn from. */
export function createForewarner(
  parameters: EngineParameters,
  earlier: readonly EvidenceTrade[],
): MonteCarloForewarner {
  const forewarner = new MonteCarloForewarner({ seed: parameters.seed, leverageMax: parameters.abs_max_leverage })
  for (const trade of earlier) forewarner.observe(trade)
  return forewarner
}

/**
 * Closed trades from what `--trades` (CSV) or `--json` has written. Throws {@link Mistake} with the line and the
 * column, or the index of the trade, of everything that is wrong.
 */
export function parseEvidence(written: string, file: string): EvidenceTrade[] {
  const text = plainText(written, file)
  const problems: Problem[] = []
  const trades = text.trimStart().startsWith('{')
    ? evidenceOfJson(text, file, problems)
    : evidenceOfCsv(text, file, problems)
  if (problems.length > 0) throw new InputMistake(problems.slice(0, 20))
  return trades
}

function evidenceOfJson(text: string, file: string, problems: Problem[]): EvidenceTrade[] {
  const report = parseJsonDocument(text, file, 'trades') as { readonly trades?: unknown }
  if (!Array.isArray(report.trades)) {
    throw new InputMistake({ place: { file }, message: 'expected a report of --json with its trades, found none' })
  }
  return report.trades.map((trade: Readonly<Record<string, unknown>> | null, i) => {
    const field = (index: number): number => {
      const { json, expected } = FIELDS[index]!
      const value = trade?.[json]
      if (isUsable(value, index)) return value
      problems.push({ place: { file }, message: `trades[${i}].${json}: expected ${expected}, found ${found(value)}` })
      return Number.NaN
    }
    return { exitTimeMs: field(0), net: field(1), capitalBefore: field(2), leverageCeiling: field(3) }
  })
}

function evidenceOfCsv(text: string, file: string, problems: Problem[]): EvidenceTrade[] {
  const [header = '', ...lines] = textLines(text)
  const cellsOf = (line: string, number: number): readonly CsvCell[] => {
    const cells = csvCells(line)
    if (!('expected' in cells)) return cells
    const { column, expected, found } = cells
    problems.push({ place: { file, line: number, column }, message: `expected ${expected}, found ${found}` })
    return []
  }
  const names = cellsOf(header, 1).map((cell) => cell.text)
  if (problems.length > 0) return []
  const columns = FIELDS.map(({ csv }) => names.indexOf(csv))
  for (const [i, { csv }] of FIELDS.entries()) {
    if (columns[i]! < 0) problems.push({ place: { file, line: 1 }, message: `expected a column '${csv}', found none` })
  }
  if (problems.length > 0) return []
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    const before = problems.length
    const cells = cellsOf(line, i + 2)
    if (problems.length > before) return []
    const field = (index: number): number => {
      const { csv, expected } = FIELDS[index]!
      const cell = cells[columns[index]!]
      const value = index === 0 ? Date.parse(cell?.text ?? '') : decimalNumber(cell?.text ?? '')
      if (isUsable(value, index)) return value
      const place: Place = { file, line: i + 2, column: cell?.column ?? 1 }
      problems.push({ place, message: `${csv}: expected ${expected}, found ${found(cell?.text)}` })
      return Number.NaN
    }
    return [{ exitTimeMs: field(0), net: field(1), capitalBefore: field(2), leverageCeiling: field(3) }]
  })
}

function isUsable(value: unknown, index: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && (index < 2 || value > 0)
}
