import type { Trade } from '../../ports/vocabulary/trades.js'
import { TRADE_FIELDS } from './page-data.js'

/**
 * RFC 4180 text of the given trades in the given order: every field of a trade, its number in the run first, bar times
 * as ISO 8601 beside the milliseconds.
 */
export function tradesCsv(trades: readonly Trade[], selected: readonly number[]): string {
  const lines = [['number', ...TRADE_FIELDS, 'entryTime', 'exitTime'].join(',')]
  for (const i of selected) {
    const trade = trades[i]!
    const fields = TRADE_FIELDS.map((field) => csvField(trade[field]))
    lines.push([i + 1, ...fields, isoTime(trade.entryTimeMs), isoTime(trade.exitTimeMs)].join(','))
  }
  return `${lines.join('\r\n')}\r\n`
}

function csvField(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // A spreadsheet runs text that begins like a formula; the apostrophe makes it text again.
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

function isoTime(timeMs: number | null): string {
  return timeMs === null ? '' : new Date(timeMs).toISOString()
}
