import { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../src/core/engine/parameters.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import { ChampionStrategy } from '../../src/core/strategy/champion.js'
import type { Strategy } from '../../src/ports/strategy.js'
import { INSTRUMENTS } from './market.js'
import { SeededStrategy } from './seeded-strategy.js'

export const STARTING_BALANCE_USD = '20000'

export function executionSide(records: readonly ExecutionRecord[], build: string): ExecutionSide {
  const settings = { ...EXECUTION_DEFAULTS, instruments: INSTRUMENTS, build }
  return records.length === 0 ? new ExecutionSide(settings) : ExecutionSide.recover(settings, records)
}

export function decisionSide(
  records: readonly DecisionRecord[],
  build: string,
  strategies: readonly Strategy[],
): DecisionSide {
  const settings = {
    ...DECISION_DEFAULTS,
    instruments: INSTRUMENTS,
    build,
    idPrefix: 'sim',
    initialBalanceUsd: STARTING_BALANCE_USD,
    checkpointBars: 20,
  }
  return records.length === 0
    ? new DecisionSide(settings, strategies)
    : DecisionSide.recover(settings, strategies, records)
}

/** One seed in eight runs the champion, with windows that fit a run of minutes; the others two that throw dice. */
export function strategiesOf(seed: number): readonly Strategy[] {
  if (seed % 8 === 0) {
    return [
      new ChampionStrategy({
        id: 'champion',
        parameters: HASTY,
        direction: -1,
        initialCapital: Number(STARTING_BALANCE_USD),
      }),
    ]
  }
  return [new SeededStrategy('dice', seed), new SeededStrategy('more-dice', seed + 1_000_003)]
}

const HASTY: EngineParameters = {
  ...DEFAULT_PARAMETERS,
  lookback: 8,
  dc_lookback_bars: 1,
  dc_min_magnitude_bps: 0,
  min_irp_alignment: 0,
  fixed_tp_pct: 0.002,
  max_hold_bars: 5,
}
