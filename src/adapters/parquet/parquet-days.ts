import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { DayFile, DayOutcome, DaySource, ReadDaysOptions } from '../../ports/days.js'
import { dayColumns, decodeDay } from './decode-day.js'
import { dayError } from './refusal.js'

export { findDayFiles } from './day-files.js'

/** Day files in Parquet. */
export const parquetDays: DaySource = {
  async *read(files: readonly DayFile[], options: ReadDaysOptions): AsyncIterable<DayOutcome> {
    for (const file of files) {
      options.signal?.throwIfAborted()
      yield await readDay(file, options.eigenColumns === true)
    }
  },
}

async function readDay(file: DayFile, eigen: boolean): Promise<DayOutcome> {
  try {
    const bytes = await readFile(file.path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const columns = dayColumns(file.date, await decodeDay(bytes, eigen))
    return { file, day: { file, columns, sha256, cached: false } }
  } catch (error) {
    return { file, error: dayError(error, file.path) }
  }
}
