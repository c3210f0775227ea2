import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parquetDayWriter } from '../../adapters/parquet/day-writer.js'
import type { DayColumns, DaySink } from '../../ports/days.js'
import type { DayAnswer, DayErrand } from './day-writing-thread.js'
import { threadAnswer } from './thread-answer.js'

/**
 * Writes each day in a thread of its own: one of fifty contracts takes half a second, in which live prices would stand still. The
 * columns are given away with it. Without a built thread it does so here.
 */
export function threadedDayWriter(entry: URL = DAY_WRITING_THREAD): DaySink {
  return {
    async write(path, columns) {
      if (!existsSync(fileURLToPath(entry))) return parquetDayWriter.write(path, columns)
      const errand: DayErrand = { dayPath: path, columns }
      const thread = { entry, data: errand, buffers: buffersOf(columns), what: 'the thread that writes a day' }
      const answer = await threadAnswer<DayAnswer>(thread)
      if ('failure' in answer) throw new Error(`${path}: ${answer.failure}`)
      return answer
    },
  }
}

function buffersOf({ timestampNs, scanNumber, velDiv, eigen, prices }: DayColumns): ArrayBuffer[] {
  const columns = [timestampNs, scanNumber, velDiv, ...Object.values(eigen), ...prices]
  return [...new Set(columns.flatMap((column) => (column === undefined ? [] : [column.buffer as ArrayBuffer])))]
}

/** Where the thread's code is: beside this file once built. */
const DAY_WRITING_THREAD = new URL('./day-writing-thread.js', import.meta.url)
