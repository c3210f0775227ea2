import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { type Html, html } from './html.js'

/** The frame that the page's script draws the two curves in. */
export function chartSection({ trades, markToMarket }: BacktestReport): Html {
  return html`<section class="card" aria-labelledby="equity-title">
<div class="card-head"><h2 id="equity-title">Equity and drawdown</h2>
<div class="chart-tools needs-script">
<span class="legend"><button type="button" class="series simulated" data-series="1" aria-pressed="true">Realised, with simulated edge</button><button type="button" class="series without-edge" data-series="2" aria-pressed="true">Without edge</button><button type="button" class="series marked" data-series="3" aria-pressed="true">Equity at every bar</button></span>
<span class="buttons" role="group" aria-label="Zoom"><button type="button" data-zoom="in" aria-label="Zoom in" title="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out" title="Zoom out">−</button><button type="button" data-zoom="reset">Reset</button></span>
</div></div>
<figure id="equity" class="chart" tabindex="0" role="img" aria-label="Realised capital, with and without the simulated edge, and equity with the open position at the bar’s price. Arrow keys read it trade by trade, plus and minus zoom, 0 resets."></figure>
<figure id="drawdown" class="chart" tabindex="0" role="img" aria-label="Drawdown from the peak of realised capital, with and without the simulated edge, and of equity."></figure>
<p class="note needs-script">Realised capital at every trade close${trades.length === 0 && ' (none in this run)'}; equity is capital and the open position at the bar’s price${markToMarket.curve.barsPerPoint > 1 && html`, a point for every ${markToMarket.curve.barsPerPoint} bars`}. Drag to zoom, double-click to reset. <span id="reading" class="visually-hidden" aria-live="polite"></span></p>
</section>`
}

/** The frame that the page's script fills with the trade list. */
export function tradeSection({ trades, exits, assets }: BacktestReport): Html {
  if (trades.length === 0) {
    return html`<section class="card" aria-labelledby="trades-title"><div class="card-head"><h2 id="trades-title">Trades</h2></div><p class="empty">No trade was closed in this run.</p></section>`
  }
  const names = (groups: readonly { readonly key: string }[]) => groups.map((group) => group.key).sort()
  return html`<section class="card trades" aria-labelledby="trades-title">
<div class="card-head"><h2 id="trades-title">Trades</h2><p id="trade-totals" class="totals" aria-live="polite"></p></div>
<form id="trade-filter" class="filters needs-script">
<label>Asset <select name="asset"><option value="">All</option>${options(names(assets))}</select></label>
<label>Exit <select name="reason"><option value="">All</option>${options(names(exits))}</select></label>
<label>Result <select name="outcome"><option value="">All</option><option value="win">Wins</option><option value="loss">Losses</option></select></label>
<label class="grow">Search <input type="search" name="words" placeholder="words, a date, #12 …" autocomplete="off" spellcheck="false"></label>
<span class="buttons"><button type="reset">Clear</button><button type="button" id="trade-csv" class="primary">Download CSV</button></span>
</form>
<div class="scroll" tabindex="0" role="region" aria-label="Trade list"><table class="data" id="trade-list"><thead></thead><tbody></tbody></table></div>
<nav class="pager needs-script" aria-label="Pages of the trade list">
<button type="button" data-page="first" aria-label="First page">«</button><button type="button" data-page="previous" aria-label="Previous page">‹</button>
<span id="trade-page" aria-live="polite"></span>
<button type="button" data-page="next" aria-label="Next page">›</button><button type="button" data-page="last" aria-label="Last page">»</button>
<label>Rows <select id="trade-page-size"><option>25</option><option selected>50</option><option>100</option><option>250</option></select></label>
</nav>
</section>`
}

function options(names: readonly string[]): Html[] {
  return names.map((name) => html`<option value="${name}">${name}</option>`)
}
