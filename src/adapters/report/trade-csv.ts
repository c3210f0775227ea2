import { csvLine } from '../../base/csv.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { TRADE_FIELDS } from './page-data.js'

/**
 * RFC 4180 text of the given trades in the given order: every field of a trade, its number in the run first, bar times
 * as ISO 8601 beside the milliseconds.
 */
export function tradesCsv(trades: readonly Trade[], selected: readonly number[]): string {
  const lines = [csvLine(['number', ...TRADE_FIELDS, 'entryTime', 'exitTime'])]
  for (const i of selected) {
    const trade = trades[i]!
    const fields = TRADE_FIELDS.map((field) => trade[field])
    lines.push(csvLine([i + 1, ...fields, isoTime(trade.entryTimeMs), isoTime(trade.exitTimeMs)]))
  }
  return `${lines.join('\r\n')}\r\n`
}

function isoTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
