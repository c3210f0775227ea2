import type { Mandate } from '../../ports/strategy.js'
import { mandateFault } from '../arbitration/arbitration.js'
import { StrategyFailure } from './failure.js'

/**
 * What a strategy's `onBar` returned, as mandates.
 *
 * @throws StrategyFailure when it is no array of mandates of this very strategy.
 */
export function mandatesIn(answer: unknown, where: StrategyFailure['where']): readonly Mandate[] {
  if (!Array.isArray(answer))
    throw new StrategyFailure(where, `returned ${shown(answer)}, expected an array of mandates`)
  for (const mandate of answer as readonly unknown[]) {
    const fault = faultOf(mandate, where.strategyId)
    if (fault !== undefined) throw new StrategyFailure(where, `returned a mandate whose ${fault}`)
  }
  return answer as readonly Mandate[]
}

function faultOf(mandate: unknown, strategyId: string): string | undefined {
  if (typeof mandate !== 'object' || mandate === null) return `form: an object expected, ${shown(mandate)} found`
  const { strategyId: from } = mandate as Mandate
  if (from !== strategyId) return `strategyId: ${strategyId} expected, ${shown(from)} found`
  return mandateFault(mandate as Mandate)
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 60) ?? String(value))
}
