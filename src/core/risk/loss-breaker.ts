import { type DecimalText, Exact } from '../../base/exact.js'
import type { Mandate } from '../../ports/strategy.js'
import type { LossBreakerLimits } from './risk-config.js'

/** Strategy id of the mandates that the risk layer itself issues. */
export const RISK_STRATEGY_ID = 'risk'

/** CLOSED lets trade; OPEN blocks every entry until a person resets it. Plain JSON. */
export interface LossBreaker {
  readonly state: 'CLOSED' | 'OPEN'
  /** Closed trades that lost, in a row up to the last. */
  readonly consecutiveLosses: number
  /** USD, of the trades since it was last closed; negative is a loss. */
  readonly netPnlUsd: DecimalText
  /** USD: the capital when it was last closed. */
  readonly capitalUsd: DecimalText
  /** What opened it; null while closed. */
  readonly cause: string | null
}

/** @param capitalUsd the capital that losses are measured against, above zero. */
export function closedBreaker(capitalUsd: DecimalText): LossBreaker {
  return { state: 'CLOSED', consecutiveLosses: 0, netPnlUsd: '0', capitalUsd, cause: null }
}

/**
 * Counts a closed trade. Only ever opens: a win ends a losing streak, it does not close an open breaker.
 * Source: module contracts, layer 4 (`circuit_breaker.py`).
 */
export function countTrade(breaker: LossBreaker, netPnlUsd: DecimalText, limits: LossBreakerLimits): LossBreaker {
  const net = new Exact(netPnlUsd)
  const counted: LossBreaker = {
    ...breaker,
    consecutiveLosses: net.isNegative() ? breaker.consecutiveLosses + 1 : 0,
    netPnlUsd: net.plus(breaker.netPnlUsd).toFixed(),
  }
  if (breaker.state === 'OPEN') return counted
  const cause = causeToOpen(counted, limits)
  return cause === undefined ? counted : { ...counted, state: 'OPEN', cause }
}

/**
 * Closed again and counting from here: only ever by a person's command.
 *
 * @throws RangeError without a reason.
 */
export function resetBreaker(capitalUsd: DecimalText, reason: string): LossBreaker {
  if (reason.trim() === '') throw new RangeError('resetting the loss breaker needs a reason')
  return closedBreaker(capitalUsd)
}

/** BLOCK for each of the symbols while it is open, none of them while it is closed: blocking is never partial. */
export function breakerMandates(
  breaker: LossBreaker,
  symbols: Iterable<string>,
  timestampMs: number,
): readonly Mandate[] {
  return breaker.state === 'CLOSED' ? [] : blockMandates(`loss breaker: ${breaker.cause}`, symbols, timestampMs)
}

/** Nothing is entered in any of the symbols. */
export function blockMandates(reason: string, symbols: Iterable<string>, timestampMs: number): readonly Mandate[] {
  const common = { strategyId: RISK_STRATEGY_ID, type: 'BLOCK', authority: 1, timestampMs } as const
  return Array.from(symbols, (symbol) => ({ ...common, symbol, reason }))
}

function causeToOpen(breaker: LossBreaker, limits: LossBreakerLimits): string | undefined {
  const { consecutiveLossesMax, lossPctMax } = limits
  if (consecutiveLossesMax !== null && breaker.consecutiveLosses >= consecutiveLossesMax)
    return `${breaker.consecutiveLosses} losses in a row`
  if (lossPctMax === null) return undefined
  const loss = new Exact(breaker.netPnlUsd).negated()
  const allowed = new Exact(breaker.capitalUsd).times(lossPctMax)
  return loss.greaterThanOrEqualTo(allowed) ? `loss of ${loss.toFixed(2)} USD of ${breaker.capitalUsd}` : undefined
}
