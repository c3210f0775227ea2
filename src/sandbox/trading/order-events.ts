import type { DecimalText } from '../../base/exact.js'
import type { UserEvent } from '../floor.js'
import type { Engine } from './engine.js'
import type { Ledger } from './ledger.js'
import type { SandboxOrder, Trade } from './order.js'
import { averageOf } from './order-views.js'

/** What kind of news of an order it is. */
export type ExecutionType = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'AMENDMENT' | 'CALCULATED'

/** How a fee is shown. */
export interface FeeShown {
  readonly asset: string
  readonly amount: DecimalText
}

/** Fields: notes on Binance, 2.5. Decimals have no fixed scale there either. */
export function orderUpdate(
  order: SandboxOrder,
  { execution, atMs, fill }: { readonly execution: ExecutionType; readonly atMs: number; readonly fill?: FillShown },
): UserEvent {
  const type = order.forced === 'LIQUIDATION' ? 'LIQUIDATION' : order.type
  return {
    e: 'ORDER_TRADE_UPDATE',
    T: atMs,
    E: atMs,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: type,
      f: order.timeInForce,
      q: order.quantity,
      p: order.price,
      ap: averageOf(order) ?? '0',
      sp: '0',
      x: execution,
      X: execution === 'NEW' ? 'NEW' : order.status,
      i: order.orderId,
      ...(execution === 'AMENDMENT' && { M: order.modifications }),
      l: fill?.trade.quantity ?? '0',
      z: execution === 'NEW' ? '0' : order.executed.toFixed(),
      L: fill?.trade.price ?? '0',
      ...(fill && { N: fill.fee.asset, n: fill.fee.amount }),
      T: atMs,
      t: fill?.trade.tradeId ?? 0,
      b: '0',
      a: '0',
      m: fill?.trade.maker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: type,
      ps: order.positionSide,
      cp: order.closePosition,
      rp: fill?.trade.realisedUsd ?? '0',
      pP: false,
      si: 0,
      ss: 0,
      V: order.selfTradePreventionMode,
      pm: order.priceMatch,
      gtd: order.goodTillDate,
      er: order.expiryReason,
    },
  }
}

export interface FillShown {
  readonly trade: Trade
  readonly fee: FeeShown
}

export function tradeLite({ order, tradeId, price, quantity, maker, atMs }: Trade): UserEvent {
  return {
    e: 'TRADE_LITE',
    E: atMs,
    T: atMs,
    s: order.symbol,
    q: order.quantity,
    p: order.price,
    m: maker,
    c: order.clientOrderId,
    S: order.side,
    L: price,
    l: quantity,
    t: tradeId,
    i: order.orderId,
  }
}

/** The account as it is now: what has changed of it. */
export function accountUpdate(
  { engine, ledger }: { readonly engine: Engine; readonly ledger: Ledger },
  { symbol, reason, atMs, balanceChange }: AccountChange,
): UserEvent {
  const wallet = engine.matcher.account.walletUsd.toFixed()
  const balance = { a: 'USDT', wb: wallet, cw: wallet, bc: balanceChange }
  const ofFunding = reason === 'FUNDING_FEE'
  return {
    e: 'ACCOUNT_UPDATE',
    E: atMs,
    T: atMs,
    a: {
      m: reason,
      B: [balance],
      P: ofFunding ? [] : [positionOf(engine, ledger, symbol)],
      ...(ofFunding && { S: symbol }),
    },
  }
}

export interface AccountChange {
  readonly symbol: string
  readonly reason: 'ORDER' | 'FUNDING_FEE'
  readonly atMs: number
  /** USD: but for profit and fees. */
  readonly balanceChange: DecimalText
}

function positionOf(engine: Engine, ledger: Ledger, symbol: string): object {
  const { quantity, costUsd } = engine.matcher.account.position(symbol)
  const entry = quantity.isZero() ? '0' : costUsd.div(quantity).toSignificantDigits(ENTRY_DIGITS).toFixed()
  const mark = engine.matcher.margin.valuation(symbol).mark
  return {
    s: symbol,
    pa: quantity.toFixed(),
    ep: entry,
    bep: entry,
    cr: ledger.realisedUsd(symbol).toFixed(),
    up: engine.matcher.account.unrealisedUsd(symbol, mark).toFixed(),
    mt: 'cross',
    iw: '0',
    ps: 'BOTH',
  }
}

const ENTRY_DIGITS = 16

/** Told late by definition: prices have moved on. Here the margin's type has another spelling than in account updates. */
export function marginCall(engine: Engine, atMs: number): UserEvent {
  const { account, margin } = engine.matcher
  return {
    e: 'MARGIN_CALL',
    E: atMs,
    cw: account.walletUsd.toFixed(),
    p: account.symbols.map((symbol) => {
      const { quantity } = account.position(symbol)
      const { mark, maintenanceMarginRate } = margin.valuation(symbol)
      return {
        s: symbol,
        ps: 'BOTH',
        pa: quantity.toFixed(),
        mt: 'CROSSED',
        iw: '0',
        mp: mark.toFixed(),
        up: account.unrealisedUsd(symbol, mark).toFixed(),
        mm: quantity.abs().times(mark).times(maintenanceMarginRate).toFixed(),
      }
    }),
  }
}

export function leverageUpdate(symbol: string, leverage: number, atMs: number): UserEvent {
  return { e: 'ACCOUNT_CONFIG_UPDATE', E: atMs, T: atMs, ac: { s: symbol, l: leverage } }
}

export function multiAssetsUpdate(isMultiAssets: boolean, atMs: number): UserEvent {
  return { e: 'ACCOUNT_CONFIG_UPDATE', E: atMs, T: atMs, ai: { j: isMultiAssets } }
}
