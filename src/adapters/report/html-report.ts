import type { BacktestReport } from '../../ports/backtest-report.js'
import { formatPercentChange, formatProfitFactor, formatUsd } from './format.js'
import { html } from './html.js'

/** The report as one HTML document that needs no network. The same report gives the same bytes. */
export function renderHtmlReport(report: BacktestReport): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.strategy}</title>
</head>
<body>
<h1>${report.strategy}</h1>
<p>${formatUsd(report.finalCapital)} ${formatPercentChange(report.figures.roi)} ${formatProfitFactor(report.figures.profitFactor)}</p>
</body>
</html>
`.toString()
}
