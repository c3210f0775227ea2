import type { AssetBook } from '../../ports/order-book.js'
import { SlidingMedian } from '../numeric/sliding-median.js'
import type { BarValue } from './asset-bars.js'
import { FEATURE_WINDOWS } from './feature-windows.js'
import { FillWindow } from './fill-window.js'

/** Each is absent while too little is known for it, and on a bar without a value all are. */
export interface AssetFeatures {
  readonly imbalanceMa5: number | undefined
  readonly imbalancePersistence: number | undefined
  readonly withdrawalVelocity: number | undefined
  readonly depthQuality: number | undefined
  readonly fillProbability: number | undefined
  /** For the survival stack only. */
  readonly fillQuality: number | undefined
  /** The five bars' return of mid against its usual size, for {@link isCascading}. */
  readonly return5: number | undefined
  readonly usualReturn5: number | undefined
}

export const NO_FEATURES: AssetFeatures = Object.freeze({
  imbalanceMa5: undefined,
  imbalancePersistence: undefined,
  withdrawalVelocity: undefined,
  depthQuality: undefined,
  fillProbability: undefined,
  fillQuality: undefined,
  return5: undefined,
  usualReturn5: undefined,
})

/** What the engine reads of an asset; undefined until all five figures are there. */
export function assetBook(features: AssetFeatures): AssetBook | undefined {
  const { imbalanceMa5, imbalancePersistence, withdrawalVelocity, depthQuality, fillProbability } = features
  if (
    imbalanceMa5 === undefined ||
    imbalancePersistence === undefined ||
    withdrawalVelocity === undefined ||
    depthQuality === undefined ||
    fillProbability === undefined
  )
    return undefined
  return { imbalanceMa5, persistence: imbalancePersistence, withdrawalVelocity, depthQuality, fillProbability }
}

/** The features of one asset, from the values of its bars. */
export class AssetFeatureWindows {
  private readonly imbalances = new Window(FEATURE_WINDOWS.persistenceBars)
  private readonly depths = new Window(FEATURE_WINDOWS.changeBars + 1)
  private readonly mids = new Window(FEATURE_WINDOWS.changeBars + 1)
  private readonly fills = new FillWindow(FEATURE_WINDOWS.fillBars)
  private readonly usualDepth = new SlidingMedian(FEATURE_WINDOWS.medianBars)
  private readonly usualFill = new SlidingMedian(FEATURE_WINDOWS.medianBars)
  private readonly usualReturn = new SlidingMedian(FEATURE_WINDOWS.medianBars)

  /** The next bar of the clock; undefined when it has no value. */
  next(value: BarValue | undefined): AssetFeatures {
    this.imbalances.push(value?.imbalance)
    this.depths.push(value?.depthUsd)
    this.mids.push(value?.mid)
    this.fills.push(value?.fills)
    this.usualDepth.push(value?.depthUsd)
    const { changeBars, medianBarsMin } = FEATURE_WINDOWS
    const fillProbability = value && this.fills.probability()
    const return5 = value && change(this.mids.ago(0), this.mids.ago(changeBars))
    this.usualFill.push(fillProbability)
    this.usualReturn.push(return5 === undefined ? undefined : Math.abs(return5))
    if (value === undefined) return NO_FEATURES
    const imbalanceMa5 = this.imbalances.mean(FEATURE_WINDOWS.imbalanceBars, FEATURE_WINDOWS.imbalanceBarsMin)
    return {
      imbalanceMa5,
      imbalancePersistence: imbalanceMa5 === undefined ? undefined : this.persistence(imbalanceMa5),
      withdrawalVelocity: change(value.depthUsd, this.depths.ago(changeBars)),
      depthQuality: quality(value.depthUsd, this.usualDepth.median(medianBarsMin)),
      fillProbability,
      fillQuality: quality(fillProbability, this.usualFill.median(medianBarsMin)),
      return5,
      usualReturn5: this.usualReturn.median(medianBarsMin),
    }
  }

  /** Share of the imbalances with the sign of their mean; a zero has none. */
  private persistence(mean: number): number | undefined {
    const { imbalances } = this
    let alike = 0
    let count = 0
    for (let ago = 0; ago < FEATURE_WINDOWS.persistenceBars; ago++) {
      const imbalance = imbalances.ago(ago)
      if (imbalance === undefined) continue
      count++
      if ((imbalance > 0 && mean > 0) || (imbalance < 0 && mean < 0)) alike++
    }
    return count < FEATURE_WINDOWS.persistenceBarsMin ? undefined : alike / count
  }
}

/** The last values of something, of which some may be absent. */
class Window {
  private readonly values: Float64Array
  private last = 0

  constructor(bars: number) {
    this.values = new Float64Array(bars).fill(Number.NaN)
  }

  push(value: number | undefined): void {
    this.last = (this.last + 1) % this.values.length
    this.values[this.last] = value ?? Number.NaN
  }

  /** The value of this many bars ago; 0 is the last one. */
  ago(bars: number): number | undefined {
    const { values, last } = this
    const value = values[(last - bars + values.length) % values.length]!
    return Number.isNaN(value) ? undefined : value
  }

  mean(bars: number, atLeast: number): number | undefined {
    let sum = 0
    let count = 0
    for (let ago = 0; ago < bars; ago++) {
      const value = this.ago(ago)
      if (value === undefined) continue
      sum += value
      count++
    }
    return count < atLeast ? undefined : sum / count
  }
}

function change(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined || before === 0 ? undefined : (now - before) / before
}

function quality(value: number | undefined, usual: number | undefined): number | undefined {
  if (value === undefined || usual === undefined || usual === 0) return undefined
  return Math.min(value / usual, FEATURE_WINDOWS.qualityMax)
}
