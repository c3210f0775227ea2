import { availableParallelism } from 'node:os'
import { createParquetDays, type ParquetDaysSettings, searchDayFiles } from '../../adapters/parquet/parquet-days.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { systemFailure } from '../../files/system-failure.js'
import type { DayFile, DayOutcome, DaySource } from '../../ports/days.js'
import { noticeWarning } from '../shell/terminal.js'

/** The day files that folders and paths name; tells of files there that may be meant as days. Throws InputMistake. */
export async function findDays(inputs: readonly string[]): Promise<readonly DayFile[]> {
  const { files, passedOver } = await searchDayFiles(inputs).catch((error: unknown) => {
    throw systemFailure(error) ?? new InputMistake(reason(error))
  })
  if (passedOver.length > 0) {
    const more = passedOver.length > SHOWN ? ` and ${passedOver.length - SHOWN} more` : ''
    const names = passedOver.slice(0, SHOWN).map(displayPath).join(', ')
    noticeWarning(`No days by their names (YYYY-MM-DD.parquet), passed over: ${names}${more}`)
  }
  return files
}

const SHOWN = 5

/** How day files are read. */
export interface ReadChoice {
  /** Decoding threads; absent: {@link defaultWorkers}. */
  readonly workers?: number
  /** Folder of the decoded-column cache; absent: none. */
  readonly cacheDir?: string
  /** Absent: what the cache holds when nobody says otherwise. */
  readonly cacheBytesMax?: number
  readonly signal: AbortSignal
  /** Which columns are prices, and whose. */
  readonly columns?: Pick<ParquetDaysSettings, 'assets' | 'renames'>
}

/**
 * How many threads decode `bytes` of days: none for a small run, where starting them takes longer than they save
 * (26 bundled days: 0.47 s without, 0.8 s with two), else up to two, beyond which the engine is what takes the time, and
 * none on the core that the engine needs: a thread takes 0.1 s of CPU time to start.
 */
export function defaultWorkers(bytes: number, cores = availableParallelism()): number {
  return bytes < WORKERS_FROM_BYTES ? 0 : Math.max(1, Math.min(2, cores - 1))
}

const WORKERS_FROM_BYTES = 100_000_000

/** Day files, their columns read as a run's settings say. */
export function daySource({ assets, renames }: NonNullable<ReadChoice['columns']> = {}): DaySource {
  return createParquetDays(present({ assets, renames }))
}

/** Days for a run that keeps nothing of a day once the next one begins: a day's memory can serve the next one. */
export function readDays(
  files: readonly DayFile[],
  { workers, cacheDir, cacheBytesMax, signal, columns: { assets, renames } = {} }: ReadChoice,
): AsyncIterable<DayOutcome> {
  const threads = workers ?? defaultWorkers(files.reduce((sum, file) => sum + file.bytes, 0))
  const source = createParquetDays({ reuseBuffers: true, ...present({ assets, renames }) })
  return source.read(files, { workers: threads, signal, ...present({ cacheDir, cacheBytesMax }) })
}
