import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import { readMarket } from '../../src/adapters/market-parquet/read-market.js'
import type { GridDocument } from '../../src/core/grid/document.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../src/core/grid/names.js'
import {
  ORDER_BOOK,
  ORDER_BOOK_FEATURES,
  ORDER_BOOK_SHARD,
  UNIVERSE,
} from '../../src/core/grid/order-book-documents.js'
import { shardMap } from '../../src/core/grid/shards.js'
import { SERVICE_HEARTBEAT } from '../../src/core/grid/watch-documents.js'
import type { Grid } from '../../src/ports/grid.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { RunningDolphin } from './running-dolphin.js'

describe.skipIf(!hasHazelcast())('services of books as processes on a cluster', () => {
  let cluster: HazelcastCluster
  let grid: Grid
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dolphin-'))
    sandbox = await startSandbox()
    cluster = await startCluster(1)
    grid = await hazelcastGrid({ ...cluster.address, deadlineMs: 60_000, listenerFailed: () => expect.unreachable() })
  })
  afterAll(async () => {
    await grid.close()
    await cluster.end()
    await sandbox.close()
    rmSync(folder, { recursive: true })
  })

  function serve(service: string, ...more: readonly string[]): RunningDolphin {
    const url = `hazelcast://${cluster.address.members.join(',')}`
    const at = ['--exchange-at', sandbox.origin, '--grid', url, '--record', join(folder, service)]
    return new RunningDolphin(['serve', service, ...at, ...more, '--json'])
  }

  async function read<Read>(document: Pick<GridDocument<never, Read>, 'read'>, map: string, key: string) {
    const reading = document.read((await grid.map(map).get(key)) ?? '')
    return 'value' in reading ? reading.value : undefined
  }

  it('publish shards, features, raw books and the universe, with heartbeats, and end with all of it recorded', async () => {
    const file = ['--file', join(folder, 'ob_cache', 'latest_ob_features.json')]
    const books = serve('order-book', '--symbols', 'BTCUSDT,ETHUSDT', '--bar-seconds', '1', ...file)
    const universe = serve('order-book-universe')
    const features = await until(() => read(ORDER_BOOK_FEATURES, GRID_MAPS.features, FEATURE_KEYS.orderBook), 200)
    expect(features.step_ms).toBe(1_000)
    expect(Object.keys(features.assets).sort()).toEqual(['BTCUSDT', 'ETHUSDT'])
    const shard = await until(() => read(ORDER_BOOK_SHARD, shardMap('BTCUSDT'), 'BTCUSDT'), 50)
    expect(shard.bar_ts).toBeGreaterThanOrEqual(features.bar_ts)
    const raw = await until(() => read(ORDER_BOOK, GRID_MAPS.orderBooks, 'ETHUSDT'), 50)
    expect(Math.max(raw.bids.length, raw.asks.length)).toBeLessThanOrEqual(20)
    expect(Number(raw.bids[0]![0])).toBeLessThan(Number(raw.asks[0]![0]))
    // A minute that ends in the moment of the start may find no book yet.
    const health = await until(async () => {
      const latest = await read(UNIVERSE, GRID_MAPS.features, FEATURE_KEYS.universe)
      return latest?._n_assets === 2 ? latest : undefined
    }, 200)
    expect(health).toMatchObject({ _missing: [] })
    for (const name of ['order-book', 'order-book-universe'] as const) {
      const beat = await until(() => read(SERVICE_HEARTBEAT, GRID_MAPS.heartbeat, name), 200)
      expect(beat).toMatchObject({ name, state: 'RUNNING' })
    }
    expect(await books.stop('SIGTERM'), books.said).toBe(0)
    expect(await universe.stop('SIGINT'), universe.said).toBe(130)
    const { bars, outlet } = JSON.parse(books.out)
    // On a busy machine a write may fail and be made again: what counts is what got there.
    for (const { written } of [outlet.shards, outlet.raw, outlet.features])
      expect(written, books.out).toBeGreaterThan(0)
    let closings = 0
    for await (const rows of readMarket(join(folder, 'order-book'), 'closings')) closings += rows.length
    expect(closings).toBe(bars)
  })
})
