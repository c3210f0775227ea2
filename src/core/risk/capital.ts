import { type DecimalText, Exact, exact } from '../../base/exact.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import { floorToLot } from '../orders/rounding.js'
import { type AccountState, exposureUsd, type PositionRisk } from './calculator.js'
import type { RiskConfig } from './risk-config.js'

export interface CapitalRoom {
  /** USD that margin is left for; never below zero. */
  readonly availableUsd: DecimalText
  /** USD of further exposure in this symbol that the limits allow; never below zero. */
  readonly notionalMaxUsd: DecimalText
  /** Base units, whole lots, one order. */
  readonly quantityMax: DecimalText
}

export interface CapitalView {
  readonly account: AccountState
  readonly config: RiskConfig
  readonly positions: readonly PositionRisk[]
  readonly instrument: Instrument
}

/** USD of further exposure in the instrument that the limits allow; never below zero. See {@link capitalRoom}. */
export function notionalRoom({ account, config, positions, instrument }: CapitalView): Exact {
  const ofSymbol = positions.filter(({ symbol }) => symbol === instrument.identity.symbol)
  const marginLeverage = Math.min(config.leverageMax, instrument.maxLeverage)
  return Exact.min(
    roomOfLeverage(account, config.leverageTarget, positions),
    roomOfLeverage(account, config.symbolLeverageMax, ofSymbol),
    atLeastZero(exact(account.marginAvailableUsd)).times(marginLeverage),
  )
}

/**
 * How much of an instrument may still be bought or sold at a price: by L_target and L_symbol_max of the equity, and by the
 * available margin at the leverage that the venue grants, L_max at most. A formula; nothing here overrides a limit.
 * Source: module contracts, layer 4 (`capital_manager.py`).
 */
export function capitalRoom(room: CapitalView & { readonly price: DecimalText }): CapitalRoom {
  const { account, instrument, price } = room
  const available = atLeastZero(exact(account.marginAvailableUsd))
  const notionalMax = notionalRoom(room)
  const quantity = Exact.min(notionalMax.div(price), instrument.maxQuantity)
  return {
    availableUsd: available.toFixed(),
    notionalMaxUsd: notionalMax.toFixed(),
    quantityMax: floorToLot(quantity, instrument).toFixed(),
  }
}

function roomOfLeverage(account: AccountState, leverageMax: number, positions: readonly PositionRisk[]): Exact {
  const used = positions.reduce((sum, position) => sum.plus(exposureUsd(position)), new Exact(0))
  return atLeastZero(exact(account.equityUsd).times(leverageMax).minus(used))
}

function atLeastZero(value: Exact): Exact {
  return Exact.max(value, 0)
}
