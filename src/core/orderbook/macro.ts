import type { BookMacro } from '../../ports/order-book.js'
import { median } from '../numeric/percentile.js'
import { SlidingMedian } from '../numeric/sliding-median.js'
import type { AssetFeatures } from './asset-features.js'

/** Limits of the market-wide figures. Source: spec "Books and features". */
export const MACRO = Object.freeze({
  cascadeVelocity: -0.4,
  cascadeReturns: 3,
  stressVelocity: -0.2,
  stressShare: 0.3,
  calmShare: 0.05,
  assetsMin: 10,
  spreadBars: 720,
  spreadBarsMin: 60,
  /** "At or below" its own median allows for the last digits of means. */
  spreadTolerance: 1e-9,
  keptBars: 720,
})

export const NO_MACRO: BookMacro = Object.freeze({ cascadeCount: 0, regimeSignal: 0 })

/** The market-wide figures of a bar. */
export interface MarketMacro extends BookMacro {
  /** Share of the assets whose depth withdraws, among those of which that is known. */
  readonly stressShare: number
}

/** What the market-wide figures need to know of an asset on a bar. */
export interface AssetInMarket {
  readonly features: AssetFeatures
  /** Undefined when the bar has no value. */
  readonly spreadBps: number | undefined
  readonly isLiquidationCascade: boolean
}

/** Whether depth withdraws while the price runs: faster than 40 % in five bars, and three times its usual five bars. */
export function isCascading({ withdrawalVelocity, return5, usualReturn5 }: AssetFeatures): boolean {
  if (withdrawalVelocity === undefined || return5 === undefined || usualReturn5 === undefined) return false
  return withdrawalVelocity < MACRO.cascadeVelocity && Math.abs(return5) > MACRO.cascadeReturns * usualReturn5
}

/** Market-wide figures, bar by bar, and those of the bars before by their time. */
export class MacroWindows {
  private readonly usualSpread = new SlidingMedian(MACRO.spreadBars)
  private readonly kept = new Map<number, MarketMacro>()

  /** The next bar of the clock, which ends at `endMs`. */
  next(endMs: number, assets: readonly AssetInMarket[]): MarketMacro {
    const spreads = assets.flatMap(({ spreadBps }) => (spreadBps === undefined ? [] : [spreadBps]))
    const spread = spreads.length < MACRO.assetsMin ? undefined : median(spreads)
    this.usualSpread.push(spread)
    let [cascadeCount, known, withdrawing] = [0, 0, 0]
    for (const { features, isLiquidationCascade } of assets) {
      if (isLiquidationCascade || isCascading(features)) cascadeCount++
      if (features.withdrawalVelocity === undefined) continue
      known++
      if (features.withdrawalVelocity < MACRO.stressVelocity) withdrawing++
    }
    const stressShare = known === 0 ? 0 : withdrawing / known
    const regimeSignal = known < MACRO.assetsMin ? 0 : this.regime(stressShare, spread)
    return this.keep(endMs, { cascadeCount, stressShare, regimeSignal })
  }

  /** Of the bar that ended at this time; `{0, 0}` of one that is not known, or no longer. */
  at(endMs: number): BookMacro {
    return this.kept.get(endMs) ?? NO_MACRO
  }

  private regime(stressShare: number, spread: number | undefined): -1 | 0 | 1 {
    if (stressShare >= MACRO.stressShare) return 1
    const usual = this.usualSpread.median(MACRO.spreadBarsMin)
    if (stressShare > MACRO.calmShare || spread === undefined || usual === undefined) return 0
    return spread <= usual + MACRO.spreadTolerance * usual ? -1 : 0
  }

  private keep(endMs: number, macro: MarketMacro): MarketMacro {
    this.kept.set(endMs, macro)
    if (this.kept.size > MACRO.keptBars) {
      for (const oldest of this.kept.keys()) {
        this.kept.delete(oldest)
        break
      }
    }
    return macro
  }
}
