import type { Mandate, MandateType } from '../../ports/strategy.js'
import type { OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { Position, PositionState } from '../position/position.js'

export type ActionType = 'ENTRY' | 'EXIT' | 'REDUCE' | 'HOLD' | 'NO_ACTION'

/** What happens to one symbol in one cycle. Source: module contracts, layer 3; `direction` closes its gap 4. */
export interface Action {
  readonly type: ActionType
  readonly symbol: string
  /** Whose mandate won; null when there was none. */
  readonly strategyId: string | null
  /** ENTRY: the mandate's. Null otherwise. */
  readonly direction: Direction | null
  /** USD, of ENTRY and REDUCE. */
  readonly notionalUsd: number | null
  /** USD: the price that the decision was made at. */
  readonly price: number | null
  /** The winner's reason; for NO_ACTION what stood against it. */
  readonly reason: string
  /** ENTRY: the belief, signal, regime and permission that it was released with; absent: no harness stood before it. */
  readonly provenance?: OrderProvenance
}

/** A mandate that may be decided on: one to enter has where it comes from with it. */
export type ReleasedMandate = Mandate & Pick<Action, 'provenance'>

/** Highest first. */
const PRECEDENCE: Record<MandateType, number> = { EXIT: 5, BLOCK: 4, REDUCE: 3, ENTRY: 2, HOLD: 1 }

const POSSIBLE: Record<PositionState, Record<MandateType, boolean>> = {
  FLAT: { EXIT: false, BLOCK: true, REDUCE: false, ENTRY: true, HOLD: true },
  ENTERING: { EXIT: true, BLOCK: true, REDUCE: false, ENTRY: false, HOLD: true },
  OPEN: { EXIT: true, BLOCK: true, REDUCE: true, ENTRY: false, HOLD: true },
  REDUCING: { EXIT: true, BLOCK: true, REDUCE: false, ENTRY: false, HOLD: true },
  CLOSING: { EXIT: false, BLOCK: true, REDUCE: false, ENTRY: false, HOLD: true },
}

/**
 * Exactly one action for every symbol that has a mandate or a position: that of the highest mandate, by type, authority,
 * earlier time and strategy id. Mandates are never combined, and their order is irrelevant. A winner that the position's
 * state does not allow becomes NO_ACTION: what lost to it does not take its place.
 *
 * Actions come in the order in which they are to be executed: exits, reductions, entries by rank, the rest.
 */
export function arbitrate(
  mandates: readonly ReleasedMandate[],
  positions: readonly Pick<Position, 'symbol' | 'state'>[],
): readonly Action[] {
  const winners = new Map<string, ReleasedMandate>()
  for (const mandate of mandates) {
    const best = winners.get(mandate.symbol)
    if (best === undefined || compareMandates(mandate, best) < 0) winners.set(mandate.symbol, mandate)
  }
  const states = new Map(positions.map(({ symbol, state }) => [symbol, state]))
  const actions = [...winners.values()]
    .sort(compareMandates)
    .map((winner) => actionOf(winner, states.get(winner.symbol)))
  const idle = [...states.keys()].filter((symbol) => !winners.has(symbol)).sort()
  return [...actions, ...idle.map((symbol) => noAction(symbol, null, 'no mandate'))]
}

/**
 * What is wrong with a mandate, or undefined. A strategy that issues one is at fault as if it had thrown.
 */
export function mandateFault(mandate: Mandate): string | undefined {
  const { type, symbol, authority, timestampMs, direction, notionalUsd, price, confidence } = mandate
  if (!Object.hasOwn(PRECEDENCE, type))
    return `type: one of ${Object.keys(PRECEDENCE).join(', ')} expected, ${type} found`
  if (typeof symbol !== 'string' || symbol === '') return 'symbol: a name expected, none found'
  if (!(authority >= 0 && authority <= 1)) return `authority: 0 to 1 expected, ${authority} found`
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 1))
    return `confidence: 0 to 1 expected, ${confidence} found`
  if (!Number.isFinite(timestampMs)) return `timestampMs: a time expected, ${timestampMs} found`
  if (type === 'ENTRY' && direction !== 1 && direction !== -1) return `direction: 1 or -1 expected, ${direction} found`
  if ((type === 'ENTRY' || type === 'REDUCE') && !isAboveZero(notionalUsd))
    return `notionalUsd: above zero expected, ${notionalUsd} found`
  const needsPrice = type === 'ENTRY' || type === 'REDUCE'
  if ((needsPrice || price !== undefined) && !isAboveZero(price)) return `price: above zero expected, ${price} found`
  return undefined
}

/** Negative when `a` ranks higher. Total over everything that an action carries, so that no order of arrival shows. */
function compareMandates(a: Mandate, b: Mandate): number {
  return (
    PRECEDENCE[b.type] - PRECEDENCE[a.type] ||
    b.authority - a.authority ||
    a.timestampMs - b.timestampMs ||
    compareTexts(a.strategyId, b.strategyId) ||
    compareTexts(a.symbol, b.symbol) ||
    compareTexts(a.reason, b.reason) ||
    (a.direction ?? 0) - (b.direction ?? 0) ||
    (a.notionalUsd ?? 0) - (b.notionalUsd ?? 0) ||
    (a.price ?? 0) - (b.price ?? 0)
  )
}

function actionOf(winner: ReleasedMandate, state: PositionState = 'FLAT'): Action {
  const { type, symbol, strategyId, reason } = winner
  if (type === 'BLOCK') return noAction(symbol, strategyId, `blocked: ${reason}`)
  if (!POSSIBLE[state][type]) return noAction(symbol, strategyId, `${type} while ${state}`)
  const sized = type === 'ENTRY' || type === 'REDUCE'
  return {
    type,
    symbol,
    strategyId,
    direction: type === 'ENTRY' ? winner.direction! : null,
    notionalUsd: sized ? winner.notionalUsd! : null,
    price: winner.price ?? null,
    reason,
    ...(type === 'ENTRY' && winner.provenance !== undefined ? { provenance: winner.provenance } : {}),
  }
}

function noAction(symbol: string, strategyId: string | null, reason: string): Action {
  return { type: 'NO_ACTION', symbol, strategyId, direction: null, notionalUsd: null, price: null, reason }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isAboveZero(value: number | undefined): boolean {
  return value !== undefined && value > 0 && Number.isFinite(value)
}
