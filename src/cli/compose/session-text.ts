import { join } from 'node:path'
import { printable } from '../../base/printable.js'
import { ALERT_LEVELS } from '../../core/mode/alert-limits.js'
import { FEW_DAYS } from '../../core/performance/calendar.js'
import { performanceWarnings } from '../../core/performance/performance-warnings.js'
import { EXAMPLE_TEXT, isExample } from '../../ports/vocabulary/report.js'
import type { SessionSettings } from '../../ports/vocabulary/session.js'
import type { SessionResult } from '../../runtime/session/session.js'
import type { SessionFigures } from '../../runtime/session/session-books.js'
import { count, duration, percent, plural, signedPercent, signedUsd, table, usd } from '../shell/figures-text.js'
import { type Colours, paintSign } from '../shell/terminal.js'
import type { PaperSetup, SessionSetup } from './session-settings.js'

/** A finished session at a glance, at most 100 columns wide. */
export function sessionSummaryText(setup: SessionSetup, result: SessionResult, colours: Colours): string {
  const blocks = [
    titleLines(setup, result, colours),
    figureLines(setup, result.figures, colours),
    exitLines(result.figures, colours),
    costLines(result.figures, colours),
    eventLines(result.figures, colours),
    recordLines(setup, result, colours),
  ]
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => printable(`  ${line}`.trimEnd())).join('\n'))
    .join('\n\n')
  return `\n${text}\n\n`
}

const LABEL_WIDTH = 16

/** The same as one JSON document. */
export function sessionSummaryJson({ session, folder }: SessionSetup, result: SessionResult): string {
  const { figures, journals, bars, atMs } = result
  const { trades, daily, open, ...rest } = figures
  const { days, ...settings } = session
  const document = {
    schema: isOnPaper(session) ? 'dolphin.paper/1' : 'dolphin.trade/1',
    folder,
    session: { ...settings, days: days.map(({ date }) => date) },
    bars,
    endedAtMs: atMs,
    ...rest,
    openTrades: open,
    fewDays: daily.length < FEW_DAYS,
    daily,
    trades,
    journals,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function titleLines(setup: SessionSetup, { bars, figures }: SessionResult, c: Colours): string[] {
  const { session } = setup
  const row = rowPainter(c)
  const days = isWhole(setup, bars) ? session.days : figures.daily
  const [from, to] = [days[0]?.date, days.at(-1)?.date]
  const period = from === undefined ? 'no day' : from === to ? from : `${from} to ${to}`
  return [
    `${c.bold(`${session.strategy}${session.ownStrategy === undefined ? ` ${session.direction}` : ''} ${placeOf(session)}`)}${c.dim(`  dolphin-engine ${session.engineVersion}`)}`,
    ...(session.ownStrategy !== undefined && isExample(session.ownStrategy)
      ? [row('Strategy', `${session.ownStrategy.file}, ${EXAMPLE_TEXT}`)]
      : []),
    row('Period', `${period}, ${plural(days.length, 'day')}, ${plural(bars, 'bar')}`),
    row('Fills', fillsOf(session)),
  ]
}

function isOnPaper({ live }: SessionSettings): boolean {
  return live?.fills !== 'exchange'
}

function placeOf(session: SessionSettings): string {
  const at = session.live === undefined ? '' : ` at the prices of ${session.live.exchange}`
  return isOnPaper(session) ? `on paper${at}` : `at the exchange ${session.live!.exchange}`
}

function fillsOf(session: SessionSettings): string {
  if (!isOnPaper(session)) return "the exchange's own"
  return session.fills === 'bar-price' ? "at the bar's price, free of cost" : `realistic, seed ${session.seed}`
}

function figureLines({ session }: SessionSetup, { performance: p, daily }: SessionFigures, c: Colours): string[] {
  const row = rowPainter(c)
  const net = Number(p.netPnl)
  const warnings = performanceWarnings(p)
  const profitFactor = p.profitFactor === null ? '∞' : p.totalTrades === 0 ? '-' : p.profitFactor.toFixed(2)
  return [
    row('Capital', `${usd(Number(p.capitalUsd))} USD, from ${usd(Number(session.initialCapitalUsd))}`),
    row('Net', paintSign(`${signedUsd(net)} USD, ${signedPercent(net / Number(session.initialCapitalUsd))}`, c)),
    row('Trades', `${count(p.totalTrades)}, ${percent(p.winRate, 1)} won, profit factor ${profitFactor}`),
    row('Max drawdown', percent(p.drawdownPctMax)),
    row('Sharpe (30 d)', `${p.sharpeRatio30d.toFixed(2)}${daily.length < FEW_DAYS ? fewDays(daily.length) : ''}`),
    row(
      'Exposure',
      `${percent(p.timeInMarket, 1)} of the time in the market, mean hold ${duration(p.meanHoldMs / 1000)}`,
    ),
    ...(warnings.length === 0 ? [] : [row('Look at', c.yellow(warnings.map(({ text }) => text).join(', ')))]),
  ]
}

function fewDays(days: number): string {
  return `  few days: figures of ${plural(days, 'day')} say little`
}

function exitLines({ trades, open }: SessionFigures, c: Colours): string[] {
  const groups = new Map<string, { trades: number; wins: number; net: number }>()
  for (const { reason, netPnl } of trades) {
    const group = groups.get(reason) ?? { trades: 0, wins: 0, net: 0 }
    group.trades++
    group.net += Number(netPnl)
    if (Number(netPnl) > 0) group.wins++
    groups.set(reason, group)
  }
  const rows = [...groups].map(([reason, group]) => [
    reason.padEnd(24),
    count(group.trades),
    percent(group.wins / group.trades, 1),
    signedUsd(group.net),
  ])
  const lines =
    rows.length === 0
      ? [c.dim('No trade was closed.')]
      : table(['Exits', 'trades', 'win rate', 'net USD'], rows, {
          head: c.dim,
          cell: (text, column) => (column === 3 ? paintSign(text, c) : text),
        })
  const still = open.map(
    ({ direction, symbol, orderedQuantity }) =>
      `Still open: ${direction} ${orderedQuantity} ${symbol} (not in the figures)`,
  )
  return [...lines, ...still]
}

function costLines({ performance: p, slippageUsd }: SessionFigures, c: Colours): string[] {
  if (p.totalTrades === 0) return []
  // Slippage is part of what the prices brought; it is shown beside it, not added to it.
  const amounts = [Number(p.realizedPnl), -Number(p.feesUsd), Number(p.fundingUsd), Number(p.netPnl)].map(signedUsd)
  const head = ['Result', 'prices', 'fees', 'funding', 'net', 'slippage in prices']
  return table(head, [['USD', ...amounts, signedUsd(-Number(slippageUsd))]], {
    head: c.dim,
    cell: (text, column) => (column === 4 ? paintSign(text, c) : text),
  })
}

function eventLines(figures: SessionFigures, c: Colours): string[] {
  const row = rowPainter(c)
  const { missed, missedByReason, alerts, disagreements, agreements, linkSessions } = figures
  const list = (pairs: readonly (readonly [string, number])[]) => pairs.map(([what, n]) => `${n} × ${what}`).join(', ')
  const raised = ALERT_LEVELS.filter((level) => alerts[level] > 0).map((level) => [level, alerts[level]] as const)
  return [
    row('Missed entries', missed === 0 ? 'none' : list(missedByReason)),
    row(
      'Reconciliation',
      [`${plural(agreements, 'truth')} agreed`, ...(disagreements.length === 0 ? [] : [list(disagreements)])].join(
        ', ',
      ),
    ),
    row('Link', plural(linkSessions, 'session')),
    row('Alerts', raised.length === 0 ? 'none' : list(raised)),
  ]
}

function recordLines(setup: SessionSetup, { journals, bars }: SessionResult, c: Colours): string[] {
  const { folder } = setup
  const row = rowPainter(c)
  const journal = (side: 'decision' | 'execution') =>
    `${join(folder, 'journal', side)}  ${plural(journals[side].records, 'record')}, state ${journals[side].stateHash}`
  return [
    row('Trades', join(folder, 'trades.csv')),
    row('Journals', journal('decision')),
    row('', journal('execution')),
    // Of a part of its days every later trade of the backtest would count as missed; what is live is compared as far as it has come.
    ...(setup.session.live !== undefined || isWhole(setup, bars)
      ? [row('Next', c.dim(`dolphin compare ${folder}`))]
      : []),
  ]
}

/** Whether it has traded recorded days to their end. */
function isWhole(setup: SessionSetup | PaperSetup, bars: number): boolean {
  return 'days' in setup && setup.days.bars === bars
}

function rowPainter(c: Colours): (label: string, text: string) => string {
  return (label, text) => `${c.dim(label.padEnd(LABEL_WIDTH))}${text}`
}

/** What a person is told of a session that was ended before its end. */
export function interruptedText({ atMs, bars, figures }: SessionResult, folder: string): string {
  const open = figures.open.map(({ direction, symbol, orderedQuantity }) => `${direction} ${orderedQuantity} ${symbol}`)
  const still = open.length === 0 ? '' : `; still open: ${open.join(', ')}`
  const when = bars === 0 ? 'before the first bar' : `at ${new Date(atMs).toISOString()}`
  return `Interrupted ${when}${still}; the session is in ${folder}, and --resume continues it.`
}
