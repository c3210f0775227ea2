import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { toneOf } from './bars.js'
import { formatCount, formatDate, formatPercent, formatPercentChange, formatUsdChange, MONTHS } from './format.js'
import { type Heatmap, type HeatmapCell, type HeatmapMonth, heatmap, SHADES } from './heatmap.js'
import { type Html, html } from './html.js'

/** Up to here a day's cell is large enough for its return in figures. */
export const MONTHS_WITH_FIGURES = 3

/** The calendar of a report's daily returns. */
export function calendarOf({ days, figures, skippedDays }: BacktestReport): Heatmap {
  return heatmap({ days, dailyReturns: figures.dailyReturns, skippedDays })
}

const CELL = 40
const GAP = 3
const WEEKDAYS = 'MTWTFSS'
const TOP = 18

/** Daily returns as calendar months. */
export function heatmapSection(map: Heatmap): Html {
  const roomy = map.months.length <= MONTHS_WITH_FIGURES
  return html`<section class="card" aria-labelledby="heatmap-title">
<div class="card-head"><h2 id="heatmap-title">Daily returns</h2>${hasChanges(map) && legend(map)}</div>
${
  map.months.length === 0
    ? html`<p class="empty">No dated day in this run.</p>`
    : html`<div class="months ${roomy ? 'roomy' : ''}">${map.months.map((month) => monthFigure(month, roomy))}</div>`
}
</section>`
}

function monthFigure(month: HeatmapMonth, roomy: boolean): Html {
  const rows = month.cells.at(-1)!.row + 1
  const width = 7 * (CELL + GAP) - GAP
  const height = TOP + rows * (CELL + GAP) - GAP
  const name = `${MONTHS[Number(month.month.slice(5)) - 1]} ${month.month.slice(0, 4)}`
  const total = month.daysInRun === 0 ? '' : formatPercentChange(month.totalReturn)
  return html`<figure class="month"><figcaption><span>${name}</span> <span class="num ${toneOf(month.totalReturn)}">${total}</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="group" aria-label="${name}, ${formatCount(month.daysInRun, 'day')} in the run">${[
    ...WEEKDAYS,
  ].map(
    (letter, column) => html`<text class="weekday" x="${column * (CELL + GAP) + CELL / 2}" y="11">${letter}</text>`,
  )}${month.cells.map((cell) => cellMark(cell, roomy))}</svg></figure>`
}

function cellMark(cell: HeatmapCell, roomy: boolean): Html {
  const x = cell.column * (CELL + GAP)
  const y = TOP + cell.row * (CELL + GAP)
  const kind = cell.day !== undefined ? shadeClass(cell.day.shade) : cell.skipped !== undefined ? 'skipped' : 'absent'
  const box = html`<rect class="day ${kind}" x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="4"/>`
  if (kind === 'absent') return box
  const middle = x + CELL / 2
  const label = kind === 'skipped' ? '×' : roomy && cell.day !== undefined ? brief(cell.day.dailyReturn) : ''
  return html`<g role="img" aria-label="${titleOf(cell)}"><title>${titleOf(cell)}</title>${box}${
    roomy && html`<text class="date on-${kind}" x="${x + 4}" y="${y + 11}">${cell.dayOfMonth}</text>`
  }${label !== '' && html`<text class="figure on-${kind}" x="${middle}" y="${y + (roomy ? 28 : 25)}">${label}</text>`}</g>`
}

function titleOf({ date, day, skipped }: HeatmapCell): string {
  if (day === undefined) return `${formatDate(date)}: skipped, ${skipped ?? ''}`
  const { dailyReturn, pnl, trades } = day
  return `${formatDate(date)}: ${formatPercentChange(dailyReturn)}, ${formatUsdChange(pnl)}, ${formatCount(trades, 'trade')}`
}

/** A return in the few characters that a cell has room for. */
function brief(dailyReturn: number): string {
  if (dailyReturn === 0) return '0'
  const size = Math.abs(dailyReturn * 100)
  return formatPercentChange(dailyReturn, size >= 100 ? 0 : size >= 9.95 ? 1 : 2).replace('%', '')
}

function shadeClass(shade: number): string {
  return shade === 0 ? 'flat' : shade > 0 ? `up-${shade}` : `down-${-shade}`
}

function hasChanges({ months }: Heatmap): boolean {
  return months.some((month) => month.cells.some((cell) => cell.day !== undefined && cell.day.shade !== 0))
}

function legend({ edges }: Heatmap): Html {
  const shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => i - SHADES)
  const top = formatPercent(edges[SHADES - 1]!, 1)
  return html`<p class="shades"><span>≤ −${top}</span><svg viewBox="0 0 ${shades.length * 16} 14" aria-hidden="true">${shades.map(
    (shade, i) => html`<rect class="day ${shadeClass(shade)}" x="${i * 16}" y="1" width="14" height="12" rx="2"/>`,
  )}</svg><span>≥ +${top}</span></p>`
}
