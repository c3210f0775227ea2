import type { CarriedBacktest } from '../../../core/backtest/backtest.js'
import type { Assessment, AssessmentRequest, ClosedTrade } from '../../../core/forewarner/assessment.js'
import type { DayColumns } from '../../../ports/days.js'
import type { Grid } from '../../../ports/grid.js'
import type { Colour } from '../../../ports/vocabulary/flows.js'
import type { Posture } from '../../../ports/vocabulary/market.js'

/** What the tasks of a flow stand on. */
export interface FlowParts {
  readonly colour: Colour
  readonly grid: Grid
  /** The configuration, read anew for each run. @throws Mistake where it cannot be used. */
  strategy(): FlowStrategy
  /** A day as it lies in the folders of days. @throws DayError; Mistake where there is none. */
  loadDay(date: string): Promise<FlowDay>
  /** The bulk engine over one day. Reports how far it is. */
  paperDay(request: DayRequest): Promise<DayResult>
  /** Both sides of a session over one day, on paper, flat at its beginning and at its end. */
  supervisedDay(request: DayRequest): Promise<DayResult>
  assess(request: AssessmentRequest, signal: AbortSignal): Promise<Assessment>
  /** A line of the paper log of the configuration, once by its `effect_key`. */
  logLine(line: Readonly<Record<string, unknown>> & { readonly effect_key: string }): Promise<void>
  /** A report for people, under a name of its own. */
  report(name: string, text: string): Promise<void>
  /** USDT that every run begins with; absent: what was recorded. */
  readonly capital?: number
  /** Said by a person; absent: what the survival service has published. */
  readonly posture?: Posture
  warn(text: string): void
}

/** A configuration. */
export interface FlowStrategy {
  /** `blue`. */
  readonly strategy: string
  /** First 16 hex digits of the SHA-256 of its parameters. */
  readonly parametersHash: string
  /** What it must be to be the champion's; undefined: the configuration is declared research. */
  readonly championHash: string | undefined
  /** USDT. */
  readonly initialCapital: number
  /** Times the capital, before the day's boost, and whatever that is. */
  readonly leverage: { readonly max: number; readonly absoluteMax: number }
  /** Of the draws of a forewarner. */
  readonly seed: number
}

export interface FlowDay {
  readonly path: string
  readonly columns: DayColumns
  /** Of the file. */
  readonly sha256: string
}

export interface DayRequest {
  readonly day: FlowDay
  /** USDT. */
  readonly capital: number
  /** Where the day before ended; absent: it begins anew. */
  readonly carried?: CarriedBacktest
  readonly posture: Posture
  readonly signal: AbortSignal
  progress(done: number, total: number, unit: string): void
}

/** What came of a day. Money in USDT. */
export interface DayResult {
  readonly capital: number
  readonly pnl: number
  readonly trades: number
  readonly bars: number
  /** Factors of the leverage, and the forewarner's verdict, of the day. */
  readonly boost: number
  readonly beta: number
  readonly forewarner: 'OK' | 'ORANGE' | 'RED'
  readonly closed: readonly ClosedTrade[]
  /** Where the next day goes on; null: it begins anew. */
  readonly carried: CarriedBacktest | null
}
