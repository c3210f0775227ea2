import { documentShell } from '../document-shell.js'
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercentChange,
  formatPrice,
  formatTime,
  formatUsd,
} from '../format.js'
import { embedJson, type Html, html } from '../html.js'
import { STYLES } from '../styles.js'
import { cascadeChart } from './cascade-chart.js'
import { CASCADE_STYLES } from './cascade-styles.js'
import { chartReadings } from './chart-readings.js'
import { overviewSection } from './overview.js'
import { PAGE_SCRIPT } from './page-script.generated.js'
import type { CascadePageData, ShownCascade } from './shown-cascade.js'

/**
 * Cascades of recordings as one HTML document: a table of all, and of those with `recorded` a chart of price, open interest and
 * liquidations. Charts and tables are plain markup; the script sorts the table and reads values out of charts. The same data give the
 * same bytes, and every text in them is treated as hostile. The policy of the page forbids every connection.
 */
export function renderCascadePage(data: CascadePageData): string {
  const charted = data.cascades.filter(({ recorded }) => recorded !== undefined)
  const body = html`<main>
<header class="masthead">
<p class="overline">dolphin-engine ${data.engineVersion} · liquidation cascades</p>
<h1>${formatCount(data.cascades.length, 'cascade')} of ${formatCount(data.symbols, 'symbol')}</h1>
<p class="period">${formatTime(data.fromMs)} – ${formatTime(data.untilMs)} UTC</p>
<ul class="facts"><li>${data.recordings.join(', ')}</li>${Object.entries(data.settings).map(([name, value]) => html`<li><code>${name} ${value}</code></li>`)}</ul>
</header>
${unpricedNotice(data)}
<aside class="notice facts-only" aria-label="What this is">These are labels of past data by fixed rules. They say what happened, and nothing about what will.</aside>
${overviewSection(data.cascades, charted.length)}
${charted.map((cascade, i) => cascadeSection(cascade, { previous: charted[i - 1], next: charted[i + 1] }))}
</main>`
  return documentShell({
    ...{ title: `Cascades · ${formatTime(data.fromMs)} – ${formatTime(data.untilMs)}`, body },
    ...{ data: embedJson(chartReadings(charted)), styles: [STYLES, CASCADE_STYLES], scripts: [PAGE_SCRIPT] },
  }).toString()
}

function unpricedNotice({ unpriced }: CascadePageData): Html | false {
  if (unpriced === 0) return false
  return html`<aside class="notice" aria-label="Without a price"><strong>${formatCount(unpriced, 'cascade')} without a price</strong> at the start or the end: no mark at most five seconds old was recorded. They are counted here and shown nowhere.</aside>`
}

interface Neighbours {
  readonly previous: ShownCascade | undefined
  readonly next: ShownCascade | undefined
}

function cascadeSection(cascade: ShownCascade, neighbours: Neighbours): Html {
  const { cascadeId, coin, startTsMs } = cascade
  return html`<section class="card cascade" id="cascade-${cascadeId}" aria-labelledby="cascade-title-${cascadeId}">
<div class="card-head"><h2 id="cascade-title-${cascadeId}">#${cascadeId} ${coin} <span class="muted">${formatTime(startTsMs)} UTC</span> ${outcomeBadge(cascade)}</h2>${navigation(cascadeId, neighbours)}</div>
${factList(cascade)}
<figure class="scroll chart-frame" tabindex="0" role="group" aria-label="Chart of cascade ${cascadeId}. Arrow keys read values." data-cascade="${cascadeId}">${cascadeChart(cascade, cascade.recorded!)}</figure>
<p class="reading small muted needs-script" aria-live="polite">Point at the chart, touch it, or focus it and press an arrow key: its values stand here.</p>
</section>`
}

function navigation(cascadeId: number, { previous, next }: Neighbours): Html {
  const link = (to: ShownCascade | undefined, text: string) =>
    to !== undefined &&
    html`<a href="#cascade-${to.cascadeId}" aria-label="${text} cascade, #${to.cascadeId}">${text}</a>`
  return html`<nav class="steps" aria-label="From cascade ${cascadeId} to others">${link(previous, 'Previous')}<a href="#overview">Overview</a>${link(next, 'Next')}</nav>`
}

export function outcomeBadge({ outcome }: ShownCascade): Html {
  return html`<span class="badge outcome">${outcome ?? 'outcome unknown'}</span>`
}

function factList(cascade: ShownCascade): Html {
  const { startTsMs, endTsMs, oiDropPct, liquidationCount, liquidatedUsd, waves, priceStart, priceEnd, priceAfter } =
    cascade
  const moved = (to: number, from: number) => html` <span class="muted">${formatPercentChange(to / from - 1)}</span>`
  const facts: readonly (readonly [string, Html | string])[] = [
    ['Duration', formatDuration((endTsMs - startTsMs) / 1_000)],
    ['Open interest', `−${formatNumber(oiDropPct)}%`],
    [
      'Liquidations',
      html`${formatNumber(liquidationCount, 0)} <span class="muted">${formatUsd(liquidatedUsd, 0)}</span>`,
    ],
    ['Waves', formatNumber(waves.length, 0)],
    ['Price at start', formatPrice(priceStart)],
    ['Price at end', html`${formatPrice(priceEnd)}${moved(priceEnd, priceStart)}`],
    [
      '5 min after',
      priceAfter === undefined ? 'unknown' : html`${formatPrice(priceAfter)}${moved(priceAfter, priceEnd)}`,
    ],
  ]
  return html`<dl class="cascade-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}
