import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { assetSection, costSection, daySection, exitSection, exposureSection } from './breakdowns.js'
import { configurationSection, openPositionSection } from './configuration.js'
import { documentShell } from './document-shell.js'
import { headline } from './headline.js'
import { calendarOf, heatmapSection, MONTHS_WITH_FIGURES } from './heatmap-view.js'
import { embedJson, type Html, html } from './html.js'
import { chartSection, tradeSection } from './interactive.js'
import { masthead } from './masthead.js'
import { pageData } from './page-data.js'

/**
 * A backtest as one HTML document: figures, curves, calendar, attribution, trade list, configuration. It holds all it
 * needs (the chart library included) and its content security policy forbids every connection. Figures, tables and
 * calendar are plain markup; only curves and trade list need its script.
 *
 * The same report gives the same bytes. Every text in it is treated as hostile.
 */
export function renderHtmlReport(report: BacktestReport): string {
  const period = report.from === null ? '' : ` · ${report.from} – ${report.to ?? ''}`
  const body = html`<main>
${masthead(report)}
${headline(report)}
<noscript><p class="notice">The curves and the trade list need this page's own script; it is switched off in this browser.</p></noscript>
${chartSection(report)}
${breakdowns(report)}
<div class="pair assets-days">${assetSection(report)}${daySection(report)}</div>
${tradeSection(report)}
${openPositionSection(report)}
${configurationSection(report)}
</main>`
  return documentShell({ title: `${report.strategy}${period}`, body, data: embedJson(pageData(report)) }).toString()
}

/** A short calendar shares its row; a long one takes the whole width, and the rest moves together. */
function breakdowns(report: BacktestReport): Html {
  const calendar = calendarOf(report)
  if (calendar.months.length <= MONTHS_WITH_FIGURES) {
    return html`<div class="pair">${heatmapSection(calendar)}${exitSection(report)}</div>
<div class="pair">${costSection(report)}${exposureSection(report)}</div>`
  }
  return html`${heatmapSection(calendar)}
<div class="pair">${costSection(report)}${exitSection(report)}</div>
${exposureSection(report, 'wide')}`
}
