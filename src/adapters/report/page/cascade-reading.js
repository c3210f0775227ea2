import { CHART } from '../cascades/chart-places.js'
import { formatCount, formatNumber, formatPrice, formatUsd } from '../format.js'

/** @typedef {import('../cascades/chart-readings.js').ChartReading} ChartReading */

/** From a liquidation this far in the chart its sum is still told, in units of the chart. */
const NEAR = 4

/**
 * A line that follows pointer, finger and arrow keys over each chart, and below it what the chart shows there.
 * @param {Readonly<Record<string, ChartReading>>} readings
 */
export function startReadings(readings) {
  for (const frame of document.querySelectorAll('[data-cascade]')) {
    const figure = /** @type {HTMLElement} */ (frame)
    const reading = readings[figure.dataset.cascade ?? '']
    const drawing = figure.querySelector('svg')
    const told = figure.parentElement?.querySelector('.reading')
    if (reading && drawing && told) readOut(figure, { reading, drawing, told })
  }
}

/**
 * @param {HTMLElement} figure
 * @param {{ reading: ChartReading, drawing: SVGSVGElement, told: Element }} parts
 */
function readOut(figure, { reading, drawing, told }) {
  const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line')
  cursor.setAttribute('class', 'cursor')
  cursor.setAttribute('y1', String(CHART.price.top))
  cursor.setAttribute('y2', String(CHART.forced.bottom))
  const span = reading.untilMs - reading.fromMs
  const width = CHART.right - CHART.left

  const show = (/** @type {number} */ ms, name = '') => {
    const x = String(CHART.left + (ms / span) * width)
    cursor.setAttribute('x1', x)
    cursor.setAttribute('x2', x)
    if (!cursor.isConnected) drawing.append(cursor)
    told.classList.add('told')
    told.textContent = readingText(reading, ms, { name, nearMs: (NEAR / width) * span })
  }
  const hide = () => cursor.remove()

  const point = (/** @type {PointerEvent} */ event) => {
    const box = drawing.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * CHART.width
    if (x < CHART.left || x > CHART.right) return
    show(((x - CHART.left) / width) * span)
  }
  drawing.addEventListener('pointermove', point)
  drawing.addEventListener('pointerdown', point)
  drawing.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') hide()
  })
  readByKeyboard(figure, reading, show)
  figure.addEventListener('blur', hide)
}

/**
 * Arrows go from moment to moment of the cascade, and to what was liquidated between them; Home and End to the first and the last.
 * @param {HTMLElement} figure
 * @param {ChartReading} reading
 * @param {(ms: number, name: string) => void} show
 */
function readByKeyboard(figure, { moments, forced }, show) {
  const named = new Map(moments)
  const stops = [...new Set([...moments.map(([ms]) => ms), ...forced.ms])].sort((a, b) => a - b)
  let i = -1
  /** @type {Record<string, () => number>} */
  const moves = { ArrowLeft: () => i - 1, ArrowRight: () => i + 1, Home: () => 0, End: () => stops.length - 1 }
  figure.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey || stops.length === 0) return
    event.preventDefault()
    i = Math.min(Math.max(move(), 0), stops.length - 1)
    const ms = stops[i] ?? 0
    show(ms, named.get(ms) ?? '')
  })
}

/**
 * @param {ChartReading} reading
 * @param {number} ms
 * @param {{ name: string, nearMs: number }} at
 */
function readingText({ fromMs, price, interest, forced }, ms, { name, nearMs }) {
  const time = new Date(fromMs + ms).toISOString().slice(11, 19)
  const mark = lastAt(price, ms)
  const open = lastAt(interest, ms)
  let [count, longs, shorts] = [0, 0, 0]
  forced.ms.forEach((at, i) => {
    if (Math.abs(at - ms) > nearMs) return
    count++
    longs += forced.longs[i] ?? 0
    shorts += forced.shorts[i] ?? 0
  })
  const liquidated = [
    longs > 0 ? `longs ${formatUsd(longs, 0)}` : '',
    shorts > 0 ? `shorts ${formatUsd(shorts, 0)}` : '',
  ]
  return [
    `${time} UTC${name === '' ? '' : `, ${name}`}`,
    mark === undefined ? '' : `price ${formatPrice(mark)}`,
    open === undefined ? '' : `open interest ${formatNumber(open, open < 1000 ? 3 : 0)}`,
    count === 0 ? '' : `liquidated ${liquidated.filter(Boolean).join(', ')} at ${formatCount(count, 'time')}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

/**
 * @param {{ readonly ms: readonly number[], readonly values: readonly number[] }} columns
 * @param {number} ms
 */
function lastAt({ ms: times, values }, ms) {
  let low = -1
  let high = times.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (/** @type {number} */ (times[middle]) <= ms) low = middle
    else high = middle
  }
  return values[low]
}
