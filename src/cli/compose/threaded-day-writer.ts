import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { parquetDayWriter } from '../../adapters/parquet/day-writer.js'
import type { DayColumns, DaySink } from '../../ports/days.js'
import type { DayAnswer, DayErrand } from './day-writing-thread.js'

/**
 * Writes each day in a thread of its own: one of fifty contracts takes half a second, in which live prices would stand still. The
 * columns are given away with it. Without a built thread it does so here.
 */
export function threadedDayWriter(entry: URL = DAY_WRITING_THREAD): DaySink {
  return {
    async write(path, columns) {
      if (!existsSync(fileURLToPath(entry))) return parquetDayWriter.write(path, columns)
      const answer = await answerOf(entry, { dayPath: path, columns })
      if ('failure' in answer) throw new Error(`${path}: ${answer.failure}`)
      return answer
    },
  }
}

function answerOf(entry: URL, errand: DayErrand): Promise<DayAnswer> {
  return new Promise((resolve, reject) => {
    // Without the parent's flags: a loader of the parent (tsx, vitest) would only slow the start of built code.
    const worker = new Worker(entry, { workerData: errand, transferList: buffersOf(errand.columns), execArgv: [] })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread that writes a day ended with exit code ${code}`)))
  })
}

function buffersOf({ timestampNs, scanNumber, velDiv, eigen, prices }: DayColumns): ArrayBuffer[] {
  const columns = [timestampNs, scanNumber, velDiv, ...Object.values(eigen), ...prices]
  return [...new Set(columns.flatMap((column) => (column === undefined ? [] : [column.buffer as ArrayBuffer])))]
}

/** Where the thread's code is: beside this file once built. */
const DAY_WRITING_THREAD = new URL('./day-writing-thread.js', import.meta.url)
