import { assert } from '../../base/assert.js'
import { openingSide, oppositeSide } from '../../base/direction.js'
import { type DecimalText, decimalText, Exact, exact } from '../../base/exact.js'
import { present } from '../../base/present.js'
import type { OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { Instrument, InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { EntryRejectReason } from '../../ports/vocabulary/messages.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import type { Action } from '../arbitration/arbitration.js'
import { floorToLot, quantityForNotional } from '../orders/rounding.js'
import { type AccountState, leverage, type PositionRisk, portfolioRisk } from './calculator.js'
import { capitalRoom, notionalRoom } from './capital.js'
import type { LossBreaker } from './loss-breaker.js'
import type { RiskConfig } from './risk-config.js'

/** Source: module contracts, layer 4. */
export interface ValidationResult {
  readonly valid: boolean
  readonly reason: string | null
  /** The limit's name in {@link RiskConfig} or of the instrument; null when valid. */
  readonly violatedInvariant: string | null
  /** Whether it stands in the way of the action. */
  readonly blocking: boolean
  /** The same for those who report it. */
  readonly reject: EntryRejectReason | null
}

interface ApprovedTerms {
  readonly action: 'ENTRY' | 'REDUCE'
  readonly strategyId: string
  readonly instrument: InstrumentIdentity
  readonly direction: Direction
  readonly side: OrderSide
  /** Base units, whole lots. */
  readonly quantity: DecimalText
  /** USD: the price that the decision was made at. */
  readonly requestedPrice: DecimalText
  /** USD that the strategy asked for, before lots. */
  readonly targetNotionalUsd: DecimalText
  /** ENTRY: as its action's. */
  readonly provenance?: OrderProvenance
}

/** Known to this module alone: without it the constructor that every instance shows refuses. */
const KEY = Symbol('risk')

/** A private field makes a literal or a copy fail to compile, and `isApproved` finds a cast out. */
class Approval {
  readonly #terms: ApprovedTerms

  constructor(key: typeof KEY, terms: ApprovedTerms) {
    assert(key === KEY, 'only risk makes an approved order')
    this.#terms = Object.freeze(terms)
  }

  get terms(): ApprovedTerms {
    return this.#terms
  }

  static has(value: unknown): value is Approval {
    return typeof value === 'object' && value !== null && #terms in value
  }
}

/** An order that risk let pass. Only {@link approve} makes one; it cannot be changed. */
export type ApprovedOrder = Approval

export function isApproved(value: unknown): value is ApprovedOrder {
  return Approval.has(value)
}

export interface RiskContext {
  readonly config: RiskConfig
  readonly account: AccountState
  /** Those that are not flat. */
  readonly positions: readonly PositionRisk[]
  readonly breaker: LossBreaker
  /** The symbol's; undefined when it is not one that we trade. */
  readonly instrument: Instrument | undefined
}

/**
 * An ENTRY or REDUCE as the order that carries it out, or why not. Sizes are rounded down to lots and never cut to fit
 * a limit: an entry that is too large is refused.
 */
export function approve(action: Action, context: RiskContext): ApprovedOrder | ValidationResult {
  assert(action.type === 'ENTRY' || action.type === 'REDUCE', 'only entries and reductions are approved')
  const { instrument } = context
  if (instrument === undefined) return refusal('instrument', 'REJECT_INSTRUMENT', `${action.symbol} is not traded here`)
  return action.type === 'ENTRY'
    ? approveEntry(action, instrument, context)
    : approveReduction(action, instrument, context)
}

function approveEntry(action: Action, instrument: Instrument, context: RiskContext): ApprovedOrder | ValidationResult {
  const { breaker } = context
  if (breaker.state === 'OPEN') return refusal('lossBreaker', 'REJECT_RISK_LIMIT', `loss breaker: ${breaker.cause}`)
  if (instrument.status !== 'TRADING')
    return refusal('status', 'REJECT_INSTRUMENT', `${action.symbol} is ${instrument.status}`)
  const quantity = quantityForNotional(action.notionalUsd!, action.price!, instrument)
  const notional = quantity.times(action.price!)
  return (
    instrumentRefusal(quantity, notional, instrument) ??
    limitRefusal(notional, action, instrument, context) ??
    mint(action, action.direction!, quantity, instrument)
  )
}

function approveReduction(
  action: Action,
  instrument: Instrument,
  context: RiskContext,
): ApprovedOrder | ValidationResult {
  const position = context.positions.find(({ symbol }) => symbol === action.symbol)
  if (position === undefined)
    return refusal('position', 'REJECT_RISK_LIMIT', `no position in ${action.symbol} to reduce`)
  const asked = quantityForNotional(action.notionalUsd!, action.price!, instrument)
  const held = floorToLot(exact(position.quantity), instrument)
  const quantity = Exact.min(asked, held)
  const rest = held.minus(quantity)
  if (!rest.isZero() && rest.lessThan(instrument.minQuantity))
    return refusal(
      'minQuantity',
      'REJECT_LOT_OR_NOTIONAL',
      `${rest.toFixed()} would be left, which no order of at least ${instrument.minQuantity} can close`,
    )
  if (quantity.lessThan(instrument.minQuantity))
    return refusal(
      'minQuantity',
      'REJECT_LOT_OR_NOTIONAL',
      `${quantity.toFixed()} of at least ${instrument.minQuantity}`,
    )
  return mint(action, position.direction, quantity, instrument)
}

function instrumentRefusal(quantity: Exact, notional: Exact, instrument: Instrument): ValidationResult | undefined {
  const { minQuantity, maxQuantity, minNotionalUsd } = instrument
  const found = () => `${quantity.toFixed()} found`
  if (quantity.isZero() || quantity.lessThan(exact(minQuantity)))
    return refusal(
      'minQuantity',
      'REJECT_LOT_OR_NOTIONAL',
      `a quantity of ${minQuantity} at least expected, ${found()}`,
    )
  if (quantity.greaterThan(exact(maxQuantity)))
    return refusal('maxQuantity', 'REJECT_LOT_OR_NOTIONAL', `a quantity of ${maxQuantity} at most expected, ${found()}`)
  if (notional.lessThan(exact(minNotionalUsd)))
    return refusal(
      'minNotionalUsd',
      'REJECT_LOT_OR_NOTIONAL',
      `a notional of ${minNotionalUsd} USD at least expected, ${notional.toFixed()} found`,
    )
  return undefined
}

function limitRefusal(
  notional: Exact,
  action: Action,
  instrument: Instrument,
  context: RiskContext,
): ValidationResult | undefined {
  const { config, account, positions } = context
  const now = portfolioRisk(account, positions)
  if (now.totalLeverage > config.leverageMax)
    return risk('leverageMax', `the leverage is ${now.totalLeverage} of ${config.leverageMax} already`)
  if (now.minLiquidationDistance !== null && now.minLiquidationDistance < config.liquidationDistanceCritical)
    return risk('liquidationDistanceCritical', `${now.minLiquidationDistance} from liquidation`)
  const equity = exact(account.equityUsd)
  const exposure = notional.plus(now.exposureUsd)
  const after = leverage(exposure, equity)
  if (after > config.leverageTarget) return risk('leverageTarget', `leverage ${after} of ${config.leverageTarget}`)
  const ofSymbol = after - now.totalLeverage + (now.leverageOfSymbol[action.symbol] ?? 0)
  if (ofSymbol > config.symbolLeverageMax)
    return risk('symbolLeverageMax', `leverage ${ofSymbol} of ${config.symbolLeverageMax} in ${action.symbol}`)
  // Cross margin: equity is gone, but for the maintenance margin, when the price has moved by this.
  const distance = 1 / after - Number(instrument.maintenanceMarginRate)
  if (distance < config.liquidationDistanceMin)
    return risk('liquidationDistanceMin', `${distance} from liquidation, ${config.liquidationDistanceMin} expected`)
  const view = { account, config, positions, instrument }
  if (notional.greaterThan(notionalRoom(view))) {
    const { quantityMax } = capitalRoom({ ...view, price: decimalText(action.price!) })
    return risk('marginAvailable', `the available margin carries ${quantityMax}, ${action.notionalUsd} USD asked`)
  }
  return undefined
}

function mint(action: Action, direction: Direction, quantity: Exact, instrument: Instrument): ApprovedOrder {
  assert(action.strategyId !== null, 'an action that trades has a strategy')
  const opens = action.type === 'ENTRY'
  return new Approval(KEY, {
    action: opens ? 'ENTRY' : 'REDUCE',
    strategyId: action.strategyId,
    instrument: instrument.identity,
    direction,
    side: opens ? openingSide(direction) : oppositeSide(openingSide(direction)),
    quantity: quantity.toFixed(),
    requestedPrice: decimalText(action.price!),
    targetNotionalUsd: decimalText(action.notionalUsd!),
    ...present({ provenance: action.provenance }),
  })
}

function risk(violatedInvariant: keyof RiskConfig | 'marginAvailable', reason: string): ValidationResult {
  return refusal(violatedInvariant, 'REJECT_RISK_LIMIT', reason)
}

function refusal(violatedInvariant: string, reject: EntryRejectReason, reason: string): ValidationResult {
  return { valid: false, reason: `${violatedInvariant}: ${reason}`, violatedInvariant, blocking: true, reject }
}
