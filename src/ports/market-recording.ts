import type { KlineInterval } from './market-data.js'
import type { LevelRows } from './vocabulary/depth.js'
import type { OrderSide } from './vocabulary/orders.js'

/**
 * Recordings of a market: a folder with a folder for each table, in it `date=YYYY-MM-DD/part-NNN.parquet` (zstd). Rows of all tables
 * of a recording carry a running number `n`, in the order in which they happened here: played again in that order they make the
 * same features, bit for bit. Times are UTC ms; `E`, `T` and `t` are the exchange's, `received` is this machine's.
 * Spec: "Settled late", "Recordings".
 */
export interface MarketRows {
  frames: FrameRow
  samples: FiguresRow
  features: FiguresRow
  macro: FiguresRow
  closings: ClosingRow
  listings: ListingRow
  universe: UniverseRow
  trades: TradeRow
  liquidations: LiquidationRow
  funding: FundingRow
  open_interest: OpenInterestRow
  marks: MarkRow
  klines: KlineRow
}

export type MarketTable = keyof MarketRows

/**
 * What came of a book. A change has `U`, `u`, `pu`; best levels whole have `U`, `u` and `pu` as the frame had them, in a recording
 * whose `books` are `partial`. A snapshot has `u` alone. A book that was lost has neither, and no levels.
 */
export interface FrameRow {
  readonly n: number
  readonly E_ms: number
  readonly received_ms: number
  readonly symbol: string
  readonly U: number | null
  readonly u: number | null
  readonly pu: number | null
  /** Prices and quantities as text, as they came. Stored as JSON text. */
  readonly bids: LevelRows | null
  readonly asks: LevelRows | null
}

/** Figures of a symbol at a time, a column each; one that cannot be told is null. In `macro` the symbol is empty. */
export interface FiguresRow {
  readonly n: number
  readonly t_ms: number
  readonly symbol: string
  readonly figures: Readonly<Record<string, number | null>>
}

/** The bar that ends at `t_ms` was closed. */
export interface ClosingRow {
  readonly n: number
  readonly t_ms: number
  readonly closed_at_ms: number
}

/**
 * From here on a symbol is among the assets, or is not any more; one that comes again begins anew. Without such a row a symbol
 * joins with its first frame. An empty symbol: all begins anew with the bar that holds `t_ms`, as it does when its recorder starts.
 */
export interface ListingRow {
  readonly n: number
  readonly t_ms: number
  readonly symbol: string
  readonly is_listed: boolean
}

/** Source: system bible §26.2. */
export interface UniverseRow {
  readonly n: number
  readonly t_ms: number
  readonly symbol: string
  readonly spread_bps: number
  readonly depth_1pct_usd: number
  readonly depth_quality: number
  readonly fill_probability: number | null
  readonly imbalance: number
  readonly best_bid: number
  readonly best_ask: number
  readonly n_bid_levels: number
  readonly n_ask_levels: number
}

export interface TradeRow {
  readonly n: number
  readonly T_ms: number
  readonly received_ms: number
  readonly symbol: string
  /** The taker's. */
  readonly side: OrderSide
  readonly price: number
  readonly base_qty: number
  /** The venue's number of it. */
  readonly venue_id: number
}

/** A rate that was settled at `t_ms`. */
export interface FundingRow {
  readonly n: number
  readonly t_ms: number
  readonly symbol: string
  readonly rate: number
}

export interface LiquidationRow {
  readonly n: number
  readonly T_ms: number
  readonly received_ms: number
  readonly symbol: string
  readonly side: OrderSide
  readonly price: number
  readonly order_price: number
  readonly base_qty: number
  /** What was ordered; absent where that is not known. */
  readonly order_qty?: number
}

export interface OpenInterestRow {
  readonly n: number
  readonly t_ms: number
  readonly symbol: string
  readonly open_interest: number
}

export interface MarkRow {
  readonly n: number
  readonly E_ms: number
  readonly symbol: string
  readonly mark: number
  readonly index: number | null
  readonly funding_rate: number | null
  readonly next_funding_ms: number | null
}

/** A candle that the exchange had closed; `close_ms` is its last millisecond. */
export interface KlineRow {
  readonly n: number
  readonly close_ms: number
  readonly received_ms: number
  readonly symbol: string
  readonly interval: KlineInterval
  readonly open_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly base_volume: number
}

/** What is recorded, said once in the folder's `recording.json`. */
export interface RecordingFacts {
  readonly stepMs: number
  /** How the frames are to be read. */
  readonly books: 'diffs' | 'partial'
  /** By symbol; more may come, none changes. */
  readonly scales: Readonly<Record<string, { readonly priceDecimals: number; readonly quantityDecimals: number }>>
}

/** Writes a recording; one process at a time. */
export interface MarketRecorder {
  /** The number of the next row, which is taken by it: a number without a row shows as a gap. */
  nextNumber(): number
  /** A symbol that is not in the facts yet. Throws `InputMistake` for one that is, with another scale. */
  scale(symbol: string, scale: { readonly priceDecimals: number; readonly quantityDecimals: number }): void
  /** Takes a row; never waits. A window of rows is written whole, or lost whole and told at the next start. */
  add<Table extends MarketTable>(table: Table, row: MarketRows[Table]): void
  /** Writes what is not written yet, of all tables. Rejects with `SurroundingsFailed` where it cannot; the rows wait on. */
  flush(): Promise<void>
  /** What is written, and since when what is not; for health. */
  health(): RecorderHealth
  /** Writes everything and gives the folder back. Rejects where it could not be written: the next start tells it as lost. */
  close(): Promise<void>
}

export interface RecorderHealth {
  /** Rows written, and rows that wait. */
  readonly written: number
  readonly waiting: number
  /** The time that everything up to is on disk, UTC ms; null before. */
  readonly durableMs: number | null
  /** Of an earlier process that was killed: what was lost at most; undefined when nothing was. */
  readonly lost: { readonly fromMs: number; readonly untilMs: number } | undefined
  /** What keeps it from writing. */
  readonly failure: string | undefined
}
