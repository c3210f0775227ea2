import { assert } from '../../base/assert.js'
import { directionSign } from '../../base/direction.js'
import type { DecimalText } from '../../base/exact.js'
import type { TradeRecord } from '../../ports/vocabulary/session.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { type Amount, amount, NOTHING, quotient, total } from './exact-ledger.js'

/** What a difference of results comes from, in the order in which it is taken apart. */
export const CAUSES = [
  /** Size: capital differed, the share of it did not. */
  'capital',
  /** Size: another share of the capital, since earlier results differed. */
  'exposure',
  /** Size: lots, limits and risk, between what was asked for and what was ordered. */
  'lots',
  /** Size: what was ordered did not fill whole. */
  'partialFill',
  'entryPrice',
  /** Left at another time: a fill between bars, or an exit decided on another bar. */
  'exitTime',
  'exitPrice',
  'fees',
  'funding',
  /** The bulk run's simulated slippage refund and order-book edge, which no venue pays. */
  'simulation',
  /** The bulk run computes in float64. */
  'arithmetic',
  /** A trade of the bulk run that the session does not have, and the reverse. */
  'missed',
  'extra',
  'unexplained',
] as const

export type Cause = (typeof CAUSES)[number]

/** USD by cause; positive is in the session's favour. */
export type Effects = Readonly<Record<Cause, DecimalText>>

/** Of the position's value: float64 sums of a trade's result are off by less, anything beyond is a wrong figure. */
const FLOAT_ERROR = 1e-9

/**
 * Whether two figures that are computed in different ways, in float64 and in decimals, mean the same. A share of capital
 * is a product of a dozen factors.
 */
export function nearlyEqual(a: Amount, b: Amount): boolean {
  return a.minus(b).abs().lessThanOrEqualTo(a.abs().plus(b.abs()).times(FLOAT_ERROR))
}

/** How a session's exit relates to the bulk run's. */
export type ExitRelation =
  /** Decided on the same bar: a difference is one of prices. */
  | { readonly kind: 'sameBar' }
  /** At another time; prices are told apart at `referencePrice`, what the session's exit was decided at. USD. */
  | { readonly kind: 'otherTime'; readonly referencePrice: Amount }

interface Leg {
  readonly sign: 1 | -1
  readonly quantity: Amount
  readonly fees: Amount
  readonly funding: Amount
  readonly net: Amount
}

interface BulkLeg extends Leg {
  readonly entryPrice: Amount
  readonly exitPrice: Amount
  /** Refund and edge. */
  readonly simulated: Amount
}

/** USD that the strategy asked for, and the capital it did so with. */
interface Sizing {
  readonly target: Amount
  readonly capital: Amount
}

function bulkSizing(trade: Trade): Sizing {
  const capital = amount(trade.capitalBefore)
  const target = capital.times(amount(trade.fraction)).times(amount(trade.leverage))
  assert(target.greaterThan(0), 'a trade of the bulk run has capital, leverage and fraction')
  return { capital, target }
}

function sessionSizing(trade: TradeRecord): Sizing {
  return { capital: amount(trade.capitalUsd), target: amount(trade.targetNotionalUsd) }
}

/**
 * The difference `session − bulk` of a trade's net result, by cause. What each is worth is said in docs/compare.md; they sum to
 * the difference exactly, whatever the two trades are. `unexplained` holds what a record contradicts itself by.
 */
export function pairEffects(bulkTrade: Trade, record: TradeRecord, exit: ExitRelation): Record<Cause, Amount> {
  const bulk = bulkLeg(bulkTrade)
  const session = sessionLeg(record)
  const entryValue = amount(record.entryValueUsd)
  const exitValue = amount(record.exitValueUsd)
  const perUnit = bulk.exitPrice.minus(bulk.entryPrice).times(bulk.sign)
  const sizes = sizeSteps(bulkTrade, bulk.quantity, record)
  const reference = exit.kind === 'sameBar' ? bulk.exitPrice : exit.referencePrice
  const bulkAgain = perUnit.times(bulk.quantity).minus(bulk.fees).plus(bulk.funding).plus(bulk.simulated)
  const arithmetic = bulkAgain.minus(bulk.net)
  const isFloatError = arithmetic.abs().lessThanOrEqualTo(bulk.entryPrice.times(bulk.quantity).times(FLOAT_ERROR))
  const contradiction = contradictionOf(record)
  return {
    ...noEffects(),
    capital: perUnit.times(sizes.capital),
    exposure: perUnit.times(sizes.exposure),
    lots: perUnit.times(sizes.lots),
    partialFill: perUnit.times(sizes.partialFill),
    entryPrice: bulk.entryPrice.times(session.quantity).minus(entryValue).times(session.sign),
    exitTime: reference.minus(bulk.exitPrice).times(session.quantity).times(session.sign),
    exitPrice: exitValue.minus(reference.times(session.quantity)).times(session.sign),
    fees: bulk.fees.minus(session.fees),
    funding: session.funding.minus(bulk.funding),
    simulation: bulk.simulated.negated(),
    arithmetic: isFloatError ? arithmetic : NOTHING,
    unexplained: isFloatError ? contradiction : contradiction.plus(arithmetic),
  }
}

/** What a record's net is off by, against its own prices, fees and funding, USD. */
export function contradictionOf(record: TradeRecord): Amount {
  const { sign, fees, funding, net } = sessionLeg(record)
  const gain = amount(record.exitValueUsd).minus(amount(record.entryValueUsd)).times(sign)
  return net.minus(gain.minus(fees).plus(funding))
}

/** Base units from the bulk run's size to the session's, step by step. */
function sizeSteps(
  bulkTrade: Trade,
  from: Amount,
  record: TradeRecord,
): Record<'capital' | 'exposure' | 'lots' | 'partialFill', Amount> {
  const bulk = bulkSizing(bulkTrade)
  const session = sessionSizing(record)
  const byCapital = nearlyEqual(bulk.capital, session.capital)
    ? from
    : quotient(from.times(session.capital), bulk.capital)
  const sharesAlike = nearlyEqual(session.target.times(bulk.capital), bulk.target.times(session.capital))
  const byShare = sharesAlike ? byCapital : quotient(from.times(session.target), bulk.target)
  const ordered = amount(record.orderedQuantity)
  const filled = amount(record.quantity)
  return {
    capital: byCapital.minus(from),
    exposure: byShare.minus(byCapital),
    lots: ordered.minus(byShare),
    partialFill: filled.minus(ordered),
  }
}

export function noEffects(): Record<Cause, Amount> {
  return Object.fromEntries(CAUSES.map((cause) => [cause, NOTHING])) as Record<Cause, Amount>
}

export function sumOf(effects: Readonly<Record<Cause, Amount>>): Amount {
  return total(Object.values(effects))
}

/** Base units: what was confirmed, or what the notional buys at the entry price. */
export function bulkQuantity(trade: Trade): Amount {
  return trade.quantity === undefined
    ? quotient(amount(trade.notional), amount(trade.entryPrice))
    : amount(trade.quantity)
}

function bulkLeg(trade: Trade): BulkLeg {
  const entryPrice = amount(trade.entryPrice)
  return {
    sign: trade.direction,
    quantity: bulkQuantity(trade),
    entryPrice,
    exitPrice: amount(trade.exitPrice),
    fees: amount(trade.entryFee).plus(amount(trade.exitFee)),
    funding: amount(trade.fundingUsd ?? 0),
    simulated: amount(trade.refundUsd).plus(amount(trade.edgeUsd)),
    net: amount(trade.net),
  }
}

function sessionLeg(trade: TradeRecord): Leg {
  return {
    sign: directionSign(trade.direction),
    quantity: amount(trade.quantity),
    fees: amount(trade.entryFeesUsd).plus(amount(trade.exitFeesUsd)),
    funding: amount(trade.fundingUsd),
    net: amount(trade.netPnl),
  }
}
