import { present } from '../../base/present.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { TradeRecord } from '../../ports/vocabulary/session.js'
import type { AssumptionEvidence } from './shipped-assumptions.js'

/** What a session cannot know of its own bars and trades. */
export interface SessionSource {
  /** Trades are filled by a market that is really there, at prices of now. */
  readonly isNow: boolean
  readonly expectedWinRate: number
  /** Of what a feed tells, the median age that is still young, ms; absent: 100. */
  readonly feedLatencyMsMax?: number | undefined
  /** Of fills before the session, basis points against us, the oldest first. */
  readonly earlierSlippageBps?: readonly number[] | undefined
}

/**
 * What a running session knows of what it takes for granted: of the last bars and trades, and of the market where a strategy
 * observes it. Whatever it was not told of stays absent. Not durable: after a restart bars are gathered anew.
 */
export class SessionEvidence {
  private readonly latenciesMs: number[] = []
  private readonly timesMs: number[] = []
  private readonly answers: boolean[] = []
  private readonly minutes: { readonly minute: number; readonly price: number }[] = []
  private readonly openInterest = new Map<string, number>()
  /** What was observed, hour by hour, of the last day: what a feed told before says nothing of whether it still does. */
  private readonly hours: ObservedHour[] = []
  private lastObservedMs: number | undefined

  constructor(private readonly source: SessionSource) {}

  /** `feedLatencyMs`: age of what the feed told last; absent: there is no feed that says. */
  bar(bar: StrategyBar, feedLatencyMs?: number): void {
    keep(this.timesMs, bar.timestampMs, BARS_KEPT)
    if (feedLatencyMs !== undefined) keep(this.latenciesMs, feedLatencyMs, BARS_KEPT)
    this.price(bar)
    this.observed(bar)
  }

  /** Whether the exchange had answered within its time, as of a bar. */
  answered(inTime: boolean): void {
    keep(this.answers, inTime, BARS_KEPT)
  }

  /** @param trades all that were closed, the oldest first. */
  gathered(trades: readonly TradeRecord[]): AssumptionEvidence {
    const { source, latenciesMs, answers, hours } = this
    const sum = (of: (hour: ObservedHour) => number) => hours.reduce((all, hour) => all + of(hour), 0)
    const recent = trades.slice(-TRADES_KEPT)
    const slippage = [...(source.earlierSlippageBps ?? []), ...slippageBpsOf(trades)].slice(-FILLS_KEPT)
    const isObserving = this.lastObservedMs !== undefined
    return {
      timestampsMs: this.timesMs,
      tradesWon: { won: recent.map(({ netPnl }) => Number(netPnl) > 0), expectedWinRate: source.expectedWinRate },
      ...present({
        liquidations: isObserving
          ? { events: sum(({ bursts }) => bursts), listenedMs: sum(({ observedMs }) => observedMs) }
          : undefined,
        openInterest: isObserving ? { moves: sum(({ moves }) => moves), fell: sum(({ fell }) => fell) } : undefined,
        feedLatencyMs: latenciesMs.length > 0 ? latenciesMs : undefined,
        feedLatencyMsMax: source.feedLatencyMsMax,
        exchangeAnswers:
          answers.length > 0 ? { asked: answers.length, inTime: answers.filter(Boolean).length } : undefined,
        fillSlippageBps: source.isNow ? slippage : undefined,
        returns: this.returns(),
      }),
    }
  }

  /** One a minute, of the first symbol: what comes faster hangs together too much to be compared. */
  private price({ prices, timestampMs }: StrategyBar): void {
    const minute = Math.floor(timestampMs / MINUTE_MS)
    const price = prices[0] ?? Number.NaN
    if (!(price > 0) || this.minutes.at(-1)?.minute === minute) return
    keep(this.minutes, { minute, price }, MINUTES_KEPT)
  }

  private returns(): AssumptionEvidence['returns'] {
    const returns = this.minutes.flatMap(({ minute, price }, i, all) =>
      all[i - 1]?.minute === minute - 1 ? [Math.log(price / all[i - 1]!.price)] : [],
    )
    const half = Math.floor(returns.length / 2)
    return { before: returns.slice(0, half), recent: returns.slice(half) }
  }

  private observed({ observation, timestampMs }: StrategyBar): void {
    if (observation === undefined || observation.status === 'FAILED') return
    const hour = this.hourOf(timestampMs)
    hour.observedMs += Math.max(0, timestampMs - (this.lastObservedMs ?? timestampMs))
    this.lastObservedMs = timestampMs
    for (const symbol in observation.symbols) {
      const { primitives, market } = observation.symbols[symbol]!
      const before = this.openInterest.get(symbol)
      if (market.openInterest !== undefined) this.openInterest.set(symbol, market.openInterest)
      if (primitives.liquidationBurst === undefined) continue
      hour.bursts++
      if (before === undefined || market.openInterest === undefined || market.openInterest === before) continue
      hour.moves++
      if (market.openInterest < before) hour.fell++
    }
  }

  private hourOf(timestampMs: number): ObservedHour {
    const hour = Math.floor(timestampMs / HOUR_MS)
    if (this.hours.at(-1)?.hour !== hour) this.hours.push({ hour, observedMs: 0, bursts: 0, moves: 0, fell: 0 })
    while (this.hours[0]!.hour <= hour - HOURS_KEPT) this.hours.shift()
    return this.hours.at(-1)!
  }
}

interface ObservedHour {
  readonly hour: number
  observedMs: number
  /** Bars at which something was liquidated, of each symbol. */
  bursts: number
  /** Those of which the open interest before and after is known, and those in which it fell. */
  moves: number
  fell: number
}

/** Of both legs; an exit that was decided at no price has none. */
export function slippageBpsOf(trades: readonly TradeRecord[]): readonly number[] {
  return trades.flatMap(({ entrySlippageBps, exitSlippageBps }) =>
    exitSlippageBps === null ? [entrySlippageBps] : [entrySlippageBps, exitSlippageBps],
  )
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const HOURS_KEPT = 24
const BARS_KEPT = 1_000
const TRADES_KEPT = 50
const FILLS_KEPT = 100
/** A day and a half. */
const MINUTES_KEPT = 2_160

function keep<T>(values: T[], value: T, most: number): void {
  values.push(value)
  if (values.length > most) values.shift()
}
