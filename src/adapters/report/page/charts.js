import { equityCurve } from '../equity-curve.js'
import { formatNumber, formatPercent, formatTime, formatUsd, formatUsdChange } from '../format.js'
import { byId, element } from './dom.js'

/**
 * @typedef {import('../page-data.js').PageData} PageData
 * @typedef {import('../equity-curve.js').EquityCurve} EquityCurve
 * @typedef {import('../../../ports/vocabulary/trades.js').Trade} Trade
 */

const EQUITY_HEIGHT = 300
const DRAWDOWN_HEIGHT = 170

/** Colours are read from the style sheet, so that canvas and page change theme together. */
let colours = readColours()

/**
 * Equity above drawdown, one cursor and one zoom for both.
 * @param {PageData} data
 * @param {readonly Trade[]} trades
 */
export function startCharts(data, trades) {
  const curve = equityCurve({ ...data, trades })
  const describe = (/** @type {number} */ i) => pointLines(data, trades, curve, i)
  const equity = draw(
    byId('equity'),
    {
      ...common(data, describe),
      height: EQUITY_HEIGHT,
      series: [{}, line('Realised', () => colours.simulated), dashed('Without edge'), marked('Equity')],
      bands: [{ series: [1, 2], fill: () => colours.edgeArea }],
      axes: [bareAxis(data), yAxis(usdTicks)],
    },
    [curve.x, curve.capital, curve.capitalWithoutEdge, curve.equity],
  )
  const drawdown = draw(
    byId('drawdown'),
    {
      ...common(data, describe),
      height: DRAWDOWN_HEIGHT,
      series: [
        {},
        { ...line('Realised', () => colours.loss), fill: () => colours.lossArea },
        dashed('Without edge'),
        marked('Equity'),
      ],
      axes: [xAxis(data), yAxis(percentTicks)],
      scales: { x: { time: data.axis === 'time' }, y: { range: drawdownRange } },
    },
    [curve.x, curve.drawdown, curve.drawdownWithoutEdge, curve.drawdownOfEquity],
  )

  const charts = [equity, drawdown]
  const zoom = zoomer(charts, curve)
  for (const button of document.querySelectorAll('[data-zoom]')) {
    const kind = /** @type {HTMLElement} */ (button).dataset.zoom
    button.addEventListener('click', () => zoom(kind))
  }
  for (const button of document.querySelectorAll('button[data-series]')) {
    const series = Number(/** @type {HTMLElement} */ (button).dataset.series)
    button.addEventListener('click', () => {
      const show = button.getAttribute('aria-pressed') !== 'true'
      button.setAttribute('aria-pressed', String(show))
      for (const chart of charts) chart.setSeries(series, { show })
    })
  }
  const stops = stopsOf(curve)
  for (const chart of charts) readByKeyboard(chart, { zoom, describe, stops })
  followWidth(charts)
  followTheme(charts)
}

/**
 * @param {HTMLElement} frame
 * @param {Omit<uPlot.Options, 'width'>} options
 * @param {readonly (readonly number[])[]} columns
 */
function draw(frame, options, columns) {
  const aligned = /** @type {uPlot.AlignedData} */ (/** @type {unknown} */ (columns))
  return new uPlot({ ...options, width: Math.max(frame.clientWidth, 200) }, aligned, frame)
}

/**
 * @param {PageData} data
 * @param {(i: number) => string[]} describe
 */
function common(data, describe) {
  /** @type {Pick<uPlot.Options, 'ms' | 'tzDate' | 'legend' | 'cursor' | 'scales' | 'plugins' | 'padding'>} */
  const options = {
    ms: 1,
    // Days and bars of a run are UTC, wherever the reader sits.
    tzDate: (timeMs) => uPlot.tzDate(new Date(timeMs), 'Etc/UTC'),
    legend: { show: false },
    cursor: { sync: { key: 'run', scales: ['x', null] }, drag: { x: true, y: false, dist: 4 }, y: false },
    scales: { x: { time: data.axis === 'time' } },
    padding: [12, 26, 0, 0],
    plugins: [tooltip(describe)],
  }
  return options
}

/**
 * @param {string} label
 * @param {() => string} stroke
 * @returns {uPlot.Series}
 */
function line(label, stroke) {
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  return { label, stroke, width: 1.75, points: { show: false }, ...(stepped === undefined ? {} : { paths: stepped }) }
}

/**
 * @param {string} label
 * @returns {uPlot.Series}
 */
function dashed(label) {
  return { ...line(label, () => colours.withoutEdge), width: 1.5, dash: [5, 4] }
}

/**
 * @param {string} label
 * @returns {uPlot.Series}
 */
function marked(label) {
  return { ...line(label, () => colours.marked), width: 1 }
}

/**
 * The points that the keyboard goes through: start, closes of trades, end. Equity has hundreds between two of them.
 * @param {EquityCurve} curve
 */
function stopsOf(curve) {
  const last = curve.x.length - 1
  return curve.trade.flatMap((trade, i) => (i === 0 || i === last || trade >= 0 ? [i] : []))
}

/**
 * @param {PageData} data
 * @returns {uPlot.Axis}
 */
function xAxis(data) {
  const grid = { stroke: () => colours.grid, width: 1 }
  const ticks = { stroke: () => colours.grid, size: 6 }
  const base = { stroke: () => colours.text, font: colours.font, grid, ticks, space: 72 }
  if (data.axis === 'time') return { ...base, values: timeTicks }
  return {
    ...base,
    size: 52,
    label: 'bar',
    labelSize: 18,
    labelFont: colours.font,
    values: (_, ticks) => ticks.map((bar) => formatNumber(bar, 0)),
  }
}

/**
 * The same grid without labels: the chart below says them for both.
 * @param {PageData} data
 * @returns {uPlot.Axis}
 */
function bareAxis(data) {
  const { label: _, ...axis } = xAxis(data)
  return { ...axis, size: 10, values: (_, splits) => splits.map(() => '') }
}

const DAY_MS = 86_400_000

/**
 * Dates or times by the step between ticks, the year where it changes.
 * @type {uPlot.Axis.DynamicValues}
 */
function timeTicks(_, splits, __, ___, step) {
  let year = ''
  return splits.map((timeMs) => {
    const text = new Date(timeMs).toISOString()
    const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
    const day = `${Number(text.slice(8, 10))} ${months[Number(text.slice(5, 7)) - 1]}`
    const label = step >= DAY_MS || text.slice(11, 16) === '00:00' ? day : text.slice(11, 16)
    const isNewYear = text.slice(0, 4) !== year
    year = text.slice(0, 4)
    return isNewYear ? `${label}\n${year}` : label
  })
}

/**
 * @param {uPlot.Axis.DynamicValues} values
 * @returns {uPlot.Axis}
 */
function yAxis(values) {
  const grid = { stroke: () => colours.grid, width: 1 }
  return {
    stroke: () => colours.text,
    font: colours.font,
    grid,
    ticks: { show: false },
    size: axisWidth,
    gap: 8,
    values,
  }
}

/**
 * As wide as its widest label, but as stable as possible: both charts must share their left edge.
 * @param {uPlot} chart
 */
function axisWidth(chart) {
  return chart.width < 480 ? 58 : 74
}

/** @type {uPlot.Axis.DynamicValues} */
function usdTicks(chart, splits, _, __, step) {
  const largest = Math.max(...splits.map(Math.abs))
  const [unit, suffix] =
    largest >= 1e6 ? [1e6, 'M'] : largest >= 1e5 || (chart.width < 480 && largest >= 1e4) ? [1e3, 'k'] : [1, '']
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)))
  return splits.map((value) => formatUsd(value / unit, decimals) + suffix)
}

/** @type {uPlot.Axis.DynamicValues} */
function percentTicks(_, splits, __, ___, step) {
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9)))
  return splits.map((value) => formatPercent(value, decimals))
}

/** @type {uPlot.Range.Function} */
function drawdownRange(_, low) {
  return [Math.min((low ?? 0) * 1.08, -0.001), 0]
}

/**
 * What is known about point `i` of the curve, a line each.
 * @param {PageData} data
 * @param {readonly Trade[]} trades
 * @param {EquityCurve} curve
 * @param {number} i
 */
function pointLines(data, trades, curve, i) {
  const at = (/** @type {readonly number[]} */ column) => column[i] ?? Number.NaN
  const when = data.axis === 'time' ? `${formatTime(at(curve.x))} UTC` : `bar ${formatNumber(at(curve.x), 0)}`
  const index = curve.trade[i] ?? -1
  const trade = trades[index]
  return [
    when,
    `Capital ${formatUsd(at(curve.capital))}`,
    `Without edge ${formatUsd(at(curve.capitalWithoutEdge))}`,
    `Equity ${formatUsd(at(curve.equity))}`,
    `Drawdown ${formatPercent(at(curve.drawdown))}, of equity ${formatPercent(at(curve.drawdownOfEquity))}`,
    trade === undefined
      ? i === 0
        ? 'Start of the run'
        : i === curve.x.length - 1
          ? 'End of the run'
          : 'Between trades'
      : `#${index + 1} ${trade.asset} ${trade.reason} ${formatUsdChange(trade.net)}`,
  ]
}

/**
 * @param {(i: number) => string[]} describe
 * @returns {uPlot.Plugin}
 */
function tooltip(describe) {
  const box = element('div', { className: 'tooltip' })
  box.hidden = true
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(box)
      },
      setCursor: (chart) => {
        const { idx, left = -1 } = chart.cursor
        // A synced chart moves its cursor too, but only the one under the pointer (or in focus) speaks.
        const speaks = chart.root.matches(':hover') || chart.root.parentElement === document.activeElement
        box.hidden = !speaks || idx === null || idx === undefined || left < 0
        if (box.hidden || idx === null || idx === undefined) return
        box.replaceChildren(...describe(idx).map((text) => element('div', { text })))
        const beyondMiddle = left > chart.over.clientWidth / 2
        const place = beyondMiddle ? left - box.offsetWidth - 14 : left + 14
        box.style.transform = `translate(${Math.max(0, Math.round(place))}px, 8px)`
      },
    },
  }
}

/**
 * @param {readonly uPlot[]} charts
 * @param {EquityCurve} curve
 * @returns {(kind: string | undefined) => void}
 */
function zoomer(charts, curve) {
  const start = curve.x[0] ?? 0
  const end = curve.x.at(-1) ?? 1
  return (kind) => {
    const scale = charts[0]?.scales.x
    const from = scale?.min ?? start
    const to = scale?.max ?? end
    const factor = kind === 'in' ? 0.5 : 2
    const half = Math.min(((to - from) * factor) / 2, (end - start) / 2)
    const middle = Math.min(Math.max((from + to) / 2, start + half), end - half)
    const [min, max] = kind === 'reset' ? [start, end] : [middle - half, middle + half]
    for (const chart of charts) chart.setScale('x', { min, max })
  }
}

/**
 * @param {uPlot} chart
 * @param {{ zoom: (kind: string) => void, describe: (i: number) => string[], stops: readonly number[] }} reader
 */
function readByKeyboard(chart, { zoom, describe, stops }) {
  const last = stops.length - 1
  const frame = /** @type {HTMLElement} */ (chart.root.parentElement)
  let i = -1
  /** @type {Record<string, () => number>} */
  const moves = {
    ArrowLeft: () => i - 1,
    ArrowRight: () => i + 1,
    Home: () => 0,
    End: () => last,
    PageUp: () => i - 20,
    PageDown: () => i + 20,
  }
  /** @type {Record<string, string>} */
  const zooms = { '+': 'in', '=': 'in', '-': 'out', 0: 'reset', Escape: 'reset' }
  frame.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    const kind = zooms[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey || (move === undefined && kind === undefined)) return
    event.preventDefault()
    if (kind !== undefined) zoom(kind)
    if (move === undefined) return
    i = Math.min(Math.max(move(), 0), last)
    const point = stops[i] ?? 0
    chart.setCursor({ left: chart.valToPos(Number(chart.data[0]?.[point]), 'x'), top: 20 })
    byId('reading').textContent = describe(point).join(', ')
  })
  frame.addEventListener('blur', () => chart.setCursor({ left: -10, top: -10 }))
}

/** @param {readonly uPlot[]} charts */
function followWidth(charts) {
  const observer = new ResizeObserver(() => {
    for (const chart of charts) {
      const width = chart.root.parentElement?.clientWidth ?? 0
      if (width > 0 && width !== chart.width) chart.setSize({ width, height: chart.height })
    }
  })
  for (const chart of charts) if (chart.root.parentElement) observer.observe(chart.root.parentElement)
}

/** @param {readonly uPlot[]} charts */
function followTheme(charts) {
  const repaint = () => {
    colours = readColours()
    for (const chart of charts) chart.redraw(false, true)
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint)
  // Paper is white in either theme.
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('printing')
    repaint()
  })
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printing')
    repaint()
  })
}

function readColours() {
  const style = getComputedStyle(document.documentElement)
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
  return {
    simulated: read('--simulated'),
    withoutEdge: read('--without-edge'),
    marked: read('--marked'),
    edgeArea: read('--edge-area'),
    loss: read('--loss'),
    lossArea: read('--loss-area'),
    grid: read('--line'),
    text: read('--ink-3'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  }
}
