/**
 * Records rows, thousands a second, until it is killed, into the folder it is given: `tsx record-until-killed.ts <folder>`. Says the
 * number of the last row that the recorder has taken, the time, and up to when everything is durable, after each turn.
 */
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { openMarketRecorder } from '../../src/adapters/market-parquet/market-recorder.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import { leaveTime } from '../support/until.js'
import { FACTS, rowsOfTurn } from './recorded-turns.js'

const recorder = await openMarketRecorder({
  folder: process.argv[2]!,
  facts: FACTS,
  clock: systemClock,
  timer: clockTimer(systemClock),
  flushMs: 60,
  report: () => undefined,
})
for (;;) {
  let last = 0
  for (const { table, row } of rowsOfTurn(() => recorder.nextNumber())) {
    recorder.add(table, row)
    last = row.n
  }
  process.stdout.write(`${last} ${systemClock.epochMs()} ${recorder.health().durableMs}\n`)
  // A window that is made beside it must come to its end.
  await leaveTime(1)
}
