import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import type { Engine } from '../engine/engine.js'
import { quantityForNotional } from '../orders/rounding.js'

/** Base units that a notional (USD) buys of a symbol at a price (USD); 0 when no such order can be placed. */
export type LotSizing = (notionalUsd: number, price: number, symbol: string) => number

/** Whole lots, rounded down, within the venue's limits for one order. */
export function lotSizing(instrumentOf: (symbol: string) => Instrument): LotSizing {
  return (notionalUsd, price, symbol) => {
    const instrument = instrumentOf(symbol)
    const quantity = quantityForNotional(notionalUsd, price, instrument)
    const placeable =
      quantity.gte(instrument.minQuantity) &&
      quantity.lte(instrument.maxQuantity) &&
      quantity.times(price).gte(instrument.minNotionalUsd)
    return placeable ? quantity.toNumber() : 0
  }
}

/**
 * Runs the attached day up to a row (exclusive) and fills each proposal whole, before the next bar, at the price it was made
 * at and free of cost: what a paper session of the same bars comes to when nothing stands between a decision and its fill.
 */
export function runAtBarPrices(engine: Engine, sizing: LotSizing, untilRow: number, volOk?: Uint8Array): Trade[] {
  const trades: Trade[] = []
  do {
    trades.push(...engine.run(untilRow, volOk))
    const trade = fillAtBarPrice(engine, sizing)
    if (trade !== undefined) trades.push(trade)
  } while (engine.proposal !== undefined)
  return trades
}

/** Fills what the last bar proposed; an entry that is too small for one lot is dropped. */
export function fillAtBarPrice(engine: Engine, sizing: LotSizing): Trade | undefined {
  const { proposal } = engine
  if (proposal === undefined) return undefined
  if (proposal.kind === 'exit') {
    const { price, quantity, reason } = proposal
    return engine.confirmExit({ price, quantity, feesUsd: 0, fundingUsd: 0, complete: true, reason })
  }
  const { asset, notional, entryPrice: price } = proposal.entry
  const quantity = sizing(notional, price, asset)
  if (quantity > 0) engine.confirmEntry({ price, quantity, feesUsd: 0 })
  else engine.dropEntry()
  return undefined
}
