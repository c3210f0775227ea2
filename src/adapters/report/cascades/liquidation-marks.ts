import { type Html, html } from '../html.js'
import { briefUsd } from './brief-number.js'
import { CHART, round } from './chart-places.js'
import { type Scale, scaleOf } from './scales.js'
import type { ShownLiquidation } from './shown-cascade.js'

/** Liquidated USD in short equal times: longs above the line, shorts below it, on one scale. */
export function liquidationBars(
  liquidations: readonly ShownLiquidation[],
  time: Scale,
): { readonly grid: Html; readonly marks: Html[] } {
  const sums = new Map<number, { longs: number; shorts: number }>()
  for (const { tsMs, valueUsd, side } of liquidations) {
    const place = Math.floor((time.at(tsMs) - CHART.left) / BAR_WIDTH)
    const sum = sums.get(place) ?? { longs: 0, shorts: 0 }
    sum[side === 'SELL' ? 'longs' : 'shorts'] += valueUsd
    sums.set(place, sum)
  }
  const of = [...sums.values()]
  const highest = of.reduce((most, { longs }) => Math.max(most, longs), 0)
  const lowest = of.reduce((most, { shorts }) => Math.max(most, shorts), 0)
  const { top, bottom } = CHART.forced
  const usd = scaleOf({ low: -lowest, high: highest || lowest || 1 }, { from: bottom, to: top + CHART.nameHeight })
  const zero = round(usd.at(0))
  const grid = html`<line class="edge" x1="${CHART.left}" x2="${CHART.right}" y1="${zero}" y2="${zero}"/><text class="value" x="${CHART.left - 8}" y="${zero + 4}">0</text>${
    highest > 0 &&
    html`<text class="value" x="${CHART.left - 8}" y="${round(usd.at(highest) + 6)}">${briefUsd(highest)}</text>`
  }${lowest > 0 && zero + 16 < bottom && html`<text class="value" x="${CHART.left - 8}" y="${bottom}">${briefUsd(lowest)}</text>`}`
  const bar = (place: number, value: number, kind: string) => {
    if (value === 0) return false
    const [y, height] = [usd.at(Math.max(0, value)), Math.max(1.5, Math.abs(usd.at(value) - usd.at(0)))]
    return html`<rect class="${kind}" x="${round(CHART.left + place * BAR_WIDTH + 0.5)}" y="${round(y)}" width="${BAR_WIDTH - 1}" height="${round(height)}"/>`
  }
  const marks = [...sums].map(
    ([place, { longs, shorts }]) => html`${bar(place, longs, 'longs')}${bar(place, -shorts, 'shorts')}`,
  )
  return { grid, marks }
}

const BAR_WIDTH = 6

/** More would hide the line that they stand on. */
const MARKS_MAX = 150

/** The largest liquidations at their prices, their area by their value: longs as triangles that point down, shorts up. */
export function liquidationMarks(
  liquidations: readonly ShownLiquidation[],
  { time, price }: { readonly time: Scale; readonly price: Scale },
): Html[] {
  const largest = [...liquidations].sort((a, b) => b.valueUsd - a.valueUsd).slice(0, MARKS_MAX)
  const most = largest[0]?.valueUsd ?? 1
  return largest.map(({ tsMs, price: at, valueUsd, side }) => {
    const size = round(2.5 + 6.5 * Math.sqrt(valueUsd / most))
    const [x, y] = [round(time.at(tsMs)), round(price.at(at))]
    const isLong = side === 'SELL'
    const tip = isLong ? size : -size
    return html`<path class="forced ${isLong ? 'longs' : 'shorts'}" d="M${round(x - size)} ${round(y - tip * 0.6)}H${round(x + size)}L${x} ${round(y + tip)}Z"/>`
  })
}
