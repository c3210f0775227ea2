import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { Checkpoint, JournalReader } from '../../ports/journal.js'
import { apply, type ExecutionRecord } from './records.js'
import { type ExecutionState, initialState } from './state.js'

/** Its number rises with every change of what an `ExecutionState` is made of. */
export const EXECUTION_SHAPE = 'execution/3'

/** The execution side's state, made of a checkpoint and of the records behind it, one after the other: none is kept. */
export class ExecutionRecovery implements JournalReader<ExecutionRecord> {
  state: ExecutionState = initialState()
  private atMs = 0

  begin(checkpoint: Checkpoint | undefined): string | undefined {
    this.state = initialState()
    this.atMs = 0
    if (checkpoint === undefined) return undefined
    const { shape, stateHash, atMs, records } = checkpoint
    if (shape !== EXECUTION_SHAPE) return `shape: expected ${EXECUTION_SHAPE}, found ${shape}`
    const state = checkpoint.state as ExecutionState
    const found = stateHashOf(state)
    if (found !== stateHash) return `state: expected the one whose hash is ${stateHash}, found ${found}`
    if (state.n !== records) return `state: expected the one behind record ${records}, found ${state.n}`
    this.state = state
    this.atMs = atMs
    return undefined
  }

  take(record: ExecutionRecord): void {
    apply(this.state, record)
    this.atMs = record.atMs
  }

  checkpoint(): Checkpoint {
    return checkpointOf(this.state, this.atMs)
  }
}

/** The durable state that a journal's records lead to. */
export function replay(records: readonly ExecutionRecord[]): ExecutionState {
  const state = initialState()
  for (const record of records) apply(state, record)
  return state
}

/** Of a state that changes in place: as it is now. */
export function checkpointOf(state: ExecutionState, atMs: number): Checkpoint {
  return { records: state.n, atMs, shape: EXECUTION_SHAPE, stateHash: stateHashOf(state), state }
}

export function stateHashOf(state: ExecutionState): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(state)))).slice(0, 16)
}
