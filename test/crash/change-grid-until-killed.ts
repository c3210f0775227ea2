import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { openGridFile } from '../../src/adapters/grid-memory/grid-file.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { untold } from '../adapters/grid-memory/clients.js'

/**
 * Changes a grid for ever, everything in it at once, until somebody ends the process: on stdout the token of a lock, then the
 * number of each change before it is made.
 */
const { store } = await openGridFile({
  file: process.argv[2]!,
  everyMs: 1,
  timer: clockTimer(systemClock),
  streamCapacity: 20,
  writeFailed(failure) {
    throw failure
  },
})
const grid = memoryGrid({ store, listenerFailed: untold })
const fence = await grid.lock('lock').acquire()
process.stdout.write(`fence ${fence}\n`)
const first = Number((await grid.reference('number').get()) ?? '-1') + 1
for (let i = first; ; i++) {
  process.stdout.write(`${i}\n`)
  const filler = 'x'.repeat((i * 7_919) % 300_000)
  void grid.map('map').set('first', `${i}`)
  void grid.map('map').set('filler', filler)
  void grid.stream('stream').append(`${i}`)
  void grid.reference('number').set(`${i}`)
  void grid.map('map').set('last', `${i}`)
  await new Promise((resolve) => setImmediate(resolve))
}
