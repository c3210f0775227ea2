import { parquetDayWriter } from '../../../adapters/parquet/day-writer.js'
import { InputMistake, Interrupted } from '../../../base/mistakes.js'
import { present } from '../../../base/present.js'
import { dateOfEpochDay, epochDay, type IsoDate } from '../../../base/utc-date.js'
import { takerRatio } from '../../../core/breaker/daily-factors.js'
import { onSteps } from '../../../core/days/price-grid.js'
import { type BuiltDay, buildDay } from '../../../core/eigen/build-day.js'
import { Scanner } from '../../../core/eigen/scanner.js'
import { PRICES_TO_FIRST_SCAN } from '../../../core/eigen/warm-up.js'
import type { KlineArchive, SymbolDay } from '../../../ports/klines.js'
import type { ScanPrecision } from '../../../ports/vocabulary/scan.js'
import { startProgress } from '../../shell/progress.js'
import { notice } from '../../shell/terminal.js'
import { dayPath, writeFailure } from '../day-folder.js'
import {
  type BuildManifest,
  type BuildState,
  inputHash,
  isBuilt,
  type ManifestDay,
  openBuild,
  readState,
  removeBuild,
  sameFiles,
  specOf,
  writeBuild,
  writeState,
} from './manifest.js'

export interface BuildPlan {
  readonly out: string
  readonly symbols: readonly string[]
  readonly stepMs: number
  readonly precision: ScanPrecision
  /** Absent: as the scan is defined. */
  readonly minSymbols?: number | undefined
  /** First day asked for; absent: that of the input. */
  readonly from?: IsoDate | undefined
  readonly to?: IsoDate | undefined
  /** Whether files were held against their `.CHECKSUM`. */
  readonly checksums: boolean
  readonly force: boolean
  readonly quiet: boolean
}

/** One build under way: what is on disk, what the scanner knows, and the days still to be made. */
export class BuildRun {
  /** Days made in this run; the others were there. */
  made = 0

  private constructor(
    private readonly plan: BuildPlan,
    private readonly archive: KlineArchive,
    readonly from: IsoDate,
    readonly to: IsoDate,
    private readonly first: IsoDate,
    public manifest: BuildManifest,
    private state: BuildState | undefined,
  ) {}

  /** Opens the folder and checks that what is there can be gone on with. */
  static async open(plan: BuildPlan, archive: KlineArchive): Promise<BuildRun> {
    const { out, symbols, stepMs, precision, minSymbols, force } = plan
    const from = plan.from ?? archive.from
    const to = plan.to === undefined || plan.to > archive.to ? archive.to : plan.to
    if (from > to || to < archive.from) {
      throw new InputMistake(`no prices in that period; the input covers ${archive.from} to ${archive.to}`)
    }
    const spec = specOf({ symbols, stepMs, precision, from: plan.from ?? null, ...present({ minSymbols }) })
    const opened = await openBuild(out, spec, force)
    const first = await warmUpStart(plan, archive, from)
    const { manifest, state } = await continued(plan, archive, first, opened)
    // Before the first day, so that a run killed right after it finds a folder of its own.
    await writeBuild(out, manifest)
    return new BuildRun(plan, archive, from, to, first, manifest, state)
  }

  /** Makes the missing days in order. Each day is on disk before the manifest lists it, and the state comes last. */
  async proceed(signal: AbortSignal): Promise<void> {
    const { plan, state } = this
    const dates = datesBetween(this.first, this.to)
    const progress = startProgress({ total: dates.length, unit: 'days', label: 'Building', quiet: plan.quiet })
    let scanner =
      state === undefined ? new Scanner(plan.symbols, 'float64', plan.minSymbols) : Scanner.restore(state.scanner)
    try {
      for (const [index, date] of dates.entries()) {
        if (state === undefined || date > state.after) {
          // History decides nothing, so it need not be exact, only complete.
          const precision = date < this.from ? 'float64' : plan.precision
          if (scanner.precision !== precision) scanner = Scanner.restore({ ...scanner.snapshot(), precision })
          const finished = await this.make(date, scanner, signal)
          if (!finished) {
            throw new Interrupted(`Interrupted after ${index} of ${dates.length} days; the same command continues.`)
          }
        }
        progress.advance(1, date)
      }
    } finally {
      progress.stop()
    }
  }

  /** False: aborted, and nothing is changed on disk. */
  private async make(date: IsoDate, scanner: Scanner, signal: AbortSignal): Promise<boolean> {
    const { plan, state } = this
    const { out, stepMs } = plan
    const symbolDays = await readDay(plan, this.archive, date)
    const { nextScan: firstScan, beforeMs } = state === undefined ? { nextScan: 1, beforeMs: null } : state
    const input = {
      date,
      symbolDays: symbolDays.map((day) => day && onSteps(day, stepMs)),
      stepMs,
      firstScan,
      beforeMs: beforeMs ?? undefined,
    }
    const scans = await inSlices(buildDay(scanner, input), signal)
    if (!scans.finished) return false
    const built = scans.result
    this.refuseLostRows(date, built)

    let file = { bytes: 0, sha256: '' }
    if (built !== undefined && date >= this.from) {
      const path = dayPath(out, date)
      file = await parquetDayWriter.write(path, built.columns).catch((error: unknown) => {
        throw writeFailure(path, error)
      })
      this.made++
    }
    const day = this.listed(file, built, symbolDays)
    this.list(date, day)
    await writeBuild(out, this.manifest)
    this.state = {
      schema: 'dolphin.build-state/1',
      after: date,
      nextScan: firstScan + day.rows,
      beforeMs: built?.lastMs ?? beforeMs,
      scanner: scanner.snapshot(),
      ...present({ open: this.openAfter(date, day) }),
    }
    await writeState(out, this.state)
    return true
  }

  /** Adds a day to the manifest. One with prices ends the wait for the rest of the day before it. */
  private list(date: IsoDate, day: ManifestDay): void {
    const days = { ...this.manifest.days, [date]: day }
    if (day.rows > 0) {
      const open = this.state?.open?.date ?? date
      const { incomplete: _, ...over } = days[open]!
      if (open !== date) days[open] = over
    }
    this.manifest = { ...this.manifest, days }
  }

  /** The day that is not over after `date`: that one, or the one before where `date` has no prices. */
  private openAfter(date: IsoDate, day: ManifestDay): BuildState['open'] {
    if (day.rows === 0) return this.state?.open
    if (day.incomplete === undefined) return undefined
    const { input } = day
    if (this.state === undefined) return { date, input, before: null }
    const { open: _, ...before } = this.state
    return { date, input, before }
  }

  /** The rest of a day without its beginning would take the day's place, however many steps it has. */
  private refuseLostRows(date: IsoDate, built: BuiltDay | undefined): void {
    const before = this.manifest.days[date]
    const rows = built === undefined || before === undefined ? 0 : rowsBefore(built, before.incomplete)
    if (before === undefined || rows >= before.rows) return
    const message = `expected the ${before.rows} steps that the day was made from, found ${rows} of them in the input`
    const hint = 'Give the whole day, its beginning as well as the rest, or --force to build the folder anew.'
    throw new InputMistake({ place: dayPath(this.plan.out, date), message }, { hint })
  }

  /** Where the input ends within a day; undefined where it does not. */
  private endWithin(built: BuiltDay): string | undefined {
    const { archive, plan, to } = this
    const endMs = built.lastMs + plan.stepMs
    const isLast = to === archive.to && endMs % DAY_MS !== 0
    return isLast ? new Date(endMs).toISOString() : undefined
  }

  private listed(
    file: { readonly bytes: number; readonly sha256: string },
    built: BuiltDay | undefined,
    symbolDays: readonly (SymbolDay | undefined)[],
  ): ManifestDay {
    const { symbols } = this.plan
    const bitcoin = symbolDays[symbols.indexOf('BTCUSDT')]
    return {
      bytes: file.bytes,
      sha256: file.sha256,
      input: inputHash(symbols, symbolDays),
      rows: built?.columns.bars ?? 0,
      gaps: built?.gaps ?? {},
      missingSteps: built?.missingSteps ?? 0,
      longestHoleMs: built?.longestHoleMs ?? 0,
      duplicates: symbolDays.reduce((total, day) => total + (day?.duplicates ?? 0), 0),
      escalated: built?.escalated ?? 0,
      taker: (bitcoin === undefined ? undefined : takerRatio(bitcoin)) ?? null,
      lastW750: built?.lastW750 ?? [],
      firstW750: built?.firstW750 ?? [],
      ...present({ incomplete: built && this.endWithin(built) }),
      ...(this.plan.checksums ? {} : { checksums: 'off' as const }),
    }
  }
}

/** Steps before a UTC time; absent: all of them. */
function rowsBefore({ columns }: BuiltDay, end: string | undefined): number {
  if (end === undefined) return columns.bars
  const endNs = BigInt(Date.parse(end)) * 1_000_000n
  return columns.timestampNs!.reduce((rows, time) => (time < endNs ? rows + 1 : rows), 0)
}

const DAY_MS = 86_400_000
/** How long the scans of a day may keep Ctrl-C waiting. */
const SLICE_MS = 100

/** Runs a generator to its end, looking up now and then. */
async function inSlices<T>(
  steps: Generator<void, T, void>,
  signal: AbortSignal,
): Promise<{ readonly finished: true; readonly result: T } | { readonly finished: false }> {
  for (;;) {
    if (signal.aborted) return { finished: false }
    const untilMs = performance.now() + SLICE_MS
    do {
      const { done, value } = steps.next()
      if (done) return { finished: true, result: value }
    } while (performance.now() < untilMs)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The first day to scan so that the longest window is full on `from`, as far as there are prices. */
async function warmUpStart(plan: BuildPlan, archive: KlineArchive, from: IsoDate): Promise<IsoDate> {
  let first = from
  let steps = 0
  while (first > archive.from && steps < PRICES_TO_FIRST_SCAN) {
    first = dateOfEpochDay(epochDay(first) - 1)
    const days = await readDay(plan, archive, first)
    steps += Math.max(...days.map((day) => (day === undefined ? 0 : onSteps(day, plan.stepMs).openTimesMs.length)))
  }
  return first
}

async function readDay(
  { symbols }: BuildPlan,
  archive: KlineArchive,
  date: IsoDate,
): Promise<(SymbolDay | undefined)[]> {
  const days = []
  for (const symbol of symbols) days.push(await archive.read(symbol, date))
  return days
}

/**
 * Which days of an existing folder can be kept: all, or none when some are lost or damaged. Refuses an input that states
 * other values for the days that are there.
 */
async function continued(
  plan: BuildPlan,
  archive: KlineArchive,
  first: IsoDate,
  manifest: BuildManifest,
): Promise<{ manifest: BuildManifest; state: BuildState | undefined }> {
  const { out, quiet } = plan
  const files = archive.files
  const state = await readState(out)
  const listed = Object.keys(manifest.days).sort()
  const kept = state === undefined ? [] : listed.filter((date) => date <= state.after)
  if (state === undefined || !(await areBuilt(out, kept, manifest))) {
    if (listed.length > 0 && !quiet) notice('Some of the days are not as they were written: all are made again.')
    await removeBuild(out, manifest)
    return { manifest: { ...manifest, files, days: {} }, state: undefined }
  }
  const from = await continuedFrom(plan, archive, state)
  if (sameFiles(manifest.files, files)) return { manifest, state: from }
  const over = kept.filter((date) => from !== undefined && date <= from.after)
  await refuseOtherPrices(plan, archive, first, manifest, over)
  return { manifest: { ...manifest, files }, state: from }
}

/** Before a day that was not over, where its prices are others now; where they are the same, or cleared away, after it. */
async function continuedFrom(
  plan: BuildPlan,
  archive: KlineArchive,
  state: BuildState,
): Promise<BuildState | undefined> {
  const { open } = state
  if (open === undefined) return state
  const days = await readDay(plan, archive, open.date)
  const isSame = inputHash(plan.symbols, days) === open.input
  return isSame || days.every((day) => day === undefined) ? state : (open.before ?? undefined)
}

/** One file after another: a year of days does not fit in memory at once. */
async function areBuilt(out: string, dates: readonly IsoDate[], { days }: BuildManifest): Promise<boolean> {
  for (const date of dates) if (!(await isBuilt(out, date, days[date]))) return false
  return true
}

/** Files were added, changed or moved: the days that are kept must still be made from the same prices. */
async function refuseOtherPrices(
  plan: BuildPlan,
  archive: KlineArchive,
  first: IsoDate,
  manifest: BuildManifest,
  kept: readonly IsoDate[],
): Promise<void> {
  const hint = 'Give another --out, the input as it was (newer days may be added), or --force to build all anew.'
  if (kept.length > 0 && first < kept[0]!) {
    const message = `the input now begins on ${first}, before the first day that is there: windows and scan numbers would be others`
    throw new InputMistake({ place: dayPath(plan.out, kept[0]!), message }, { hint })
  }
  for (const date of kept) {
    const days = await readDay(plan, archive, date)
    // Archives that were built may be cleared away: only other prices are a contradiction.
    if (days.every((day) => day === undefined)) continue
    if (inputHash(plan.symbols, days) === manifest.days[date]!.input) continue
    const message = 'the input has other prices for this day than it was made from'
    throw new InputMistake({ place: dayPath(plan.out, date), message }, { hint })
  }
}

function datesBetween(first: IsoDate, last: IsoDate): IsoDate[] {
  const start = epochDay(first)
  return Array.from({ length: Math.max(0, epochDay(last) - start + 1) }, (_, i) => dateOfEpochDay(start + i))
}
