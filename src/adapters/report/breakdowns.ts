import type { BacktestReport, TradeGroup } from '../../ports/vocabulary/report.js'
import type { ExitReason } from '../../ports/vocabulary/trades.js'
import { bar, rangeOf, signedBar, toneOf } from './bars.js'
import { formatDate, formatNumber, formatPercent, formatPercentChange, formatUsd, formatUsdChange } from './format.js'
import { type Html, html } from './html.js'
import { waterfall } from './waterfall.js'

/** Gross to net, a bar a step. */
export function costSection({ costs, trades }: BacktestReport): Html {
  const { steps, low, high, discrepancy, sums } = waterfall(costs)
  const turnover = trades.reduce((total, trade) => total + trade.notional, 0)
  const bps = (amount: number) => (turnover > 0 ? formatNumber((amount / turnover) * 1e4, 2) : formatNumber(null))
  const toneFor = (key: string, isTotal: boolean, amount: number) =>
    isTotal ? 'total' : key === 'edge' ? 'edge' : amount < 0 ? 'loss' : 'gain'
  return html`<section class="card" aria-labelledby="costs-title">
<div class="card-head"><h2 id="costs-title">Where the money went</h2></div>
<div class="scroll"><table class="data waterfall">
<thead><tr><th scope="col">Step</th><th scope="col" class="bar-column"><span class="visually-hidden">Chart</span></th><th scope="col" class="num">USD</th><th scope="col" class="num" title="basis points of the notional traded, one way">bps</th></tr></thead>
<tbody>${steps.map(
    (
      step,
    ) => html`<tr class="${step.isTotal ? 'total' : ''}"><th scope="row" title="${step.explanation}">${step.label}</th>
<td class="bar-column">${bar({ from: step.from, to: step.to, tone: toneFor(step.key, step.isTotal, step.amount) }, { low, high })}</td>
<td class="num" data-cost="${step.key}">${step.isTotal ? formatUsd(step.amount) : formatUsdChange(step.amount)}</td><td class="num muted">${bps(step.amount)}</td></tr>`,
  )}</tbody></table></div>
${
  sums
    ? html`<p class="note">The steps add up to net. Basis points are of ${formatUsd(turnover, 0)} notional entered.</p>`
    : html`<p class="note bad"><strong>The steps miss net by ${formatUsdChange(discrepancy)}.</strong></p>`
}
</section>`
}

const REASONS: Readonly<Record<ExitReason, string>> = {
  FIXED_TP: 'take profit reached',
  STOP_LOSS: 'stop reached',
  VEL_DIV_TURN: 'signal turned against it',
  MAX_HOLD: 'longest hold reached',
  SUBDAY_ACB_NORMALIZATION: 'breaker back to normal',
  HIBERNATE_HALT: 'posture fell to hibernate',
  DELISTED: 'no price any more',
  DATA_GAP: 'closed before missing bars',
  END_OF_DATA: 'closed at the end',
  TAKE_PROFIT: 'take profit held at the venue',
  CATASTROPHIC_STOP: 'stop held at the venue',
  FAIL_SAFE: 'contact was lost',
  LIQUIDATION: 'the account was used up',
  SAFETY: 'record and truth disagreed',
  RISK: 'risk limit reached',
  OPERATOR: 'ordered by an operator',
  OTHER: 'ended from outside',
}

/** What ended the trades and what that was worth. */
export function exitSection({ exits }: BacktestReport): Html {
  return html`<section class="card" aria-labelledby="exits-title">
<div class="card-head"><h2 id="exits-title">Exits by reason</h2></div>
${exits.length === 0 ? html`<p class="empty">No trade was closed.</p>` : groupTable('Reason', exits, reasonName)}
</section>`
}

/** What each asset was worth, best first. */
export function assetSection({ assets, universe }: BacktestReport): Html {
  const idle = universe.filter((asset) => !assets.some((group) => group.key === asset))
  const ordered = [...assets].sort((a, b) => b.net - a.net)
  return html`<section class="card" aria-labelledby="assets-title">
<div class="card-head"><h2 id="assets-title">Assets</h2></div>
${ordered.length === 0 ? html`<p class="empty">No asset was traded.</p>` : html`<div class="tall">${groupTable('Asset', ordered, assetName)}</div>`}
${idle.length > 0 && html`<p class="note">Never picked: ${idle.slice(0, 60).join(', ')}${idle.length > 60 && ` and ${idle.length - 60} more`}</p>`}
</section>`
}

/** The run day by day. */
export function daySection({ days, figures }: BacktestReport): Html {
  const range = rangeOf(figures.dailyReturns)
  const flat = days.every((day) => day.boost === 1 && day.beta === 0 && day.boostStart === 1 && day.betaStart === 0)
  return html`<section class="card" aria-labelledby="days-title">
<div class="card-head"><h2 id="days-title">Days</h2></div>
${
  days.length === 0
    ? html`<p class="empty">No day was run.</p>`
    : html`<div class="scroll tall" tabindex="0" role="region" aria-label="Days"><table class="data sortable">
<thead><tr><th scope="col">Date</th><th scope="col" class="num">Return</th><th scope="col" class="bar-column" data-unsorted><span class="visually-hidden">Chart</span></th><th scope="col" class="num">P&amp;L</th><th scope="col" class="num">Trades</th><th scope="col" class="num">Entries</th><th scope="col" class="num">Capital</th><th scope="col" class="num">Bars</th>${
        !flat &&
        html`<th scope="col" class="num" title="breaker boost at the end of the day">Boost</th><th scope="col" class="num" title="breaker beta at the end of the day">Beta</th>`
      }<th scope="col" title="forewarner verdict">Gate</th></tr></thead>
<tbody>${days.map((day, i) => {
        const dailyReturn = figures.dailyReturns[i] ?? 0
        return html`<tr><th scope="row" class="date" data-value="${day.date}">${formatDate(day.date)}</th><td class="num ${toneOf(dailyReturn)}" data-value="${dailyReturn}">${formatPercentChange(dailyReturn)}</td><td class="bar-column">${signedBar(dailyReturn, range)}</td><td class="num" data-value="${day.pnl}">${formatUsdChange(day.pnl)}</td><td class="num" data-value="${day.trades}">${day.trades}</td><td class="num" data-value="${day.entries}">${day.entries}</td><td class="num" data-value="${day.capital}">${formatUsd(day.capital)}</td><td class="num" data-value="${day.bars}">${formatNumber(day.bars, 0)}</td>${
          !flat &&
          html`<td class="num" data-value="${day.boost}">${formatNumber(day.boost, 3)}</td><td class="num" data-value="${day.beta}">${formatNumber(day.beta, 2)}</td>`
        }<td class="gate-${day.mcStatus}">${day.mcStatus}</td></tr>`
      })}</tbody></table></div>`
}
</section>`
}

/** How much was at risk and for how long; `wide` for a row of its own. */
export function exposureSection(report: BacktestReport, width: 'half' | 'wide' = 'half'): Html {
  const { exposure, forewarnerDays, trades } = report
  const held = trades.reduce((total, trade) => total + trade.barsHeld, 0)
  const turnover = trades.reduce((total, trade) => total + trade.notional, 0)
  const rows: readonly (readonly [string, string])[] = [
    ['Time in the market', formatPercent(exposure.timeInMarket, 1)],
    ['Mean bars held', trades.length === 0 ? formatNumber(null) : formatNumber(held / trades.length, 1)],
    ['Notional to capital, mean', `${formatNumber(exposure.meanNotionalToCapital)}×`],
    ['Notional to capital, greatest', `${formatNumber(exposure.maxNotionalToCapital)}×`],
    ['Leverage, mean', `${formatNumber(exposure.meanLeverage)}×`],
    ['Leverage, greatest', `${formatNumber(exposure.maxLeverage)}×`],
    ['Notional entered', formatUsd(turnover, 0)],
    ['Forewarner days', `${forewarnerDays.OK} OK, ${forewarnerDays.ORANGE} orange, ${forewarnerDays.RED} red`],
  ]
  return html`<section class="card" aria-labelledby="exposure-title">
<div class="card-head"><h2 id="exposure-title">Exposure</h2></div>
<dl class="pairs ${width}">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd class="num">${value}</dd></div>`)}</dl>
</section>`
}

function groupTable(heading: string, groups: readonly TradeGroup[], name: (key: string) => Html): Html {
  const range = rangeOf(groups.map((group) => group.net))
  return html`<div class="scroll"><table class="data sortable">
<thead><tr><th scope="col">${heading}</th><th scope="col" class="bar-column" data-unsorted><span class="visually-hidden">Chart</span></th><th scope="col" class="num">Net</th><th scope="col" class="num">Trades</th><th scope="col" class="num" title="share of trades that made money">Wins</th><th scope="col" class="num" title="mean bars held">Held</th></tr></thead>
<tbody>${groups.map((group) => {
    const winRate = group.trades === 0 ? 0 : group.wins / group.trades
    return html`<tr><th scope="row" data-value="${group.key}">${name(group.key)}</th><td class="bar-column">${signedBar(group.net, range)}</td><td class="num ${toneOf(group.net)}" data-value="${group.net}">${formatUsdChange(group.net)}</td><td class="num" data-value="${group.trades}">${formatNumber(group.trades, 0)}</td><td class="num" data-value="${winRate}">${formatPercent(winRate, 0)}</td><td class="num" data-value="${group.meanBarsHeld}">${formatNumber(group.meanBarsHeld, 1)}</td></tr>`
  })}</tbody></table></div>`
}

function reasonName(key: string): Html {
  const meaning: string | undefined = Object.hasOwn(REASONS, key) ? REASONS[key as ExitReason] : undefined
  return html`<code>${key}</code>${meaning !== undefined && html`<br><span class="muted small">${meaning}</span>`}`
}

function assetName(key: string): Html {
  return html`<span class="asset" title="${key}">${key}</span>`
}
