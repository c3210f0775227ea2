import { Exact } from '../../base/exact.js'
import type { StrategyFill } from '../../ports/strategy.js'
import type { Position } from '../position/position.js'
import type { Holding } from './state.js'

/** What a strategy is to be told. */
export type StrategyCall =
  | { readonly strategyId: string; readonly kind: 'fill'; readonly fill: StrategyFill }
  | { readonly strategyId: string; readonly kind: 'dropped'; readonly symbol: string; readonly reason: string }

/** What a strategy is told of its entry so far. */
export function entryCall(holding: Holding, position: Position): StrategyCall {
  return {
    strategyId: holding.strategyId,
    kind: 'fill',
    fill: {
      symbol: holding.instrument.symbol,
      direction: holding.direction,
      leg: 'entry',
      price: Number(position.entryPrice),
      quantity: Number(position.entryQuantity),
      feesUsd: Number(holding.entryFeesUsd),
      fundingUsd: Number(holding.fundingUsd),
      complete: position.entryOver,
      reason: '',
    },
  }
}

/** What it is told of its exit so far. */
export function exitCall(holding: Holding, complete: boolean): StrategyCall {
  const quantity = new Exact(holding.exitQuantity)
  return {
    strategyId: holding.strategyId,
    kind: 'fill',
    fill: {
      symbol: holding.instrument.symbol,
      direction: holding.direction,
      leg: 'exit',
      price: new Exact(holding.exitValueUsd).div(quantity).toNumber(),
      quantity: quantity.toNumber(),
      feesUsd: Number(holding.exitFeesUsd),
      fundingUsd: Number(holding.fundingUsd),
      complete,
      reason: holding.lastExit?.strategyReason ?? '',
    },
  }
}
