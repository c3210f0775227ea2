import { csvLine } from '../../base/csv.js'
import { Exact } from '../../base/exact.js'
import { printable } from '../../base/printable.js'
import type { ComparedTrade, Comparison } from '../../core/compare/compare.js'
import { CAUSES, type Cause, type Effects } from '../../core/compare/effects.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Session } from '../../ports/vocabulary/session.js'
import { count, plural, table } from '../shell/figures-text.js'
import { type Colours, paintSign, textOfLines } from '../shell/terminal.js'
import { roundedToCents } from './rounded-to-cents.js'

export interface ComparedPair {
  readonly session: Session
  readonly bulk: BacktestReport
}

/** Columns of the table: causes that a reader thinks of as one. */
const COLUMNS: readonly { readonly title: string; readonly causes: readonly Cause[] }[] = [
  { title: 'size', causes: ['capital', 'exposure', 'lots', 'partialFill'] },
  { title: 'entry', causes: ['entryPrice'] },
  { title: 'exit', causes: ['exitPrice'] },
  { title: 'exit time', causes: ['exitTime'] },
  { title: 'fees', causes: ['fees'] },
  { title: 'funding', causes: ['funding'] },
  { title: 'one side', causes: ['missed', 'extra'] },
  { title: 'model', causes: ['simulation', 'arithmetic'] },
  { title: 'unexplained', causes: ['unexplained'] },
]

const CAUSE_TEXT: Readonly<Record<Cause, string>> = {
  capital: 'size follows from capital',
  exposure: 'size follows from earlier results',
  lots: 'whole lots and limits',
  partialFill: 'not wholly filled',
  entryPrice: 'entry prices',
  exitTime: 'exits at another time',
  exitPrice: 'exit prices',
  fees: 'fees',
  funding: 'funding',
  simulation: 'simulated refund and edge',
  arithmetic: 'float64 of the bulk run',
  missed: 'missed trades',
  extra: 'extra trades',
  unexplained: 'unexplained',
}

export interface ComparisonTextOptions {
  readonly colours: Colours
  /** Also trades that are the same in both. */
  readonly all: boolean
  /** Where the exact amounts were written. */
  readonly csv: string | undefined
}

/** A comparison at a glance: the trades that differ, what the differences come from, and the verdict. */
export function comparisonText(comparison: Comparison, about: ComparedPair, options: ComparisonTextOptions): string {
  const { colours: c } = options
  const shown = comparison.trades.filter((trade) => options.all || !trade.same)
  const blocks = [
    titleLines(comparison, about, c),
    shown.length === 0 ? [] : tradeTable(shown, comparison, c),
    noteLines(shown, c),
    causeLines(comparison, c),
    [verdictLine(comparison, c), ...(options.csv === undefined ? [] : [`${c.dim('Exact amounts')}  ${options.csv}`])],
  ]
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => printable(`  ${line}`.trimEnd())).join('\n'))
  return `\n${text.join('\n\n')}\n\n`
}

function titleLines({ trades }: Comparison, { session, bulk }: ComparedPair, c: Colours): string[] {
  const { settings } = session
  const of = (kind: ComparedTrade['kind']) => trades.filter((trade) => trade.kind === kind).length
  return [
    `${c.bold(`${settings.strategy}${settings.ownStrategy === undefined ? ` ${settings.direction}` : ''}`)}${c.dim(`  session ${settings.sessionId}`)}`,
    `${plural(bulk.days.length, 'day')}, ${bulk.from} to ${bulk.to}; session fills ${settings.fills}, bulk fills ${bulk.fills}`,
    `${plural(of('pair'), 'trade')} in both, ${count(of('missed'))} missed, ${count(of('extra'))} extra`,
  ]
}

function tradeTable(trades: readonly ComparedTrade[], comparison: Comparison, c: Colours): string[] {
  const columns = COLUMNS.filter(({ causes }) =>
    causes.some((cause) => trades.some(({ effects }) => isVisible(effects[cause]))),
  )
  const head = ['Entry', 'symbol', 'bulk net', 'session net', 'difference', ...columns.map(({ title }) => title)]
  const cells = (effects: Effects, difference: string) =>
    roundedToCents(
      difference,
      columns.map(({ causes }) => sum(effects, causes)),
    ).map((amount) => (amount.isZero() ? '-' : signed(amount.toFixed())))
  const rows = trades.map((trade) => [
    time(trade.entryBarAtMs),
    trade.symbol,
    trade.bulk === null ? '-' : usd(trade.bulk.net),
    trade.session === null ? '-' : usd(trade.session.net),
    signed(trade.difference),
    ...cells(trade.effects, trade.difference),
  ])
  rows.push([
    'Total',
    '',
    usd(comparison.bulkNet),
    usd(comparison.sessionNet),
    signed(comparison.difference),
    ...cells(comparison.effects, comparison.difference),
  ])
  return table(head, rows, { head: c.dim, cell: (text, column) => (column < 4 ? text : paintSign(text, c)) })
}

/** Why, for trades where the numbers alone do not say it. */
function noteLines(trades: readonly ComparedTrade[], c: Colours): string[] {
  return trades
    .filter(({ notes }) => notes.length > 0)
    .map(({ entryBarAtMs, symbol, notes, explained }) => {
      const line = `${time(entryBarAtMs)}  ${symbol}  ${notes.join('; ')}`
      return explained ? line : c.red(line)
    })
}

function causeLines({ effects, difference }: Comparison, c: Colours): string[] {
  const causes = CAUSES.filter((cause) => effects[cause] !== '0')
  if (causes.length === 0) return []
  const rows = causes.map((cause) => [CAUSE_TEXT[cause].padEnd(32), signed(effects[cause], 4)])
  rows.push(['difference', signed(difference, 4)])
  return table(['Causes', 'USD'], rows, { head: c.dim, cell: (text, i) => (i === 0 ? text : paintSign(text, c)) })
}

function verdictLine({ identical, explained, trades, effects }: Comparison, c: Colours): string {
  if (identical) return c.green('Identical: the same decisions and the same sizes.')
  if (explained) return c.green('Explained: every difference has its cause.')
  const open = trades.filter((trade) => !trade.explained).length
  return c.red(`Not explained: ${plural(open, 'trade')}, ${signed(effects.unexplained)} USD.`)
}

/** The whole comparison; amounts are exact decimals as text. */
export function comparisonJson(comparison: Comparison, { session, bulk }: ComparedPair): string {
  const document = {
    schema: 'dolphin.compare/1',
    session: { folder: session.folder, settings: session.settings, finished: session.summary?.finished ?? false },
    bulk: { fills: bulk.fills, hashes: bulk.hashes, from: bulk.from, to: bulk.to },
    ...comparison,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** A row per trade, amounts exact; then the total. */
export function comparisonCsv(comparison: Comparison): string {
  const sides = ['quantity', 'entryPrice', 'exitPrice', 'barsHeld', 'reason'] as const
  const head = [
    'kind',
    'symbol',
    'direction',
    'entry_bar_time',
    ...['bulk', 'session'].flatMap((run) => [...sides, 'net'].map((name) => `${run}_${snake(name)}`)),
    'difference',
    ...CAUSES.map(snake),
    'explained',
    'notes',
  ]
  const rows = comparison.trades.map((trade) => [
    trade.kind,
    trade.symbol,
    trade.direction,
    new Date(trade.entryBarAtMs).toISOString(),
    ...[trade.bulk, trade.session].flatMap((side) =>
      [...sides, 'net' as const].map((name) => String(side?.[name] ?? '')),
    ),
    trade.difference,
    ...CAUSES.map((cause) => trade.effects[cause]),
    String(trade.explained),
    trade.notes.join('; '),
  ])
  const blank = sides.map(() => '')
  rows.push([
    'total',
    '',
    '',
    '',
    ...blank,
    comparison.bulkNet,
    ...blank,
    comparison.sessionNet,
    comparison.difference,
    ...CAUSES.map((cause) => comparison.effects[cause]),
    String(comparison.explained),
    '',
  ])
  return textOfLines([head, ...rows].map(csvLine))
}

function sum(effects: Effects, causes: readonly Cause[]): Exact {
  return causes.reduce((total, cause) => total.plus(effects[cause]), new Exact(0))
}

function isVisible(amount: string): boolean {
  return new Exact(amount).abs().greaterThanOrEqualTo('0.005')
}

function usd(amount: string): string {
  const value = new Exact(amount).toDecimalPlaces(2)
  return (value.isZero() ? value.abs() : value).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

function signed(amount: string, digits = 2): string {
  const value = new Exact(amount).toDecimalPlaces(digits)
  if (value.isZero()) return (0).toFixed(digits)
  return `${value.isPositive() ? '+' : ''}${value.toFixed(digits)}`.replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ',')
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
