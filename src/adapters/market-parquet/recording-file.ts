import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataRefused, found, InputMistake, type Problem } from '../../base/mistakes.js'
import { isDate } from '../../base/utc-date.js'
import { displayPath } from '../../files/package-files.js'
import type { RecordingFacts } from '../../ports/market-recording.js'
import type { BookScale } from '../../ports/vocabulary/depth.js'
import { isMarketTable, RECORDING_SCHEMA } from './table-columns.js'

/** What stands in the `recording.json` of a recording's folder. Times are UTC ms of the recording machine. */
export interface Recording extends RecordingFacts {
  readonly schema: typeof RECORDING_SCHEMA
  /** Each process that recorded, from the row on that was its first: what was known of books before ended with its predecessor. */
  readonly starts: readonly { readonly atMs: number; readonly n: number }[]
  /** Up to which time and row everything is in the parts; null before the first. */
  readonly durable: { readonly ms: number; readonly n: number } | null
  readonly gaps: readonly RecordingGap[]
  /** Parts that are being written, below the folder. They count only when they are not named here any more. */
  readonly writing: readonly string[]
}

/** Rows that were taken and are in no part: at most those of this time, with numbers between the two. */
export interface RecordingGap {
  readonly fromMs: number
  readonly untilMs: number
  readonly afterN: number
  readonly beforeN: number
  /** `killed`: its process was, before they were written. `unwritable`: the disk did not take them for too long. */
  readonly why: 'killed' | 'unwritable'
}

export const RECORDING_FILE = 'recording.json'

/** Undefined where the folder has no `recording.json`. Throws `DataRefused` for one that cannot be used. */
export async function readRecording(folder: string): Promise<Recording | undefined> {
  const path = join(folder, RECORDING_FILE)
  const place = displayPath(path)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  let value: Partial<Recording>
  try {
    value = JSON.parse(text) as Partial<Recording>
  } catch {
    throw new DataRefused({ place, message: `expected JSON, found ${found(text)}` })
  }
  if (value?.schema !== RECORDING_SCHEMA) {
    throw new DataRefused({ place, message: `schema: expected ${RECORDING_SCHEMA}, found ${found(value?.schema)}` })
  }
  for (const [key, [expected, holds]] of Object.entries(SHAPE)) {
    const part = value[key as keyof typeof SHAPE]
    if (!holds(part)) throw new DataRefused({ place, message: `${key}: expected ${expected}, found ${found(part)}` })
  }
  return value as Recording
}

export function recordingText(recording: Recording): string {
  return `${JSON.stringify(recording, null, 2)}\n`
}

/** The recording with more scales. Throws `InputMistake` where the facts say otherwise than it does. */
export function withFacts(recording: Recording, folder: string, facts: RecordingFacts): Recording {
  const place = displayPath(folder)
  const problems: Problem[] = []
  for (const key of ['stepMs', 'books'] as const) {
    if (facts[key] === recording[key]) continue
    problems.push({ place, message: `${key}: this recording has ${recording[key]}, found ${facts[key]}` })
  }
  for (const [symbol, scale] of Object.entries(facts.scales)) {
    const known = recording.scales[symbol]
    if (known === undefined || scaleText(known) === scaleText(scale)) continue
    problems.push({
      place,
      message: `scale of ${symbol}: this recording has ${scaleText(known)}, found ${scaleText(scale)}`,
    })
  }
  if (problems.length > 0) throw new InputMistake(problems, { hint: 'Record into another folder.' })
  return { ...recording, scales: { ...recording.scales, ...facts.scales } }
}

/** With one more gap, which is the last one's when it follows it. */
export function joinedGaps(gaps: readonly RecordingGap[], gap: RecordingGap): readonly RecordingGap[] {
  const last = gaps.at(-1)
  if (last === undefined || last.why !== gap.why || last.untilMs !== gap.fromMs) return [...gaps, gap]
  return [...gaps.slice(0, -1), { ...gap, fromMs: last.fromMs, afterN: last.afterN }]
}

function scaleText({ priceDecimals, quantityDecimals }: RecordingFacts['scales'][string]): string {
  return `${priceDecimals} decimals of prices and ${quantityDecimals} of quantities`
}

type Check = readonly [expected: string, holds: (value: unknown) => boolean]

function listOf(what: string, holds: (value: unknown) => boolean): Check {
  return [`a list of ${what}`, (value) => Array.isArray(value) && value.every(holds)]
}

function areNumbers(value: unknown, ...names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isTimeOrNumber((value as Readonly<Record<string, unknown>>)[name]))
}

/** Beyond it there are no dates. */
const TIME_MS_MAX = 8.64e15

function isTimeOrNumber(value: unknown): boolean {
  return Number.isFinite(value) && Math.abs(value as number) <= TIME_MS_MAX
}

/** Whatever stands here is removed at the next start: nothing but a part of this folder may. */
function isPartPath(value: unknown): boolean {
  const [, table, date] = (typeof value === 'string' && PART_PATH.exec(value)) || []
  return table !== undefined && isMarketTable(table) && isDate(date!)
}

const PART_PATH = /^([a-z_]+)[/\\]date=(\d{4}-\d\d-\d\d)[/\\]part-\d{3,}\.parquet$/

function isScale(value: unknown): boolean {
  const { priceDecimals, quantityDecimals } = (value ?? {}) as Partial<BookScale>
  return [priceDecimals, quantityDecimals].every((count) => Number.isInteger(count) && count! >= 0 && count! <= 15)
}

const SHAPE: Readonly<Record<Exclude<keyof Recording, 'schema'>, Check>> = {
  stepMs: ['a whole number above 0', (value) => Number.isSafeInteger(value) && (value as number) > 0],
  books: ["'diffs' or 'partial'", (value) => value === 'diffs' || value === 'partial'],
  scales: ['decimals by symbol, 0 to 15', (value) => isObject(value) && Object.values(value).every(isScale)],
  starts: listOf('starts, each with a time and a number', (value) => areNumbers(value, 'atMs', 'n')),
  durable: ['null, or a time and a number', (value) => value === null || areNumbers(value, 'ms', 'n')],
  gaps: listOf('gaps, each from and until a time and a number', (value) =>
    areNumbers(value, 'fromMs', 'untilMs', 'afterN', 'beforeN'),
  ),
  writing: listOf('parts below the folder', isPartPath),
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
