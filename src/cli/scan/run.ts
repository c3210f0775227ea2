import type { OpenedArchive } from '../../adapters/arrow/scan-archive.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { JsonLinesError, openJsonLines, streamJsonLines } from '../../adapters/jsonl/jsonl-scan-sink.js'
import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { dateOfEpochDay, epochDay, NS_PER_DAY } from '../../base/utc-date.js'
import { withinPeriod } from '../../core/days/period.js'
import { Scanner } from '../../core/eigen/scanner.js'
import type { DayFile } from '../../ports/days.js'
import type { ArchivedScan } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { openGridScanSink } from '../../runtime/grid/grid-scan-sink.js'
import { allSinks } from '../../runtime/services/scan/all-sinks.js'
import { openRecording } from '../../runtime/services/scan/recording.js'
import { replayPrices } from '../../runtime/services/scan/replay-prices.js'
import { publishMissed, type ScanLoopResult, scanSteps } from '../../runtime/services/scan/scan-loop.js'
import { daySource, findDays } from '../compose/days.js'
import { tooFewSymbols } from '../compose/eigen-settings.js'
import { openGrid } from '../compose/grid.js'
import { cannotWrite, openScanStorage, scanStorageError } from '../compose/scan-storage.js'
import { columnWarnings } from '../compose/seen-columns.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { type Progress, startProgress } from '../shell/progress.js'
import { type InterruptWatch, watchInterrupt } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import { scanLive } from './live.js'
import type { ScanOptions } from './options.js'
import { type ScanSummary, scanSummaryJson, scanSummaryText } from './text.js'

/** What a run needs of the machine; a test has its own. */
export interface ScanSurroundings {
  readonly openGrid: typeof openGrid
}

/** Runs `dolphin scan` on checked options. */
export async function runScan(options: ScanOptions, surroundings: ScanSurroundings = { openGrid }): Promise<ExitCode> {
  const files = options.live === undefined ? await findDays(options.inputs) : []
  const archive = await openScanStorage(options.storage)
  const watch = watchInterrupt('scan')
  try {
    const sinks = await openSinks(options, archive, surroundings)
    try {
      const summary = await scanInto(archive, sinks, files, options, watch)
      if (options.json) await printResult(scanSummaryJson(summary))
      else if (!options.quiet) for (const line of scanSummaryText(summary).split('\n')) notice(line)
      return exitCodeOf(watch)
    } finally {
      await sinks.close()
    }
  } catch (error) {
    throw scanStorageError(error, options.storage)
  } finally {
    watch.stop()
    await archive.close()
  }
}

const MINUTES_PER_DAY = 1_440
const NS_PER_MINUTE = 60_000_000_000n

/** A service is stopped by SIGTERM, and that is no failure; Ctrl-C means what it means everywhere. */
function exitCodeOf(watch: InterruptWatch): ExitCode {
  return watch.received === 'SIGINT' ? EXIT.interrupted : EXIT.ok
}

async function scanInto(
  archive: OpenedArchive,
  sinks: OpenedSinks,
  files: readonly DayFile[],
  options: ScanOptions,
  watch: InterruptWatch,
): Promise<ScanSummary> {
  const say = options.quiet ? () => {} : notice
  if (archive.cleaned > 0) say(`Removed ${plural(archive.cleaned, 'half-written file')} of an earlier run.`)
  const startedMs = systemClock.nowMs()
  let republished = 0
  for (const sink of sinks.each) republished += await publishMissed(archive, sink, systemClock)
  if (options.live !== undefined) {
    const result = await scanLive(archive, allSinks(sinks.each), { ...options, live: options.live }, watch.signal)
    const { storage, precision } = options
    const seconds = (systemClock.nowMs() - startedMs) / 1000
    return { storage, precision, speed: 1, republished, ...result, seconds, stoppedBy: watch.received }
  }
  const last = await archive.last()
  const fromNs = startOf(options, last)
  const chosen = chosenFiles(files, options, dateOfNs(fromNs))
  const common = { storage: options.storage, precision: options.precision, speed: options.speed, republished }
  if (chosen.scanned.length === 0) {
    return { ...common, ...NOTHING, symbols: last?.record.assets.length ?? 0, seconds: 0, stoppedBy: watch.received }
  }
  const recording = await openRecording(daySource(present({ assets: options.assets })), chosen, fromNs)
  for (const warning of columnWarnings(recording.columns, options)) noticeWarning(warning)
  const few = tooFewSymbols((last?.record.assets ?? recording.assets).length)
  if (few !== undefined) noticeWarning(few)
  // A storage keeps its universe: a window must not run over two meanings of one position.
  const symbols = last?.record.assets ?? recording.assets
  const unknown = recording.assets.filter((asset) => !symbols.includes(asset))
  if (unknown.length > 0) say(`Left out, not in the universe of the storage: ${unknown.join(', ')}`)
  const source = replayPrices({
    ...recording,
    symbols,
    pacedFromNs: fromNs,
    speed: options.speed,
    clock: systemClock,
  })
  const warmed = new Scanner(symbols, 'float64')
  const progress = startProgress({
    total: chosen.scanned.length * MINUTES_PER_DAY,
    unit: 'min',
    label: 'Scanning',
    quiet: options.quiet,
  })
  try {
    const result = await scanSteps({
      source,
      // History decides nothing, so it need not be exact, only complete.
      warmUp: (prices, timestampNs) => warmed.push(prices, { scanNumber: 0, timestampNs }),
      scanner: () => Scanner.restore({ ...warmed.snapshot(), precision: options.precision }),
      archive,
      sink: allSinks(sinks.each),
      clock: systemClock,
      fromNs,
      limit: options.limit ?? Number.POSITIVE_INFINITY,
      signal: watch.signal,
      onStep: stepProgress(progress, chosen.scanned),
      onWarning: say,
    })
    const seconds = (systemClock.nowMs() - startedMs) / 1000
    return { ...common, ...result, symbols: symbols.length, seconds, stoppedBy: watch.received }
  } finally {
    progress.stop()
  }
}

const NOTHING: ScanLoopResult = {
  scans: 0,
  warmUpSteps: 0,
  emptySteps: 0,
  missingSteps: 0,
  gaps: 0,
  escalated: 0,
  drift: undefined,
}

interface OpenedSinks {
  readonly each: readonly ScanSink[]
  close(): Promise<void>
}

/** Where scans are published: a file or stdout, a grid, both or nowhere. */
async function openSinks(
  { publish, grid: url, quiet }: ScanOptions,
  archive: OpenedArchive,
  surroundings: ScanSurroundings,
): Promise<OpenedSinks> {
  const lines = publish === undefined ? [] : [await openLines(publish)]
  if (url === undefined) return { each: lines, close: () => allSinks(lines).close() }
  const tell = quiet ? () => {} : notice
  const grid = await surroundings.openGrid({ url, report: noticeWarning }).catch(async (error: unknown) => {
    await allSinks(lines).close()
    throw error
  })
  const each = [...lines, openGridScanSink({ grid, archive, clock: systemClock, tell })]
  return {
    each,
    async close() {
      await allSinks(each).close()
      await grid.close()
    },
  }
}

async function openLines(publish: string): Promise<ScanSink> {
  if (publish === '-') return streamJsonLines(process.stdout)
  try {
    return await openJsonLines(publish)
  } catch (error) {
    if (error instanceof JsonLinesError) throw new InputMistake({ place: publish, message: error.message })
    throw cannotWrite(publish, error)
  }
}

/** The first moment to scan: that of `--from`, and never one that the storage has. */
function startOf({ from }: ScanOptions, last: ArchivedScan | undefined): bigint {
  const asked = from === undefined ? 0n : BigInt(epochDay(from)) * NS_PER_DAY
  const next = last === undefined ? 0n : last.record.timestampNs + 1n
  return asked > next ? asked : next
}

/** Days to scan, and those before them. Throws when the period leaves none; none beyond the last scan is an answer. */
function chosenFiles(
  files: readonly DayFile[],
  options: ScanOptions,
  firstDate: string,
): { history: DayFile[]; scanned: DayFile[] } {
  const period = withinPeriod(files, options)
  const { to } = options
  return {
    history: files.filter(({ date }) => date < firstDate && (to === undefined || date <= to)),
    scanned: period.filter(({ date }) => date >= firstDate),
  }
}

function dateOfNs(ns: bigint): string {
  return dateOfEpochDay(Number(ns / NS_PER_DAY))
}

/** Progress in minutes of the recording: days differ in their number of steps. */
function stepProgress(progress: Progress, files: readonly DayFile[]): (step: { timestampNs: bigint }) => void {
  const index = new Map(files.map(({ date }, i) => [date, i]))
  let done = 0
  let date = ''
  let dayNs = 0n
  return ({ timestampNs }) => {
    if (date === '' || timestampNs >= dayNs + NS_PER_DAY) {
      date = dateOfNs(timestampNs)
      dayNs = BigInt(epochDay(date)) * NS_PER_DAY
    }
    const minutes = (index.get(date) ?? 0) * MINUTES_PER_DAY + Number((timestampNs - dayNs) / NS_PER_MINUTE) + 1
    if (minutes <= done) return
    progress.advance(minutes - done, date)
    done = minutes
  }
}
