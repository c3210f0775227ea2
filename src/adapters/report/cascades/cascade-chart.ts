import { formatNumber, formatPrice } from '../format.js'
import { type Html, html } from '../html.js'
import { briefNumber } from './brief-number.js'
import { CHART, round } from './chart-places.js'
import { liquidationBars, liquidationMarks } from './liquidation-marks.js'
import { paddedRange, type Range, type Scale, scaleOf, ticksOf, timeTicksOf } from './scales.js'
import type { RecordedRound, ShownCascade, ShownValue } from './shown-cascade.js'
import { thinned } from './thinned.js'

/** Marks, open interest and liquidations round a cascade, one below the other, over the same time. Needs no script. */
export function cascadeChart(cascade: ShownCascade, recorded: RecordedRound): Html {
  const { marks, openInterest, liquidations } = recorded
  const time = scaleOf({ low: recorded.fromMs, high: recorded.untilMs }, { from: CHART.left, to: CHART.right })
  const prices = [...marks.map(({ value }) => value), ...liquidations.map(({ price }) => price)]
  const price = scaleOf(paddedRange(prices), { from: CHART.price.bottom, to: CHART.price.top + CHART.nameHeight })
  const interest = scaleOf(paddedRange(openInterest.map(({ value }) => value)), {
    from: CHART.interest.bottom,
    to: CHART.interest.top + CHART.nameHeight,
  })
  const bars = liquidationBars(liquidations, time)
  return html`<svg class="cascade-chart" viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-labelledby="chart-title-${cascade.cascadeId}">
<title id="chart-title-${cascade.cascadeId}">${chartName(cascade)}</title>
${waveBands(cascade, time)}
${grid(price, CHART.price, formatPrice)}${grid(interest, CHART.interest, briefNumber)}${bars.grid}
${timeAxis(time)}
${momentLines(cascade, time)}
${panelName('Mark price', CHART.price.top)}${panelName('Open interest', CHART.interest.top)}${panelName('Liquidations, USD: longs above, shorts below', CHART.forced.top)}
<path class="line price" d="${path(marks, time, price)}"/>
<path class="line interest" d="${steps(openInterest, time, interest)}"/>
${bars.marks}
${liquidationMarks(liquidations, { time, price })}
</svg>`
}

/** More points than this to a line would be less than two units of it. */
const POINTS_MAX = 480

function chartName({
  coin,
  startTsMs,
  priceStart,
  priceEnd,
  oiDropPct,
  liquidationCount,
  waves,
}: ShownCascade): string {
  const begun = new Date(startTsMs).toISOString().replace('T', ' ').slice(0, 19)
  return `${coin}, ${begun} UTC: price from ${formatPrice(priceStart)} to ${formatPrice(priceEnd)}, open interest down ${formatNumber(oiDropPct)}%, ${liquidationCount} liquidations in ${waves.length} waves`
}

function waveBands({ waves }: ShownCascade, time: Scale): Html[] {
  return waves.map(({ waveNum, startTsMs, endTsMs }) => {
    // A wave of one liquidation has no width of its own.
    const [from, to] = [time.at(startTsMs) - 1.5, time.at(endTsMs) + 1.5]
    const name = to - from > WAVE_NAME_WIDTH ? `wave ${waveNum}` : to - from > WAVE_NUMBER_WIDTH && waveNum
    const label =
      name !== false &&
      html`<text class="wave" x="${round((from + to) / 2)}" y="${CHART.price.bottom - 6}">${name}</text>`
    return html`<rect class="wave-band" x="${round(from)}" y="${CHART.price.top}" width="${round(to - from)}" height="${CHART.forced.bottom - CHART.price.top}"/>${label}`
  })
}

const WAVE_NAME_WIDTH = 42
const WAVE_NUMBER_WIDTH = 8

/** Start, end and five minutes later, named above the panels. */
function momentLines({ startTsMs, endTsMs, afterMs }: ShownCascade, time: Scale): Html[] {
  const moments = [
    { ms: startTsMs, name: 'start', anchor: 'end' },
    { ms: endTsMs, name: 'end', anchor: 'start' },
    { ms: afterMs, name: afterName(afterMs - endTsMs), anchor: 'middle' },
  ].filter(({ ms }) => ms >= time.low && ms <= time.high)
  return moments.map(
    ({ ms, name, anchor }) =>
      html`<line class="moment" x1="${round(time.at(ms))}" x2="${round(time.at(ms))}" y1="22" y2="${CHART.forced.bottom}"/><text class="moment anchor-${anchor}" x="${round(time.at(ms))}" y="15">${name}</text>`,
  )
}

function afterName(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min after` : `${ms / 1_000} s after`
}

function grid(scale: Scale, panel: { top: number; bottom: number }, text: (value: number) => string): Html {
  const lines = ticksOf(scale).map((value) => {
    const y = round(scale.at(value))
    return html`<line class="grid" x1="${CHART.left}" x2="${CHART.right}" y1="${y}" y2="${y}"/><text class="value" x="${CHART.left - 8}" y="${round(scale.at(value) + 4)}">${text(value)}</text>`
  })
  return html`<line class="edge" x1="${CHART.left}" x2="${CHART.right}" y1="${panel.bottom}" y2="${panel.bottom}"/>${lines}`
}

function timeAxis(time: Scale): Html[] {
  return timeTicksOf(time).map(
    (ms) =>
      html`<line class="grid" x1="${round(time.at(ms))}" x2="${round(time.at(ms))}" y1="${CHART.price.top}" y2="${CHART.forced.bottom}"/><text class="time" x="${round(time.at(ms))}" y="${CHART.forced.bottom + 18}">${timeLabel(ms, time)}</text>`,
  )
}

/** Seconds only where ticks stand on them. */
function timeLabel(ms: number, { low, high }: Range): string {
  return new Date(ms).toISOString().slice(11, high - low > 360_000 ? 16 : 19)
}

function panelName(name: string, top: number): Html {
  return html`<text class="panel" x="${CHART.left + 6}" y="${top + 13}">${name}</text>`
}

function path(values: readonly ShownValue[], time: Scale, scale: Scale): string {
  return thinned(values, POINTS_MAX)
    .map(({ tsMs, value }, i) => `${i === 0 ? 'M' : 'L'}${round(time.at(tsMs))} ${round(scale.at(value))}`)
    .join('')
}

/** Open interest is polled: what was told holds until the next time. */
function steps(values: readonly ShownValue[], time: Scale, scale: Scale): string {
  return thinned(values, POINTS_MAX)
    .map(({ tsMs, value }, i) => {
      const [x, y] = [round(time.at(tsMs)), round(scale.at(value))]
      return i === 0 ? `M${x} ${y}` : `H${x}V${y}`
    })
    .join('')
}
