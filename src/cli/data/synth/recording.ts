import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { openMarketRecorder } from '../../../adapters/market-parquet/market-recorder.js'
import { canonicalJson } from '../../../base/canonical-json.js'
import { InputMistake, Interrupted, SurroundingsFailed } from '../../../base/mistakes.js'
import { dateOfEpochMs, epochDay, MS_PER_DAY } from '../../../base/utc-date.js'
import { type Plant, type PlantedCascade, plantedCascades } from '../../../core/days/planted-cascades.js'
import { SYNTH_VERSION, type SynthSpec } from '../../../core/days/synthesize.js'
import { type NewRecordedRow, SyntheticRecording } from '../../../core/days/synthetic-recording.js'
import { makeFolder, syncFolder } from '../../../files/folder.js'
import { displayPath } from '../../../files/package-files.js'
import { writeAtomically } from '../../../files/whole-file.js'
import type { MarketRecorder, MarketRows } from '../../../ports/market-recording.js'
import { startProgress } from '../../shell/progress.js'
import { watchInterrupt } from '../../shell/signals.js'

/**
 * The recording of a synthetic market: the one that is there when it is of the same market and days, otherwise a new one in its place,
 * which is made under another name first, so it is there whole or not at all.
 *
 * @throws Interrupted between two portions; the next start begins the recording anew.
 */
export async function keepRecording(job: RecordingJob): Promise<MadeRecording> {
  const there = await plantedIn(job.folder)
  const wanted = plantedOf(job)
  if (there !== undefined && marketText(there) === marketText(wanted)) return summary(job.folder, there, false)
  return summary(job.folder, await makeRecording(job, wanted), true)
}

export interface RecordingJob {
  readonly folder: string
  readonly spec: SynthSpec
  readonly plant: Plant
  readonly days: number
  readonly quiet: boolean
  /** Aborted when the folder of days is not ours any more. */
  readonly lost: AbortSignal
}

export interface MadeRecording {
  readonly folder: string
  readonly isNew: boolean
  readonly rows: number
  readonly bytes: number
  readonly symbols: number
  readonly cascades: number
}

/** Throws `InputMistake` for a folder whose content nothing says to be such a recording: it would be replaced. */
export async function refuseForeignFolder(
  folder: string,
  { out, force }: { readonly out: string; readonly force: boolean },
): Promise<void> {
  if (!relative(folder, out).startsWith('..')) {
    throw new InputMistake({
      place: '--recording',
      message: 'expected another folder than that of the days or one around it',
    })
  }
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new InputMistake({ place: folder, message: `expected a folder: ${error.message}` })
  })
  if (found.length === 0 || (await plantedIn(folder)) !== undefined) return
  if (force && found.includes('recording.json')) return
  throw new InputMistake(
    { place: displayPath(folder), message: `expected a recording of a synthetic market, found no ${PLANTED_FILE}` },
    { hint: 'Give another --recording, or --force to replace a recording of another market.' },
  )
}

/** What stands in `planted.json`, beside `recording.json`: what was planted, so that it can be held to what is found. */
interface Planted {
  readonly schema: 'dolphin.planted/1'
  readonly version: number
  readonly spec: SynthSpec
  readonly plant: Plant
  readonly days: number
  readonly rows: number
  readonly cascades: readonly ListedCascade[]
}

type ListedCascade = Omit<PlantedCascade, 'priceFactors' | 'openInterestFactors' | 'waves'> & {
  readonly waves: readonly {
    readonly startMs: number
    readonly endMs: number
    readonly liquidationCount: number
    readonly valueUsd: number
  }[]
}

const PLANTED_FILE = 'planted.json'

function plantedOf({ spec, plant, days }: RecordingJob): Planted {
  const cascades = Array.from({ length: days }, (_, day) =>
    plant.symbols.flatMap((symbol) => plantedCascades(spec, plant, day, symbol)),
  ).flat()
  const listed = cascades.sort((a, b) => a.startMs - b.startMs || (a.symbol < b.symbol ? -1 : 1)).map(listedCascade)
  return { schema: 'dolphin.planted/1', version: SYNTH_VERSION, spec, plant, days, rows: 0, cascades: listed }
}

function listedCascade({ priceFactors: _, openInterestFactors: __, waves, ...cascade }: PlantedCascade): ListedCascade {
  const listed = waves.map(({ startMs, endMs, liquidations }) => {
    const valueUsd = liquidations.reduce((sum, one) => sum + one.valueUsd, 0)
    return { startMs, endMs, liquidationCount: liquidations.length, valueUsd }
  })
  return { ...cascade, waves: listed }
}

/** All that a recording follows from. */
function marketText({ schema, version, spec, plant, days }: Planted): string {
  return canonicalJson({ schema, version, spec, plant, days })
}

async function plantedIn(folder: string): Promise<Planted | undefined> {
  if (!existsSync(join(folder, 'recording.json'))) return undefined
  try {
    const planted = JSON.parse(await readFile(join(folder, PLANTED_FILE), 'utf8')) as Partial<Planted> | null
    return planted?.schema === 'dolphin.planted/1' ? (planted as Planted) : undefined
  } catch {
    return undefined
  }
}

async function makeRecording(job: RecordingJob, wanted: Planted): Promise<Planted> {
  const { folder } = job
  const making = join(dirname(folder), `.${basename(folder)}.making`)
  await makeFolder(dirname(folder))
  const watch = watchInterrupt()
  try {
    await rm(making, { recursive: true, force: true })
    const planted = { ...wanted, rows: await record(making, job, watch.signal) }
    await writeAtomically(join(making, PLANTED_FILE), `${JSON.stringify(planted, null, 2)}\n`)
    await rm(folder, { recursive: true, force: true })
    await rename(making, folder)
    await syncFolder(dirname(folder))
    return planted
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    throw error
  } finally {
    watch.stop()
  }
}

/** Rows that are written together, at most: below what the recorder would write by itself. */
const PORTION_ROWS = 100_000

async function record(
  folder: string,
  { spec, plant, days, quiet, lost }: RecordingJob,
  interrupt: AbortSignal,
): Promise<number> {
  const recording = new SyntheticRecording(spec, plant)
  let nowMs = epochDay(spec.start) * MS_PER_DAY
  const recorder = await openMarketRecorder({
    folder,
    facts: recording.facts,
    clock: { epochMs: () => nowMs },
    timer: { at: () => () => {} },
    report({ level, message }) {
      if (level === 'ERROR') throw new SurroundingsFailed({ place: displayPath(folder), message })
    },
  })
  const progress = startProgress({ total: days, unit: 'days', label: 'Recording', quiet })
  let rows = 0
  try {
    for (let day = 0; day < days; day++) {
      for (const next of recording.nextDay()) {
        nowMs = msOf(next)
        add(recorder, next)
        if (++rows % PORTION_ROWS !== 0) continue
        await recorder.flush()
        refuse({ lost, interrupt })
      }
      await recorder.flush()
      refuse({ lost, interrupt })
      progress.advance(1, dateOfEpochMs(nowMs))
    }
  } finally {
    progress.stop()
    await recorder.close()
  }
  return rows
}

function add(recorder: MarketRecorder, { table, row }: NewRecordedRow): void {
  recorder.add(table, { n: recorder.nextNumber(), ...row } as MarketRows[typeof table])
}

function msOf({ row }: NewRecordedRow): number {
  if ('T_ms' in row) return row.T_ms
  if ('E_ms' in row) return row.E_ms
  return 'close_ms' in row ? row.close_ms : row.t_ms
}

function refuse({ lost, interrupt }: { readonly lost: AbortSignal; readonly interrupt: AbortSignal }): void {
  lost.throwIfAborted()
  if (interrupt.aborted) throw new Interrupted('Interrupted before the recording was whole; the same command makes it.')
}

async function summary(folder: string, { rows, plant, cascades }: Planted, isNew: boolean): Promise<MadeRecording> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  return { folder, isNew, rows, bytes, symbols: plant.symbols.length, cascades: cascades.length }
}
