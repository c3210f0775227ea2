/**
 * A backtest's report as one HTML page that needs nothing else.
 *
 * @example
 * ```ts
 * import { readFileSync, writeFileSync } from 'node:fs'
 * import { renderHtmlReport } from 'dolphin-engine/report'
 *
 * // What `dolphin backtest --json` wrote, or `Backtest.finish` answered.
 * writeFileSync('report.html', renderHtmlReport(JSON.parse(readFileSync('report.json', 'utf8'))))
 * ```
 *
 * @module
 */

export { renderHtmlReport } from '../adapters/report/html-report.js'
