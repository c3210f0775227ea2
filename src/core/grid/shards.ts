import { SHARD_COUNT } from './names.js'

/** The map that holds a symbol's order-book features. Source: system bible §15.2. */
export function shardMap(symbol: string): string {
  return shardMapOf(shardOf(symbol))
}

/** The map of generic features of a symbol: apart from the shards above, whose keys are symbols and nothing else. */
export function featureStoreMap(symbol: string): string {
  return `DOLPHIN_FEATURE_STORE_${digits(shardOf(symbol))}`
}

/** The key of a generic feature. Source: system bible §15.3. */
export function featureStoreKey(feature: string, symbol: string): string {
  return `${feature}_${symbol}`
}

/** Every map of order-book features: symbols are discovered by their keys. */
export const SHARD_MAPS: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, shard) => shardMapOf(shard))

/** Stable over releases and languages. UTF-16 units: the source sums code points, which are the same up to U+FFFF. */
export function shardOf(symbol: string): number {
  let sum = 0
  for (let i = 0; i < symbol.length; i++) sum += symbol.charCodeAt(i)
  return sum % SHARD_COUNT
}

function shardMapOf(shard: number): string {
  return `DOLPHIN_FEATURES_SHARD_${digits(shard)}`
}

function digits(shard: number): string {
  return String(shard).padStart(2, '0')
}
