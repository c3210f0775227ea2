import { type BacktestReport, EXAMPLE_TEXT, isExample } from '../../ports/vocabulary/report.js'
import { formatCount, formatDate, formatDuration, formatNumber, formatUsd, formatUsdChange } from './format.js'
import { type Html, html } from './html.js'
import { sideOf } from './trade-columns.js'

/** Title, period and bar step, then everything a reader must know before believing a figure. */
export function masthead(report: BacktestReport): Html {
  return html`<header class="masthead">
<p class="overline">dolphin-engine ${report.engineVersion} · backtest</p>
<h1>${report.strategy}${badge(report.ownStrategy === undefined && !report.strategy.toUpperCase().includes(sideOf(report)) && sideOf(report))}${badge(report.research && 'RESEARCH', 'research')}${badge(report.ownStrategy !== undefined && isExample(report.ownStrategy) && 'EXAMPLE', 'research')}${badge(report.fills === 'bar-price' && 'COST-FREE', 'research')}</h1>
<p class="period">${period(report)}</p>
<ul class="facts">${facts(report).map((fact) => html`<li>${fact}</li>`)}</ul>
</header>
${researchNotice(report)}${costFreeNotice(report)}${ruinNotice(report)}${dayNotice(report)}${gapNotice(report)}${skippedNotice(report)}`
}

function badge(text: string | false, kind = ''): Html | false {
  return text !== false && html` <span class="badge ${kind}">${text}</span>`
}

function period({ from, to }: BacktestReport): string {
  if (from === null || to === null) return 'No day was run'
  return from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}`
}

function facts(report: BacktestReport): (string | Html)[] {
  const { barSeconds, maxHoldSeconds, parameters } = report
  const step = barSeconds === null ? 'step unknown (no timestamps)' : `step ${formatDuration(barSeconds)}`
  const hold = parameters.max_hold_bars
  const holdTime = maxHoldSeconds === null ? 'unknown time' : formatDuration(maxHoldSeconds)
  return [
    daysText(report),
    html`${formatCount(report.bars, 'bar')}, ${step}`,
    ...(hold === undefined || report.ownStrategy !== undefined
      ? []
      : [html`<code>max_hold_bars</code> ${String(hold)} = <strong>${holdTime}</strong>`]),
    `${formatNumber(report.assets.length, 0)} of ${formatCount(report.universe.length, 'asset')} traded`,
    `${formatUsd(report.initialCapital)} initial capital`,
    ...(report.research ? [] : ['frozen champion parameters']),
    `liquidation ${report.rules.liquidation}, delisting ${report.rules.delisting}, on gap ${report.rules.onGap}`,
  ]
}

function daysText({ days, calendar }: BacktestReport): string {
  const few = calendar.fewDays ? ' (few days)' : ''
  if (calendar.missingDays === 0) return `${formatCount(days.length, 'day')}${few}`
  return `${formatCount(days.length, 'day')} of ${formatNumber(calendar.days, 0)} in the calendar${few}`
}

function researchNotice({ research, drift, ownStrategy }: BacktestReport): Html | false {
  if (!research) return false
  const drifted = drift.length > 0 && html`${formatCount(drift.length, 'parameter')} drifted.`
  const own =
    ownStrategy !== undefined &&
    html`<code>${ownStrategy.file}</code>${isExample(ownStrategy) && `, ${EXAMPLE_TEXT},`} decided. `
  return html`<aside class="notice research" aria-label="Research run">
<p><strong>Research run.</strong> Not the frozen champion: ${own}${own || drifted ? drifted : 'its parameters differ from it.'}</p>
${drift.length > 0 && html`<ul>${drift.map((line) => html`<li><code>${line}</code></li>`)}</ul>`}
</aside>`
}

function costFreeNotice({ fills }: BacktestReport): Html | false {
  if (fills === 'simulated') return false
  return html`<aside class="notice research" aria-label="Cost-free fills">
<p><strong>Cost-free.</strong> Every order filled in whole lots at its bar’s price, without slippage, fees or simulated edge. The figures are for comparison with a paper session and no result of a strategy.</p>
</aside>`
}

function ruinNotice({ trades, initialCapital }: BacktestReport): Html | false {
  const ruined = trades.findIndex((trade) => trade.capitalAfter <= 0)
  if (ruined === -1 || initialCapital <= 0) return false
  const { reason, asset } = trades[ruined]!
  if (reason === 'LIQUIDATION') {
    return html`<aside class="notice ruin" aria-label="Liquidation">
<p><strong>Liquidated.</strong> Trade #${ruined + 1}, ${asset}, used up the account: capital is zero, and trading ended there.</p>
</aside>`
  }
  return html`<aside class="notice ruin" aria-label="Ruin">
<p><strong>Ruin.</strong> Capital fell to ${formatUsd(trades[ruined]!.capitalAfter)} with trade #${ruined + 1}. An account would have been closed there; figures that span it have no meaning for a real account.</p>
</aside>`
}

function dayNotice({ dayNotes }: BacktestReport): Html | false {
  if (dayNotes.length === 0) return false
  return html`<aside class="notice" aria-label="Incomplete days">
<p><strong>Days are missing or incomplete.</strong> The figures are of what there is.</p>
<ul>${dayNotes.map(({ date, message }) => html`<li>${date}: ${message}</li>`)}</ul>
</aside>`
}

function gapNotice({ trades }: BacktestReport): Html | false {
  const held = trades.flatMap((trade, i) => (trade.gapMs === undefined ? [] : [{ trade, number: i + 1 }]))
  if (held.length === 0) return false
  const net = held.reduce((sum, { trade }) => sum + trade.net, 0)
  return html`<aside class="notice" aria-label="Held over missing bars">
<p><strong>${formatCount(held.length, 'trade')} held over missing bars,</strong> worth ${formatUsdChange(net)} of the result.</p>
<ul>${held.slice(0, GAPS_LISTED).map(({ trade, number }) => html`<li>#${number} ${trade.asset}: ${formatDuration(trade.gapMs! / 1000)} without data, ${formatUsdChange(trade.net)}</li>`)}</ul>
</aside>`
}

const GAPS_LISTED = 20

function skippedNotice({ skippedDays }: BacktestReport): Html | false {
  if (skippedDays.length === 0) return false
  return html`<aside class="notice" aria-label="Skipped days">
<p><strong>${formatCount(skippedDays.length, 'day')} skipped.</strong> The figures leave ${skippedDays.length === 1 ? 'it' : 'them'} out.</p>
<ul>${skippedDays.map((day) => html`<li>${day.date}: ${day.error} <span class="muted">(${day.file})</span></li>`)}</ul>
</aside>`
}
