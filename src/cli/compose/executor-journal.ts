import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LOCK_FILE } from '../../adapters/journal/segment-files.js'
import { isWriterAtWork } from '../../files/writer-lock.js'
import type { Checkpoint } from '../../ports/journal.js'
import { type AnyRecord, readJournal } from './journal-reading.js'
import { holdsJournal } from './kept-exchange.js'

/**
 * The last time in the journal of an executor of its own, UTC ms; 0 where there is none. An executor lives on for a moment when
 * its session is killed, and no time goes back: the session waits until it is gone.
 */
export async function lastTimeOf(folder: string): Promise<number> {
  if (!holdsJournal(folder)) return 0
  const lock = join(folder, LOCK_FILE)
  // One that stays is not ours: the new executor will say so.
  for (let polls = 0; polls < GONE_POLLS_MAX && (await isWriterAtWork(lock)); polls++) await setTimeout(GONE_POLL_MS)
  let atMs = 0
  const take = (records: readonly AnyRecord[]) => {
    atMs = records.at(-1)?.atMs ?? atMs
    return true
  }
  const begin = {
    at(checkpoint: Checkpoint | undefined) {
      atMs = checkpoint?.atMs ?? 0
      return undefined
    },
  }
  await readJournal(folder, { quiet: true, label: 'Reading', begin, take })
  return atMs
}

const GONE_POLL_MS = 20
const GONE_POLLS_MAX = 500
