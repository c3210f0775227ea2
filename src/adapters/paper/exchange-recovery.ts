import { createHash } from 'node:crypto'
import { assert } from '../../base/assert.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { DecimalText } from '../../base/exact.js'
import type { Checkpoint, JournalReader } from '../../ports/journal.js'
import type { Quote } from '../../ports/venue.js'
import { venueTradeId } from '../../ports/vocabulary/ids.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import type { AccountSnapshot } from './account.js'
import type { BookSnapshot } from './book.js'
import type { ExchangeRecord } from './exchange-record.js'
import { isOpen, type PaperOrder } from './order.js'
import type { PaperExchange } from './paper-exchange.js'
import type { RandomState } from './random.js'

/**
 * What an exchange's journal left: the account, every order that was ever accepted and every fill. Requests and answers that
 * were on their way are lost, as with any connection that breaks.
 */
export class ExchangeRecovery implements JournalReader<ExchangeRecord> {
  private kept = nothing()
  private orders = new Map<string, PaperOrder>()

  begin(checkpoint: Checkpoint | undefined): string | undefined {
    this.become(nothing())
    if (checkpoint === undefined) return undefined
    const { shape, stateHash, records } = checkpoint
    if (shape !== EXCHANGE_SHAPE) return `shape: expected ${EXCHANGE_SHAPE}, found ${shape}`
    const kept = checkpoint.state as ExchangeState
    const found = hashOf(kept)
    if (found !== stateHash) return `state: expected the one whose hash is ${stateHash}, found ${found}`
    if (kept.records !== records) return `state: expected the one behind record ${records}, found ${kept.records}`
    this.become(kept)
    return undefined
  }

  take(record: ExchangeRecord): void {
    assert(record.n === this.kept.records + 1, `records follow each other: ${record.n} after ${this.kept.records}`)
    const before = { ...this.kept, records: record.n, atMs: record.atMs }
    if (record.type === 'begun') {
      this.kept = { ...before, startingBalanceUsd: record.startingBalanceUsd }
      return
    }
    const { orders, fills, account, autoCloses, fundings, random, quotes } = record
    // A key that is there keeps its place: orders stay in order of acceptance.
    for (const order of orders) this.orders.set(order.request.clientOrderId, order)
    before.fills.push(...fills)
    this.kept = { ...before, account, autoCloses, fundings, random, quotes }
  }

  checkpoint(): Checkpoint {
    const state = this.state()
    const { records, atMs } = state
    return { records, atMs, shape: EXCHANGE_SHAPE, stateHash: hashOf(state), state }
  }

  /** What the account was opened with, USD; null where there is no record yet. */
  get startingBalanceUsd(): DecimalText | null {
    return this.kept.startingBalanceUsd
  }

  /** Of the last record, UTC ms: the exchange's time goes on there or later. */
  get atMs(): number {
    return this.kept.atMs
  }

  /** Number of the last record. */
  get records(): number {
    return this.kept.records
  }

  /** Plain JSON, all that is known. */
  state(): ExchangeState {
    return { ...this.kept, orders: [...this.orders.values()] }
  }

  /**
   * Makes a new exchange the one that wrote the records. Its market goes on from the next price: until then a symbol has its
   * last mark, where something is held or ordered, and nobody trades at it.
   *
   * @throws Error when something is held or ordered in a symbol that is not listed any more.
   */
  restore(exchange: PaperExchange): void {
    const fresh = exchange.snapshot()
    const { account, fills, autoCloses, fundings, random, quotes, atMs } = this.kept
    if (account === null || random === null) return
    const orders = [...this.orders.values()]
    const waiting = orders.filter(isOpen).map(({ request }) => request.symbol)
    for (const symbol of [...Object.keys(account.positions), ...waiting]) {
      if (fresh.books[symbol] !== undefined) continue
      const listed = Object.keys(fresh.books).join(', ')
      throw new Error(`${symbol} is held or ordered: expected it among the instruments, found ${listed}`)
    }
    const old = quotes.map((quote): [string, BookSnapshot] => [
      quote.symbol,
      { ...fresh.books[quote.symbol]!, quote, isOld: true },
    ])
    exchange.restore({
      ...fresh,
      nowMs: atMs,
      fundings,
      random,
      books: { ...fresh.books, ...Object.fromEntries(old.filter(([symbol]) => fresh.books[symbol] !== undefined)) },
      matcher: {
        account,
        orders,
        fills: bySymbol(fills),
        lastTradeId: fills.at(-1)?.tradeId ?? venueTradeId(0),
        autoCloses,
      },
    })
  }

  private become(kept: ExchangeState): void {
    this.kept = { ...kept, fills: [...kept.fills] }
    this.orders = new Map(kept.orders.map((order) => [order.request.clientOrderId, order]))
  }
}

/** Its number rises with every change of what a checkpoint holds. */
const EXCHANGE_SHAPE = 'exchange/1'

/** Everything that an exchange must not forget. Plain JSON. */
export interface ExchangeState {
  /** Number of the last record. */
  readonly records: number
  /** Of the last record, UTC ms. */
  readonly atMs: number
  /** USD; null before the account was opened. */
  readonly startingBalanceUsd: DecimalText | null
  /** In order of acceptance. */
  readonly orders: readonly PaperOrder[]
  /** Rising trade ids. */
  readonly fills: Fill[]
  /** Null before anything has happened to it. */
  readonly account: AccountSnapshot | null
  /** Liquidations so far: their order ids are numbered by it. */
  readonly autoCloses: number
  /** Settlements so far: the last funding id. */
  readonly fundings: number
  readonly random: RandomState | null
  readonly quotes: readonly Quote[]
}

function nothing(): ExchangeState {
  return {
    records: 0,
    atMs: 0,
    startingBalanceUsd: null,
    orders: [],
    fills: [],
    account: null,
    autoCloses: 0,
    fundings: 0,
    random: null,
    quotes: [],
  }
}

function hashOf(state: ExchangeState): string {
  return createHash('sha256').update(canonicalJson(state)).digest('hex').slice(0, 16)
}

function bySymbol(fills: readonly Fill[]): Record<string, Fill[]> {
  const of: Record<string, Fill[]> = {}
  for (const fill of fills) {
    of[fill.symbol] ??= []
    of[fill.symbol]!.push(fill)
  }
  return of
}
