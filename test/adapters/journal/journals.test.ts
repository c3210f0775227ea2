import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { present } from '../../../src/base/present.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import { journalContract } from '../journal-contract.js'
import { lineOf, open, temporaryFolder } from './folders.js'

const filePlace = (segmentBytesMax: number) => () => {
  const folder = temporaryFolder()
  return {
    open: async (capacity?: number) => (await open(folder, { segmentBytesMax, ...present({ capacity }) })).journal,
    async lines() {
      const { records, journal } = await open(folder)
      await journal.close()
      return records.map(recordLine)
    },
  }
}

journalContract('a folder', filePlace(1 << 20), lineOf)
journalContract('a folder of tiny segments', filePlace(1), lineOf)
journalContract(
  'memory',
  () => {
    const store: string[] = []
    return { open: async (capacity) => new MemoryJournal(store, capacity), lines: async () => store }
  },
  lineOf,
)
