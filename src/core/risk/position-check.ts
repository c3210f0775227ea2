import { Exact } from '../../base/exact.js'
import type { PositionRisk } from './calculator.js'
import type { RiskConfig } from './risk-config.js'

/** The limit that a position has broken, and how; it is to be closed. Undefined when it has broken none. */
export function positionFault(
  position: PositionRisk,
  config: RiskConfig,
): { readonly limit: 'liquidationDistanceCritical' | 'stopLossPct'; readonly reason: string } | undefined {
  const { liquidationDistance, entryPrice, markPrice, direction } = position
  if (liquidationDistance !== null && liquidationDistance < config.liquidationDistanceCritical)
    return { limit: 'liquidationDistanceCritical', reason: `LIQUIDATION_DISTANCE ${liquidationDistance}` }
  if (config.stopLossPct === null) return undefined
  const lossPct = new Exact(markPrice).minus(entryPrice).times(-direction).div(entryPrice)
  return lossPct.lessThan(config.stopLossPct)
    ? undefined
    : { limit: 'stopLossPct', reason: `RISK_STOP ${lossPct.toFixed(6)}` }
}
