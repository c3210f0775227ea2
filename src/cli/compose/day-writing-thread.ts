import { parentPort, workerData } from 'node:worker_threads'
import { parquetDayWriter } from '../../adapters/parquet/day-writer.js'
import { reason } from '../../files/reason.js'
import type { DayColumns } from '../../ports/days.js'

/** What the thread is started for: one day to write. */
export interface DayErrand {
  readonly dayPath: string
  readonly columns: DayColumns
}

/** What it answers. */
export type DayAnswer = { readonly bytes: number; readonly sha256: string } | { readonly failure: string }

if (parentPort !== null && isErrand(workerData)) parentPort.postMessage(await answerTo(workerData))

async function answerTo({ dayPath, columns }: DayErrand): Promise<DayAnswer> {
  try {
    return await parquetDayWriter.write(dayPath, columns)
  } catch (error) {
    return { failure: reason(error) }
  }
}

/** Other threads load modules of this one's bundle, too. */
function isErrand(data: unknown): data is DayErrand {
  return typeof data === 'object' && data !== null && 'dayPath' in data
}
