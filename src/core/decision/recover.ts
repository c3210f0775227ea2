import { checkPosition } from '../position/position.js'
import { apply } from './apply.js'
import type { DecisionRecord } from './records.js'
import type { DecisionSettings } from './settings.js'
import { type DecisionState, initialState } from './state.js'
import type { Strategies } from './strategies.js'

/**
 * The state that records lead to, from the last checkpoint on, with the strategies stepped along.
 *
 * @throws Error when the journal was begun with another id prefix or balance than the settings', or a checkpoint holds a
 *   position that none can be.
 */
export function recoverState(
  settings: DecisionSettings,
  strategies: Strategies,
  records: readonly DecisionRecord[],
): DecisionState {
  let from = records.length - 1
  while (from >= 0 && records[from]!.type !== 'checkpoint') from--
  let state = initialState(settings)
  const checkpoint = records[from]
  if (checkpoint?.type === 'checkpoint') {
    state = checkpoint.state
    if (state.position !== null) checkPosition(state.position)
    strategies.restore(checkpoint.strategies)
  }
  for (let i = Math.max(from, 0); i < records.length; i++)
    state = apply(state, records[i]!, strategies, settings.risk.circuitBreaker).state
  checkBegun(state, settings)
  return state
}

function checkBegun({ begun }: DecisionState, settings: DecisionSettings): void {
  if (begun === null) return
  for (const key of ['idPrefix', 'initialBalanceUsd'] as const)
    if (begun[key] !== settings[key])
      throw new Error(`decision journal: ${key}: begun with ${begun[key]}, ${settings[key]} found in the settings`)
}
