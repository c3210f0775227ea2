import { describe, expect, it } from 'vitest'
import type { BarValue } from '../../../src/core/orderbook/asset-bars.js'
import { type AssetFeatures, NO_FEATURES } from '../../../src/core/orderbook/asset-features.js'
import { barsOfRows, featureFigures, featureRows, macroRow } from '../../../src/core/orderbook/feature-rows.js'
import { featureTable } from '../../../src/core/orderbook/feature-table.js'
import type { MarketBar } from '../../../src/core/orderbook/market-features.js'

const FULL: AssetFeatures = {
  ...NO_FEATURES,
  ...{ imbalanceMa5: 0.1, imbalancePersistence: 0.6, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0.5 },
}

function barOf(endMs: number, features: readonly (AssetFeatures | undefined)[]): MarketBar {
  const assets = features.map((of, i) => ({
    symbol: `A${i}`,
    value: of && ({} as BarValue),
    features: of ?? NO_FEATURES,
  }))
  return { endMs, assets, macro: { cascadeCount: 1, regimeSignal: -1, stressShare: 0.25 }, books: 'diffs' }
}

describe('recorded figures', () => {
  it('have the names of documents, and null for what cannot be told', () => {
    expect(featureFigures({ ...NO_FEATURES, imbalanceMa5: 0.1, fillQuality: 2 })).toEqual({
      ...{ imbalance_ma5: 0.1, imbalance_persistence: null, withdrawal_velocity: null },
      ...{ depth_quality: null, fill_probability: null, fill_quality: 2 },
    })
    expect(macroRow(barOf(5, []))).toEqual({
      t_ms: 5,
      symbol: '',
      figures: { cascade_count: 1, stress_share: 0.25, regime_signal: -1 },
    })
  })

  it('make the table that their bars make', () => {
    const bars = [
      barOf(1_000, [FULL, undefined]),
      barOf(2_000, []),
      barOf(3_000, [NO_FEATURES, { ...FULL, imbalanceMa5: -0.5 }]),
    ]
    const rows = { features: bars.flatMap(featureRows), macro: bars.map(macroRow), books: 'diffs' } as const
    const ends = [0, 1_000, 2_000, 3_000, 4_000]
    const table = featureTable({ bars, ends })
    expect(featureTable({ bars: barsOfRows(rows), ends })).toEqual(table)
    expect(table.rows.length).toBe(4)
  })
})
