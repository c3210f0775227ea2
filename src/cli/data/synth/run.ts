import { join } from 'node:path'
import type { Command } from 'commander'
import { parquetDayWriter } from '../../../adapters/parquet/day-writer.js'
import { found, InputMistake, Interrupted, Mistake, type Problem } from '../../../base/mistakes.js'
import { didYouMean } from '../../../base/suggest.js'
import { dateOfEpochDay, epochDay, type IsoDate, isDate } from '../../../base/utc-date.js'
import { PLANT_DEFAULTS, PLANT_LIMITS, type Plant } from '../../../core/days/planted-cascades.js'
import { SYNTH_DEFAULTS, SYNTH_LIMITS, type SynthSpec, synthesizeDay } from '../../../core/days/synthesize.js'
import { synthesizePlantedDay } from '../../../core/days/synthesize-planted.js'
import { syntheticAssets } from '../../../core/days/synthetic-assets.js'
import { displayPath } from '../../../files/package-files.js'
import { EXIT, EXIT_CODES_HELP, type ExitCode } from '../../shell/exit-codes.js'
import { count, plural } from '../../shell/figures-text.js'
import { startProgress } from '../../shell/progress.js'
import { watchInterrupt } from '../../shell/signals.js'
import { notice, printResult, textOfLines } from '../../shell/terminal.js'
import { dayPath, type HeldFolder, holdFolder, writeFailure } from '../day-folder.js'
import { isComplete, openManifest, type SynthDay, type SynthManifest, writeManifest } from './manifest.js'
import { keepRecording, type MadeRecording, refuseForeignFolder } from './recording.js'

/** `dolphin data synth`. */
export function register(parent: Command): void {
  const command = parent
    .command('synth')
    .summary('make days of a seeded synthetic market')
    .description(
      'Make days of a seeded synthetic market: for demos, tests and benchmarks, with no claim about real markets.\n' +
        'The same options give the same bytes. Days that are there already are kept, so a stopped run continues.\n' +
        'Eigen columns are planted, not computed from the prices.',
    )
    .requiredOption('--out <folder>', 'where to put YYYY-MM-DD.parquet and the manifest synth.json')
    .option('--days <n>', 'number of days', String(DEFAULT_DAYS))
    .option('--bars <n>', 'bars per day, evenly spaced; 17280 is one every 5 s', String(SYNTH_DEFAULTS.bars))
    .option('--assets <n>', 'number of assets, BTCUSDT first', String(SYNTH_DEFAULTS.assets))
    .option('--seed <n>', 'seed of the market', String(SYNTH_DEFAULTS.seed))
    .option('--start <date>', 'first day, YYYY-MM-DD', DEFAULT_START)
    .option('--missing-rate <share>', 'share of missing prices, 0 to 0.5', String(SYNTH_DEFAULTS.missingRate))
    .option('--liquidations', 'plant cascades of liquidations into the prices, and record that market beside the days')
    .option('--recording <folder>', 'where to put the recording (default: recording, in the folder of --out)')
    .option(
      '--recorded <symbols>',
      `symbols that are recorded, by comma (default: the first ${PLANT_DEFAULTS.symbols})`,
    )
    .option('--cascades <n>', `cascades a day and symbol, 0 to 12 (default: ${PLANT_DEFAULTS.cascadesPerDay})`)
    .option('--trade-rate <n>', `trades a second and symbol, 0 to 20 (default: ${PLANT_DEFAULTS.tradesPerSecond})`)
    .option('--force', 'replace the days of another market in that folder')
    .option('--json', 'what was made, as JSON on stdout')
    .option('--quiet', 'no progress and no notices')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (raw: RawSynthOptions) => {
    process.exitCode = await synthesize(synthJob(raw))
  })
}

const DEFAULT_DAYS = 56
const DEFAULT_START = '2026-01-01'
/** Ten years of days: beyond that a typing error is likelier than a wish. */
const DAYS_LIMITS = [1, 3_660] as const

const EXAMPLES = `Examples:
  dolphin data synth --out days/                                  56 days of 17,280 bars and 50 assets
  dolphin data synth --out small/ --days 3 --bars 1440 --assets 8 --seed 7
  dolphin data synth --out days/ --days 90                        34 days more of the market above
  dolphin data synth --out fallen/ --days 2 --liquidations        and a recording of three symbols with three cascades a day each`

interface RawSynthOptions {
  readonly out: string
  readonly days: string
  readonly bars: string
  readonly assets: string
  readonly seed: string
  readonly start: string
  readonly missingRate: string
  readonly liquidations?: boolean
  readonly recording?: string
  readonly recorded?: string
  readonly cascades?: string
  readonly tradeRate?: string
  readonly force?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

interface SynthJob {
  readonly out: string
  readonly days: number
  readonly spec: SynthSpec
  readonly plant: Plant | undefined
  /** Folder of the recording. */
  readonly recording: string
  readonly force: boolean
  readonly json: boolean
  readonly quiet: boolean
}

/** Checks the options. Throws {@link Mistake} with every wrong one. */
function synthJob(raw: RawSynthOptions): SynthJob {
  const problems: Problem[] = []
  const number = (option: string, text: string, [low, high]: readonly [number, number], whole = true): number => {
    const value = /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value
    const kind = whole ? 'an integer' : 'a number'
    problems.push({ place: option, message: `expected ${kind} from ${low} to ${high}, found ${found(text)}` })
    return low
  }
  if (!isDate(raw.start)) {
    problems.push({ place: '--start', message: `expected a calendar date YYYY-MM-DD, found ${found(raw.start)}` })
  }
  const spec: SynthSpec = {
    seed: number('--seed', raw.seed, SYNTH_LIMITS.seed),
    start: raw.start,
    bars: number('--bars', raw.bars, SYNTH_LIMITS.bars),
    assets: number('--assets', raw.assets, SYNTH_LIMITS.assets),
    missingRate: number('--missing-rate', raw.missingRate, SYNTH_LIMITS.missingRate, false),
  }
  const days = number('--days', raw.days, DAYS_LIMITS)
  const { out, force = false, json = false, quiet = false, recording = join(raw.out, 'recording') } = raw
  const plant: Plant = {
    symbols: recordedSymbols(raw.recorded, spec, problems),
    cascadesPerDay: number(
      '--cascades',
      raw.cascades ?? String(PLANT_DEFAULTS.cascadesPerDay),
      PLANT_LIMITS.cascadesPerDay,
    ),
    tradesPerSecond: number(
      '--trade-rate',
      raw.tradeRate ?? String(PLANT_DEFAULTS.tradesPerSecond),
      PLANT_LIMITS.tradesPerSecond,
      false,
    ),
  }
  problems.push(...plantProblems(raw, spec))
  if (problems.length > 0) throw new InputMistake(problems)
  return { out, days, spec, plant: raw.liquidations ? plant : undefined, recording, force, json, quiet }
}

function recordedSymbols(text: string | undefined, spec: SynthSpec, problems: Problem[]): readonly string[] {
  const assets = syntheticAssets(spec.assets).map(({ symbol }) => symbol)
  if (text === undefined) return assets.slice(0, PLANT_DEFAULTS.symbols)
  const symbols = [...new Set(text.split(','))]
  for (const symbol of symbols) {
    if (assets.includes(symbol)) continue
    const message = `expected symbols of the ${plural(assets.length, 'asset')}, found ${found(symbol)}${didYouMean(symbol, assets)}`
    problems.push({ place: '--recorded', message })
  }
  return symbols
}

function plantProblems(raw: RawSynthOptions, spec: SynthSpec): Problem[] {
  if (raw.liquidations) {
    const message = 'expected 0 with --liquidations: a market that is recorded lacks no prices'
    return spec.missingRate === 0 ? [] : [{ place: '--missing-rate', message }]
  }
  const { recording, recorded, cascades, tradeRate } = raw
  const given = { '--recording': recording, '--recorded': recorded, '--cascades': cascades, '--trade-rate': tradeRate }
  return Object.entries(given).flatMap(([place, value]) =>
    value === undefined ? [] : [{ place, message: 'expected --liquidations with it' }],
  )
}

/** Makes what is missing, day by day; each day is listed in the manifest as soon as its file is complete. */
async function synthesize(job: SynthJob): Promise<ExitCode> {
  const folder = await holdFolder(job.out)
  try {
    return await synthesizeInto(folder, job)
  } finally {
    await folder.release()
  }
}

async function synthesizeInto({ lost }: HeldFolder, job: SynthJob): Promise<ExitCode> {
  const { out, days, spec, plant } = job
  if (plant !== undefined) await refuseForeignFolder(job.recording, job)
  let manifest = await openManifest(out, job, job.force)
  const dates = Array.from({ length: days }, (_, index) => dateOfEpochDay(epochDay(spec.start) + index))

  const watch = watchInterrupt()
  const progress = startProgress({ total: days, unit: 'days', label: 'Synthesizing', quiet: job.quiet })
  let made = 0
  try {
    for (const [index, date] of dates.entries()) {
      lost.throwIfAborted()
      if (watch.signal.aborted) {
        throw new Interrupted(`Interrupted after ${index} of ${days} days; the same command continues.`)
      }
      if (!(await isComplete(out, date, manifest.days[date]))) {
        const day = await writeDay(out, date, job, index)
        manifest = { ...manifest, days: { ...manifest.days, [date]: day } }
        await writeManifest(out, manifest)
        made++
      }
      progress.advance(1, date)
    }
  } finally {
    progress.stop()
    watch.stop()
  }
  const recording =
    plant === undefined ? undefined : await keepRecording({ ...job, folder: job.recording, plant, lost })
  await report(job, manifest, { dates, made, recording })
  return EXIT.ok
}

async function writeDay(out: string, date: IsoDate, { spec, plant }: SynthJob, index: number): Promise<SynthDay> {
  const path = dayPath(out, date)
  const day = plant === undefined ? synthesizeDay(spec, index) : synthesizePlantedDay(spec, plant, index)
  try {
    return await parquetDayWriter.write(path, day)
  } catch (error) {
    throw writeFailure(path, error)
  }
}

interface Made {
  readonly dates: readonly IsoDate[]
  /** Days that were not there before. */
  readonly made: number
  readonly recording: MadeRecording | undefined
}

async function report(job: SynthJob, manifest: SynthManifest, { dates, made, recording }: Made): Promise<void> {
  const rows = dates.map((date) => ({ date, file: `${date}.parquet`, ...manifest.days[date]! }))
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
  if (job.json) {
    const { spec, version, plant } = manifest
    const document = {
      schema: 'dolphin.data-synth/1',
      version,
      spec,
      made,
      kept: rows.length - made,
      bytes,
      days: rows,
      ...(recording !== undefined && { plant, recording }),
    }
    await printResult(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  const { bars, assets, seed } = job.spec
  await printResult(
    textOfLines([
      `${plural(rows.length, 'day')} ${dates[0]} … ${dates.at(-1)} in ${displayPath(job.out)}: ` +
        `${plural(made, 'day')} made, ${rows.length - made} kept, ${(bytes / 1e6).toFixed(1)} MB`,
      `${count(bars)} bars a day, ${plural(assets, 'asset')}, seed ${seed}`,
      ...(recording === undefined ? [] : [recordingLine(recording)]),
    ]),
  )
  if (!job.quiet) notice('Synthetic: the signal leads these prices by construction; results say nothing about markets.')
}

function recordingLine({ folder, isNew, rows, bytes, symbols, cascades }: MadeRecording): string {
  const size = `${plural(rows, 'row')}, ${(bytes / 1e6).toFixed(1)} MB`
  const what = `${plural(symbols, 'symbol')} with ${plural(cascades, 'cascade')}`
  return `${isNew ? 'recorded' : 'kept the recording of'} ${what} in ${displayPath(folder)}: ${size}`
}
