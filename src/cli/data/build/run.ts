import { statfs } from 'node:fs/promises'
import type { Command } from 'commander'
import { openKlines } from '../../../adapters/klines/klines.js'
import { DataRefused, found, InputMistake, Interrupted, Mistake, type Problem } from '../../../base/mistakes.js'
import { dateOfEpochDay, epochDay, isDate } from '../../../base/utc-date.js'
import { chooseUniverse, DEFAULT_UNIVERSE } from '../../../config/universe.js'
import { W750_SCANS, type W750Scans } from '../../../core/breaker/scan-factors.js'
import { commonStep, parseStep, stepText, unfit } from '../../../core/days/price-grid.js'
import { reason } from '../../../files/reason.js'
import { writeAtomically } from '../../../files/whole-file.js'
import { type KlineArchive, KlineError, SpillLimitError } from '../../../ports/klines.js'
import type { ScanPrecision } from '../../../ports/vocabulary/scan.js'
import { minSymbolsOf } from '../../compose/eigen-settings.js'
import { BYTES_EXPECTED, parseBytes } from '../../shell/byte-size.js'
import { EXIT, EXIT_CODES_HELP, type ExitCode } from '../../shell/exit-codes.js'
import { watchInterrupt } from '../../shell/signals.js'
import { printResult } from '../../shell/terminal.js'
import { holdFolder, writeFailure } from '../day-folder.js'
import { BuildRun } from './days.js'
import { factorsCsv, factorsIn } from './factors-out.js'
import { readState } from './manifest.js'
import { DEFAULT_SPILL_LIMIT, refuseSpill, spillReached } from './spill.js'
import { type BuildAbout, buildDocument, buildText } from './text.js'

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
    .option(
      '--universe <json>',
      'list of symbols in column order, or `all` (default: the packaged configs/universe.json)',
    )
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--step <step>', 'time from scan to scan: 1s, 5s, 1m, 4h …, or auto: as the prices are', 'auto')
    .option('--precision <kind>', `${PRECISIONS.join(', ')}: when to compute at more than 512 bits`, 'auto')
    .option('--set <key=value...>', 'eigen.min_symbols=4: windows of fewer than 10 symbols, with --research')
    .option('--research', 'declare that the scan may differ from its definition')
    .option(
      '--spill-limit <size>',
      'room for decoded prices in --out while they do not fit in memory',
      DEFAULT_SPILL_LIMIT,
    )
    .option('--factors-out <csv>', 'write what the breaker needs: taker ratio and w750 velocity per date')
    .option('--factors-in <csv>', 'other factors to carry over into it: funding_btc, dvol_btc, fng')
    .option('--w750 <scans>', 'its velocity: of the last-10 scans before a date, or of its first-10', W750_SCANS[0])
    .option('--no-checksum', 'do not hold files against the .CHECKSUM beside them; the manifest says so')
    .option('--force', 'build the folder anew, whatever it was made from')
    .option('--json', 'what was made, as JSON on stdout')
    .option('--quiet', 'no progress and no notices')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (raw: RawBuildOptions) => {
    process.exitCode = await build(checked(raw))
  })
}

const EXAMPLES = `Examples:
  dolphin data build --klines klines/ --out days/                    Binance archives to days of the packaged universe
  dolphin data build --klines prices.parquet --universe all --out days/
  dolphin data build --klines klines/ --out days/ --factors-out factors.csv
  dolphin backtest days/ --factors factors.csv --report run.html     then this

What a price file may look like: docs/klines.md`

const PRECISIONS = ['auto', 'float64', '512'] as const

interface RawBuildOptions {
  readonly klines: readonly string[]
  readonly out: string
  readonly universe?: string
  readonly from?: string
  readonly to?: string
  readonly step: string
  readonly precision: string
  readonly spillLimit: string
  readonly set?: readonly string[]
  readonly research?: boolean
  readonly factorsIn?: string
  readonly factorsOut?: string
  readonly w750: string
  /** False: files are not held against their `.CHECKSUM`. */
  readonly checksum: boolean
  readonly force?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

interface BuildJob extends Omit<RawBuildOptions, 'step' | 'spillLimit'> {
  readonly w750: W750Scans
  /** Absent: that of the input. */
  readonly stepMs: number | undefined
  readonly precision: ScanPrecision
  readonly spillBytesMax: number
  /** Absent: as the scan is defined. */
  readonly minSymbols: number | undefined
}

/** Checks the options. Throws {@link Mistake} with every wrong one. */
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
  const stepMs = raw.step === 'auto' ? undefined : parseStep(raw.step)
  if (raw.step !== 'auto' && stepMs === undefined) {
    const message = `expected auto, or a step such as 5s, 1m or 4h that divides a day, found ${found(raw.step)}`
    problems.push({ place: '--step', message })
  }
  const precision = PRECISIONS.find((kind) => kind === raw.precision)
  if (precision === undefined) {
    problems.push({ place: '--precision', message: `expected ${PRECISIONS.join(', ')}, found ${found(raw.precision)}` })
  }
  const spillBytesMax = parseBytes(raw.spillLimit)
  if (spillBytesMax === undefined) {
    problems.push({ place: '--spill-limit', message: `expected ${BYTES_EXPECTED}, found ${found(raw.spillLimit)}` })
  }
  if (raw.factorsIn !== undefined && raw.factorsOut === undefined) {
    problems.push({ place: '--factors-in', message: 'expected --factors-out beside it' })
  }
  const w750 = W750_SCANS.find((scans) => scans === raw.w750)
  if (w750 === undefined) {
    problems.push({ place: '--w750', message: `expected ${W750_SCANS.join(' or ')}, found ${found(raw.w750)}` })
  }
  const minSymbols = minSymbolsOf(raw, problems)
  if (problems.length > 0) throw new InputMistake(problems)
  return { ...raw, minSymbols, w750: w750!, stepMs, precision: precision!, spillBytesMax: spillBytesMax! }
}

async function build(job: BuildJob): Promise<ExitCode> {
  const carried = job.factorsIn === undefined ? undefined : factorsIn(job.factorsIn)
  const startedMs = performance.now()
  const folder = await holdFolder(job.out)
  const watch = watchInterrupt('scan')
  const signal = AbortSignal.any([watch.signal, folder.lost])
  let archive: KlineArchive | undefined
  try {
    // What does not fit in memory waits where the days go: there is room for large files.
    // Days that are there already may be held against an input that has changed.
    const built = (await readState(job.out))?.after ?? ''
    const until = job.to === undefined ? {} : { until: [job.to, built].sort()[1]! }
    archive = await openKlines(job.klines, {
      spillFolder: job.out,
      spillBytesMax: job.spillBytesMax,
      signal,
      checksums: job.checksum,
      ...until,
    })
    const about = await buildFrom(archive, job, carried, signal)
    const done = { ...about, seconds: (performance.now() - startedMs) / 1000 }
    await printResult(job.json ? `${JSON.stringify(buildDocument(done), null, 2)}\n` : buildText(done))
    return EXIT.ok
  } catch (error) {
    folder.lost.throwIfAborted()
    if (error instanceof SpillLimitError) throw spillReached(error, job.out)
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw writeFailure(job.out, error)
    if (error instanceof KlineError) throw new DataRefused(error.message)
    if (watch.signal.aborted && error === watch.signal.reason) {
      throw new Interrupted('Interrupted while prices were read; the same command continues.')
    }
    throw error
  } finally {
    watch.stop()
    await archive?.close()
    await folder.release()
  }
}

async function buildFrom(
  archive: KlineArchive,
  job: BuildJob,
  carried: ReturnType<typeof factorsIn> | undefined,
  signal: AbortSignal,
): Promise<Omit<BuildAbout, 'seconds'>> {
  const { out, factorsOut, precision, from, to, force = false, quiet = false } = job
  const universe = chooseUniverse(job.universe ?? DEFAULT_UNIVERSE, archive.symbols)
  const { symbols } = universe
  if (symbols.length === 0) {
    throw new InputMistake(
      `no symbol of the universe has prices; the input has ${archive.symbols.slice(0, 8).join(', ')}`,
      { hint: '--universe all builds every symbol of the input.' },
    )
  }
  const stepMs = stepOf(archive, job.stepMs)
  await refuseLargeSpill(archive, symbols, job)
  const run = await BuildRun.open(
    { out, symbols, stepMs, precision, from, to, checksums: job.checksum, minSymbols: job.minSymbols, force, quiet },
    archive,
  )
  await run.proceed(signal)
  if (factorsOut !== undefined) {
    const table = factorsCsv({ days: run.manifest.days, from: run.from, to: run.to, carried, w750: job.w750 })
    await writeAtomically(factorsOut, table).catch((error: unknown) => {
      throw new InputMistake({ place: factorsOut, message: `cannot write the factors: ${reason(error)}` })
    })
  }
  const { manifest, made } = run
  const { ignored } = archive
  return { manifest, universe, ignored, from: run.from, to: run.to, made, out, factors: factorsOut }
}

/** Days that are there already are not read again. */
async function refuseLargeSpill(archive: KlineArchive, symbols: readonly string[], job: BuildJob): Promise<void> {
  const { out, spillBytesMax: limitBytes, force } = job
  const after = force ? undefined : (await readState(out))?.after
  const next = after === undefined ? archive.from : dateOfEpochDay(epochDay(after) + 1)
  const from = [job.from ?? archive.from, next].sort()[1]!
  const to = [job.to ?? archive.to, archive.to].sort()[0]!
  if (from > to) return
  const { bavail, bsize } = await statfs(out)
  refuseSpill(archive, { out, symbols, from, to, limitBytes, freeBytes: bavail * bsize })
}

/** The step asked for, or that of the input. Throws {@link Mistake} where they do not go together. */
function stepOf(archive: KlineArchive, asked: number | undefined): number {
  if (asked === undefined) {
    const step = commonStep(archive.steps)
    if (typeof step === 'number') return step
    throw new DataRefused(`expected ${step.expected}, found ${step.found}`, {
      hint: '--step puts the bars of each step together and takes the last close.',
    })
  }
  const other = unfit(archive.steps, asked)
  if (other === undefined) return asked
  const message = `expected a multiple of ${stepText(other.ms)} (${other.place}), found ${stepText(asked)}`
  throw new InputMistake({ place: '--step', message })
}
