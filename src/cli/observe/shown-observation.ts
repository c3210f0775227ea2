import type { Observer } from '../../runtime/services/observation/observer.js'
import { count } from '../shell/figures-text.js'
import { coloursFor, printResult } from '../shell/terminal.js'
import { snapshotLine, summaryLine } from './observation-json.js'
import type { ShownOptions } from './options.js'
import { primitivesText } from './primitives-text.js'
import { summaryText } from './summary-text.js'
import { tableText } from './table-text.js'
import type { ObservationSummary } from './tally.js'

/** What is known now, as it was asked for: a line of JSON, all of one symbol, or a table of all. */
export function shownText(
  observer: Observer,
  { json, primitives: symbol, rows, linesMax, color }: ShownChoice,
): string {
  const observed = observer.observed()
  if (json) return snapshotLine(observer.snapshot(), observed)
  const colours = coloursFor(process.stdout, color)
  if (symbol !== undefined) return primitivesText({ observed, symbol, linesMax }, colours)
  return tableText({ observed, rows, beside: besideText(observer) }, colours)
}

interface ShownChoice extends Pick<ShownOptions, 'json' | 'primitives' | 'rows' | 'color'> {
  /** Lines that a terminal has; absent: there is room for all. */
  readonly linesMax?: number
}

export function printSummary(
  summary: ObservationSummary,
  { json, color }: Pick<ShownOptions, 'json' | 'color'>,
): Promise<void> {
  return printResult(json ? summaryLine(summary) : `\n${summaryText(summary, coloursFor(process.stdout, color))}`)
}

function besideText(observer: Observer): string {
  const { accepted, refused } = observer.snapshot().counters
  return `accepted ${count(sum(accepted))}, refused ${count(sum(refused))}`
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0)
}
