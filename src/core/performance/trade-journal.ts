import { assert } from '../../base/assert.js'
import { directionSign } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type {
  DailyStats,
  TradeClosed,
  TradeDirection,
  TradeOpened,
  TradeRecord,
} from '../../ports/vocabulary/session.js'
import { DailyBook, type SessionStart } from './daily-book.js'

/**
 * The trades of a session: what opens and closes goes in, complete records come out. It records and adds up, and
 * interprets nothing. Source: module contracts, layer 6.
 */
export class TradeJournal {
  private readonly opened = new Map<string, { readonly opened: TradeOpened; readonly capitalUsd: DecimalText }>()
  private readonly closed: TradeRecord[] = []
  private readonly ids = new Set<string>()
  private readonly book: DailyBook

  constructor(start: SessionStart) {
    this.book = new DailyBook(start)
  }

  /** A bar of this time, UTC ms, has come: the days of a session are those of its bars. */
  bar(atMs: number): void {
    this.book.bar(atMs)
  }

  open(event: TradeOpened): void {
    assert(!this.ids.has(event.tradeId), `trade ${event.tradeId} opens once`)
    this.ids.add(event.tradeId)
    this.opened.set(event.tradeId, { opened: event, capitalUsd: this.book.capitalUsd.toFixed() })
  }

  /** The record of the trade that is now complete. Trades close in order of time. */
  close(event: TradeClosed): TradeRecord {
    const open = this.opened.get(event.tradeId)
    assert(open !== undefined, `trade ${event.tradeId} is open before it closes`)
    const record = tradeRecord(open.opened, event, open.capitalUsd)
    this.book.add(record)
    this.opened.delete(event.tradeId)
    this.closed.push(record)
    return record
  }

  get openTrades(): readonly TradeOpened[] {
    return Array.from(this.opened.values(), ({ opened }) => opened)
  }

  get trades(): readonly TradeRecord[] {
    return this.closed
  }

  /** One entry per UTC day from the first to that of the last bar (`atMs` without bars), days without a trade included. */
  daily(atMs: number): DailyStats[] {
    return this.book.days(atMs)
  }
}

/**
 * The record of a trade, from its two ends. Sums are exact; only the two average prices are rounded, at 40 digits.
 *
 * @param capitalUsd realised capital when it opened.
 */
export function tradeRecord(opened: TradeOpened, closed: TradeClosed, capitalUsd: DecimalText): TradeRecord {
  const { tradeId, symbol, strategy, direction } = opened
  const quantity = new Exact(closed.quantity)
  assert(opened.tradeId === closed.tradeId, 'a record is made of one trade')
  assert(quantity.greaterThan(0), `trade ${tradeId} has filled something`)
  assert(closed.closedAtMs >= opened.openedAtMs, `trade ${tradeId} closes after it opened`)
  const entryPrice = new Exact(closed.entryValueUsd).div(quantity)
  const exitPrice = new Exact(closed.exitValueUsd).div(quantity)
  const gain = new Exact(closed.exitValueUsd).minus(closed.entryValueUsd)
  const realized = gain.times(directionSign(direction))
  const net = realized.minus(closed.entryFeesUsd).minus(closed.exitFeesUsd).plus(closed.fundingUsd)
  return {
    tradeId,
    symbol,
    strategy,
    direction,
    entryTimeNs: nanoseconds(opened.openedAtMs),
    entryPrice: entryPrice.toFixed(),
    exitTimeNs: nanoseconds(closed.closedAtMs),
    exitPrice: exitPrice.toFixed(),
    realizedPnl: realized.toFixed(),
    netPnl: net.toFixed(),
    quantity: closed.quantity,
    entryValueUsd: closed.entryValueUsd,
    exitValueUsd: closed.exitValueUsd,
    entryFeesUsd: closed.entryFeesUsd,
    exitFeesUsd: closed.exitFeesUsd,
    fundingUsd: closed.fundingUsd,
    entryBar: opened.entryBar,
    entryBarAtMs: opened.entryBarAtMs,
    exitBar: closed.exitBar,
    entryRequestedPrice: opened.requestedPrice,
    exitRequestedPrice: closed.requestedPrice,
    targetNotionalUsd: opened.targetNotionalUsd,
    orderedQuantity: opened.orderedQuantity,
    capitalUsd,
    entrySlippageBps: slippageBps(direction, 'entry', opened.requestedPrice, entryPrice),
    exitSlippageBps:
      closed.requestedPrice === null ? null : slippageBps(direction, 'exit', closed.requestedPrice, exitPrice),
    purpose: closed.purpose,
    reason: closed.reason,
  }
}

/** Positive is against us: bought above or sold below the price that was asked for. */
function slippageBps(direction: TradeDirection, leg: 'entry' | 'exit', requested: DecimalText, filled: Exact): number {
  const buys = (direction === 'LONG') === (leg === 'entry')
  const worse = buys ? filled.minus(requested) : new Exact(requested).minus(filled)
  return worse.div(requested).times(10_000).toNumber() + 0
}

function nanoseconds(ms: number): DecimalText {
  assert(Number.isSafeInteger(ms), 'a time is a whole number of milliseconds')
  return `${ms}000000`
}
