import type { SessionPlace } from './refusal.js'
import { SessionLogError } from './refusal.js'

/** A cell and where its first character stands in the line, from 1. */
export interface Cell {
  readonly text: string
  readonly column: number
}

/** One line of CSV, without its end. A line break within a text becomes a blank: a row is a line, so a torn one shows. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

function csvCell(text: string): string {
  const flat = text.replace(/[\r\n]+/g, ' ')
  return /[",]/.test(flat) ? `"${flat.replaceAll('"', '""')}"` : flat
}

const PLAIN = /[^,"]*/y
const QUOTED = /"((?:[^"]|"")*)"/y

/** The cells of one line. Throws {@link SessionLogError} where a quote is open or stands within a plain cell. */
export function csvCells(line: string, place: SessionPlace): Cell[] {
  const cells: Cell[] = []
  for (let at = 0; ; ) {
    const pattern = line[at] === '"' ? QUOTED : PLAIN
    pattern.lastIndex = at
    const match = pattern.exec(line)
    if (match === null)
      throw new SessionLogError({ ...place, column: at + 1 }, 'a closing quote', 'the end of the line')
    cells.push({ text: match[1]?.replaceAll('""', '"') ?? match[0], column: at + 1 })
    at += match[0].length
    if (at === line.length) return cells
    if (line[at] !== ',') {
      throw new SessionLogError({ ...place, column: at + 1 }, 'a comma between cells', JSON.stringify(line[at]))
    }
    at++
  }
}
