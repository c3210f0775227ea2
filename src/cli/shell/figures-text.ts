import { printable } from '../../base/printable.js'

/** Numbers and tables for people. ASCII signs, so that a figure copied from the terminal is a number elsewhere. */

export function count(value: number): string {
  return grouped(value, 0)
}

/** USD; cents up to a million, then whole dollars. */
export function usd(value: number): string {
  return grouped(withoutNegativeZero(value, 2), Math.abs(value) < 1e6 ? 2 : 0)
}

/** USD with its sign, for results and changes. */
export function signedUsd(value: number): string {
  return withSign(value, usd(value))
}

/** A fraction as percent. */
export function percent(fraction: number, digits = 2): string {
  return `${withoutNegativeZero(fraction * 100, digits).toFixed(digits)} %`
}

export function signedPercent(fraction: number, digits = 2): string {
  return withSign(fraction, percent(fraction, digits))
}

/** `1 h 30 min`, `28.8 s`, `2 d`: the two largest units; seconds beside ten minutes or more say nothing. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`
  const parts: string[] = []
  let left = Math.round(seconds >= 600 ? seconds / 60 : seconds) * (seconds >= 600 ? 60 : 1)
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const amount = Math.floor(left / size)
    left -= amount * size
    if (amount > 0) parts.push(`${amount} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}

/** `1 day`, `2 days`. */
export function plural(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

export interface TableStyle {
  readonly head: (text: string) => string
  /** Colour of a cell by its text; called after padding, so that columns stay aligned. */
  readonly cell?: (text: string, column: number) => string
}

/** Aligned columns, two blanks apart: the first to the left, the others to the right. */
export function table(head: readonly string[], cells: readonly (readonly string[])[], style: TableStyle): string[] {
  // What is written out takes more room than what it stands for.
  const rows = cells.map((row) => row.map(printable))
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[], paint: (text: string, column: number) => string) =>
    cells.map((cell, i) => paint(i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!), i)).join('  ')
  const paintCell = style.cell ?? ((text: string) => text)
  return [line(head, style.head), ...rows.map((row) => line(row, paintCell))]
}

/** Commas between thousands. By hand, because the first `Intl.NumberFormat` of a process takes 12 ms to make. */
function grouped(value: number, digits: number): string {
  const [whole, ...fraction] = value.toFixed(digits).split('.')
  return [whole!.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.')
}

function withSign(value: number, text: string): string {
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** −0.001 shown with two digits is 0.00, not -0.00. */
function withoutNegativeZero(value: number, digits: number): number {
  return Math.abs(value) < 0.5 / 10 ** digits ? 0 : value
}
