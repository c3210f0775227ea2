import type { BarValue } from './asset-bars.js'
import type { AssetFeatures } from './asset-features.js'

/**
 * How well `fill_probability` foretold fills: its value at a bar against what became of both sides in the next bar that counts, the
 * next one whose book was known at its start. Source: spec "Books and features".
 */
export class FillCheck {
  /** By what was foretold: it takes few values, so that a recording of any length is held in little. */
  private readonly byForecast = new Map<number, Outcomes>()
  /** Of each asset what was foretold since its last bar that counted. */
  private readonly open = new Map<string, number[]>()

  /** The next bar, in order. */
  add(bar: CheckedBar): void {
    for (const { symbol, value, features } of bar.assets) {
      const forecasts = this.open.get(symbol) ?? []
      if (value?.fills !== undefined) {
        for (const forecast of forecasts) this.score(forecast, value.fills)
        forecasts.length = 0
      }
      if (features.fillProbability !== undefined) forecasts.push(features.fillProbability)
      this.open.set(symbol, forecasts)
    }
  }

  /** Undefined while nothing has been foretold and come out. */
  result(): FillReliability | undefined {
    const all = [...this.byForecast.values()].sort((a, b) => a.forecast - b.forecast)
    const sum = sumOf(all)
    if (sum.count === 0) return undefined
    const baseRate = sum.filled / sum.count
    return {
      outcomes: sum.count,
      baseRate,
      brier: sum.squares / sum.count,
      brierOfBaseRate: baseRate * (1 - baseRate),
      deciles: decilesOf(all, sum.count).map(decileOf),
    }
  }

  private score(forecast: number, fills: NonNullable<BarValue['fills']>): void {
    const of = this.byForecast.get(forecast) ?? { forecast, count: 0, filled: 0 }
    of.count += 2
    of.filled += Number(fills.buy) + Number(fills.sell)
    this.byForecast.set(forecast, of)
  }
}

/** What is looked at of a bar. */
export interface CheckedBar {
  readonly assets: readonly {
    readonly symbol: string
    readonly value: Pick<BarValue, 'fills'> | undefined
    readonly features: Pick<AssetFeatures, 'fillProbability'>
  }[]
}

export interface FillReliability {
  /** Two of each bar: a buy and a sell. */
  readonly outcomes: number
  /** Share of them that were filled. */
  readonly baseRate: number
  /** Mean of (probability − outcome)², 0 is perfect. */
  readonly brier: number
  /** Of always saying the base rate, which is known in hindsight only: a forecast that is worse says nothing. */
  readonly brierOfBaseRate: number
  /** From the lowest probabilities to the highest; equal ones are together, so that there may be fewer than ten. */
  readonly deciles: readonly FillDecile[]
}

export interface FillDecile {
  readonly lowest: number
  readonly highest: number
  /** Mean of what was foretold, and the share that was filled. */
  readonly foretold: number
  readonly filled: number
  readonly outcomes: number
}

/** Groups of about the same number of forecasts that reliability is told by. */
const DECILES = 10

interface Outcomes {
  readonly forecast: number
  count: number
  filled: number
}

function sumOf(all: readonly Outcomes[]): { count: number; filled: number; foretold: number; squares: number } {
  const sum = { count: 0, filled: 0, foretold: 0, squares: 0 }
  for (const { forecast, count, filled } of all) {
    sum.count += count
    sum.filled += filled
    sum.foretold += forecast * count
    sum.squares += filled * (1 - forecast) ** 2 + (count - filled) * forecast ** 2
  }
  return sum
}

/** Cut behind the forecast with which a tenth of all outcomes is reached. */
function decilesOf(all: readonly Outcomes[], count: number): Outcomes[][] {
  const deciles: Outcomes[][] = []
  let [part, before, cut]: [Outcomes[], number, number] = [[], 0, 1]
  for (const of of all) {
    part.push(of)
    before += of.count
    if (before * DECILES < cut * count) continue
    deciles.push(part)
    part = []
    cut = Math.floor((before * DECILES) / count) + 1
  }
  return deciles
}

function decileOf(part: readonly Outcomes[]): FillDecile {
  const { count, filled, foretold } = sumOf(part)
  return {
    lowest: part[0]!.forecast,
    highest: part.at(-1)!.forecast,
    foretold: foretold / count,
    filled: filled / count,
    outcomes: count,
  }
}
