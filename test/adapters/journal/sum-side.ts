import { crc32cHex } from '../../../src/base/crc32c.js'
import type { Checkpoint, JournalReader, JournalRecord } from '../../../src/ports/journal.js'

/** The smallest side with a state: the sum of its records' numbers. */
export class SumSide implements JournalReader<JournalRecord> {
  n = 0
  sum = 0

  begin(checkpoint: Checkpoint | undefined): string | undefined {
    const state = (checkpoint?.state ?? { n: 0, sum: 0 }) as { readonly n: number; readonly sum: number }
    if (checkpoint !== undefined && hashOf(state) !== checkpoint.stateHash)
      return `state: expected the one whose hash is ${checkpoint.stateHash}, found ${hashOf(state)}`
    this.n = state.n
    this.sum = state.sum
    return undefined
  }

  take({ n }: JournalRecord): void {
    if (n !== this.n + 1) throw new Error(`record ${n} after ${this.n}`)
    this.n = n
    this.sum += n
  }

  checkpoint(): Checkpoint {
    const state = { n: this.n, sum: this.sum }
    const { atMs } = sumRecord(this.n)
    return { records: this.n, atMs, shape: 'sum/1', stateHash: hashOf(state), state }
  }
}

export function sumRecord(n: number): JournalRecord {
  return { n, atMs: 1_000 * n, inputs: 'abc', type: 'TEST' }
}

function hashOf({ n, sum }: { readonly n: number; readonly sum: number }): string {
  return crc32cHex(`${n} ${sum}`)
}
