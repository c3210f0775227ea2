import { present } from '../../base/present.js'
import type { KlineEvent, LiquidationEvent, MarkEvent, MarketDataEvent, TradeEvent } from '../../ports/market-data.js'
import type { FrameRow, MarketRows } from '../../ports/market-recording.js'
import type { DepthFrame, LevelRows } from '../../ports/vocabulary/depth.js'

/** Tables whose rows are events of a market, as they came. */
export const EVENT_TABLES = ['frames', 'trades', 'liquidations', 'funding', 'open_interest', 'marks', 'klines'] as const

export type EventTable = (typeof EVENT_TABLES)[number]

/** A row with the table that it is from. */
export type EventRow = { [Table in EventTable]: { readonly table: Table; readonly row: MarketRows[Table] } }[EventTable]

/** A row that has no number yet. */
export type NewEventRow = {
  [Table in EventTable]: { readonly table: Table; readonly row: Omit<MarketRows[Table], 'n'> }
}[EventTable]

/** How an event is recorded: one of several lost books as a row each, one that no table keeps as none. */
export function rowsOfEvent(event: MarketDataEvent): readonly NewEventRow[] {
  switch (event.kind) {
    case 'depth': {
      const { symbol, eventMs, receivedMs, frame } = event
      return [{ table: 'frames', row: { E_ms: eventMs, received_ms: receivedMs, symbol, ...kept(frame) } }]
    }
    case 'snapshot': {
      const { symbol, atMs, receivedMs, snapshot } = event
      const [bids, asks] = [keptLevels(snapshot.bids), keptLevels(snapshot.asks)]
      const content = { U: null, u: snapshot.lastUpdateId, pu: null, bids, asks }
      return [{ table: 'frames', row: { E_ms: timeOf(atMs), received_ms: receivedMs, symbol, ...content } }]
    }
    case 'lost': {
      const times = { E_ms: timeOf(event.atMs), received_ms: event.receivedMs }
      return event.symbols.map((symbol) => ({ table: 'frames', row: { ...times, symbol, ...LOST } }))
    }
    case 'trade':
      return [{ table: 'trades', row: tradeRow(event) }]
    case 'liquidation':
      return [{ table: 'liquidations', row: liquidationRow(event) }]
    case 'settledFunding':
      return [{ table: 'funding', row: { t_ms: event.atMs, symbol: event.symbol, rate: event.rate } }]
    case 'openInterest': {
      const { atMs: t_ms, symbol, openInterest } = event
      return [{ table: 'open_interest', row: { t_ms, symbol, open_interest: openInterest } }]
    }
    case 'mark':
      return [{ table: 'marks', row: markRow(event) }]
    case 'kline':
      return [{ table: 'klines', row: klineRow(event) }]
    default:
      return NONE
  }
}

/**
 * The event of a row, as it was but for what no table keeps: the number of the request that a snapshot answered, and of settled
 * funding, open interest and marks when they were received, for which the exchange's time stands.
 */
export function eventOfRow({ table, row }: EventRow): MarketDataEvent {
  switch (table) {
    case 'frames':
      return eventOfFrame(row)
    case 'trades': {
      const { T_ms: atMs, received_ms: receivedMs, symbol, side, price, base_qty, venue_id: venueId } = row
      return { kind: 'trade', symbol, side, price, baseQuantity: base_qty, venueId, atMs, receivedMs }
    }
    case 'liquidations': {
      const { T_ms: atMs, received_ms: receivedMs, symbol, side, price, order_price, base_qty, order_qty } = row
      const of = { symbol, side, price, orderPrice: order_price, baseQuantity: base_qty }
      const ordered = present({ orderBaseQuantity: order_qty })
      return { kind: 'liquidation', ...of, ...ordered, atMs, receivedMs }
    }
    case 'funding':
      return { kind: 'settledFunding', symbol: row.symbol, rate: row.rate, atMs: row.t_ms, receivedMs: row.t_ms }
    case 'open_interest': {
      const { t_ms: atMs, symbol, open_interest: openInterest } = row
      return { kind: 'openInterest', symbol, openInterest, atMs, receivedMs: atMs }
    }
    case 'marks': {
      const { E_ms: atMs, symbol, mark, index, funding_rate: fundingRate, next_funding_ms: nextFundingMs } = row
      return { kind: 'mark', symbol, mark, index, fundingRate, nextFundingMs, atMs, receivedMs: atMs }
    }
    case 'klines': {
      const { close_ms: closeMs, received_ms: receivedMs, symbol, interval, open_ms: openMs } = row
      const { open, high, low, close, base_volume: baseVolume } = row
      return { kind: 'kline', symbol, interval, openMs, closeMs, open, high, low, close, baseVolume, receivedMs }
    }
  }
}

/** No request of a snapshot has this number. */
export const NOBODY_WAITS = -1

const NONE: readonly NewEventRow[] = Object.freeze([])

function eventOfFrame({ E_ms: atMs, received_ms: receivedMs, symbol, U, u, pu, bids, asks }: FrameRow) {
  if (u === null) return { kind: 'lost', symbols: [symbol], atMs, receivedMs } as const
  if (U !== null) {
    const frame = { U, u, pu: pu ?? Number.NaN, b: levels(bids), a: levels(asks) }
    return { kind: 'depth', symbol, eventMs: atMs, receivedMs, frame } as const
  }
  const snapshot = { requestId: NOBODY_WAITS, lastUpdateId: u, bids: levels(bids), asks: levels(asks) }
  return { kind: 'snapshot', symbol, atMs, receivedMs, snapshot } as const
}

function tradeRow(event: TradeEvent): Omit<MarketRows['trades'], 'n'> {
  const { symbol, side, price, baseQuantity, venueId, atMs, receivedMs } = event
  return { T_ms: atMs, received_ms: receivedMs, symbol, side, price, base_qty: baseQuantity, venue_id: venueId }
}

function liquidationRow(event: LiquidationEvent): Omit<MarketRows['liquidations'], 'n'> {
  const { symbol, side, price, orderPrice, baseQuantity, orderBaseQuantity, atMs, receivedMs } = event
  const amounts = {
    price,
    order_price: orderPrice,
    base_qty: baseQuantity,
    ...present({ order_qty: orderBaseQuantity }),
  }
  return { T_ms: atMs, received_ms: receivedMs, symbol, side, ...amounts }
}

function markRow({ symbol, mark, index, fundingRate, nextFundingMs, atMs }: MarkEvent): Omit<MarketRows['marks'], 'n'> {
  return { E_ms: atMs, symbol, mark, index, funding_rate: fundingRate, next_funding_ms: nextFundingMs }
}

function klineRow(event: KlineEvent): Omit<MarketRows['klines'], 'n'> {
  const { symbol, interval, openMs, closeMs, receivedMs, open, high, low, close, baseVolume } = event
  const times = { close_ms: closeMs, received_ms: receivedMs }
  return { ...times, symbol, interval, open_ms: openMs, open, high, low, close, base_volume: baseVolume }
}

/** A time that is none counts at once: as does the oldest of all. */
function timeOf(ms: number): number {
  return Number.isSafeInteger(ms) ? ms : 0
}

type FrameContent = Pick<FrameRow, 'U' | 'u' | 'pu' | 'bids' | 'asks'>

const LOST: FrameContent = Object.freeze({ U: null, u: null, pu: null, bids: null, asks: null })

/** Its first update is behind its last. */
const UNREADABLE: FrameContent = { U: 1, u: 0, pu: 0, bids: [], asks: [] }

/** A frame of which not even the form is right is kept as one that cannot be read either. Best levels need no `pu`. */
function kept({ U, u, pu, b, a }: DepthFrame): FrameContent {
  const bids = keptLevels(b)
  const asks = keptLevels(a)
  if (![U, u].every(Number.isSafeInteger) || bids === null || asks === null) return UNREADABLE
  return { U, u, pu: Number.isSafeInteger(pu) ? pu : null, bids, asks }
}

/** Of each row what a book reads: behind it may stand anything, nested more deeply than can be written. Null: it cannot be read. */
function keptLevels(rows: LevelRows): LevelRows | null {
  if (!Array.isArray(rows)) return null
  let arePairs = true
  for (const row of rows as readonly (readonly unknown[] | null)[]) {
    if (typeof row?.[0] !== 'string' || typeof row[1] !== 'string') return null
    arePairs &&= row.length === 2
  }
  return arePairs ? rows : rows.map(([price, quantity]) => [price, quantity] as const)
}

/** What could not be read when it came cannot be read now. */
function levels(rows: LevelRows | null): LevelRows {
  return rows ?? (null as unknown as LevelRows)
}
