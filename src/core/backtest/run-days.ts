import type { IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import type { DayExtent } from '../days/incomplete-days.js'
import { coverageAtStep } from '../days/verify-bars.js'
import { barStepSeconds } from './bar-step.js'
import { Baseline } from './baseline.js'
import { type DayTimes, type Gap, GapWatch, withGaps } from './gaps.js'
import type { BacktestSettings } from './settings.js'

/** What a run remembers of its days, whoever decides on their bars. */
export class RunDays {
  readonly records: DayRecord[] = []
  readonly skipped: SkippedDay[] = []
  readonly hashes: string[] = []
  readonly stepSeconds: number[] = []
  readonly extents: DayExtent[] = []
  readonly baseline: Baseline
  private readonly watch = new GapWatch()
  /** Since the entry of the open position. */
  private gaps: readonly Gap[] = []
  private readonly carriedDate: IsoDate | undefined

  /** @param carried of the run that this one goes on from. */
  constructor(settings: BacktestSettings, carried?: CarriedDays) {
    this.baseline = new Baseline(settings)
    if (carried === undefined) return
    const { date, lastNs, stepMs, gaps } = carried
    this.carriedDate = date
    this.gaps = gaps
    this.watch.before = { date, stepMs, ...(lastNs === null ? {} : { lastNs: BigInt(lastNs) }) }
  }

  /** The last day that was run, also by the run before. */
  get lastDate(): IsoDate | undefined {
    return this.last?.date ?? this.carriedDate
  }

  /** What a run of the next days needs of these; undefined before the first. */
  carry(): CarriedDays | undefined {
    const { before } = this.watch
    if (before === undefined) return undefined
    const { date, stepMs, lastNs } = before
    return { date, stepMs, lastNs: lastNs === undefined ? null : String(lastNs), gaps: this.gaps }
  }

  get last(): DayRecord | undefined {
    return this.records.at(-1)
  }

  /** The gaps before the bars of a day that is about to be run; `firstBar` is the global index of its first. */
  gapsOf(times: DayTimes, firstBar: number): readonly Gap[] {
    const found = this.watch.next(times, firstBar)
    this.gaps = [...this.gaps, ...found]
    return found
  }

  /** The trade with the time without data that it was held over. */
  held(trade: Trade): Trade {
    return withGaps(trade, this.gaps)
  }

  /** A day has been run; `open` is what is held at its end. */
  end(record: DayRecord, open: EntryRecord | undefined): void {
    this.records.push(record)
    this.gaps = open === undefined ? NO_GAPS : this.gaps.filter(({ bar }) => bar > open.entryBar)
  }

  /** What a report says of the data of a day that has ended; `sha256` is the hash of its file. */
  describe(columns: DayColumns, sha256: string): void {
    this.hashes.push(sha256)
    this.baseline.addDay(columns)
    const step = barStepSeconds(columns)
    if (step !== undefined) this.stepSeconds.push(step)
    this.extents.push(extentOf(columns, step))
  }

  /** The last day has come to something else: a position was closed at its end. */
  amend(record: DayRecord): void {
    this.records[this.records.length - 1] = record
  }
}

/** What of a run's days the next run has to know, as plain JSON. */
export interface CarriedDays {
  readonly date: IsoDate
  /** Of the last bar, UTC ns in decimal; null where bars have no times. */
  readonly lastNs: string | null
  /** The usual time from bar to bar, ms. */
  readonly stepMs: number
  /** Since the entry of the open position. */
  readonly gaps: readonly Gap[]
}

const NO_GAPS: readonly Gap[] = []

function extentOf({ date, bars, timestampNs }: DayColumns, stepSeconds: number | undefined): DayExtent {
  if (timestampNs === undefined || stepSeconds === undefined) return { date, bars }
  return { date, bars, coverage: coverageAtStep({ date, timestampNs }, stepSeconds * 1e9) }
}
