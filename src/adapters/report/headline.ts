import type { BacktestReport, BaselineResult } from '../../ports/vocabulary/report.js'
import type { Figures } from '../../ports/vocabulary/trades.js'
import { toneOf } from './bars.js'
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatPercentChange,
  formatProfitFactor,
  formatUsd,
  formatUsdChange,
} from './format.js'
import { type Html, html } from './html.js'

/**
 * The figures a run is judged by, each beside the same figure without the simulated edge: the bonus is a model's, and a
 * reader must not have to look for how much of the result it is.
 */
export function headline(report: BacktestReport): Html {
  return html`<section class="card headline" aria-labelledby="headline-title">
<h2 id="headline-title" class="visually-hidden">Headline figures</h2>
<dl class="tiles">${headlineFigures(report).map(tile)}</dl>
<p class="edge-share">${edgeSentence(report)}${baselineSentence(report)}</p>
</section>`
}

interface HeadlineFigure {
  readonly key: string
  readonly label: string
  readonly simulated: string
  readonly withoutEdge: string
  readonly tone?: string
  readonly toneWithoutEdge?: string
  /** The same of buy-and-hold, where it has one. */
  readonly baseline?: string
  /** The same figure of something else of the run. */
  readonly more?: { readonly what: string; readonly value: string }
}

function headlineFigures(report: BacktestReport): HeadlineFigure[] {
  const { figures, figuresWithoutEdge, initialCapital, finalCapital, baseline, calendar, markToMarket } = report
  const held = (text: (baseline: BaselineResult) => string) => (baseline === null ? {} : { baseline: text(baseline) })
  const pair = (key: string, label: string, text: (figures: Figures) => string): HeadlineFigure => {
    return { key, label, simulated: text(figures), withoutEdge: text(figuresWithoutEdge) }
  }
  return [
    {
      key: 'final-capital',
      label: 'Final capital',
      simulated: formatUsd(finalCapital),
      withoutEdge: formatUsd(initialCapital * (1 + figuresWithoutEdge.roi)),
      ...held((baseline) => formatUsd(baseline.finalCapital)),
    },
    {
      ...pair('roi', 'Return', ({ roi }) => formatPercentChange(roi)),
      tone: toneOf(figures.roi),
      toneWithoutEdge: toneOf(figuresWithoutEdge.roi),
      ...held(({ roi }) => formatPercentChange(roi)),
    },
    pair('profit-factor', 'Profit factor', ({ profitFactor }) => formatProfitFactor(profitFactor)),
    pair('win-rate', 'Win rate', ({ winRate }) => formatPercent(winRate, 1)),
    {
      ...pair('max-drawdown', 'Max drawdown, realised', ({ maxDrawdown }) => formatPercent(maxDrawdown)),
      more: { what: 'of equity, every bar', value: formatPercent(markToMarket.maxDrawdown) },
      ...held(({ maxDrawdown }) => formatPercent(maxDrawdown)),
    },
    {
      ...pair('sharpe', calendar.fewDays ? 'Sharpe, few days' : 'Sharpe (365 d)', ({ sharpe }) => formatNumber(sharpe)),
      ...(calendar.sharpe === figures.sharpe || calendar.missingDays === 0
        ? {}
        : { more: { what: `over all ${calendar.days} days`, value: formatNumber(calendar.sharpe) } }),
      ...held(({ sharpe }) => formatNumber(sharpe)),
    },
    pair('trades', 'Trades', ({ trades }) => formatNumber(trades, 0)),
  ]
}

function tile(figure: HeadlineFigure): Html {
  const { key, label, simulated, withoutEdge, tone = '', toneWithoutEdge = '', baseline, more } = figure
  return html`<div class="tile" data-figure="${key}">
<dt>${label}</dt>
<dd class="simulated ${tone}">${simulated}</dd>
${more === undefined ? '' : html`<dd class="more"><span class="what">${more.what}</span> <span class="value">${more.value}</span></dd>`}
<dd class="without-edge"><span class="what">without edge</span> <span class="value ${toneWithoutEdge}">${withoutEdge}</span></dd>
${baseline === undefined ? '' : html`<dd class="baseline"><span class="what">buy and hold</span> <span class="value">${baseline}</span></dd>`}
</div>`
}

function edgeSentence({ costs, trades }: BacktestReport): Html {
  const helped = trades.filter((trade) => trade.edgeUsd !== 0).length
  if (trades.length === 0) return html`No trade was closed in this run.`
  if (helped === 0) return html`No simulated edge went into this result: both lines are the same run.`
  const share =
    costs.net > 0 ? html`, <strong>${formatPercent(costs.edge / costs.net, 0)}</strong> of the net result` : ''
  return html`The large figures include a <strong>simulated</strong> order-book edge on ${formatNumber(helped, 0)} of ${formatCount(trades.length, 'trade')}, worth <strong>${formatUsdChange(costs.edge)}</strong>${share}. The figures without edge are the same trades and sizes with that bonus taken out.`
}

function baselineSentence({ baseline }: BacktestReport): Html {
  if (baseline === null) return html``
  return html` Buy and hold is the whole capital in <strong>${baseline.asset}</strong> from the first price to the last, without leverage, after the costs of one entry and one exit.`
}
