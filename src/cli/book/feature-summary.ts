import { median } from '../../core/numeric/percentile.js'
import { assetBook } from '../../core/orderbook/asset-features.js'
import { featureFigures } from '../../core/orderbook/feature-rows.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'

/** What bars come to, asset by asset. */
export class FeatureSummary {
  bars = 0
  private firstMs: number | null = null
  private lastMs: number | null = null
  private readonly assets = new Map<string, AssetSums>()
  private readonly macro = { cascadeBars: 0, stressBars: 0, calmBars: 0 }

  add({ endMs, assets, macro }: MarketBar): void {
    this.bars++
    this.firstMs ??= endMs
    this.lastMs = endMs
    if (macro.cascadeCount > 0) this.macro.cascadeBars++
    if (macro.regimeSignal > 0) this.macro.stressBars++
    if (macro.regimeSignal < 0) this.macro.calmBars++
    for (const { symbol, value, features } of assets) {
      const sums = this.of(symbol)
      sums.bars++
      if (value !== undefined) {
        sums.known++
        sums.figures.spread_bps!.push(value.spreadBps)
        sums.figures.depth_usd!.push(value.depthUsd)
      }
      if (assetBook(features) !== undefined) sums.complete++
      for (const [name, figure] of Object.entries(featureFigures(features)))
        if (figure !== null) sums.figures[name]!.push(figure)
    }
  }

  result(): FeatureFigures {
    const { bars, firstMs, lastMs, macro } = this
    const assets = [...this.assets].map(([symbol, { bars, known, complete, figures }]) => ({
      symbol,
      bars,
      known: bars === 0 ? 0 : known / bars,
      complete: bars === 0 ? 0 : complete / bars,
      medians: Object.fromEntries(
        Object.entries(figures).map(([name, values]) => [name, values.length === 0 ? null : median(values)]),
      ),
    }))
    return { bars, firstMs, lastMs, ...macro, assets }
  }

  private of(symbol: string): AssetSums {
    let sums = this.assets.get(symbol)
    if (sums === undefined) {
      const figures = Object.fromEntries(SUMMED.map((name) => [name, [] as number[]]))
      sums = { bars: 0, known: 0, complete: 0, figures }
      this.assets.set(symbol, sums)
    }
    return sums
  }
}

const SUMMED = [
  'spread_bps',
  'depth_usd',
  'imbalance_ma5',
  'imbalance_persistence',
  'withdrawal_velocity',
  'depth_quality',
  'fill_probability',
  'fill_quality',
]

interface AssetSums {
  bars: number
  known: number
  complete: number
  readonly figures: Record<string, number[]>
}

export interface FeatureFigures {
  readonly bars: number
  /** When the first and the last bar ended, UTC ms. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  readonly cascadeBars: number
  readonly stressBars: number
  readonly calmBars: number
  readonly assets: readonly {
    readonly symbol: string
    readonly bars: number
    /** Share of its bars that have a value, and that have all five features of the engine. */
    readonly known: number
    readonly complete: number
    /** By the names of the documents; null where there was none. */
    readonly medians: Readonly<Record<string, number | null>>
  }[]
}
