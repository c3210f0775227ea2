import {
  date,
  direction,
  fields,
  flag,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  refuse,
  text,
} from '../../base/arguments.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { assetSection, costSection, daySection, exitSection, exposureSection } from './breakdowns.js'
import { configurationSection, openPositionSection } from './configuration.js'
import { chartLibrary, documentShell } from './document-shell.js'
import { headline } from './headline.js'
import { calendarOf, heatmapSection, MONTHS_WITH_FIGURES } from './heatmap-view.js'
import { embedJson, type Html, html } from './html.js'
import { chartSection, tradeSection } from './interactive.js'
import { masthead } from './masthead.js'
import { pageData } from './page-data.js'
import { PAGE_SCRIPT } from './page-script.generated.js'
import { STYLES } from './styles.js'

/**
 * A backtest as one HTML document: figures, curves, calendar, attribution, trade list, configuration. It holds all it
 * needs (the chart library included) and its content security policy forbids every connection. Figures, tables and
 * calendar are plain markup; only curves and trade list need its script.
 *
 * The same report gives the same bytes. Every text in it is treated as hostile.
 *
 * @throws InputMistake when it is no report, such as one of another version.
 */
export function renderHtmlReport(report: BacktestReport): string {
  refuse(REPORT(report, 'report'))
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
  const { style, script, notice } = chartLibrary()
  return documentShell({
    ...{ title: `${report.strategy}${period}`, body, data: embedJson(pageData(report)), notice },
    ...{ styles: [style, STYLES], scripts: [script, PAGE_SCRIPT] },
  }).toString()
}

const object = fields<object>({})
const objects = listOf(object)
const count = number({ min: 0, integer: true })

/** A report is made by a backtest, or read from what `dolphin backtest --json` wrote: the form tells whether it is one. */
const REPORT = fields<BacktestReport>({
  schema: oneOf('dolphin.backtest/1'),
  engineVersion: text,
  strategy: text,
  direction,
  research: flag,
  drift: listOf(text),
  hashes: object,
  parameters: object,
  ownStrategy: optional(nullable(object)),
  settings: object,
  fills: oneOf('simulated', 'bar-price'),
  initialCapital: number(),
  finalCapital: number(),
  from: nullable(date),
  to: nullable(date),
  bars: count,
  barSeconds: nullable(number()),
  maxHoldSeconds: nullable(number()),
  universe: listOf(text),
  rules: object,
  calendar: object,
  dayNotes: objects,
  figures: object,
  figuresWithoutEdge: object,
  markToMarket: object,
  baseline: nullable(object),
  exits: objects,
  assets: objects,
  costs: object,
  exposure: object,
  days: objects,
  trades: objects,
  openPosition: nullable(object),
  rngDraws: count,
  skippedDays: objects,
  forewarnerDays: object,
})

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
