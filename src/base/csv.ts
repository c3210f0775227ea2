export type CsvValue = string | number | boolean | null | undefined

/** One line of CSV, without its end. */
export function csvLine(values: readonly CsvValue[]): string {
  return values.map(csvCell).join(',')
}

/**
 * One cell, quoted where RFC 4180 asks for it; what is absent is an empty cell. A spreadsheet runs text that begins like a
 * formula, so such text gets an apostrophe in front, which {@link csvCells} takes away again; numbers are left alone, also
 * those that come as text.
 */
export function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'string' ? disarmed(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * What a spreadsheet takes for the start of a formula, the full-width signs of East Asian keyboards included. Apostrophes of
 * the text itself are counted, too, so that exactly one can be taken away when it is read.
 */
const ARMED = /^'*[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i

function disarmed(text: string): string {
  return ARMED.test(text) && !NUMBER.test(text) ? `'${text}` : text
}

function armed(text: string): string {
  return text.startsWith("'") && ARMED.test(text) ? text.slice(1) : text
}

/** A cell and where its first character stands in the line, from 1. */
export interface CsvCell {
  readonly text: string
  readonly column: number
}

/** Where a line is no CSV: the column, from 1, what was expected there and what was found. */
export interface CsvFault {
  readonly column: number
  readonly expected: string
  readonly found: string
}

const PLAIN = /[^,"]*/y
const QUOTED = /"((?:[^"]|"")*)"/y

/** The cells of one line, as {@link csvLine} was given them. A quote that is open or stands within a plain cell is a fault. */
export function csvCells(line: string): readonly CsvCell[] | CsvFault {
  const cells: CsvCell[] = []
  for (let at = 0; ; ) {
    const pattern = line[at] === '"' ? QUOTED : PLAIN
    pattern.lastIndex = at
    const match = pattern.exec(line)
    if (match === null) return { column: at + 1, expected: 'a closing quote', found: 'the end of the line' }
    const [whole, quoted] = match
    cells.push({ text: armed(quoted?.replaceAll('""', '"') ?? whole), column: at + 1 })
    at += whole.length
    if (at === line.length) return cells
    if (line[at] !== ',') {
      return { column: at + 1, expected: 'a comma between cells', found: JSON.stringify(line[at]) }
    }
    at++
  }
}
