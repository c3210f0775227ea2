import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { rowsOfPart } from '../../../adapters/market-parquet/decode-part.js'
import { datesOf, type PartFile, partsOf } from '../../../adapters/market-parquet/part-files.js'
import { PartRefused } from '../../../adapters/market-parquet/part-refused.js'
import { RECORDING_FILE, type Recording, readRecording } from '../../../adapters/market-parquet/recording-file.js'
import { isMarketTable, MARKET_TABLES, TABLES } from '../../../adapters/market-parquet/table-columns.js'
import { NumberSet } from '../../../core/recording/number-set.js'
import { gapFindings } from '../../../core/recording/verify-gaps.js'
import { type RecordingFinding, type RowsSummary, RowsVerification } from '../../../core/recording/verify-rows.js'
import type { MarketTable } from '../../../ports/market-recording.js'
import type { RecordingManifest } from '../../../runtime/services/scan/recording-manifest.js'

/** The rows of a table of one date, after verification. */
export interface VerifiedRows extends RowsSummary {
  readonly parts: number
  readonly bytes: number
  readonly findings: readonly RecordingFinding[]
}

export interface VerifiedRecording {
  readonly folder: string
  /** What its `recording.json` says; absent where there is none. */
  readonly recording: Recording | undefined
  readonly dates: readonly VerifiedRows[]
  /** Of the recording as a whole. */
  readonly findings: readonly RecordingFinding[]
}

/** A folder of a recording, and which of its tables are meant. */
export interface RecordingFolder {
  readonly folder: string
  readonly tables: readonly MarketTable[]
}

/** A folder with a `recording.json` or with dates of tables in it, or such a table's own folder; undefined for anything else. */
export function recordingAt(path: string): RecordingFolder | undefined {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return undefined
  const table = basename(resolve(path))
  if (isMarketTable(table) && hasDates(path)) return { folder: dirname(resolve(path)), tables: [table] }
  const isRecording = isOfMarket(join(path, RECORDING_FILE)) || MARKET_TABLES.some((name) => hasDates(join(path, name)))
  return isRecording ? { folder: path, tables: MARKET_TABLES } : undefined
}

/** A scanner's recorded days have a file of that name, too, and are day files. Any other, damaged as it may be, is a market's. */
function isOfMarket(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { readonly schema?: unknown } | null)?.schema !== DAYS_SCHEMA
  } catch {
    return true
  }
}

const DAYS_SCHEMA: RecordingManifest['schema'] = 'dolphin.recording/1'

function hasDates(folder: string): boolean {
  if (!existsSync(folder)) return false
  return readdirSync(folder).some((name) => /^date=\d{4}-\d{2}-\d{2}$/.test(name))
}

/** Reads every part once. */
export async function verifyRecording(
  { folder, tables }: RecordingFolder,
  signal: AbortSignal,
): Promise<VerifiedRecording> {
  const recording = await readRecording(folder)
  const numbers = new NumberSet()
  const venueIds = new Map<string, number>()
  const dates: VerifiedRows[] = []
  for (const table of tables) {
    for (const date of await datesOf(folder, table)) {
      const all = await partsOf(folder, table, date)
      const parts = all.filter(({ path }) => !(recording?.writing ?? []).includes(relative(folder, path)))
      const rows = new RowsVerification({ table, date, time: TABLES[table].time, facts: recording }, numbers, venueIds)
      const refused: RecordingFinding[] = []
      let bytes = 0
      for (const part of parts) {
        signal.throwIfAborted()
        const finding = await takePart(part, rows)
        if (finding !== undefined) refused.push(finding)
        bytes += statSync(part.path).size
      }
      dates.push({ ...rows.summary(), parts: parts.length, bytes, findings: [...refused, ...rows.findings()] })
    }
  }
  const unread = dates.some(({ findings }) => findings.some(({ check }) => check === 'unreadable'))
  // One table, or parts that cannot be read, do not tell which numbers there are.
  const isWhole = tables.length > 1 && !unread
  const gaps = isWhole ? gapFindings(numbers, recording?.gaps) : []
  return { folder, recording, dates, findings: [...gaps, ...unfinished(recording)] }
}

async function takePart(part: PartFile, rows: RowsVerification): Promise<RecordingFinding | undefined> {
  try {
    for await (const batch of rowsOfPart(await readFile(part.path), part.table)) for (const row of batch) rows.take(row)
    return undefined
  } catch (error) {
    if (!(error instanceof PartRefused)) throw error
    const message = `${basename(part.path)}: ${error.message}`
    return { severity: 'error', check: 'unreadable', message, count: 1 }
  }
}

function unfinished(recording: Recording | undefined): RecordingFinding[] {
  const count = recording?.writing.length ?? 0
  if (count === 0) return []
  const message =
    'parts that are being written, or that a killed process was writing, are left out: the next start removes them'
  return [{ severity: 'info', check: 'unfinished', message, count }]
}
