import { compare } from '../../adapters/paper/compare.js'
import type { DecimalText } from '../../base/exact.js'
import type { AlgoOrder, AlgoWanted } from './algo-order.js'

/** Prices of the moment, USD. */
export interface TriggerPrices {
  readonly mark: DecimalText
  /** Traded last. */
  readonly last: DecimalText
}

/** Is the condition of an order met now? Not of a trailing stop, whose condition has a history. */
export function isMet({ side, type, triggerPrice, workingType }: AlgoWanted, { mark, last }: TriggerPrices): boolean {
  if (triggerPrice === undefined) return false
  const beyond = compare(workingType === 'MARK_PRICE' ? mark : last, triggerPrice)
  const isStop = type === 'STOP' || type === 'STOP_MARKET'
  return isStop === (side === 'BUY') ? beyond >= 0 : beyond <= 0
}

/** With protection nothing triggers while mark and last are so far apart. The exchange's `triggerProtect`, one for all here. */
export function isProtected({ priceProtect }: AlgoWanted, { mark, last }: TriggerPrices): boolean {
  return priceProtect && Math.abs(Number(last) / Number(mark) - 1) > TRIGGER_PROTECT
}

const TRIGGER_PROTECT = 0.05

/** What a price does to a trailing stop: it begins to follow, follows, or is met. */
export function trail(algo: AlgoOrder, { mark, last }: TriggerPrices): 'waits' | 'activated' | 'follows' | 'met' {
  const price = Number(algo.workingType === 'MARK_PRICE' ? mark : last)
  const isBuy = algo.side === 'BUY'
  if (!algo.isActive) {
    const { activatePrice } = algo
    const isReached =
      activatePrice === undefined || (isBuy ? price <= Number(activatePrice) : price >= Number(activatePrice))
    if (!isReached) return 'waits'
    algo.isActive = true
    algo.extreme = price
    return 'activated'
  }
  algo.extreme = isBuy ? Math.min(algo.extreme, price) : Math.max(algo.extreme, price)
  const callback = Number(algo.callbackRate) / 100
  const isBack = isBuy ? price >= algo.extreme * (1 + callback) : price <= algo.extreme * (1 - callback)
  return isBack ? 'met' : 'follows'
}
