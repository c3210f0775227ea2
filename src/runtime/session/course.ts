import { type DecimalText, decimalText } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { Pace } from '../time/pace.js'
import type { SessionPoint } from './session-recovery.js'
import type { SessionStep } from './session-steps.js'

/**
 * A session's way through its steps: each bar when its time has come. The strategies see a bar before the market moves to
 * it: what they decide at it reaches a venue that shows its prices, and an order that it triggers is over before the next
 * bar is looked at. An aborted signal ends the course between two bars. `bars` are those of the whole session, what it was before
 * it went on included.
 */
export async function runCourse(course: CourseParts, signal: AbortSignal): Promise<CourseEnd> {
  const { pace, fundingRate, from, market } = course
  const play = (bar: StrategyBar): void => {
    if (market !== undefined) for (const event of pricesOf(bar)) market(event)
  }
  let bars = from === undefined ? 0 : from.bar + 1
  let open: string | undefined
  let isResumed = from === undefined
  try {
    for await (const step of course.steps) {
      const { bar, date, dayEndMs, fundedAtMs } = step
      if (from !== undefined && bar.bar <= from.bar) {
        // It has been decided on. The market is where the last one left it, which an exchange that has died does not know.
        if (bar.bar === from.bar) play(bar)
        open = dayEndMs === undefined ? date : undefined
        await course.turn?.(step)
        if (signal.aborted) break
        continue
      }
      if (fundedAtMs !== undefined && fundingRate !== undefined && market !== undefined) {
        await pace.passTo(Math.max(fundedAtMs, pace.timer.epochMs()), signal)
        for (const symbol of bar.symbols) market({ kind: 'fundingRate', symbol, rate: fundingRate })
      }
      await pace.passTo(bar.timestampMs, signal)
      if (signal.aborted) break
      if (!isResumed) course.resumed?.(from!, bar)
      isResumed = true
      // Prices as they come do not say that a day has ended: the next one does.
      if (open !== undefined && open !== date) course.dayEnded(pace.timer.epochMs())
      course.bar(bar)
      play(bar)
      bars++
      open = dayEndMs === undefined ? date : undefined
      if (dayEndMs !== undefined) {
        await pace.passTo(dayEndMs, signal)
        course.dayEnded(pace.timer.epochMs())
      }
      await course.turn?.(step)
      if (signal.aborted) break
    }
    if (!signal.aborted) await coolDown(course, signal)
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
  return { finished: !signal.aborted, bars, atMs: pace.timer.epochMs() }
}

export interface CourseParts {
  readonly steps: AsyncIterable<SessionStep> | Iterable<SessionStep>
  readonly pace: Pace
  /** Fraction of the notional at each settlement; absent: none is settled. */
  readonly fundingRate?: DecimalText | undefined
  /** Gives the strategies a bar. */
  bar(bar: StrategyBar): void
  /** Something happens in the market; absent: the market is not the session's to play. */
  readonly market?: ((event: MarketEvent) => void) | undefined
  /** What the last bar of a day led to is known. */
  dayEnded(atMs: number): void
  /** Where a session goes on: bars up to that one are ignored. */
  readonly from?: SessionPoint | undefined
  /** The first bar after it. */
  resumed?(from: SessionPoint, bar: StrategyBar): void
  /** Whether what the last bar led to is over: then it is not waited for any longer. Absent: nobody knows. */
  isSettled?(): boolean
  /** After each bar: lets files, signals and whoever watches have their turn. */
  turn?(step: SessionStep): Promise<void> | void
}

export interface CourseEnd {
  /** Whether every step was taken, and its consequences waited for. */
  readonly finished: boolean
  readonly bars: number
  /** UTC ms, of the session's own time. */
  readonly atMs: number
}

async function coolDown({ pace, isSettled }: CourseParts, signal: AbortSignal): Promise<void> {
  const endMs = pace.timer.epochMs() + COOL_DOWN_MS
  if (isSettled === undefined) {
    await pace.passTo(endMs, signal)
    return
  }
  do await pace.passTo(Math.min(endMs, pace.timer.epochMs() + LOOK_MS), signal)
  while (!signal.aborted && pace.timer.epochMs() < endMs && !isSettled())
}

/** Time after the last bar for what it led to. */
const COOL_DOWN_MS = 30_000
/** Longer than protection takes to be placed and a truth to come; less than a market without bars needs to be found stale. */
const LOOK_MS = 6_000

/** A bar as the market that a venue sees. */
function pricesOf({ symbols, prices }: StrategyBar): MarketEvent[] {
  return symbols.flatMap((symbol, i) => {
    const price = prices[i]!
    return price > 0 ? [{ kind: 'bar' as const, symbol, close: decimalText(price) }] : []
  })
}
