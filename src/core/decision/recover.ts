import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { assert } from '../../base/assert.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { present } from '../../base/present.js'
import type { Checkpoint, JournalReader } from '../../ports/journal.js'
import type { Strategy } from '../../ports/strategy.js'
import { checkPosition } from '../position/position.js'
import { apply } from './apply.js'
import type { DecisionFact, DecisionRecord } from './records.js'
import type { DecisionSettings } from './settings.js'
import { type DecisionState, initialState } from './state.js'
import { Strategies } from './strategies.js'

/** Its number rises with every change of what a `DecisionState` is made of. */
export const DECISION_SHAPE = 'decision/5'

/** What a journal left. */
export interface Recovered {
  readonly state: DecisionState
  readonly strategies: Strategies
}

/**
 * The decision side's state, made of a checkpoint and of the records behind it, one after the other: none is kept. The
 * strategies are stepped along.
 */
export class DecisionRecovery implements JournalReader<DecisionRecord> {
  private recovered: Recovered
  private atMs = 0

  /** @param strategies makes new ones, as they are before the first bar. */
  constructor(
    readonly settings: DecisionSettings,
    private readonly strategies: () => readonly Strategy[],
  ) {
    this.recovered = this.atFirst()
  }

  begin(checkpoint: Checkpoint | undefined): string | undefined {
    this.recovered = this.atFirst()
    this.atMs = 0
    if (checkpoint === undefined) return undefined
    try {
      this.restore(checkpoint)
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }

  take(record: DecisionRecord): void {
    const { state, strategies } = this.recovered
    const { lossBreaker } = this.settings.risk
    this.recovered = { state: apply(state, record, strategies, lossBreaker).state, strategies }
    this.atMs = record.atMs
  }

  checkpoint(): Checkpoint | undefined {
    return checkpointOf(this.recovered, this.atMs)
  }

  /** @throws Error when the journal was begun with another id prefix or balance than the settings'. @internal */
  finish(): Recovered {
    checkBegun(this.recovered.state, this.settings)
    return this.recovered
  }

  private atFirst(): Recovered {
    return { state: initialState(this.settings), strategies: new Strategies(this.strategies()) }
  }

  private restore({ shape, stateHash, state: held, atMs, records }: Checkpoint): void {
    if (shape !== DECISION_SHAPE) throw new Error(`shape: expected ${DECISION_SHAPE}, found ${shape}`)
    const { state, strategies: snapshots } = held as CheckpointState
    const { strategies } = this.recovered
    if (state.position !== null) checkPosition(state.position)
    strategies.restore(snapshots)
    const recovered = { state, strategies }
    const found = stateHashOf(recovered)
    if (found !== stateHash) throw new Error(`state: expected the one whose hash is ${stateHash}, found ${found}`)
    assert(state.records === records, 'a state knows how many records led to it')
    this.recovered = recovered
    this.atMs = atMs
  }
}

interface CheckpointState {
  readonly state: DecisionState
  readonly strategies: Readonly<Record<string, unknown>>
}

/** Undefined when a strategy cannot tell its state. */
export function checkpointOf({ state, strategies }: Recovered, atMs: number): Checkpoint | undefined {
  const { snapshots, faults } = strategies.snapshots()
  if (faults.length > 0) return undefined
  const held: CheckpointState = { state, strategies: snapshots }
  return { records: state.records, atMs, shape: DECISION_SHAPE, stateHash: hashOf({ ...held, faults }), state: held }
}

export function stateHashOf({ state, strategies }: Recovered): string {
  const { snapshots, faults } = strategies.snapshots()
  return hashOf({ state, strategies: snapshots, faults })
}

function hashOf(value: object): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value)))).slice(0, 16)
}

/** The first record of a journal: what it is bound to. */
export function begunWith(
  { idPrefix, initialBalanceUsd, boundTo }: DecisionSettings,
  strategies: readonly string[],
): Extract<DecisionFact, { readonly type: 'begun' }> {
  return { type: 'begun', idPrefix, initialBalanceUsd, strategies, ...present({ boundTo }) }
}

function checkBegun({ begun }: DecisionState, settings: DecisionSettings): void {
  if (begun === null) return
  for (const key of ['idPrefix', 'initialBalanceUsd'] as const)
    if (begun[key] !== settings[key])
      throw new Error(`decision journal: ${key}: begun with ${begun[key]}, ${settings[key]} found in the settings`)
}
