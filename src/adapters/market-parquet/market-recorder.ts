import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InputMistake, SurroundingsFailed } from '../../base/mistakes.js'
import { makeFolder } from '../../files/folder.js'
import { displayPath } from '../../files/package-files.js'
import { removeTemporaries, writeAtomically } from '../../files/whole-file.js'
import { LockHeldError, takeWriterLock, type WriterLock } from '../../files/writer-lock.js'
import type { MarketRecorder, RecordingFacts } from '../../ports/market-recording.js'
import { encodePart } from './encode-part.js'
import { FileMarketRecorder } from './file-market-recorder.js'
import { datesOf, partNumber } from './part-files.js'
import type { MarketRecorderOptions } from './recorder-options.js'
import { RECORDING_FILE, type Recording, type RecordingGap, readRecording, withFacts } from './recording-file.js'
import { BEAT_MS, type Life, readLife, SignOfLife } from './sign-of-life.js'
import { MARKET_TABLES, RECORDING_SCHEMA } from './table-columns.js'

/**
 * Opens a recording, or goes on with one. What a killed process left half-written is removed, and what it lost is told, in
 * `recording.json`, too.
 *
 * @throws `InputMistake` where the folder holds a recording of another step, other books or other scales; `DataRefused` where its
 * `recording.json` cannot be used; `SurroundingsFailed` where another process records into it.
 */
export async function openMarketRecorder(options: MarketRecorderOptions): Promise<MarketRecorder> {
  const { folder } = options
  await makeFolder(folder)
  const lock = await lockOf(folder, () => recorder?.lose())
  let recorder: FileMarketRecorder | undefined
  try {
    recorder = await resumed(options, lock)
    return recorder
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function resumed(options: MarketRecorderOptions, lock: WriterLock): Promise<FileMarketRecorder> {
  const { folder, facts, clock, report, encode = encodePart, write = writeAtomically } = options
  const found = await readRecording(folder)
  if (found === undefined) await refusePartsOfNobody(folder)
  const before = withFacts(found ?? newRecording(facts), folder, facts)
  await removeUnfinished(folder, before)
  const nowMs = clock.epochMs()
  const path = join(folder, LIFE_FILE)
  const earlier = found === undefined ? undefined : ((await readLife(path)) ?? unknownLife(before, nowMs))
  const gap = earlier === undefined || earlier.ended ? undefined : gapAfter(before, earlier, nowMs)
  if (gap !== undefined) {
    report({ level: 'WARNING', code: 'RECORDING_LOST', message: `${displayPath(folder)}: ${lostText(gap)}` })
  }
  const n = gap?.beforeN ?? lastNumber(before, earlier) + 1
  const recording: Recording = {
    ...before,
    starts: [...before.starts, { atMs: nowMs, n }],
    gaps: gap === undefined ? before.gaps : [...before.gaps, gap],
    writing: [],
  }
  const { flushMs = FLUSH_MS, backlogBytesMax = BACKLOG_BYTES_MAX, timer } = options
  const started = { startedMs: nowMs, atMs: nowMs, n: n - 1, ended: false }
  const recorder = new FileMarketRecorder(
    { folder, clock, timer, flushMs, report, encode, write, backlogBytesMax },
    { lock, recording, gap, started },
  )
  await recorder.saveRecording()
  recorder.start(await SignOfLife.open(path, started))
  return recorder
}

const FLUSH_MS = 300_000
const BACKLOG_BYTES_MAX = 256e6
const LOCK_FILE = 'recording.lock'
const LIFE_FILE = 'alive.json'

function newRecording({ stepMs, books, scales }: RecordingFacts): Recording {
  const nothing = { starts: [], durable: null, gaps: [], writing: [] }
  return { schema: RECORDING_SCHEMA, stepMs, books, scales, ...nothing }
}

async function lockOf(folder: string, lost: () => void): Promise<WriterLock> {
  return await takeWriterLock(join(folder, LOCK_FILE), lost).catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error
    throw new SurroundingsFailed(
      { place: displayPath(folder), message: `another process${error.who} records into this folder` },
      { hint: 'Stop it, or record into another folder.' },
    )
  })
}

/** Without its `recording.json` nobody knows which numbers and scales the parts have. */
async function refusePartsOfNobody(folder: string): Promise<void> {
  for (const table of MARKET_TABLES) {
    if ((await datesOf(folder, table)).length === 0) continue
    const message = `expected ${RECORDING_FILE} beside the rows of ${table}, found none`
    throw new InputMistake({ place: displayPath(folder), message }, { hint: 'Record into another folder.' })
  }
}

/** Parts of a window that a killed process was about to write: some of them are there, and some are not. */
async function removeUnfinished(folder: string, { writing }: Recording): Promise<void> {
  await removeTemporaries(folder, (name) => name === RECORDING_FILE)
  for (const part of writing) await rm(join(folder, part), { force: true })
  for (const dates of new Set(writing.map((part) => dirname(part)))) {
    await removeTemporaries(join(folder, dates), (name) => partNumber(name) !== undefined).catch(absent)
  }
}

function absent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** Of a process that left no sign, what it had may be lost until now. */
function unknownLife({ durable, starts }: Recording, nowMs: number): Life {
  return { startedMs: durable?.ms ?? starts.at(-1)?.atMs ?? nowMs, atMs: nowMs, n: 0, ended: false }
}

/** A sign is given every {@link BEAT_MS}, and one may come late: until two of them after the last the process may have lived. */
function gapAfter(before: Recording, life: Life, nowMs: number): RecordingGap {
  const fromMs = Math.max(before.durable?.ms ?? 0, life.startedMs)
  return {
    fromMs,
    untilMs: Math.max(fromMs, Math.min(nowMs, life.atMs + 2 * BEAT_MS)),
    afterN: before.durable?.n ?? 0,
    // One is left out, so that the gap shows in the numbers even where none that were lost are known of.
    beforeN: lastNumber(before, life) + 2,
    why: 'killed',
  }
}

/** The highest number that is known to have been given. */
function lastNumber({ durable, starts }: Recording, life: Life | undefined): number {
  return Math.max(durable?.n ?? 0, life?.ended === false ? life.n : 0, (starts.at(-1)?.n ?? 1) - 1)
}

function lostText({ fromMs, untilMs }: RecordingGap): string {
  return `an earlier process was killed; lost is at most what came from ${timeText(fromMs)} to ${timeText(untilMs)}`
}

function timeText(ms: number): string {
  return new Date(ms).toISOString()
}
