import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { gridBook } from '../../../src/cli/compose/grid-book.js'
import { GRID_MAPS } from '../../../src/core/grid/names.js'
import { ORDER_BOOK, ORDER_BOOK_SHARD } from '../../../src/core/grid/order-book-documents.js'
import { shardMap } from '../../../src/core/grid/shards.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'

const BOOK = ORDER_BOOK.write({
  ...{ ts: 1_723_161_600.25, symbol: 'BTCUSDT', last_update_id: 7 },
  ...{
    bids: [
      ['99.9', '1'],
      ['99.8', '2'],
    ],
    asks: [['100.1', '3']],
  },
})
const SHARD = ORDER_BOOK_SHARD.write({
  ...{ imbalance: 0.25, sample_ts: 1_723_161_600, mid: 100, spread_bps: 20, depth_usd: 5_000 },
  ...{ bar_ts: 1_723_161_595, imbalance_ma5: 0.5, fill_probability: 0.4, regime_signal: 1 },
})

function emptyGrid() {
  const store = new MemoryGridStore({ timer: clockTimer(systemClock) })
  return memoryGrid({ store, listenerFailed: () => expect.unreachable() })
}

describe('the book of a symbol in a grid', () => {
  it('is that of its service: levels, with the figures and features of its shard', async () => {
    const grid = emptyGrid()
    await grid.map(GRID_MAPS.orderBooks).set('BTCUSDT', BOOK)
    await grid.map(shardMap('BTCUSDT')).set('BTCUSDT', SHARD)
    expect(await gridBook(grid, { symbol: 'BTCUSDT', levels: 1 })).toEqual({
      ...{ symbol: 'BTCUSDT', atMs: 1_723_161_600_250, updateId: 7, depthBandPpm: null },
      ...{ bids: [{ price: '99.9', quantity: '1' }], asks: [{ price: '100.1', quantity: '3' }] },
      figures: { mid: 100, spread_bps: 20, imbalance: 0.25, depth_usd: 5_000 },
      bar: {
        ...{ endMs: 1_723_161_595_000, cascadeCount: null, regimeSignal: 1 },
        features: {
          ...{ imbalance_ma5: 0.5, imbalance_persistence: null, withdrawal_velocity: null },
          ...{ depth_quality: null, fill_probability: 0.4, fill_quality: null },
        },
      },
    })
  })

  it('has neither figures nor features while its shard has none', async () => {
    const grid = emptyGrid()
    await grid.map(GRID_MAPS.orderBooks).set('BTCUSDT', BOOK)
    expect(await gridBook(grid, { symbol: 'BTCUSDT', levels: 5 })).toMatchObject({ figures: null, bar: null })
  })

  it.each<[string, readonly (readonly [string, string])[], RegExp]>([
    ['is not there', [], /expected the book of BTCUSDT, found no book at all/],
    [
      'is not there, but others are',
      [
        ['SOLUSDT', BOOK],
        ['ETHUSDT', BOOK],
      ],
      /found ETHUSDT, SOLUSDT/,
    ],
    ['is no book', [['BTCUSDT', '{"bids":[]}']], /DOLPHIN_OB\["BTCUSDT"\]: order_book\..*: expected/],
  ])('that %s is refused, saying what was found', async (_, entries, says) => {
    const grid = emptyGrid()
    for (const [key, text] of entries) await grid.map(GRID_MAPS.orderBooks).set(key, text)
    await expect(gridBook(grid, { symbol: 'BTCUSDT', levels: 5 })).rejects.toThrow(says)
  })
})
