import { type Html, html } from './html.js'

/** The range that all bars of a table share. */
export interface BarRange {
  readonly low: number
  readonly high: number
}

/** The smallest range with every value and zero in it. */
export function rangeOf(values: readonly number[]): BarRange {
  const finite = values.filter(Number.isFinite)
  return { low: finite.reduce((a, b) => Math.min(a, b), 0), high: finite.reduce((a, b) => Math.max(a, b), 0) }
}

/**
 * A horizontal bar between two values with a mark at zero, as wide as its table cell. Positions are percentages, so that
 * it needs no script and no inline style. The row's text says the number; the bar is hidden from screen readers.
 */
export function bar(
  { from, to, tone }: { readonly from: number; readonly to: number; readonly tone: 'gain' | 'loss' | 'total' | 'edge' },
  range: BarRange,
): Html {
  const span = range.high - range.low || 1
  const percent = (value: number) => (100 * (value - range.low)) / span
  const start = percent(Math.min(from, to))
  // A bar too short to see would read as nothing at all.
  const width = Math.max(percent(Math.max(from, to)) - start, from === to ? 0 : 0.6)
  const left = Math.min(start, 100 - width)
  const zero = percent(0).toFixed(2)
  return html`<svg class="bar" aria-hidden="true" focusable="false"><rect class="${tone}" x="${left.toFixed(2)}%" y="3" width="${width.toFixed(2)}%" height="12" rx="1.5"/><line class="zero" x1="${zero}%" x2="${zero}%" y1="0" y2="18"/></svg>`
}

/** A bar from zero, coloured by sign. */
export function signedBar(value: number, range: BarRange): Html {
  return bar({ from: 0, to: value, tone: value < 0 ? 'loss' : 'gain' }, range)
}

/** The class that colours a number by its sign. */
export function toneOf(value: number): string {
  return value > 0 ? 'gain' : value < 0 ? 'loss' : ''
}
