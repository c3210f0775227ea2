import { expect, test } from 'vitest'
import { featureStoreKey, featureStoreMap, SHARD_MAPS, shardMap } from '../../../src/core/grid/shards.js'

test('every shard has a map, and a symbol is routed to one of them', () => {
  expect(SHARD_MAPS).toHaveLength(10)
  expect(SHARD_MAPS[0]).toBe('DOLPHIN_FEATURES_SHARD_00')
  for (const symbol of ['BTCUSDT', 'ETHUSDT', '1000PEPEUSDT', '']) expect(SHARD_MAPS).toContain(shardMap(symbol))
})

test('the store of generic features routes as the shards do, into maps of its own', () => {
  expect(shardMap('BTCUSDT')).toBe('DOLPHIN_FEATURES_SHARD_07')
  expect(featureStoreMap('BTCUSDT')).toBe('DOLPHIN_FEATURE_STORE_07')
  expect(featureStoreKey('vel_div', 'BTCUSDT')).toBe('vel_div_BTCUSDT')
})
