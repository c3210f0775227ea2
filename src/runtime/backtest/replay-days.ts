import type { Backtest } from '../../core/backtest/backtest.js'
import { DayError, type DayOutcome, type LoadedDay } from '../../ports/days.js'
import type { SkippedDay } from '../../ports/vocabulary/report.js'

/**
 * The day loop, where reading (asynchronous) and the engine (not) meet: feeds days to a backtest in the order in which they
 * come. `source.read(files, …)` of a day source makes the outcomes; `backtest.finish(…)` makes the report afterwards.
 *
 * @throws DayError on a day that cannot be used, unless the replay keeps going.
 */
export async function replayDays(
  backtest: DayTaker,
  outcomes: AsyncIterable<DayOutcome>,
  { keepGoing = false, check, onDay, signal }: ReplayOptions = {},
): Promise<DaysReplay> {
  const skipped: SkippedDay[] = []
  let done = 0
  try {
    for await (const outcome of outcomes) {
      if (signal?.aborted) break
      const error = await addOutcome(backtest, outcome, check)
      if (error !== undefined) {
        if (!keepGoing) throw error
        const day = { date: outcome.file.date, file: outcome.file.path, error: error.message }
        backtest.skipDay(day)
        skipped.push(day)
      }
      done++
      onDay?.(outcome.file.date)
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
  return { done, skipped, aborted: signal?.aborted === true }
}

export interface ReplayOptions {
  /** Leave days out that cannot be used; otherwise the first of them ends the replay. */
  readonly keepGoing?: boolean | undefined
  /** Refuses a day by throwing, before the engine sees it. */
  check?(day: LoadedDay): void
  /** After each day, also one that was left out. */
  onDay?(date: string): void
  /** Ends the replay between two days. */
  readonly signal?: AbortSignal | undefined
}

/** A backtest, as far as days go; one that waits for what it takes beside a day's columns is waited for. */
export interface DayTaker extends Pick<Backtest, 'skipDay'> {
  addDay(...day: Parameters<Backtest['addDay']>): unknown
}

export interface DaysReplay {
  /** Days that were taken or left out. */
  readonly done: number
  readonly skipped: readonly SkippedDay[]
  /** Whether the signal ended it before the last day. */
  readonly aborted: boolean
}

/** Feeds one day to the engine; answers with the error when the day cannot be used. */
async function addOutcome(
  backtest: DayTaker,
  outcome: DayOutcome,
  check: ReplayOptions['check'],
): Promise<DayError | undefined> {
  if ('error' in outcome) return outcome.error
  check?.(outcome.day)
  try {
    await backtest.addDay(outcome.day.columns, outcome.day.sha256)
    return undefined
  } catch (error) {
    if (!(error instanceof DayError)) throw error
    return error
  }
}
