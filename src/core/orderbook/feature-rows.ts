import type { FiguresRow } from '../../ports/market-recording.js'
import { type AssetFeatures, NO_FEATURES } from './asset-features.js'
import type { TableBar } from './feature-table.js'
import type { BookKind, MarketBar } from './market-features.js'

/** Features by the names of documents; one that cannot be told is null. */
export function featureFigures(features: AssetFeatures): Record<keyof typeof COLUMNS, number | null> {
  const cells = Object.entries(COLUMNS).map(([column, feature]) => [column, features[feature] ?? null])
  return Object.fromEntries(cells) as Record<keyof typeof COLUMNS, number | null>
}

/** A closed bar as rows of `features`, one of each asset that has any. */
export function featureRows({ endMs, assets }: MarketBar): Row[] {
  return assets.flatMap(({ symbol, value, features }) =>
    value === undefined ? [] : [{ t_ms: endMs, symbol, figures: featureFigures(features) }],
  )
}

/** A closed bar as its row of `macro`. */
export function macroRow({ endMs, macro }: MarketBar): Row {
  const { cascadeCount, stressShare, regimeSignal } = macro
  const figures = { cascade_count: cascadeCount, stress_share: stressShare, regime_signal: regimeSignal }
  return { t_ms: endMs, symbol: '', figures }
}

/** Bars from recorded rows: every bar has a row of `macro`, in order; those of `features` are by the same times, in order too. */
export function* barsOfRows({ features, macro, books }: RecordedFigures): Generator<TableBar> {
  const rows = features[Symbol.iterator]()
  let next = rows.next()
  for (const { t_ms: endMs, figures } of macro) {
    const assets: TableBar['assets'][number][] = []
    for (; !next.done && next.value.t_ms <= endMs; next = rows.next())
      if (next.value.t_ms === endMs) assets.push({ symbol: next.value.symbol, features: featuresOf(next.value) })
    const { cascade_count: cascadeCount, regime_signal: regimeSignal } = figures
    yield { endMs, books, assets, macro: { cascadeCount: cascadeCount ?? 0, regimeSignal: regimeSignal ?? 0 } }
  }
}

export interface RecordedFigures {
  readonly features: Iterable<Row>
  readonly macro: Iterable<Row>
  readonly books: BookKind
}

/** The columns of the features in recordings and documents. */
const COLUMNS = {
  imbalance_ma5: 'imbalanceMa5',
  imbalance_persistence: 'imbalancePersistence',
  withdrawal_velocity: 'withdrawalVelocity',
  depth_quality: 'depthQuality',
  fill_probability: 'fillProbability',
  fill_quality: 'fillQuality',
} as const satisfies Readonly<Record<string, keyof AssetFeatures>>

type Row = Omit<FiguresRow, 'n'>

function featuresOf({ figures }: Row): AssetFeatures {
  const cells = Object.entries(COLUMNS).map(([column, feature]) => [feature, figures[column] ?? undefined])
  return { ...NO_FEATURES, ...Object.fromEntries(cells) }
}
