import { stat } from 'node:fs/promises'
import { datesOf } from '../../adapters/market-parquet/part-files.js'
import { mergedRows, readMarket } from '../../adapters/market-parquet/read-market.js'
import { type Recording, type RecordingGap, readRecording } from '../../adapters/market-parquet/recording-file.js'
import { type QuoteRow, rawRecording } from '../../adapters/raw-market/raw-recording.js'
import { DataRefused, InputMistake, Interrupted } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { REPLAYED_TABLES, type ReplayedRow } from '../../core/orderbook/replayed-books.js'
import { reason } from '../../files/reason.js'
import type { RecordingFacts } from '../../ports/market-recording.js'
import type { BookScale } from '../../ports/vocabulary/depth.js'
import { startProgress } from '../shell/progress.js'
import { noticeWarning } from '../shell/terminal.js'

export interface RecordingChoice {
  /** A folder with `recording.json`, or a raw recording. */
  readonly path: string
  /** From bar to bar, ms; absent: as recorded. */
  readonly stepMs?: number | undefined
  /** Whose rows are read; absent: all. */
  readonly symbols?: readonly string[] | undefined
  readonly quiet: boolean
  readonly signal?: AbortSignal
}

/** A recorded market, whatever form it has. */
export interface BookRecording {
  /** The decimals of a raw recording's symbols are there when their first row is. */
  readonly facts: RecordingFacts
  /** Whether bars are closed as they were when it was recorded, or before the first frame that is stamped at or after their end. */
  readonly hasClosings: boolean
  /** Rows in the order in which they happened. Throws `Interrupted` when the signal is aborted, `DataRefused` for bad data. */
  rows(): AsyncGenerator<RecordedRow, void, void>
}

/** What makes bars, and the best quotes that were recorded beside the books. */
export type RecordedRow = ReplayedRow | { readonly table: 'quotes'; readonly row: QuoteRow }

/**
 * Opens a recorded market.
 *
 * @throws InputMistake where nothing is at the path; DataRefused for a folder that is no recording.
 */
export async function openBookRecording(choice: RecordingChoice): Promise<BookRecording> {
  const { path } = choice
  const entry = await stat(path).catch((error: unknown) => {
    throw new InputMistake({ place: path, message: `cannot open the recording: ${reason(error)}` })
  })
  return entry.isDirectory() ? parquetRecording(choice) : rawFile(choice, entry.size)
}

/** Of a recording that does not tell its step. The champion's. */
const STEP_MS = 5_000

function rawFile({ path, stepMs = STEP_MS, symbols, quiet, signal }: RecordingChoice, bytes: number): BookRecording {
  const scales: Record<string, BookScale> = {}
  const wanted = symbols === undefined ? undefined : new Set(symbols)
  return {
    facts: { stepMs, books: 'diffs', scales },
    hasClosings: false,
    async *rows() {
      const progress = startProgress({ total: Math.ceil(bytes / BYTES_PER_MB), unit: 'MB', label: 'Reading', quiet })
      let [read, told] = [0, 0]
      const reading = {
        symbol: symbols?.length === 1 ? symbols[0] : undefined,
        cutShort: (line: number) =>
          noticeWarning(`${path}:${line}: the recording ends here, in the middle of a line: what came before was read`),
        progress(more: number) {
          read += more
          const whole = Math.floor(read / BYTES_PER_MB)
          if (whole > told) progress.advance(whole - told)
          told = whole
        },
      }
      try {
        for await (const next of rawRecording(path, reading)) {
          refuseInterrupted(signal)
          const { symbol } = next.row
          if (wanted?.has(symbol) === false) continue
          if (next.table !== 'listed') yield next
          else scales[symbol] = next.row
        }
      } finally {
        progress.stop()
      }
    },
  }
}

const BYTES_PER_MB = 1_000_000

async function parquetRecording({ path, stepMs, symbols, quiet, signal }: RecordingChoice): Promise<BookRecording> {
  const recording = await readRecording(path)
  if (recording === undefined) {
    const message = 'expected a recorded market with its recording.json, or a raw recording (a file), found neither'
    throw new DataRefused({ place: path, message })
  }
  await refuseOfBestLevels(path, recording)
  const step = stepMs ?? recording.stepMs
  // Closings of bars of another step close no bar of this one.
  const hasClosings = step === recording.stepMs && (await hasRows(path))
  const tables = REPLAYED_TABLES.filter((table) => hasClosings || table !== 'closings')
  const unwritten = recording.gaps.filter(({ why }) => why === 'unwritable')
  for (const { fromMs, untilMs, why } of recording.gaps)
    noticeWarning(`${path}: rows of ${utc(fromMs)} … ${utc(untilMs)} may be missing (${why})`)
  return {
    facts: { ...recording, stepMs: step },
    hasClosings,
    async *rows() {
      const startMs = recording.starts[0]?.atMs ?? 0
      const minutes = Math.ceil(((recording.durable?.ms ?? startMs) - startMs) / MINUTE_MS)
      const progress = startProgress({ total: minutes, unit: 'min', label: 'Replaying', quiet })
      let told = 0
      try {
        const read = mergedRows(path, tables, present({ symbols: symbols && ['', ...symbols] }))
        for await (const next of begunAnew(read, unwritten)) {
          refuseInterrupted(signal)
          if (next.table === 'frames') {
            const minute = Math.min(minutes, Math.floor((next.row.E_ms - startMs) / MINUTE_MS))
            if (minute > told) progress.advance(minute - told)
            told = Math.max(told, minute)
          }
          yield next
        }
      } finally {
        progress.stop()
      }
    },
  }
}

const MINUTE_MS = 60_000

/**
 * The rows, and after each gap one that says that all begins anew, as a process that starts writes it: the books of before miss
 * changes, and would stand still in every bar of the gap.
 */
async function* begunAnew(
  rows: AsyncIterable<ReplayedRow>,
  gaps: readonly RecordingGap[],
): AsyncGenerator<ReplayedRow, void, void> {
  const left = [...gaps].sort((one, other) => one.beforeN - other.beforeN)
  for await (const next of rows) {
    let isAfterGap = false
    while (left[0] !== undefined && left[0].beforeN <= next.row.n) isAfterGap = left.shift() !== undefined
    if (isAfterGap) yield { table: 'listings', row: { n: next.row.n, t_ms: openAt(next), symbol: '', is_listed: true } }
    yield next
  }
}

/** Some time within the bar that is open when the row comes. */
function openAt(next: ReplayedRow): number {
  switch (next.table) {
    case 'frames':
      return next.row.E_ms
    case 'liquidations':
      return next.row.T_ms
    case 'closings':
      return next.row.t_ms - 1
    default:
      return next.row.t_ms
  }
}

/** What `serve order-book-universe` records are figures of a minute: there is no frame to replay. */
async function refuseOfBestLevels(path: string, { scales }: Pick<Recording, 'scales'>): Promise<void> {
  if (Object.keys(scales).length > 0 || (await datesOf(path, 'universe')).length === 0) return
  throw new DataRefused(
    {
      place: path,
      message: 'expected the frames of books, as serve order-book records them, found the table universe',
    },
    { hint: 'The rows of order-book-universe are Parquet that any reader reads; dolphin data verify checks them.' },
  )
}

async function hasRows(path: string): Promise<boolean> {
  for await (const rows of readMarket(path, 'closings')) if (rows.length > 0) return true
  return false
}

function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Interrupted('Interrupted while the recording was read.')
}

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
