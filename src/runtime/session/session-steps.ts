import { present } from '../../base/present.js'
import { MS_PER_DAY } from '../../base/utc-date.js'
import type { StrategyBar } from '../../ports/strategy.js'
import { type RecordedDays, readEachDay } from './days-survey.js'
import { FundingTimes } from './funding-times.js'
import { type BarSettings, SessionBars } from './session-bars.js'
import type { SessionPoint } from './session-recovery.js'

/**
 * The bars of recorded days, one after the other; of a session that goes on, from the last one on that it has taken. Reading ends
 * with the reason of the signal.
 *
 * @throws DayError
 */
export async function* sessionSteps(
  days: RecordedDays,
  settings: BarSettings,
  signal?: AbortSignal,
  from?: SessionPoint,
): AsyncGenerator<SessionStep, void, void> {
  const bars = new SessionBars(settings)
  const funding = new FundingTimes()
  for await (const { columns } of readEachDay(days, signal)) {
    bars.beginDay(columns)
    for (let row = 0; row < columns.bars; row++) {
      const timestampMs = bars.timeMs(row)
      const fundedAtMs = funding.settledBy(timestampMs)
      if (from !== undefined && bars.numberOf(row) < from.bar) continue
      const bar = bars.bar(row)
      const isLast = row === columns.bars - 1
      yield {
        bar,
        date: columns.date,
        ...present({
          dayEndMs: isLast ? dayEndMs(timestampMs) : undefined,
          fundedAtMs,
        }),
      }
    }
  }
}

/** A bar of a session, and what happens before and after it. */
export interface SessionStep {
  readonly bar: StrategyBar
  readonly date: string
  /** Last bar of its day: when, UTC ms, what it led to is known, and the next day may be judged. */
  readonly dayEndMs?: number
  /** Funding has settled at this time, UTC ms, since the bar before. */
  readonly fundedAtMs?: number
}

/** Time after the last bar of a day for what it led to. */
const DAY_END_MS = 1_000

/** The next day's first bar may come at midnight. */
function dayEndMs(lastBarMs: number): number {
  return Math.min(lastBarMs + DAY_END_MS, lastBarMs - (lastBarMs % MS_PER_DAY) + MS_PER_DAY)
}
