import { type CsvCell, csvCells, csvLine } from '../../base/csv.js'
import type { SessionPlace } from './refusal.js'
import { SessionLogError } from './refusal.js'

/** One line of CSV, without its end. A line break within a text becomes a blank: a row is a line, so a torn one shows. */
export function rowText(cells: readonly string[]): string {
  return csvLine(cells.map((text) => text.replace(/[\r\n]+/g, ' ')))
}

/** The cells of one line. Throws {@link SessionLogError} where a quote is open or stands within a plain cell. */
export function rowCells(line: string, place: SessionPlace): readonly CsvCell[] {
  const cells = csvCells(line)
  if ('expected' in cells) throw new SessionLogError({ ...place, column: cells.column }, cells.expected, cells.found)
  return cells
}
