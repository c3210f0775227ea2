import { writeSync } from 'node:fs'
import { openFileJournal } from '../../src/adapters/journal/file-journal.js'
import { recordLine } from '../../src/core/journal/frame.js'
import { journalFormat } from '../../src/core/journal/journal-format.js'
import type { JournalRecord } from '../../src/ports/journal.js'

/**
 * Writes records until it is killed, and says at once, on stdout, up to which one they are durable. Segments are small, so
 * that many a kill meets the step from one to the next.
 */
const [folder] = process.argv.slice(2)
const format = journalFormat<JournalRecord>('execution', 'b1')
const { records, journal } = await openFileJournal(folder!, format, { take() {} }, { segmentBytesMax: 4000 })
writeSync(1, `opened ${records}\n`)
let next = records + 1
journal.listen({
  durable(lines) {
    writeSync(1, `durable ${records + lines}\n`)
  },
  failed(message) {
    writeSync(1, `failed ${message}\n`)
  },
})
setInterval(() => {
  for (let i = 0; i <= next % 5; i++) {
    journal.append(recordLine({ n: next, atMs: next, inputs: 'abc', type: 'x'.repeat((next * 7919) % 400) }))
    next++
  }
}, 1)
