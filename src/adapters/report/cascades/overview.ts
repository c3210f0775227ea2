import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercentChange,
  formatPrice,
  formatTime,
  formatUsd,
} from '../format.js'
import { type Html, html } from '../html.js'
import type { ShownCascade } from './shown-cascade.js'

/** More rows would make a page that a phone cannot open. */
export const ROWS_MAX = 2_000

/** All cascades, a row each, linked to their charts. */
export function overviewSection(cascades: readonly ShownCascade[], charted: number): Html {
  const shown = cascades.slice(0, ROWS_MAX)
  return html`<section class="card" id="overview" aria-labelledby="overview-title">
<div class="card-head"><h2 id="overview-title">Overview</h2><p class="totals">${chartedText(cascades.length, charted)}</p></div>
${
  shown.length === 0
    ? html`<p class="empty">No cascade was found by these rules.</p>`
    : html`<div class="scroll tall" tabindex="0" role="region" aria-label="Cascades"><table class="data sortable cascades">
<thead><tr><th scope="col" class="num">#</th><th scope="col">Symbol</th><th scope="col">Start, UTC</th><th scope="col" class="num">Duration</th><th scope="col" class="num">OI drop</th><th scope="col" class="num">Liquidations</th><th scope="col" class="num">USD</th><th scope="col" class="num">Waves</th><th scope="col" class="num">Price</th><th scope="col" class="num">Move</th><th scope="col" class="num">5 min after</th><th scope="col">Outcome</th></tr></thead>
<tbody>${shown.map(overviewRow)}</tbody></table></div>`
}
${shown.length < cascades.length && html`<p class="note">The first ${formatCount(shown.length, 'cascade')} in time; ${formatNumber(cascades.length - shown.length, 0)} more are in the CSV and Parquet files alone.</p>`}
</section>`
}

function chartedText(count: number, charted: number): string {
  if (charted === count) return ''
  const rest = formatCount(count - charted, 'other has', 'others have')
  return `The ${formatNumber(charted, 0)} with the largest drop of open interest have a chart; ${rest} a row.`
}

function overviewRow(cascade: ShownCascade): Html {
  const { cascadeId: id, coin, startTsMs, endTsMs, oiDropPct, liquidationCount, liquidatedUsd, waves } = cascade
  const { priceStart, priceEnd, priceAfter, outcome, recorded } = cascade
  const name =
    recorded === undefined ? String(id) : html`<a href="#cascade-${id}" aria-label="Chart of cascade ${id}">${id}</a>`
  const move = priceEnd / priceStart - 1
  const after = priceAfter === undefined ? undefined : priceAfter / priceEnd - 1
  return html`<tr><td class="num" data-value="${id}">${name}</td><th scope="row" class="asset">${coin}</th><td class="date" data-value="${startTsMs}">${formatTime(startTsMs)}</td><td class="num" data-value="${endTsMs - startTsMs}">${formatDuration((endTsMs - startTsMs) / 1_000)}</td><td class="num" data-value="${oiDropPct}">${formatNumber(oiDropPct)}%</td><td class="num" data-value="${liquidationCount}">${formatNumber(liquidationCount, 0)}</td><td class="num" data-value="${liquidatedUsd}">${formatUsd(liquidatedUsd, 0)}</td><td class="num" data-value="${waves.length}">${waves.length}</td><td class="num" data-value="${priceStart}">${formatPrice(priceStart)}</td><td class="num" data-value="${move}">${formatPercentChange(move)}</td><td class="num" data-value="${after ?? 0}">${after === undefined ? '–' : formatPercentChange(after)}</td><td>${outcome ?? 'unknown'}</td></tr>`
}
