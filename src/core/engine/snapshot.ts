import { clipped } from '../../base/clipped.js'
import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import { POSTURES } from '../../ports/vocabulary/market.js'
import { type EntryRecord, type ForewarnerStatus, OWN_EXITS } from '../../ports/vocabulary/trades.js'
import type { MersenneTwisterState } from '../numeric/mersenne-twister.js'
import type { TradeFeedback } from '../sizing/sizing.js'
import type { Fills } from './fills.js'
import type { EngineParameters } from './parameters.js'
import { parameterProblems } from './parameters.js'
import type { Position } from './position.js'
import { KEPT_VEL_DIVS } from './vel-div-history.js'

export const SNAPSHOT_SCHEMA = 'dolphin.engine/1'

/** The complete engine state between two bars, as plain JSON data. Prices are the retained ones, oldest first. */
export interface EngineSnapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA
  readonly parameters: EngineParameters
  /** USD. */
  readonly initialCapital: number
  /** Realised, USD. */
  readonly capital: number
  /** Of the next bar, counted from 0 over the run. */
  readonly barIndex: number
  /** Bars so far. */
  readonly barCount: number
  /** Counted like `barIndex`. */
  readonly lastExitBar: number
  readonly timeMs: number | null
  readonly universe: readonly string[]
  readonly prices: readonly (readonly number[])[]
  readonly velDivs: readonly number[]
  readonly feedback: TradeFeedback
  readonly rng: MersenneTwisterState
  /** A sub-day update that waits for the next bar: a factor of the leverage, and how much the signal's depth adds to it. */
  readonly parkedAcb: { readonly boost: number; readonly beta: number } | null
  /** Absent where fills are simulated. */
  readonly fills?: 'adapter'
  /** Where an adapter fills: the entry that is neither confirmed nor dropped. */
  readonly pendingEntry?: EntryRecord | null
  readonly position: Readonly<Position> | null
  /** The day that is under way. `boost`, `beta` and `mcScale` are factors, capital is USD, the rest are counts; null between days. */
  readonly day: {
    readonly date: string
    readonly direction: Direction
    readonly posture: Posture
    readonly boost: number
    readonly beta: number
    readonly boostStart: number
    readonly betaStart: number
    readonly mcStatus: ForewarnerStatus
    readonly mcScale: number
    readonly forewarnerMaxLeverage: number | null
    readonly halted: boolean
    readonly capitalStart: number
    readonly bars: number
    readonly trades: number
    readonly entries: number
  } | null
}

/** A snapshot that cannot be restored: where in the document, what was expected, what was found. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  constructor(
    readonly path: string,
    readonly expected: string,
    readonly found: unknown,
  ) {
    super(`engine snapshot: ${path}: expected ${expected}, found ${describe(found)}`)
  }
}

type Check = (value: unknown, path: string) => void

const number: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new SnapshotError(path, 'a finite number', value)
}
const positive: Check = (value, path) => {
  number(value, path)
  if ((value as number) <= 0) throw new SnapshotError(path, 'a number above zero', value)
}
const count: Check = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new SnapshotError(path, 'a count', value)
}
function countUpTo(max: number): Check {
  return (value, path) => {
    count(value, path)
    if ((value as number) > max) throw new SnapshotError(path, `at most ${max}`, value)
  }
}

const price: Check = (value, path) => {
  number(value, path)
  if ((value as number) <= 0) throw new SnapshotError(path, 'a price above zero', value)
}
const text: Check = (value, path) => {
  if (typeof value !== 'string' || value === '') throw new SnapshotError(path, 'a non-empty string', value)
}
const flag: Check = (value, path) => {
  if (typeof value !== 'boolean') throw new SnapshotError(path, 'true or false', value)
}

function oneOf(...values: readonly (string | number)[]): Check {
  return (value, path) => {
    if (!values.includes(value as never)) throw new SnapshotError(path, `one of ${values.join(', ')}`, value)
  }
}

function nullable(check: Check): Check {
  return (value, path) => {
    if (value !== null) check(value, path)
  }
}

function list(check: Check, length: { readonly exactly?: number; readonly atMost?: number } = {}): Check {
  const { exactly, atMost = Number.POSITIVE_INFINITY } = length
  return (value, path) => {
    if (!Array.isArray(value)) throw new SnapshotError(path, 'a list', value)
    if (exactly !== undefined && value.length !== exactly) {
      throw new SnapshotError(path, `${exactly} items`, `${value.length} items`)
    }
    if (value.length > atMost) throw new SnapshotError(path, `at most ${atMost} items`, `${value.length} items`)
    value.forEach((item, i) => {
      check(item, `${path}[${i}]`)
    })
  }
}

type Checks = Readonly<Record<string, Check>>

function fields(checks: Checks, optional: Checks = {}): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new SnapshotError(path, 'an object', value)
    }
    for (const [key, field] of Object.entries(value)) {
      const check = Object.hasOwn(optional, key) ? optional[key] : undefined
      if (check !== undefined) check(field, `${path}.${key}`)
      else if (!Object.hasOwn(checks, key)) throw new SnapshotError(`${path}.${key}`, 'no such field', 'one')
    }
    for (const [key, check] of Object.entries(checks)) check((value as Record<string, unknown>)[key], `${path}.${key}`)
  }
}

const entryFields: Checks = {
  asset: text,
  direction: oneOf(-1, 1),
  entryBar: count,
  entryTimeMs: nullable(number),
  entryPrice: price,
  notional: number,
  leverage: number,
  fraction: number,
  bucket: oneOf(0, 1, 2, 3),
  strength: number,
  confidence: number,
  isExtreme: flag,
  dc: oneOf('CONFIRM', 'NEUTRAL', 'CONTRADICT'),
  ars: nullable(number),
  arsAdjusted: nullable(number),
  alignment: nullable(number),
  velDiv: number,
  regimeSizeMult: number,
  obMult: number,
  leverageCeiling: number,
  bucketMult: number,
  streakMult: number,
  trendMult: number,
}
const proposedEntry = fields(entryFields)
const openedEntry = fields(entryFields, { quantity: positive })

const position = fields(
  { entry: openedEntry, assetIndex: count, turnBars: count, subdayNormalization: flag },
  {
    fill: fields({
      entryFeesUsd: number,
      exit: nullable(fields({ price, quantity: positive, feesUsd: number })),
    }),
    pendingExit: fields({ reason: oneOf(...OWN_EXITS), price }),
    pricelessBars: count,
  },
)

const documentFields: Checks = {
  schema: oneOf(SNAPSHOT_SCHEMA),
  parameters: (value, path) => {
    if (typeof value !== 'object' || value === null) throw new SnapshotError(path, 'an object', value)
    const problem = parameterProblems(value as Record<string, unknown>)[0]
    if (problem !== undefined) throw new SnapshotError(`${path}.${problem.name}`, problem.expected, problem.found)
  },
  initialCapital: number,
  capital: number,
  barIndex: count,
  barCount: count,
  lastExitBar: (value, path) => {
    if (value !== -1) count(value, path)
  },
  timeMs: nullable(number),
  universe: list(text),
  prices: list(list(price)),
  velDivs: list(number, { atMost: KEPT_VEL_DIVS }),
  feedback: fields({
    bucketWins: list(count, { exactly: 4 }),
    bucketTrades: list(count, { exactly: 4 }),
    recentWins: list(flag, { atMost: 5 }),
  }),
  rng: fields({ words: list(countUpTo(0xffffffff), { exactly: 624 }), position: countUpTo(624), draws: count }),
  parkedAcb: nullable(fields({ boost: number, beta: number })),
  position: nullable(position),
  day: nullable(
    fields({
      date: text,
      direction: oneOf(-1, 1),
      posture: oneOf(...POSTURES),
      boost: number,
      beta: number,
      boostStart: number,
      betaStart: number,
      mcStatus: oneOf('OK', 'ORANGE', 'RED'),
      mcScale: number,
      forewarnerMaxLeverage: nullable(number),
      halted: flag,
      capitalStart: number,
      bars: count,
      trades: count,
      entries: count,
    }),
  ),
}
const document = fields(documentFields, { fills: oneOf('adapter'), pendingEntry: nullable(proposedEntry) })

/** Checks parsed JSON against the snapshot's schema and its own consistency. */
export function checkSnapshot(json: unknown, fills: Fills): EngineSnapshot {
  document(json, '$')
  const snapshot = json as EngineSnapshot
  checkFills(snapshot, fills)
  const twice = snapshot.universe.findIndex((symbol, i) => snapshot.universe.indexOf(symbol) !== i)
  if (twice >= 0) throw new SnapshotError(`$.universe[${twice}]`, 'every symbol once', snapshot.universe[twice])
  if (snapshot.prices.length !== snapshot.universe.length) {
    throw new SnapshotError('$.prices', `${snapshot.universe.length} assets`, `${snapshot.prices.length} assets`)
  }
  if (snapshot.position !== null) {
    const { assetIndex, entry: record } = snapshot.position
    if (snapshot.universe[assetIndex] !== record.asset) {
      throw new SnapshotError('$.position.assetIndex', `the place of ${record.asset} in the universe`, assetIndex)
    }
    if (snapshot.prices[assetIndex]!.length === 0) {
      throw new SnapshotError(`$.prices[${assetIndex}]`, 'a price of the asset that is held', 'none')
    }
    if (snapshot.day === null) throw new SnapshotError('$.day', 'a day, since a position is open', null)
  }
  return snapshot
}

/** A position that nobody confirms would never close, and one that was confirmed must not be closed by simulation. */
function checkFills(snapshot: EngineSnapshot, expected: Fills): void {
  const { position, pendingEntry = null } = snapshot
  const fills: Fills = snapshot.fills ?? 'simulated'
  if (fills !== expected) throw new SnapshotError('$.fills', expected, fills)
  if (position !== null && (position.fill !== undefined) !== (fills === 'adapter')) {
    throw new SnapshotError(
      '$.position.fill',
      fills === 'adapter' ? 'what was confirmed' : 'no such field',
      position.fill,
    )
  }
  if (position?.fill !== undefined && position.entry.quantity === undefined) {
    throw new SnapshotError('$.position.entry.quantity', 'what was confirmed', undefined)
  }
  if (pendingEntry === null) return
  if (fills !== 'adapter') throw new SnapshotError('$.pendingEntry', 'none where fills are simulated', 'one')
  if (position !== null) throw new SnapshotError('$.pendingEntry', 'none, since a position is open', 'one')
  if (!snapshot.universe.includes(pendingEntry.asset)) {
    throw new SnapshotError('$.pendingEntry.asset', 'an asset of the universe', pendingEntry.asset)
  }
  if (snapshot.day === null) throw new SnapshotError('$.day', 'a day, since an entry is proposed', null)
}

function describe(value: unknown): string {
  const shown = JSON.stringify(value) ?? 'nothing'
  return clipped(shown, 60)
}
