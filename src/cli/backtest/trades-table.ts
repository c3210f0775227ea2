import { directionName } from '../../base/direction.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { count, type FileColumn, number, tableCsv, text } from '../compose/table-files.js'

export type TradeColumn = FileColumn<Trade>

/**
 * The columns of `--trades`, CSV and Parquet alike. Times are UTC, money is USD, fractions are of 1 (0.01 is 1 %), bars are the
 * run's global indices.
 */
export const TRADE_COLUMNS: readonly TradeColumn[] = [
  text('asset', (t) => t.asset),
  text('direction', (t) => directionName(t.direction).toLowerCase()),
  text('entry_time', (t) => isoTime(t.entryTimeMs)),
  text('exit_time', (t) => isoTime(t.exitTimeMs)),
  count('entry_bar', (t) => t.entryBar),
  count('exit_bar', (t) => t.exitBar),
  count('bars_held', (t) => t.barsHeld),
  text('reason', (t) => t.ownReason ?? t.reason),
  number('entry_price', (t) => t.entryPrice),
  number('exit_price', (t) => t.exitPrice),
  number('notional', (t) => t.notional),
  number('leverage', (t) => t.leverage),
  number('fraction', (t) => t.fraction),
  number('pnl_raw_fraction', (t) => t.pnlPctRaw),
  number('slippage_usd', (t) => t.slippageUsd),
  number('refund_usd', (t) => t.refundUsd),
  number('edge_usd', (t) => t.edgeUsd),
  number('entry_fee', (t) => t.entryFee),
  number('exit_fee', (t) => t.exitFee),
  number('net', (t) => t.net),
  number('capital_before', (t) => t.capitalBefore),
  number('capital_after', (t) => t.capitalAfter),
  number('vel_div', (t) => t.velDiv),
  number('strength', (t) => t.strength),
  number('confidence', (t) => t.confidence),
  { name: 'is_extreme', type: 'boolean', cell: (t) => t.isExtreme },
  text('dc', (t) => t.dc),
  count('bucket', (t) => t.bucket),
  number('ars', (t) => t.ars),
  number('ars_adjusted', (t) => t.arsAdjusted),
  number('alignment', (t) => t.alignment),
  number('regime_size_mult', (t) => t.regimeSizeMult),
  number('ob_mult', (t) => t.obMult),
  number('leverage_ceiling', (t) => t.leverageCeiling),
  number('bucket_mult', (t) => t.bucketMult),
  number('streak_mult', (t) => t.streakMult),
  number('trend_mult', (t) => t.trendMult),
  number('rng', (t) => t.rng),
  number('gap_ms', (t) => t.gapMs ?? 0),
]

/** What only confirmed fills have. */
const FILL_COLUMNS: readonly TradeColumn[] = [
  number('quantity', (t) => t.quantity ?? null),
  number('funding_usd', (t) => t.fundingUsd ?? null),
]

/** The columns of a run's trades: those of confirmed fills come last, and only where there are such. */
export function tradeColumns(fills: BacktestReport['fills']): readonly TradeColumn[] {
  return fills === 'simulated' ? TRADE_COLUMNS : [...TRADE_COLUMNS, ...FILL_COLUMNS]
}

/** Trades as CSV with a header line. */
export function tradesCsv(trades: readonly Trade[], columns = TRADE_COLUMNS): string {
  return tableCsv(trades, columns)
}

function isoTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString()
}
