/**
 * Day files in Parquet: found, read on threads, and written.
 *
 * @example
 * ```ts
 * import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
 *
 * for await (const outcome of parquetDays.read(await findDayFiles(['days']), { workers: 2 })) {
 *   if ('error' in outcome) console.log(outcome.error.message)
 *   else console.log(outcome.day.columns.date, outcome.day.columns.bars)
 * }
 * ```
 *
 * @module
 */

export { findDayFiles } from '../adapters/parquet/day-files.js'
export { parquetDayWriter } from '../adapters/parquet/day-writer.js'
export { createParquetDays, type ParquetDaysSettings, parquetDays } from '../adapters/parquet/parquet-days.js'
