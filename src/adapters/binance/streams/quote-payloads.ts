import { isCount, isDecimal, isForeign, isPayload, type Payload, type Reading, type WireDecimal } from './payload.js'

/** The best bid and ask with what is displayed there, in base units. A side without orders is 0. */
export interface BookTicker {
  readonly symbol: string
  /** Rises with every change of the symbol's book. */
  readonly updateId: number
  readonly bid: WireDecimal
  readonly bidQuantity: WireDecimal
  readonly ask: WireDecimal
  readonly askQuantity: WireDecimal
  /** When it was sent, and when it happened in the matching engine; UTC ms of the exchange. */
  readonly eventMs: number
  readonly transactionMs: number
}

export function readBookTicker(data: unknown): Reading<BookTicker> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, u, b, B, a, A, E, T } = data
  if (typeof s !== 'string' || !isDecimal(b) || !isDecimal(B) || !isDecimal(a) || !isDecimal(A)) return 'malformed'
  if (!isCount(u) || !isCount(E) || !isCount(T)) return 'malformed'
  return { symbol: s, updateId: u, bid: b, bidQuantity: B, ask: a, askQuantity: A, eventMs: E, transactionMs: T }
}

export interface MarkPrice {
  readonly symbol: string
  readonly mark: WireDecimal
  /** Null where there is none. */
  readonly index: WireDecimal | null
  /** Running estimate of the rate that settles next; null for a contract without funding. */
  readonly fundingRate: WireDecimal | null
  /** Null when none is scheduled. */
  readonly nextFundingMs: number | null
  readonly eventMs: number
}

export function readMarkPrice(data: unknown): Reading<MarkPrice> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, p, i, r, T, E } = data
  if (typeof s !== 'string' || !isDecimal(p) || !isCount(E) || !isCount(T)) return 'malformed'
  return {
    symbol: s,
    mark: p,
    index: isDecimal(i) ? i : null,
    fundingRate: isDecimal(r) ? r : null,
    nextFundingMs: T === 0 ? null : T,
    eventMs: E,
  }
}

export interface MarkPrices {
  readonly prices: readonly MarkPrice[]
  /** Rows that could not be read; those of symbols margined in coins are left out without a word. */
  readonly malformed: number
}

/** A frame of the mark prices of all symbols; one that is not a list has a single row, which is malformed. */
export function readMarkPrices(data: unknown): MarkPrices {
  if (!Array.isArray(data)) return { prices: [], malformed: 1 }
  const prices: MarkPrice[] = []
  let malformed = 0
  for (const row of data) {
    const price = readMarkPrice(row)
    if (price === 'malformed') malformed++
    else if (price !== 'foreign') prices.push(price)
  }
  return { prices, malformed }
}

/** Levels that have changed, or with a stream of so many levels the best of each side, whole. */
export interface DepthUpdate {
  readonly symbol: string
  readonly firstUpdateId: number
  readonly lastUpdateId: number
  /** The last update id of the stream's frame before. */
  readonly previousUpdateId: number
  readonly bids: readonly WireLevel[]
  readonly asks: readonly WireLevel[]
  readonly eventMs: number
  readonly transactionMs: number
}

/** Price and quantity in base units, 0 where the level is gone. That they are decimals is for the book to find out, which reads them. */
export type WireLevel = readonly [price: string, quantity: string]

export function readDepthUpdate(data: unknown): Reading<DepthUpdate> {
  if (!isPayload(data)) return 'malformed'
  if (isForeign(data)) return 'foreign'
  const { s, U, u, pu, b, a, E, T } = data
  if (typeof s !== 'string' || !isCount(U) || !isCount(u) || !isUpdateId(pu)) return 'malformed'
  if (!isCount(E) || !isCount(T) || !areLevels(b) || !areLevels(a)) return 'malformed'
  return {
    symbol: s,
    firstUpdateId: U,
    lastUpdateId: u,
    previousUpdateId: pu,
    bids: b,
    asks: a,
    eventMs: E,
    transactionMs: T,
  }
}

/** −1 where there was no frame before. */
function isUpdateId(value: unknown): value is number {
  return value === -1 || isCount(value)
}

function areLevels(value: unknown): value is readonly WireLevel[] {
  if (!Array.isArray(value)) return false
  for (const level of value)
    if (!Array.isArray(level) || typeof level[0] !== 'string' || typeof level[1] !== 'string') return false
  return true
}

/** When the exchange sent it, UTC ms; undefined where it does not say. */
export function eventTimeMs(data: Payload | readonly unknown[]): number | undefined {
  const first: unknown = Array.isArray(data) ? data[0] : data
  if (!isPayload(first)) return undefined
  return isCount(first.E) ? first.E : undefined
}
