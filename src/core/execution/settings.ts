import { build, decimal, each, fields, flag, listOf, milliseconds, number } from '../../base/arguments.js'
import type { DecimalText } from '../../base/exact.js'
import { INSTRUMENTS, type Instrument } from '../../ports/vocabulary/instrument.js'
import { LINK_TIMINGS, type LinkTimings } from '../link/link-timings.js'

/** Sources of the numbers: docs/execution.md and the specification. All in ms. */
export interface ExecutionTimings {
  /** A permission that comes later than this after its intent opens nothing. */
  readonly permissionMaxMs: number
  /** A permitted order whose record became durable later than this after the permission is abandoned. */
  readonly orderDelayMaxMs: number
  /** An entry order, or a market exit, that is not over by then has its rest cancelled. */
  readonly restMaxMs: number
  /** A request without an answer by then has an unknown outcome. */
  readonly answerMaxMs: number
  readonly queryEveryMs: number
  /** The venue refuses a submit that arrives later than this after it was recorded. */
  readonly submitValidMs: number
  readonly truthEveryMs: number
  /** Nothing opens on a truth that came longer ago than this, or took longer than this to come. */
  readonly truthAgeMaxMs: number
  readonly truthDelayMaxMs: number
  readonly reportRepeatMs: number
  /** How long the link may be lost before the position is flattened. */
  readonly lostDwellMs: number
  /** How long the venue's own protective order has, once the price is beyond it. */
  readonly watchGraceMs: number
  /** Waits after the first, second, … rejection in a row; the last one repeats. */
  readonly retryAfterMs: readonly number[]
}

export const EXECUTION_TIMINGS: ExecutionTimings = {
  permissionMaxMs: 500,
  orderDelayMaxMs: 1000,
  restMaxMs: 2000,
  answerMaxMs: 3000,
  queryEveryMs: 1000,
  submitValidMs: 5000,
  truthEveryMs: 5000,
  truthAgeMaxMs: 10_000,
  truthDelayMaxMs: 2000,
  reportRepeatMs: 2000,
  lostDwellMs: 30_000,
  watchGraceMs: 1000,
  retryAfterMs: [1000, 2000, 4000, 8000, 10_000],
}

export interface ExecutionSettings {
  /** The active contracts: anything else is refused. At least one. */
  readonly instruments: readonly Instrument[]
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly build: string
  readonly timings: ExecutionTimings
  readonly link: LinkTimings
  /** Fractions of the entry's average price. */
  readonly takeProfit: DecimalText
  readonly catastrophicStop: DecimalText
  /** What the venue can hold for us; what it cannot is watched here alone. */
  readonly venue: { readonly takeProfitOrders: boolean; readonly stopOrders: boolean }
  /** Records not yet durable above which nothing opens. */
  readonly journalCapacity: number
}

/** The defaults of everything but what a run must say itself. */
export const EXECUTION_DEFAULTS: Omit<ExecutionSettings, 'instruments' | 'build'> = {
  timings: EXECUTION_TIMINGS,
  link: LINK_TIMINGS,
  takeProfit: '0.0133',
  catastrophicStop: '0.1',
  venue: { takeProfitOrders: true, stopOrders: true },
  journalCapacity: 1024,
}

/** Of {@link ExecutionSettings}, as somebody else's program gives them. */
export const EXECUTION_SETTINGS = fields<ExecutionSettings>({
  instruments: INSTRUMENTS,
  build,
  timings: each(EXECUTION_TIMINGS, milliseconds, { retryAfterMs: listOf(milliseconds, { min: 1 }) }),
  link: each(LINK_TIMINGS, milliseconds),
  takeProfit: decimal('above zero and below 1'),
  catastrophicStop: decimal('above zero'),
  venue: fields<ExecutionSettings['venue']>({ takeProfitOrders: flag, stopOrders: flag }),
  journalCapacity: number({ min: 1, integer: true }),
})
