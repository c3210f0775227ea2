import { directionName } from '../../base/direction.js'
import { printable } from '../../base/printable.js'
import { PRICES_TO_FIRST_SCAN } from '../../core/eigen/warm-up.js'
import {
  type BacktestReport,
  EXAMPLE_TEXT,
  isExample,
  type OwnStrategy,
  type TradeGroup,
} from '../../ports/vocabulary/report.js'
import type { Figures } from '../../ports/vocabulary/trades.js'
import { count, duration, percent, plural, signedPercent, signedUsd, table, usd } from '../shell/figures-text.js'
import { type Colours, paintSign } from '../shell/terminal.js'
import { calendarText, dataWarnings, rulesText } from './data-text.js'

export interface SummaryOptions {
  readonly colours: Colours
  readonly byAsset?: boolean
  readonly byDay?: boolean
  /** Files the command has written: what, and where. */
  readonly written?: readonly { readonly what: string; readonly path: string }[]
  /** The verdict of the causality check; the first line sums it up. */
  readonly causality?: { readonly holds: boolean; readonly lines: readonly string[] }
}

const LABEL_WIDTH = 16
const INDENT = '  '

/** A finished backtest at a glance, at most 100 columns wide. Every figure stands beside itself without the simulated edge. */
export function summaryText(report: BacktestReport, options: SummaryOptions): string {
  const { colours } = options
  const blocks = [
    titleLines(report, colours),
    researchLines(report, colours),
    costFreeLines(report, colours),
    dataLines(report, colours),
    periodLines(report, colours),
    [...figureLines(report, colours), ...baselineLines(report, colours)],
    exitLines(report, colours),
    costLines(report, colours),
    exposureLines(report, colours),
    options.byAsset ? assetLines(report, colours) : [],
    options.byDay ? dayLines(report, colours) : [],
    skippedLines(report, colours),
    recordLines(report, options),
  ]
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => printable(`${INDENT}${line}`.trimEnd())).join('\n'))
    .join('\n\n')
  return `\n${text}\n\n`
}

function titleLines(report: BacktestReport, c: Colours): string[] {
  // A strategy of one's own has a direction for each entry.
  const name =
    report.ownStrategy === undefined ? `${report.strategy} ${directionName(report.direction)}` : report.strategy
  return [`${c.bold(name)}${c.dim(`  dolphin-engine ${report.engineVersion}`)}`]
}

function researchLines(report: BacktestReport, c: Colours): string[] {
  if (!report.research) return []
  const { drift, ownStrategy } = report
  const banner = c.bold(c.yellow('RESEARCH'.padEnd(LABEL_WIDTH)))
  const blank = ' '.repeat(LABEL_WIDTH)
  const changed = drift.length === 0 ? '' : `${plural(drift.length, 'parameter')} changed`
  const lines = drift.map((line) => `${blank}${line}`)
  if (ownStrategy === undefined) return [`${banner}not the champion: ${changed}`, ...lines]
  const what = isExample(ownStrategy) ? EXAMPLE_TEXT : 'a strategy of its own'
  return [
    `${banner}not the champion, but ${what}${changed === '' ? '' : `; ${changed} of costs and limits`}`,
    ...lines,
    ...ownLines(ownStrategy, c),
  ]
}

function ownLines({ file, sha256, parameters }: OwnStrategy, c: Colours): string[] {
  const row = rowPainter(c)
  const values = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [
    row('Strategy', clipped(`SHA-256 ${sha256.slice(0, 12)}  ${file}`)),
    ...(values.length === 0 ? [] : [row('Parameters', clipped(values.join('  ')))]),
  ]
}

/** What is left of a line of a hundred columns. */
function clipped(text: string): string {
  const room = 100 - INDENT.length - LABEL_WIDTH
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}

function costFreeLines({ fills }: BacktestReport, c: Colours): string[] {
  if (fills === 'simulated') return []
  return [
    `${c.bold(c.yellow('COST-FREE'.padEnd(LABEL_WIDTH)))}whole lots filled at bar prices: no slippage, fees or simulated edge`,
    `${' '.repeat(LABEL_WIDTH)}for comparison with a paper session; no result of a strategy`,
  ]
}

function dataLines(report: BacktestReport, c: Colours): string[] {
  const { loud, plain } = dataWarnings(report)
  const label = (text: string, paint: (text: string) => string) => c.bold(paint(text.padEnd(LABEL_WIDTH)))
  const blank = ' '.repeat(LABEL_WIDTH)
  return [
    ...loud
      .flatMap((line) => wrapped(line, 100 - INDENT.length - LABEL_WIDTH))
      .map((line, i) => {
        return `${i === 0 ? label('LIQUIDATED', c.red) : blank}${c.bold(line.trim())}`
      }),
    ...plain.map((line, i) => `${i === 0 ? label('DATA', c.yellow) : blank}${clipped(line)}`),
  ]
}

function periodLines(report: BacktestReport, c: Colours): string[] {
  const row = rowPainter(c)
  const days = plural(report.days.length, 'day')
  const rules = row('Rules', rulesText(report))
  const span = report.from === report.to ? report.from : `${report.from} to ${report.to}`
  const lines = [
    row(
      'Period',
      `${span ?? 'no day'}, ${days}, ${plural(report.bars, 'bar')}, ${plural(report.universe.length, 'asset')}`,
    ),
  ]
  const calendar = calendarText(report)
  if (calendar !== undefined) lines.push(row('', calendar))
  if (report.ownStrategy !== undefined) {
    const step = report.barSeconds === null ? 'unknown (no timestamps)' : duration(report.barSeconds)
    const gates = gateText(report)
    return [...lines, row('Bar step', step), ...(gates === '' ? [] : [row('Gates', gates)]), rules]
  }
  const maxHoldBars = Number(report.parameters.max_hold_bars)
  if (report.barSeconds !== null && report.maxHoldSeconds !== null) {
    const step = `${duration(report.barSeconds)}${convertedText(report)}`
    lines.push(
      row(
        'Bar step',
        `${step}; the longest hold of ${plural(maxHoldBars, 'bar')} is ${duration(report.maxHoldSeconds)}`,
      ),
    )
  } else {
    lines.push(row('Bar step', `unknown (no timestamps); the longest hold is ${plural(maxHoldBars, 'bar')}`))
  }
  const gates = gateText(report)
  return [...lines, ...(gates === '' ? [] : [row('Gates', gates)]), rules]
}

/** What was said of the step, where bar counts were converted to it: of other days the times are others. */
function convertedText({ settings, barSeconds }: BacktestReport): string {
  const said = settings.convert_bars
  if (typeof said !== 'number') return ''
  const isSo = barSeconds !== null && Math.abs(barSeconds - said) <= 0.01 * said
  return isSo ? ' (bar counts converted from 5 s)' : ` (NOT the ${duration(said)} of --convert-bars)`
}

/** Breaker, forewarner, posture, volatility gate and order book, as far as they are in use. */
function gateText(report: BacktestReport): string {
  const { settings, days, forewarnerDays } = report
  const parts: string[] = []
  if (settings.factors) {
    const boosted = days.filter((day) => day.boostStart > 1).length
    parts.push(`breaker boosted ${boosted} of ${plural(days.length, 'day')}`)
  }
  if (settings.forewarner && settings.forewarner !== 'off') {
    parts.push(`forewarner ${forewarnerDays.OK} OK, ${forewarnerDays.ORANGE} ORANGE, ${forewarnerDays.RED} RED`)
  }
  if (settings.order_book) parts.push('order book')
  if (settings.posture && settings.posture !== 'APEX') parts.push(`posture ${settings.posture}`)
  if (settings.vol_gate && settings.vol_gate !== 'warmup') parts.push(`volatility gate ${settings.vol_gate}`)
  return parts.join(' · ')
}

function figureLines(report: BacktestReport, c: Colours): string[] {
  const { figures, figuresWithoutEdge, initialCapital } = report
  const columns = report.fills === 'simulated' ? ['with simulated edge', 'without edge'] : ['cost-free']
  const both = (value: (figures: Figures) => string) => [value(figures), value(figuresWithoutEdge)]
  const rows = [
    ['Final capital', usd(report.finalCapital), usd(initialCapital * (1 + figuresWithoutEdge.roi))],
    ['ROI', ...both((f) => signedPercent(f.roi))],
    ['Profit factor', ...both((f) => profitFactor(f))],
    ['Win rate', ...both((f) => percent(f.winRate, 1))],
    ['Max drawdown, realised', ...both((f) => percent(f.maxDrawdown))],
    ['Max drawdown, equity', percent(report.markToMarket.maxDrawdown), '-'],
    [report.calendar.fewDays ? 'Sharpe (few days)' : 'Sharpe', ...both((f) => f.sharpe.toFixed(2))],
    ['Trades', ...both((f) => count(f.trades))],
  ].map(([label, ...cells]) => [label!.padEnd(24), ...cells.slice(0, columns.length)])
  return table([`USD from ${usd(initialCapital)}`.padEnd(24), ...columns], rows, {
    head: c.dim,
    cell: (text, column) => (column === 0 ? text : paintSign(text, c)),
  })
}

/** What the same days gave without any decision: after costs, and without leverage. */
function baselineLines({ baseline }: BacktestReport, c: Colours): string[] {
  if (baseline === null) return []
  const { asset, finalCapital, roi, maxDrawdown, sharpe } = baseline
  const figures = `${usd(finalCapital)}, ROI ${signedPercent(roi)}, drawdown ${percent(maxDrawdown)}, Sharpe ${sharpe.toFixed(2)}`
  return [rowPainter(c)('Buy and hold', `${asset}: ${figures}`)]
}

function profitFactor(figures: Figures): string {
  if (figures.profitFactor === null) return '∞'
  return figures.trades === 0 ? '-' : figures.profitFactor.toFixed(2)
}

function exitLines(report: BacktestReport, c: Colours): string[] {
  const lines =
    report.exits.length === 0
      ? [c.dim('No trade was closed.'), ...shortLines(report, c)]
      : groupTable('Exits', report.exits, report, c)
  const open = report.openPosition
  if (open === null) return lines
  const side = directionName(open.direction)
  return [
    ...lines,
    `Still open: ${side} ${open.asset} since bar ${count(open.entryBar)}, notional ${usd(open.notional)} (not in the figures)`,
    `Equity with it at the last price: ${usd(report.markToMarket.finalEquity)}`,
  ]
}

/** Whoever tries a recording of their own on the first day sees no trade, and nothing wrong. */
function shortLines({ bars, ownStrategy, openPosition }: BacktestReport, c: Colours): string[] {
  if (ownStrategy !== undefined || openPosition !== null || bars >= PRICES_TO_FIRST_SCAN) return []
  return [
    c.dim(
      `A recording that began cold has no vel_div, and so no entry, before its step ${PRICES_TO_FIRST_SCAN}: here are ${bars}.`,
    ),
  ]
}

function assetLines(report: BacktestReport, c: Colours): string[] {
  return report.assets.length === 0 ? [] : groupTable('Assets', report.assets, report, c)
}

function groupTable(title: string, groups: readonly TradeGroup[], report: BacktestReport, c: Colours): string[] {
  const rows = groups.map((group) => [
    group.key.padEnd(24),
    count(group.trades),
    percent(group.wins / group.trades, 1),
    signedUsd(group.net),
    group.meanBarsHeld.toFixed(1),
    report.barSeconds === null ? '-' : duration(group.meanBarsHeld * report.barSeconds),
  ])
  return table([title, 'trades', 'win rate', 'net USD', 'mean bars', 'mean hold'], rows, {
    head: c.dim,
    cell: (text, column) => (column === 3 ? paintSign(text, c) : text),
  })
}

function costLines(report: BacktestReport, c: Colours): string[] {
  if (report.figures.trades === 0) return []
  const { gross, slippage, refund, edge, entryFees, exitFees, net } = report.costs
  const amounts = [gross, -slippage, refund, edge, -entryFees, -exitFees, net].map(signedUsd)
  const head = ['Costs', 'gross', 'slippage', 'refund', 'edge', 'entry fees', 'exit fees', 'net']
  return table(head, [['USD', ...amounts]], {
    head: c.dim,
    cell: (text, column) => (column === 7 ? paintSign(text, c) : text),
  })
}

function exposureLines(report: BacktestReport, c: Colours): string[] {
  const { exposure } = report
  const row = rowPainter(c)
  return [
    row(
      'Exposure',
      `${percent(exposure.timeInMarket, 1)} of the time in the market, leverage ${exposure.meanLeverage.toFixed(2)}x mean, ${exposure.maxLeverage.toFixed(2)}x max`,
    ),
    row(
      '',
      `notional over capital ${percent(exposure.meanNotionalToCapital, 1)} mean, ${percent(exposure.maxNotionalToCapital, 1)} max`,
    ),
  ]
}

function dayLines(report: BacktestReport, c: Colours): string[] {
  const rows = report.days.map((day) => [
    day.date,
    count(day.bars),
    count(day.entries),
    count(day.trades),
    signedUsd(day.pnl),
    signedPercent(day.capitalStart > 0 ? day.pnl / day.capitalStart : 0),
    usd(day.capital),
    day.boost.toFixed(2),
    day.beta.toFixed(2),
    day.mcStatus,
  ])
  const head = ['Days', 'bars', 'entries', 'closed', 'pnl USD', 'return', 'capital', 'boost', 'beta', 'forewarner']
  return table(head, rows, {
    head: c.dim,
    cell: (text, column) => (column === 4 || column === 5 ? paintSign(text, c) : text),
  })
}

function skippedLines(report: BacktestReport, c: Colours): string[] {
  if (report.skippedDays.length === 0) return []
  const title = c.bold(c.yellow(`${plural(report.skippedDays.length, 'day')} left out: the figures do not cover them`))
  return [title, ...report.skippedDays.flatMap((day) => wrapped(`${day.date}  ${day.error}`, 96))]
}

function recordLines(report: BacktestReport, { colours: c, written = [], causality }: SummaryOptions): string[] {
  const row = rowPainter(c)
  const { hashes } = report
  const parameters = hashes.parameters === hashes.champion ? `${hashes.parameters} (champion)` : hashes.parameters
  const paint = causality?.holds ? c.green : c.red
  return [
    ...(causality?.lines ?? []).map((line, i) => row(i === 0 ? 'Causality' : '', i === 0 ? paint(line) : line)),
    row('Hashes', `parameters ${parameters}  config ${hashes.config.slice(0, 12)}`),
    row('', `data ${hashes.data.slice(0, 12)}  code ${hashes.code.slice(0, 12)}`),
    ...written.map(({ what, path }) => row(`${what.charAt(0).toUpperCase()}${what.slice(1)}`, path)),
  ]
}

function rowPainter(c: Colours): (label: string, text: string) => string {
  return (label, text) => `${c.dim(label.padEnd(LABEL_WIDTH))}${text}`
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `            ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
