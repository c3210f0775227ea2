import type { MarketRows, RecordingFacts } from '../../src/ports/market-recording.js'

export const FACTS: RecordingFacts = { stepMs: 5_000, books: 'diffs', scales: {} }

export type TurnRow =
  | { readonly table: 'frames'; readonly row: MarketRows['frames'] }
  | { readonly table: 'features'; readonly row: MarketRows['features'] }
  | { readonly table: 'closings'; readonly row: MarketRows['closings'] }

/** Rows of three tables, each wholly told by its number. */
export function rowsOfTurn(nextNumber: () => number): TurnRow[] {
  return Array.from({ length: 6 }, () => rowOf(nextNumber()))
}

export function rowOf(n: number): TurnRow {
  // Ten thousand rows a day, so that many a window is of two dates.
  const ms = Date.UTC(2026, 0, 5) + n * 8_640
  if (n % 3 === 0) return { table: 'closings', row: { n, t_ms: ms, closed_at_ms: ms + 1 } }
  if (n % 3 === 1) return { table: 'features', row: { n, t_ms: ms, symbol: 'BTCUSDT', figures: { number: n / 7 } } }
  const levels = [[`${n}.5`, '1']] as const
  const frame = { E_ms: ms, received_ms: ms, symbol: 'BTCUSDT', U: n, u: n, pu: n - 1, bids: levels, asks: null }
  return { table: 'frames', row: { n, ...frame } }
}
