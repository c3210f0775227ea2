import { mkdir } from 'node:fs/promises'
import type { Command } from 'commander'
import { openKlines } from '../adapters/klines/klines.js'
import { parquetDayWriter } from '../adapters/parquet/day-writer.js'
import { takerRatio } from '../core/breaker/daily-factors.js'
import { dateOfEpochDay, epochDay, isDate } from '../core/days/utc-date.js'
import { buildDay } from '../core/eigen/build-day.js'
import { Scanner } from '../core/eigen/scanner.js'
import { type KlineArchive, KlineError } from '../ports/klines.js'
import type { IsoDate } from '../ports/market.js'
import { SCAN_WINDOWS, type ScanPrecision } from '../ports/scan.js'
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
} from './build-manifest.js'
import { buildDocument, buildText } from './build-report.js'
import { dayPath, writeFailure } from './day-folder.js'
import { EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes.js'
import { factorsCsv, factorsIn } from './factors-out.js'
import { type InterruptWatch, watchInterrupt } from './interrupt.js'
import { found, Interrupted, type Problem, UserError } from './problems.js'
import { startProgress } from './progress.js'
import { notice, printResult } from './terminal.js'
import { chooseUniverse, DEFAULT_UNIVERSE, type Universe } from './universe.js'
import { writeAtomically } from './write-atomically.js'

const EXAMPLES = `Examples:
  dolphin data build --klines klines/ --out days/                    Binance archives to days of the packaged universe
  dolphin data build --klines prices.parquet --universe all --out days/
  dolphin data build --klines klines/ --out days/ --factors-out factors.csv
  dolphin backtest days/ --factors factors.csv --report run.html     then this

What a price file may look like: docs/klines.md`

const PRECISIONS = ['auto', 'float64', '512'] as const

/** Prices that the longest window needs before its first velocity. */
const WARM_UP_STEPS = SCAN_WINDOWS.at(-1)! + 2

interface RawBuildOptions {
  readonly klines: readonly string[]
  readonly out: string
  readonly universe: string
  readonly from?: string
  readonly to?: string
  readonly precision: string
  readonly factorsIn?: string
  readonly factorsOut?: string
  readonly force?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

interface BuildJob extends RawBuildOptions {
  readonly precision: ScanPrecision
}

/** `dolphin data build`. */
export function register(parent: Command): void {
  const command = parent
    .command('build')
    .summary('make days from prices: klines or a table of closes')
    .description(
      'Make days from prices: every step is scanned for its eigen columns, one Parquet file per UTC day.\n' +
        'The same input gives the same bytes. Gaps stay gaps. A stopped run continues where it stopped, and prices\n' +
        'before --from warm the windows up.',
    )
    .requiredOption('--klines <path...>', 'files and folders: Binance kline archives (CSV, ZIP), CSV or Parquet tables')
    .requiredOption('--out <folder>', 'where to put YYYY-MM-DD.parquet and the manifest build.json')
    .option('--universe <json>', 'list of symbols in column order, or `all`', DEFAULT_UNIVERSE)
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--precision <kind>', `${PRECISIONS.join(', ')}: when to compute at more than 512 bits`, 'auto')
    .option('--factors-out <csv>', 'write what the breaker needs: taker ratio and w750 velocity per date')
    .option('--factors-in <csv>', 'other factors to carry over into it: funding_btc, dvol_btc, fng')
    .option('--force', 'build the folder anew, whatever it was made from')
    .option('--json', 'what was made, as JSON on stdout')
    .option('--quiet', 'no progress and no notices')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (raw: RawBuildOptions) => {
    process.exitCode = await build(checked(raw))
  })
}

/** Checks the options. Throws {@link UserError} with every wrong one. */
function checked(raw: RawBuildOptions): BuildJob {
  const problems: Problem[] = []
  for (const [option, date] of [
    ['--from', raw.from],
    ['--to', raw.to],
  ] as const) {
    if (date !== undefined && !isDate(date)) {
      problems.push({ place: option, message: `expected a calendar date YYYY-MM-DD, found ${found(date)}` })
    }
  }
  if (raw.from !== undefined && raw.to !== undefined && raw.from > raw.to) {
    problems.push({ place: '--to', message: `expected a day from ${raw.from} on, found ${raw.to}` })
  }
  const precision = PRECISIONS.find((kind) => kind === raw.precision)
  if (precision === undefined) {
    problems.push({ place: '--precision', message: `expected ${PRECISIONS.join(', ')}, found ${found(raw.precision)}` })
  }
  if (raw.factorsIn !== undefined && raw.factorsOut === undefined) {
    problems.push({ place: '--factors-in', message: 'expected --factors-out beside it' })
  }
  if (problems.length > 0) throw new UserError(problems)
  return { ...raw, precision: precision! }
}

async function build(job: BuildJob): Promise<ExitCode> {
  const watch = watchInterrupt()
  const carriedFactors = job.factorsIn === undefined ? undefined : factorsIn(job.factorsIn)
  let archive: KlineArchive | undefined
  try {
    archive = await openKlines(job.klines)
    const universe = chooseUniverse(job.universe, archive.symbols)
    if (universe.symbols.length === 0) {
      throw new UserError(
        `no symbol of the universe has prices; the input has ${archive.symbols.slice(0, 8).join(', ')}`,
        {
          hint: '--universe all builds every symbol of the input.',
        },
      )
    }
    const run = await DaysBuild.open(job, archive, universe)
    await run.proceed(watch)
    const { manifest, from, to, made } = run
    if (job.factorsOut !== undefined) {
      await writeAtomically(job.factorsOut, factorsCsv({ days: manifest.days, from, to, carried: carriedFactors }))
    }
    const about = { manifest, universe, from, to, made, out: job.out, factors: job.factorsOut }
    await printResult(job.json ? `${JSON.stringify(buildDocument(about), null, 2)}\n` : buildText(about))
    return EXIT.ok
  } catch (error) {
    if (error instanceof KlineError) throw new UserError(error.message, { exitCode: EXIT.dataRefused })
    throw error
  } finally {
    watch.stop()
    await archive?.close()
  }
}

/** One build under way: what is on disk, what the scanner knows, and the days still to be made. */
class DaysBuild {
  made = 0

  private constructor(
    private readonly job: BuildJob,
    private readonly archive: KlineArchive,
    private readonly symbols: readonly string[],
    readonly from: IsoDate,
    readonly to: IsoDate,
    private readonly first: IsoDate,
    public manifest: BuildManifest,
    private state: BuildState | undefined,
  ) {}

  static async open(job: BuildJob, archive: KlineArchive, { symbols }: Universe): Promise<DaysBuild> {
    const from = job.from ?? archive.from
    const to = job.to === undefined || job.to > archive.to ? archive.to : job.to
    if (from > to || to < archive.from) {
      throw new UserError(`no prices in that period; the input covers ${archive.from} to ${archive.to}`)
    }
    const spec = specOf({ symbols, precision: job.precision, from: job.from ?? null })
    let manifest = await openBuild(job.out, spec, job.force ?? false)
    await mkdir(job.out, { recursive: true }).catch((error) => {
      throw writeFailure(job.out, error)
    })
    let state = await readState(job.out)
    const first = await warmUpStart(archive, symbols, from)
    const kept = datesBetween(first, state === undefined || state.after > to ? to : state.after)
    const intact = await Promise.all(kept.map((date) => isBuilt(job.out, date, manifest.days[date])))
    if (state === undefined || intact.includes(false)) {
      if (Object.keys(manifest.days).length > 0 && !job.quiet) {
        notice('Some of the days are not as they were written: all are made again.')
      }
      await removeBuild(job.out, manifest)
      manifest = { ...manifest, days: {} }
      state = undefined
    } else if (!sameFiles(manifest.files, archive.files)) {
      await refuseOtherPrices(job, archive, symbols, manifest, kept)
    }
    manifest = { ...manifest, files: archive.files }
    // Before the first day, so that a run killed right after it finds a folder of its own.
    await writeBuild(job.out, manifest)
    return new DaysBuild(job, archive, symbols, from, to, first, manifest, state)
  }

  /** Makes the missing days in order. Each day is on disk before the manifest lists it, and the state comes last. */
  async proceed({ signal }: InterruptWatch): Promise<void> {
    const { job, symbols, state } = this
    const dates = datesBetween(this.first, this.to)
    const progress = startProgress({ total: dates.length, unit: 'days', label: 'Building', quiet: job.quiet ?? false })
    const scanner = state === undefined ? new Scanner(symbols, job.precision) : Scanner.restore(state.scanner)
    let nextScan = state?.nextScan ?? 1
    try {
      for (const [index, date] of dates.entries()) {
        if (signal.aborted) {
          throw new Interrupted(`Interrupted after ${index} of ${dates.length} days; the same command continues.`)
        }
        if (state === undefined || date > state.after) nextScan = await this.make(date, scanner, nextScan)
        progress.advance(1, date)
      }
      await writeBuild(job.out, this.manifest)
    } finally {
      progress.stop()
    }
  }

  private async make(date: IsoDate, scanner: Scanner, firstScan: number): Promise<number> {
    const { job, archive, symbols } = this
    const symbolDays = []
    for (const symbol of symbols) symbolDays.push(await archive.read(symbol, date))
    const built = buildDay(date, scanner, symbolDays, firstScan)
    const nextScan = firstScan + (built?.columns.bars ?? 0)

    let file = { bytes: 0, sha256: '' }
    if (built !== undefined && date >= this.from) {
      const path = dayPath(job.out, date)
      file = await parquetDayWriter.write(path, built.columns).catch((error: unknown) => {
        throw writeFailure(path, error)
      })
      this.made++
    }
    const bitcoin = symbolDays[symbols.indexOf('BTCUSDT')]
    const day: ManifestDay = {
      bytes: file.bytes,
      sha256: file.sha256,
      input: inputHash(symbols, symbolDays),
      rows: built?.columns.bars ?? 0,
      gaps: built?.gaps ?? {},
      missingSteps: built?.missingSteps ?? 0,
      longestHoleMs: built?.longestHoleMs ?? 0,
      duplicates: symbolDays.reduce((total, symbolDay) => total + (symbolDay?.duplicates ?? 0), 0),
      escalated: built?.escalated ?? 0,
      taker: (bitcoin === undefined ? undefined : takerRatio(bitcoin)) ?? null,
      lastW750: built?.lastW750 ?? [],
    }
    this.manifest = { ...this.manifest, days: { ...this.manifest.days, [date]: day } }
    await writeBuild(job.out, this.manifest)
    await writeState(job.out, {
      schema: 'dolphin.build-state/1',
      after: date,
      nextScan,
      scanner: scanner.snapshot(),
    })
    return nextScan
  }
}

/** The first day to scan so that the longest window is full on `from`, as far as there are prices. */
async function warmUpStart(archive: KlineArchive, symbols: readonly string[], from: IsoDate): Promise<IsoDate> {
  let first = from
  let steps = 0
  while (first > archive.from && steps < WARM_UP_STEPS) {
    first = dateOfEpochDay(epochDay(first) - 1)
    let most = 0
    for (const symbol of symbols) most = Math.max(most, (await archive.read(symbol, first))?.openTimesMs.length ?? 0)
    steps += most
  }
  return first
}

/** Files were added, changed or moved: the days that are kept must still be made from the same prices. */
async function refuseOtherPrices(
  { out }: BuildJob,
  archive: KlineArchive,
  symbols: readonly string[],
  manifest: BuildManifest,
  kept: readonly IsoDate[],
): Promise<void> {
  for (const date of kept) {
    const days = []
    for (const symbol of symbols) days.push(await archive.read(symbol, date))
    if (inputHash(symbols, days) === manifest.days[date]!.input) continue
    throw new UserError(
      { place: dayPath(out, date), message: 'the input has other prices for this day than it was made from' },
      { hint: 'Give another --out, the input as it was (newer days may be added), or --force to build all anew.' },
    )
  }
}

function datesBetween(first: IsoDate, last: IsoDate): IsoDate[] {
  const start = epochDay(first)
  return Array.from({ length: Math.max(0, epochDay(last) - start + 1) }, (_, i) => dateOfEpochDay(start + i))
}
