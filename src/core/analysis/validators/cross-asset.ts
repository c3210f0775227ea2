import type { CountedCascade } from './cascade-hypotheses.js'
import { rateTest } from './rate-test.js'
import type { TestedHypothesis } from './validation-result.js'

/** Of what, and for how long, cascades were looked for. */
export interface ObservedMarkets {
  readonly coins: readonly string[]
  /** UTC ms. */
  readonly fromMs: number
  readonly untilMs: number
}

/**
 * A cascade of BTC is followed by one of ETH, and one of ETH by one of another coin, within certain times. Followers also start by
 * chance: at λ a second, one falls into a window of Δ with 1 − e^(−λΔ). The base rate is the mean of that over the leaders; the
 * binomial of a mean is never narrower than the sum of unequal chances, so the test errs towards finding nothing.
 */
export function crossAsset(cascades: readonly CountedCascade[], observed: ObservedMarkets): TestedHypothesis {
  const spanMs = observed.untilMs - observed.fromMs
  let [total, supporting, chances] = [0, 0, 0]
  for (const { leader, isFollower, afterMs, untilMs } of LEADS) {
    if (!observed.coins.some((coin) => isFollower(baseOf(coin)))) continue
    const followers = cascades.filter(({ coin }) => isFollower(baseOf(coin))).map(({ startTsMs }) => startTsMs)
    const chance = 1 - Math.exp((-followers.length / spanMs) * (untilMs - afterMs))
    for (const { coin, startTsMs } of cascades) {
      if (baseOf(coin) !== leader || startTsMs + untilMs > observed.untilMs) continue
      total++
      chances += chance
      const isFollowed = followers.some((ms) => ms - startTsMs >= afterMs && ms - startTsMs <= untilMs)
      if (isFollowed) supporting++
    }
  }
  const baseRate = total === 0 ? 0 : chances / total
  const details = total === 0 ? { reason: 'no cascade of BTC or ETH that a recorded market could follow' } : {}
  return rateTest({ hypothesisName: 'crossAsset', totalEvents: total, supportingEvents: supporting, baseRate, details })
}

const LEADS: readonly {
  readonly leader: string
  readonly isFollower: (coin: string) => boolean
  /** Both included. */
  readonly afterMs: number
  readonly untilMs: number
}[] = [
  { leader: 'BTC', isFollower: (coin) => coin === 'ETH', afterMs: 30_000, untilMs: 90_000 },
  { leader: 'ETH', isFollower: (coin) => coin !== 'BTC' && coin !== 'ETH', afterMs: 60_000, untilMs: 180_000 },
]

/** `BTCUSDT`, `BTC-USD-PERP`, `BTC` → `BTC`. */
export function baseOf(coin: string): string {
  return /^(.+?)[-_/]?(?:USDT|USDC|FDUSD|BUSD|USD)(?:[-_/].*)?$/.exec(coin)?.[1] ?? coin
}
