import { openFileJournal } from '../src/adapters/journal/file-journal.js'
import { recordLine } from '../src/core/journal/frame.js'
import { journalFormat } from '../src/core/journal/journal-format.js'
import { BUILD } from '../test/support/in-and-out.js'

const AT_MS = Date.UTC(2026, 0, 5)

/** Microseconds of an append to a journal in a folder and its fsync, alone, one after the other. */
export async function commitTimes(folder: string, commits: number): Promise<number[]> {
  const { journal } = await openFileJournal(folder, journalFormat('decision', BUILD), { take() {} })
  const times: number[] = []
  let durable: () => void = () => {}
  journal.listen({ durable: () => durable(), failed })
  for (let n = 1; n <= commits; n++) {
    const record = { n, atMs: AT_MS, inputs: '00000000', type: 'bench', text: 'x'.repeat(400) }
    const start = performance.now()
    journal.append(recordLine(record))
    await new Promise<void>((resolve) => {
      durable = resolve
    })
    times.push((performance.now() - start) * 1e3)
  }
  await journal.close()
  return times
}

function failed(message: string): void {
  throw new Error(message)
}
