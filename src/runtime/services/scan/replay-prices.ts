import type { IsoDate } from '../../../base/utc-date.js'
import { refuseDisorder, timesOf } from '../../../core/days/timestamps.js'
import type { Clock } from '../../../ports/clock.js'
import type { DayColumns } from '../../../ports/days.js'
import type { DueTime, PriceSource, PriceStep } from '../../../ports/prices.js'

export interface ReplayOptions {
  readonly symbols: readonly string[]
  /** The recording, in order of time. */
  readonly days: AsyncIterable<DayColumns> | Iterable<DayColumns>
  /** Steps before this moment are left out. */
  readonly sinceNs?: bigint
  /** Steps before this moment come at once: history to warm up with. The first step from here on is due at once too. */
  readonly pacedFromNs?: bigint
  /** How many times faster than it was recorded; `max`: as fast as the steps are taken. */
  readonly speed: number | 'max'
  readonly clock: Clock
}

/**
 * A recording as a source of prices. A symbol that a day does not have has no price that day; a day's other assets are
 * not looked at. Days out of order, and times that are missing, do not rise or lie outside their day, throw a DayError.
 */
export function replayPrices(options: ReplayOptions): PriceSource {
  return { symbols: options.symbols, steps: (signal) => replay(options, signal) }
}

async function* replay(options: ReplayOptions, signal: AbortSignal | undefined): AsyncGenerator<PriceStep, void, void> {
  const { symbols, days, sinceNs = 0n, clock } = options
  const prices = new Float64Array(symbols.length)
  const pace = new Pace(options)
  let previous: IsoDate | undefined
  let lastNs: bigint | undefined
  let intervalNs = 0n
  for await (const day of days) {
    refuseDisorder(day, previous)
    const times = timesOf(day)
    previous = day.date
    const columns = symbols.map((symbol) => day.prices[day.assets.indexOf(symbol)])
    intervalNs = usualInterval(times) ?? intervalNs
    for (let bar = 0; bar < day.bars; bar++) {
      const timestampNs = times[bar]!
      if (timestampNs < sinceNs) continue
      signal?.throwIfAborted()
      for (let i = 0; i < prices.length; i++) prices[i] = columns[i]?.[bar] ?? NaN
      const missing = lastNs === undefined ? 0 : missingBetween(lastNs, timestampNs, intervalNs)
      lastNs = timestampNs
      const due = pace.due(timestampNs, intervalNs)
      if (due === undefined) yield { timestampNs, prices, missing }
      else {
        await clock.sleep(due.atMs - clock.nowMs(), signal)
        yield { timestampNs, prices, missing, due }
      }
    }
  }
}

/** Turns recorded time into time of the clock. */
class Pace {
  private readonly options: ReplayOptions
  private startNs: bigint | undefined
  private startMs = 0

  constructor(options: ReplayOptions) {
    this.options = options
  }

  due(timestampNs: bigint, intervalNs: bigint): DueTime | undefined {
    const { speed, pacedFromNs = 0n, clock } = this.options
    if (speed === 'max' || timestampNs < pacedFromNs) return undefined
    if (this.startNs === undefined) {
      this.startNs = timestampNs
      this.startMs = clock.nowMs()
    }
    const elapsedMs = Number(timestampNs - this.startNs) / 1e6 / speed
    return { atMs: this.startMs + elapsedMs, intervalMs: Number(intervalNs) / 1e6 / speed }
  }
}

/** The median distance of two steps: gaps and jitter do not move it. */
function usualInterval(times: BigInt64Array): bigint | undefined {
  if (times.length < 2) return undefined
  const distances = new BigInt64Array(times.length - 1)
  for (let i = 1; i < times.length; i++) distances[i - 1] = times[i]! - times[i - 1]!
  return distances.sort()[distances.length >> 1]
}

/** A distance of 1.5 intervals or more is a gap. */
function missingBetween(fromNs: bigint, toNs: bigint, intervalNs: bigint): number {
  if (intervalNs === 0n) return 0
  return Math.max(0, Math.round(Number(toNs - fromNs) / Number(intervalNs)) - 1)
}
