import type { DayFile, DayOutcome, DaySource, ReadDaysOptions } from '../../ports/days.js'
import { dayColumns } from './day-columns.js'
import { DayReader } from './day-reader.js'
import { dayError } from './refusal.js'

export { findDayFiles } from './day-files.js'

/** Day files in Parquet. */
export const parquetDays: DaySource = {
  async *read(files: readonly DayFile[], options: ReadDaysOptions): AsyncIterable<DayOutcome> {
    const reader = new DayReader()
    for (const file of files) {
      options.signal?.throwIfAborted()
      yield await readDay(reader, file, options.eigenColumns === true)
    }
  },
}

async function readDay(reader: DayReader, file: DayFile, eigen: boolean): Promise<DayOutcome> {
  try {
    const day = await reader.read(file.path, eigen)
    return { file, day: { file, columns: dayColumns(file.date, day), sha256: day.sha256, cached: day.cached } }
  } catch (error) {
    return { file, error: dayError(error, file.path) }
  }
}
