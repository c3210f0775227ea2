import type { BarObservations } from '../../core/backtest/day-observations.js'
import type { StrategyBacktest } from '../../core/backtest/strategy-backtest.js'
import { timesOf } from '../../core/days/timestamps.js'
import type { DayColumns } from '../../ports/days.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayTaker } from './replay-days.js'

/** The observation of the bar in force, for a backtest that is taken from bar to bar. */
export class ObservationAtBar implements BarObservations {
  private observation: BarObservation | undefined

  take(observation: BarObservation | undefined): void {
    this.observation = observation
  }

  at(): BarObservation | undefined {
    return this.observation
  }
}

/** Answers what was observed by a time, UTC ms, which never goes back. */
export type ObservedBy = (timestampMs: number) => Promise<BarObservation | undefined>

/**
 * A backtest whose strategy observes the market: taken from bar to bar, each with what had been observed by then, so that no more
 * than one bar's observation is held.
 */
export class ObservedDays implements DayTaker {
  constructor(
    private readonly backtest: StrategyBacktest,
    private readonly around: { readonly atBar: ObservationAtBar; readonly observedBy: ObservedBy },
  ) {}

  async addDay(columns: DayColumns, sha256: string): Promise<void> {
    const { backtest } = this
    const { atBar, observedBy } = this.around
    backtest.beginDay(columns)
    const volOk = backtest.settings.volGate?.maskForDay(columns)
    for (const [row, atMs] of barTimesMs(columns).entries()) {
      atBar.take(await observedBy(atMs))
      backtest.runTo(row + 1, columns, volOk)
    }
    backtest.completeDay(columns, sha256)
  }

  skipDay(day: SkippedDay): void {
    this.backtest.skipDay(day)
  }
}

/** When each bar of a day happened, UTC ms. @throws DayError without timestamps. */
export function barTimesMs(columns: DayColumns): readonly number[] {
  return Array.from(timesOf(columns), (timestampNs) => Number(timestampNs / NS_PER_MS))
}

const NS_PER_MS = 1_000_000n
