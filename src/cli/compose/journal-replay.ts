import { join } from 'node:path'
import type { ExchangeRecord } from '../../adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../adapters/paper/exchange-recovery.js'
import { DataRefused } from '../../base/mistakes.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { ExecutionRecovery } from '../../core/execution/recover.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { codeHash } from '../shell/code-hash.js'
import type { ReadingOptions, Replay } from './journal-reading.js'

/** A replay of the journal of an execution side. */
export function executionReplay(folder: string): Replay {
  const recovery = new ExecutionRecovery()
  return replayInto(folder, recovery, (record) => recovery.take(record as unknown as ExecutionRecord))
}

/** A replay of the journal of a paper exchange. */
export function exchangeReplay(folder: string): Replay {
  const recovery = new ExchangeRecovery()
  return replayInto(folder, recovery, (record) => recovery.take(record as unknown as ExchangeRecord))
}

/** Record by record, so that one that cannot be applied has a number. */
function replayInto(folder: string, recovery: ExecutionRecovery | ExchangeRecovery, take: Replay['take']): Replay {
  return {
    begin: (checkpoint) => recovery.begin(checkpoint),
    take(record) {
      try {
        take(record)
      } catch (error) {
        throw new DataRefused({
          place: displayPath(folder),
          message: `record ${record.n} (${record.type}) does not follow: ${reason(error)}`,
        })
      }
    },
    checkpoint: () => recovery.checkpoint(),
    finish() {
      const { state, stateHash } = recovery.checkpoint()
      return { state: state as object, stateHash }
    },
  }
}

/** A check of each segment's beginning: the state that its process had there is the one that is replayed. */
export function holdTo(folder: string, side: Replay): NonNullable<ReadingOptions['opened']> {
  return ({ name, build, stateHash }, recordsBefore) => {
    if (stateHash === null) return
    const found = side.checkpoint()?.stateHash
    if (found === stateHash) return
    throw new DataRefused(
      {
        place: { file: displayPath(join(folder, name)) },
        message: `the state behind record ${recordsBefore}: expected ${stateHash}, as its process had it, found ${found}`,
      },
      { hint: `It was written by build ${build}, this is ${codeHash().slice(0, BUILD_DIGITS)}.` },
    )
  }
}

const BUILD_DIGITS = 16
