import { setImmediate as nextTurn } from 'node:timers/promises'
import { date, fields, flag, having, listOf, number, optional, refuse, text, that } from '../../base/arguments.js'
import type { DayFile, DayOutcome, DaySource, ReadDaysOptions, Rename } from '../../ports/days.js'
import { beginCacheRun } from './cache-eviction.js'
import { dayColumns } from './day-columns.js'
import { DayReader, type ReadDay } from './day-reader.js'
import { compileKernels } from './kernels.js'
import { dayError } from './refusal.js'
import type { WorkerSetup } from './worker-messages.js'
import { WorkerPool } from './worker-pool.js'

export { findDayFiles, searchDayFiles } from './day-files.js'

export interface ParquetDaysSettings {
  /**
   * Reuse a day's memory for a later day as soon as the next day is asked for: its arrays then have length 0. For a
   * consumer that is done with a day before it takes the next; saves a copy and the page faults of fresh memory, 1 to 3 ms a day.
   */
  readonly reuseBuffers?: boolean
  /**
   * The columns that hold prices, whatever they are called and no others; absent: those whose names are symbols
   * (`BTCUSDT`, `BTC-USD`, `BTCUSD_PERP`). A day may lack some of them.
   */
  readonly assets?: readonly string[]
  /** Symbols that have another name from some day on; the first that fits a column counts. */
  readonly renames?: readonly Rename[]
  /** The thread's code, where it is not beside this file. */
  readonly workerEntry?: URL
}

/** Days decoded ahead of the consumer, beyond one for each thread. */
const AHEAD = 2

const bytes = number({ min: 0, integer: true })
const FILES = listOf(fields<DayFile>({ date, path: text, bytes }))
const OPTIONS = fields<ReadDaysOptions>({
  workers: number({ min: 0, integer: true }),
  eigenColumns: optional(flag),
  cacheDir: optional(text),
  cacheBytesMax: optional(bytes),
  signal: optional(having('an AbortSignal', 'throwIfAborted', 'addEventListener')),
})
const SETTINGS = fields<ParquetDaysSettings>({
  reuseBuffers: optional(flag),
  assets: optional(listOf(text)),
  renames: optional(listOf(fields<Rename>({ from: text, to: text, date }))),
  workerEntry: optional(that('a URL', (value) => value instanceof URL)),
})

/** Day files in Parquet; a day's arrays stay valid as long as they are held. */
export const parquetDays: DaySource = createParquetDays()

/**
 * Day files in Parquet, with settings that the port does not know.
 *
 * @throws InputMistake that names every setting that is wrong; `read` does so of its arguments, at once.
 */
export function createParquetDays(settings: ParquetDaysSettings = {}): DaySource {
  refuse(SETTINGS(settings, 'settings'))
  return {
    read(files, options) {
      refuse(FILES(files, 'files'), OPTIONS(options, 'options'))
      return readDays(files, options, settings)
    },
  }
}

async function* readDays(
  files: readonly DayFile[],
  options: ReadDaysOptions,
  settings: ParquetDaysSettings,
): AsyncGenerator<DayOutcome, void, void> {
  options.signal?.throwIfAborted()
  if (files.length === 0) return
  const module = compileKernels()
  const { eigenColumns: eigen = false, cacheDir, cacheBytesMax } = options
  const setup = { options: { eigen, assets: settings.assets, cacheDir, cacheBytesMax }, module }
  const reader = new DayReader(setup.options, module)
  // The first file is read here while the threads start, so one thread fewer than files is enough.
  const threads = Math.min(options.workers, files.length - 1)
  const run = cacheDir === undefined ? undefined : await beginCacheRun(cacheDir, cacheBytesMax)
  try {
    if (threads <= 0) yield* readHere(reader, files, options.signal, settings)
    else yield* readOnThreads(reader, threads, setup, files, options.signal, settings)
  } finally {
    await run?.release()
  }
}

/** One file after another on this thread. */
async function* readHere(
  reader: DayReader,
  files: readonly DayFile[],
  signal: AbortSignal | undefined,
  settings: ParquetDaysSettings,
): AsyncGenerator<DayOutcome, void, void> {
  for (const file of files) {
    // Nothing here waits for the outside, so without a turn of the event loop no Ctrl-C would be heard before the end.
    await nextTurn()
    signal?.throwIfAborted()
    const read = await settled(reader.read(file.path))
    yield outcomeOf(file, read, settings)
    if (settings.reuseBuffers && 'buffer' in read) reader.recycle(detached(read.buffer))
  }
}

/** The first file on this thread while the others start, all others on them; in order, a few ahead of the consumer. */
async function* readOnThreads(
  reader: DayReader,
  threads: number,
  setup: WorkerSetup,
  files: readonly DayFile[],
  signal: AbortSignal | undefined,
  settings: ParquetDaysSettings,
): AsyncGenerator<DayOutcome, void, void> {
  const pool = new WorkerPool(threads, setup, reader, settings.workerEntry)
  const abortion = abortionOf(signal)
  const underWay: Promise<ReadDay | Failure>[] = []
  const readAhead = (taken: number) => {
    for (; next < files.length && next <= taken + threads + AHEAD; next++) {
      underWay.push(settled(pool.read(files[next]!.path)))
    }
    if (next === files.length) pool.finish()
  }
  let next = 1
  try {
    readAhead(0)
    underWay.unshift(settled(reader.read(files[0]!.path)))
    for (const [taken, file] of files.entries()) {
      const read = await Promise.race([underWay.shift()!, abortion.aborted])
      signal?.throwIfAborted()
      if ('failure' in read || settings.reuseBuffers) yield outcomeOf(file, read, settings)
      else yield outcomeOf(file, { ...read, buffer: ownCopy(read, pool) }, settings)
      if (settings.reuseBuffers && 'buffer' in read) pool.recycle(read.buffer)
      readAhead(taken + 1)
    }
  } finally {
    abortion.forget()
    await pool.close()
  }
}

interface Failure {
  readonly failure: unknown
}

function settled(reading: Promise<ReadDay>): Promise<ReadDay | Failure> {
  return reading.catch((failure: unknown) => ({ failure }))
}

function outcomeOf(file: DayFile, read: ReadDay | Failure, { renames }: ParquetDaysSettings): DayOutcome {
  try {
    if ('failure' in read) throw read.failure
    const { sha256, cached } = read
    return { file, day: { file, columns: dayColumns(file, read, renames), sha256, cached } }
  } catch (error) {
    return { file, error: dayError(error, file.path) }
  }
}

/**
 * Memory of this thread for a day that its consumer may keep. A buffer that came from another thread weighs nothing in
 * this thread's garbage collector: 56 of them stayed alive to the end (470 MB instead of 120).
 */
function ownCopy({ rows, columns, buffer }: ReadDay, pool: WorkerPool): ArrayBuffer {
  const copy = buffer.slice(0, rows * columns.length * 8)
  pool.recycle(buffer)
  return copy
}

/** A promise that rejects when the signal aborts, and the way to stop listening. */
function abortionOf(signal: AbortSignal | undefined): { aborted: Promise<never>; forget: () => void } {
  let listener = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    listener = () => reject(signal?.reason)
  })
  aborted.catch(() => undefined)
  signal?.addEventListener('abort', listener)
  return { aborted, forget: () => signal?.removeEventListener('abort', listener) }
}

/** The same memory as a new buffer; views of the old one have length 0. */
function detached(buffer: ArrayBuffer): ArrayBuffer {
  return structuredClone(buffer, { transfer: [buffer] })
}
