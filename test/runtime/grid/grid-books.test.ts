import { describe, expect, it } from 'vitest'
import { ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD } from '../../../src/core/grid/order-book-documents.js'
import { shardMap } from '../../../src/core/grid/shards.js'
import { GridBooks, type LatestFeatures, type ShardValue } from '../../../src/runtime/grid/grid-books.js'
import { GridCircuit } from '../../../src/runtime/grid/grid-circuit.js'
import { ShardPusher } from '../../../src/runtime/grid/shard-pusher.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

const START_MS = 1_767_225_600_000
const BAR_S = START_MS / 1_000
const FEATURES = {
  imbalance_ma5: 0.1,
  imbalance_persistence: 0.6,
  withdrawal_velocity: -0.05,
  depth_quality: 1.1,
  fill_probability: 0.55,
}
const BOOK = {
  imbalanceMa5: 0.1,
  persistence: 0.6,
  withdrawalVelocity: -0.05,
  depthQuality: 1.1,
  fillProbability: 0.55,
}

function started() {
  const time = new VirtualTime(START_MS)
  const grid = new ScriptedGrid(time)
  const file: { text: string | undefined; reads: number } = { text: undefined, reads: 0 }
  const reports: string[] = []
  const books = new GridBooks({
    grid,
    time,
    random: () => 1,
    readShard: ORDER_BOOK_SHARD.read,
    readLatest: ORDER_BOOK_FEATURES.read,
    latest: { map: 'DOLPHIN_FEATURES', key: 'obf_features_latest' },
    file: 'ob_cache/latest_ob_features.json',
    ageMsMax: 15_000,
    report: (text) => void reports.push(text),
    readFile: async () => {
      file.reads++
      return file.text
    },
  })
  const push = (symbol: string, value: ShardValue) =>
    grid.change(shardMap(symbol), symbol, ORDER_BOOK_SHARD.write({ imbalance: 0, sample_ts: BAR_S, ...value }))
  return { time, grid, books, file, reports, push }
}

function latest(
  bar_ts: number,
  assets: LatestFeatures['assets'],
  { cascade_count = 2, regime_signal = 1 }: { cascade_count?: number; regime_signal?: -1 | 0 | 1 } = {},
): string {
  const macro = { cascade_count, stress_share: 0.4, regime_signal }
  return ORDER_BOOK_FEATURES.write({ _pushed_at: bar_ts, bar_ts, step_ms: 5_000, assets, macro })
}

describe('assets', () => {
  it('are those that the shards have keys of, by name, and come and go with them', async () => {
    const { time, grid, books, push } = started()
    for (const symbol of ['ETHUSDT', 'BTCUSDT']) push(symbol, { ...FEATURES, bar_ts: BAR_S })
    books.start()
    expect(books.assets).toEqual([])
    await passTime(time, 100)
    expect(books.assets).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect(books.assets).toBe(books.assets)
    push('AUSDT', { ...FEATURES, bar_ts: BAR_S })
    grid.change(shardMap('ETHUSDT'), 'ETHUSDT', undefined)
    await passTime(time, 100)
    expect(books.assets).toEqual(['AUSDT', 'BTCUSDT'])
  })
})

describe('a book', () => {
  it('is the latest that has arrived, whatever the bar that is asked for', async () => {
    const { time, books, push } = started()
    books.start()
    await passTime(time, 100)
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    await passTime(time, 10)
    expect(books.book('BTCUSDT', 0)).toEqual(BOOK)
    expect(books.book('BTCUSDT', 1e6)).toBe(books.book('BTCUSDT', 0))
    expect(books.book('ETHUSDT', 0)).toBeUndefined()
  })

  it('is not given when its bar is too old, or lies in the future', async () => {
    const { time, books, push } = started()
    books.start()
    await passTime(time, 100)
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    push('AHEADUSDT', { ...FEATURES, bar_ts: BAR_S + 60 })
    await passTime(time, 14_900)
    expect(books.book('BTCUSDT', 0)).toEqual(BOOK)
    await passTime(time, 1)
    expect(books.book('BTCUSDT', 0)).toBeUndefined()
    expect(books.book('AHEADUSDT', 0)).toBeUndefined()
  })

  it('is not given while a feature that the engine needs is absent', async () => {
    const { time, books, push } = started()
    const { depth_quality: _, ...partial } = FEATURES
    books.start()
    await passTime(time, 100)
    push('BTCUSDT', { ...partial, bar_ts: BAR_S })
    push('ETHUSDT', {})
    await passTime(time, 10)
    expect(books.assets).toEqual(['BTCUSDT'])
    expect(books.book('BTCUSDT', 0)).toBeUndefined()
  })

  it('of a text that cannot be used stays what it was, counted and reported with its key', async () => {
    const { time, grid, books, push, reports } = started()
    books.start()
    await passTime(time, 100)
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    grid.change(shardMap('BTCUSDT'), 'BTCUSDT', 'poison')
    await passTime(time, 10)
    expect(books.book('BTCUSDT', 0)).toEqual(BOOK)
    expect(books.refused).toBe(1)
    expect(reports).toEqual([`${shardMap('BTCUSDT')}[BTCUSDT] refused: obf_shard: expected JSON, found "poison"`])
  })
})

describe('the macro', () => {
  it('is that of the latest document, and nothing before it and when it is too old', async () => {
    const { time, grid, books } = started()
    books.start()
    await passTime(time, 100)
    expect(books.macro(0)).toEqual({ cascadeCount: 0, regimeSignal: 0 })
    grid.change('DOLPHIN_FEATURES', 'obf_features_latest', latest(BAR_S, { BTCUSDT: FEATURES }))
    await passTime(time, 10)
    expect(books.macro(7)).toEqual({ cascadeCount: 2, regimeSignal: 1 })
    expect(books.book('BTCUSDT', 7)).toEqual(BOOK)
    await passTime(time, 15_000)
    expect(books.macro(7)).toEqual({ cascadeCount: 0, regimeSignal: 0 })
  })
})

describe('a grid that is away', () => {
  it('is replaced by the file, of which the newer bar counts, and takes over when it is back', async () => {
    const { time, grid, books, file, push } = started()
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    books.start()
    await passTime(time, 100)
    grid.set('OFFLINE')
    file.text = latest(BAR_S + 5, { BTCUSDT: { ...FEATURES, depth_quality: 0.9 }, NEWUSDT: FEATURES })
    await passTime(time, 5_000)
    expect(books.book('BTCUSDT', 0)).toEqual({ ...BOOK, depthQuality: 0.9 })
    expect(books.assets).toEqual(['BTCUSDT', 'NEWUSDT'])
    expect(books.macro(0)).toEqual({ cascadeCount: 2, regimeSignal: 1 })
    push('BTCUSDT', { ...FEATURES, depth_quality: 1.3, bar_ts: BAR_S + 10 })
    grid.set('CONNECTED')
    await passTime(time, 5_000)
    expect(books.book('BTCUSDT', 0)).toEqual({ ...BOOK, depthQuality: 1.3 })
  })

  it('leaves what it said last, where the file is of a bar before', async () => {
    const { time, grid, books, file, push } = started()
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    grid.change('DOLPHIN_FEATURES', 'obf_features_latest', latest(BAR_S, {}, { cascade_count: 3, regime_signal: 0 }))
    books.start()
    await passTime(time, 100)
    file.text = latest(BAR_S - 5, { BTCUSDT: { ...FEATURES, depth_quality: 0.9 } })
    grid.set('OFFLINE')
    await passTime(time, 3_000)
    expect(books.book('BTCUSDT', 0)).toEqual(BOOK)
    expect(books.macro(0)).toEqual({ cascadeCount: 3, regimeSignal: 0 })
  })

  it('is not told of one bad file as often as it is looked at', async () => {
    const { time, grid, books, file, reports } = started()
    grid.set('OFFLINE')
    file.text = '{'
    books.start()
    await passTime(time, 10_000)
    expect(books.refused).toBe(1)
    expect(reports).toEqual(['ob_cache/latest_ob_features.json refused: obf_features_latest: expected JSON, found "{"'])
  })

  it('has the file read each second, and not at all where the grid has news', async () => {
    const { time, grid, books, file, push } = started()
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    books.start()
    await passTime(time, 10_000)
    expect(file.reads).toBe(1)
    grid.set('OFFLINE')
    await passTime(time, 10_000)
    expect(file.reads).toBe(11)
  })

  it('leaves what was known until it is too old, where there is no file either', async () => {
    const { time, grid, books, push } = started()
    push('BTCUSDT', { ...FEATURES, bar_ts: BAR_S })
    books.start()
    await passTime(time, 100)
    grid.set('OFFLINE')
    await passTime(time, 10_000)
    expect(books.book('BTCUSDT', 0)).toEqual(BOOK)
    await passTime(time, 10_000)
    expect(books.book('BTCUSDT', 0)).toBeUndefined()
  })
})

describe('books that are stopped', () => {
  it('leave nothing that would happen', async () => {
    const { time, books } = started()
    books.start()
    await passTime(time, 100)
    await books.stop()
    await passTime(time, 10_000)
    expect(time.waiting).toBe(0)
  })
})

describe('features that are pushed through a grid', () => {
  it('are the books that are read, in this process and over the grid alike', async () => {
    const { time, grid, books } = started()
    const circuit = new GridCircuit({ grid, time, random: () => 0 })
    const pusher = new ShardPusher({ grid, circuit, time })
    const symbols = Array.from({ length: 400 }, (_, i) => `A${i}USDT`)
    books.start()
    for (let bar = 0; bar < 3; bar++) {
      for (const symbol of symbols) {
        const value = {
          ...FEATURES,
          depth_quality: 1 + bar / 10,
          imbalance: 0,
          sample_ts: BAR_S,
          bar_ts: BAR_S + 5 * bar,
        }
        pusher.put(symbol, ORDER_BOOK_SHARD.write(value))
      }
      await passTime(time, 5_000)
    }
    expect(books.assets).toEqual([...symbols].sort())
    for (const symbol of symbols) expect(books.book(symbol, 0)?.depthQuality).toBe(1.2)
    pusher.stop()
    await books.stop()
  })
})
