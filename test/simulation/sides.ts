import type { DecisionEvent } from '../../src/core/decision/decision-side.js'
import { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import type { Strategy } from '../../src/ports/strategy.js'
import { INSTRUMENTS } from './market.js'
import { SeededStrategy } from './seeded-strategy.js'

export const STARTING_BALANCE_USD = '20000'

export function executionSide(records: readonly ExecutionRecord[], build: string): ExecutionSide {
  const settings = { ...EXECUTION_DEFAULTS, instruments: INSTRUMENTS, build }
  return records.length === 0 ? new ExecutionSide(settings) : ExecutionSide.recover(settings, records)
}

export function decisionSide(records: readonly DecisionRecord[], build: string, seed: number): DecisionSide {
  const settings = {
    ...DECISION_DEFAULTS,
    instruments: INSTRUMENTS,
    build,
    idPrefix: 'sim',
    initialBalanceUsd: STARTING_BALANCE_USD,
    checkpointBars: 20,
  }
  const strategies = strategiesOf(seed)
  return records.length === 0
    ? new DecisionSide(settings, strategies)
    : DecisionSide.recover(settings, strategies, records)
}

function strategiesOf(seed: number): readonly Strategy[] {
  return [new SeededStrategy('dice', seed), new SeededStrategy('more-dice', seed + 1_000_003)]
}
