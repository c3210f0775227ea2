import { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import { DecisionRecovery } from '../../src/core/decision/recover.js'
import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../src/core/engine/parameters.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import { ExecutionRecovery } from '../../src/core/execution/recover.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import { ChampionStrategy } from '../../src/core/strategy/champion.js'
import type { JournalReader } from '../../src/ports/journal.js'
import type { Strategy } from '../../src/ports/strategy.js'
import { INSTRUMENTS } from './market.js'
import { SeededStrategy } from './seeded-strategy.js'

export const STARTING_BALANCE_USD = '20000'

/** A side that a journal is read into, as a process does it when it starts. */
export interface Recovery<Record, S> {
  readonly reader: Required<JournalReader<Record>>
  /** When everything was taken. */
  side(): S
}

export function executionRecovery(build: string): Recovery<ExecutionRecord, ExecutionSide> {
  const reader = new ExecutionRecovery()
  const settings = { ...EXECUTION_DEFAULTS, instruments: INSTRUMENTS, build }
  return { reader, side: () => ExecutionSide.resume(settings, reader.state) }
}

export function decisionRecovery(
  build: string,
  strategies: () => readonly Strategy[],
): Recovery<DecisionRecord, DecisionSide> {
  const settings = {
    ...DECISION_DEFAULTS,
    instruments: INSTRUMENTS,
    build,
    idPrefix: 'sim',
    initialBalanceUsd: STARTING_BALANCE_USD,
  }
  const reader = new DecisionRecovery(settings, strategies)
  return { reader, side: () => DecisionSide.resume(reader) }
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
