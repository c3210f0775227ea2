import { decimalNumber } from '../base/decimal.js'
import { found, InputMistake, Mistake, type Problem } from '../base/mistakes.js'
import { plainText, textLines } from '../base/plain-text.js'
import { present } from '../base/present.js'
import { didYouMean } from '../base/suggest.js'
import { type IsoDate, isDate } from '../base/utc-date.js'
import type { BetaPolicy, BreakerTable, DailyFactors } from '../core/breaker/breaker.js'
import { SCAN_FACTORS, type ScanFactor, unlikeFactor } from '../ports/factor-scans.js'

/**
 * Daily breaker factors from CSV: a header with `date` and any of `funding_btc, dvol_btc, fng, taker, w750`, then one
 * row per date; an empty cell is a missing factor. A column `fng_date` says of which date the Fear & Greed is: it is checked, and
 * changes nothing. Throws {@link Mistake} with the wrong cells (the first twenty) at
 * their positions.
 */
export function parseFactorsCsv(text: string, file: string): Pick<BreakerTable, 'factors' | 'w750'> {
  const problems: Problem[] = []
  const wrong = (line: number, column: number, message: string): void => {
    problems.push({ place: { file, line, column }, message })
  }
  const lines = textLines(plainText(text, file))
  if (lines[0]!.trim() === '') {
    throw new InputMistake({ place: { file, line: 1 }, message: 'expected a header such as date,fng, found nothing' })
  }
  const header = cellsOf(lines[0]!)
  const names = headerNames(header, (column, message) => wrong(1, column, message))

  if (problems.length > 0) throw new InputMistake(problems)
  const factors = new Map<IsoDate, DailyFactors>()
  const w750 = new Map<IsoDate, number | null>()
  const lineOfDate = new Map<IsoDate, number>()
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    readRow(index + 1, cellsOf(line))
  }
  if (problems.length > 0) throw new InputMistake(problems.slice(0, 20))
  return { factors, w750 }

  function readRow(line: number, cells: readonly Cell[]): void {
    if (cells.length !== names.length) {
      wrong(line, 1, `expected ${names.length} cells as in the header, found ${cells.length}`)
      return
    }
    const row: Partial<Record<ScanFactor, number>> = {}
    let date: IsoDate | undefined
    let fngDate: { readonly text: string; readonly column: number } | undefined
    for (const [i, { text: cell, column }] of cells.entries()) {
      const name = names[i]!
      if (name === 'date') {
        date = isDate(cell) ? cell : undefined
        if (date === undefined) wrong(line, column, `date: expected a date YYYY-MM-DD, found ${found(cell)}`)
      } else if (name === 'fng_date') {
        if (cell !== '') fngDate = { text: cell, column }
      } else if (cell !== '') {
        const value = decimalNumber(cell)
        const expected = unlikeFactor(name, value)
        if (Number.isFinite(value) && expected === undefined) row[name] = value
        else if (Number.isFinite(value)) wrong(line, column, `${name}: expected ${expected}, found ${found(cell)}`)
        else wrong(line, column, `${name}: expected a number or an empty cell, found ${found(cell)}`)
      }
    }
    if (date === undefined) return
    if (fngDate !== undefined && (!isDate(fngDate.text) || fngDate.text > date)) {
      const { text: cell, column } = fngDate
      wrong(line, column, `fng_date: expected a date YYYY-MM-DD, ${date} or before, found ${found(cell)}`)
    }
    const before = lineOfDate.get(date)
    if (before !== undefined) wrong(line, 1, `date: ${date} is given twice, first in line ${before}`)
    lineOfDate.set(date, line)
    factors.set(date, dailyFactors(row))
    if (names.includes('w750')) w750.set(date, row.w750 ?? null)
  }
}

/** The columns of a factors file beside `date`, all optional. */
const COLUMNS = [...SCAN_FACTORS, 'fng_date'] as const
type Column = (typeof COLUMNS)[number]

interface Cell {
  readonly text: string
  /** Position of its first character in the line, from 1. */
  readonly column: number
}

/** The whole breaker table: the file's factors under a beta policy. */
export function breakerTable(
  csv: Pick<BreakerTable, 'factors' | 'w750'>,
  betaPolicy: BetaPolicy,
  fixedThreshold: number | undefined,
): BreakerTable {
  return { ...csv, betaPolicy, ...present({ fixedThreshold }) }
}

function dailyFactors(row: Readonly<Partial<Record<ScanFactor, number>>>): DailyFactors {
  return {
    fundingBtc: row.funding_btc ?? null,
    dvolBtc: row.dvol_btc ?? null,
    fng: row.fng ?? null,
    taker: row.taker ?? null,
  }
}

function headerNames(
  header: readonly Cell[],
  wrong: (column: number, message: string) => void,
): readonly ('date' | Column)[] {
  const known = ['date', ...COLUMNS] as const
  const names: ('date' | Column)[] = []
  for (const { text, column } of header) {
    const name = known.find((candidate) => candidate === text)
    if (name === undefined) {
      wrong(column, `unknown column ${found(text)}; expected ${known.join(', ')}${didYouMean(text, known)}`)
    } else if (names.includes(name)) wrong(column, `column '${name}' is given twice`)
    else names.push(name)
  }
  if (!names.includes('date')) wrong(1, "expected a column 'date' in the header")
  return names
}

/** Cells of a line, trimmed. Numbers and dates need no quotes, so there is no quoting here. */
function cellsOf(line: string): Cell[] {
  let column = 1
  return line.split(',').map((raw) => {
    const text = raw.trim()
    const cell = { text, column: column + (text === '' ? 0 : raw.indexOf(text)) }
    column += raw.length + 1
    return cell
  })
}
