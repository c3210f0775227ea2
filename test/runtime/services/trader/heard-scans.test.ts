import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../../src/core/grid/names.js'
import { HeardScans } from '../../../../src/runtime/services/trader/heard-scans.js'
import { readScan } from '../../../../src/runtime/services/trader/read-scan.js'
import { ScanTaker } from '../../../../src/runtime/services/trader/scan-taker.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { FakeGrid } from '../../../support/fake-grid.js'
import { pass } from '../../../support/pass-time.js'

const START_MS = Date.parse('2026-03-01T00:00:00Z')

/** A trader's ears, the grid that they are in, and a scanner. */
class Heard {
  readonly time = new VirtualTime(START_MS)
  readonly grid = new FakeGrid()
  readonly lost: string[] = []
  readonly came: number[] = []
  readonly stop = new AbortController()
  readonly taker = new ScanTaker({
    read: readScan,
    nowMs: () => this.time.epochMs(),
    news: { onRefused: () => {}, onLost: (what) => this.lost.push(what), onNewSession: () => {} },
  })
  readonly scans: HeardScans
  ended = false

  constructor() {
    const { grid, time, taker } = this
    this.scans = new HeardScans({
      ...{ grid, time, taker, random: () => 1 },
      news: { onRefused: () => {}, onLost: (what) => this.lost.push(what), onNewSession: () => {} },
    })
  }

  async begin(): Promise<void> {
    const started = this.scans.start(this.stop.signal)
    await this.pass(10)
    await started
    void this.drain()
  }

  text(number: number): string {
    const atMs = this.time.epochMs()
    return JSON.stringify({
      scan_number: number,
      timestamp_ns: `${atMs}000000`,
      asset_prices: { BTCUSDT: 1 },
      vel_div: 0,
    })
  }

  /** A second later, into the stream, and under the key unless the bridge found a newer one as well. */
  async publish(number: number, { isNewest = true } = {}): Promise<void> {
    await this.pass(1000)
    await this.grid.stream(SCAN_STREAM).append(this.text(number))
    if (isNewest) await this.grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, this.text(number))
    await this.pass(10)
  }

  pass(ms: number): Promise<void> {
    return pass(this.time, ms)
  }

  private async drain(): Promise<void> {
    for await (const { scanNumber } of this.scans.scans(this.stop.signal)) this.came.push(scanNumber)
    this.ended = true
  }
}

describe('scans that are heard', () => {
  it('come in their order, each once', async () => {
    const heard = new Heard()
    await heard.begin()
    for (const number of [1, 2, 3]) await heard.publish(number)
    expect(heard.came).toEqual([1, 2, 3])
    expect(heard.taker.counts).toMatchObject({ taken: 3, duplicates: 0, outOfOrder: 0, missing: 0 })
  })

  it('begin with the latest one that is there', async () => {
    const heard = new Heard()
    for (const number of [1, 2, 3]) await heard.publish(number)
    await heard.begin()
    await heard.publish(4)
    expect(heard.came).toEqual([3, 4])
  })

  it('that were published together under one key come out of the stream, before the newest', async () => {
    const heard = new Heard()
    await heard.begin()
    await heard.publish(1)
    for (const number of [2, 3]) await heard.publish(number, { isNewest: false })
    await heard.publish(4)
    expect(heard.came).toEqual([1, 2, 3, 4])
    expect(heard.taker.counts).toMatchObject({ taken: 4, duplicates: 0, outOfOrder: 0, missing: 0 })
  })

  it('that were published while the connection was lost come when it is back', async () => {
    const heard = new Heard()
    await heard.begin()
    await heard.publish(1)
    heard.grid.goAway()
    for (const number of [2, 3]) {
      await heard.pass(1000)
      heard.grid.put(SCAN_STREAM, heard.text(number))
    }
    heard.grid.comeBack()
    await heard.publish(4)
    expect(heard.came).toEqual([1, 2, 3, 4])
    expect(heard.taker.counts).toMatchObject({ duplicates: 0, outOfOrder: 0, missing: 0 })
  })

  it('are read from a stream that was begun anew, too, though its entries lie behind those that were read', async () => {
    const heard = new Heard()
    for (let number = 1; number <= 20; number++) await heard.publish(number)
    await heard.begin()
    heard.grid.streams.clear()
    for (const number of [21, 22]) await heard.publish(number, { isNewest: false })
    await heard.publish(23)
    expect(heard.came.slice(-4)).toEqual([20, 21, 22, 23])
    expect(heard.lost).toEqual([])
  })

  it('are waited for where the grid is away at the start', async () => {
    const heard = new Heard()
    heard.grid.goAway()
    await heard.begin()
    await heard.pass(60_000)
    heard.grid.comeBack()
    await heard.pass(10)
    for (const number of [1, 2]) await heard.publish(number)
    expect(heard.came).toEqual([1, 2])
  })

  it('end with the signal, also while none comes, and nothing listens any more', async () => {
    const heard = new Heard()
    await heard.begin()
    await heard.publish(1)
    heard.stop.abort()
    await heard.pass(10)
    expect(heard.ended).toBe(true)
    await heard.publish(2)
    heard.grid.goAway()
    heard.grid.comeBack()
    await heard.pass(20_000)
    expect(heard.taker.highestNumber).toBe(1)
  })

  it('are never listened to by one who was stopped before', async () => {
    const heard = new Heard()
    heard.stop.abort()
    await heard.begin()
    await heard.publish(1)
    expect(heard.taker.highestNumber).toBe(0)
  })
})
