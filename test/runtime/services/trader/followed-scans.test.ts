import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SCAN_STREAM } from '../../../../src/core/grid/names.js'
import { followScans } from '../../../../src/runtime/services/trader/followed-scans.js'
import { readScan } from '../../../../src/runtime/services/trader/read-scan.js'
import { ScanTaker } from '../../../../src/runtime/services/trader/scan-taker.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { FakeGrid } from '../../../support/fake-grid.js'
import { pass } from '../../../support/pass-time.js'
import { WaitingGrid } from '../../../support/waiting-grid.js'

const START = Date.UTC(2026, 0, 6)
const scan = (number: number): string =>
  JSON.stringify({ scan_number: number, timestamp: new Date(START + number * 5_000).toISOString(), asset_prices: {} })

/** Follows a stream whose grid has its misfortunes while it waits. */
class Following {
  readonly grid = new FakeGrid()
  readonly lost: string[] = []
  private readonly stopping = new AbortController()

  put(...numbers: number[]): void {
    for (const number of numbers) this.grid.put(SCAN_STREAM, scan(number))
  }

  /** Numbers that come out up to `last`; `waits` happens whenever there is nothing to read. */
  async until(last: number, scans: AsyncGenerator<{ readonly scanNumber: number }>): Promise<number[]> {
    const numbers: number[] = []
    while (numbers.at(-1) !== last) {
      const { value } = await scans.next()
      numbers.push(value!.scanNumber)
    }
    return numbers
  }

  start() {
    const news = { onRefused: () => {}, onLost: (what: string) => this.lost.push(what), onNewSession: () => {} }
    const taker = new ScanTaker({ read: readScan, news })
    // What is waited for is due at once.
    const clock = { nowMs: () => 0, epochMs: () => START, sleep: async () => new Promise<void>(setImmediate) }
    return followScans({ grid: this.grid, clock, taker, news }, this.stopping.signal)
  }
}

describe('a stream that a replay follows', () => {
  it('is read again from its beginning when it was lost and begun anew with other numbers, and each scan is taken once', async () => {
    const following = new Following()
    following.put(1, 2, 3, 4, 5)
    const scans = following.start()
    expect(await following.until(5, scans)).toEqual([1, 2, 3, 4, 5])
    following.grid.goAway()
    following.grid.comeBack({ emptied: true })
    // Entry 5, which is the next one by its number, is scan 8 now.
    following.put(3, 4, 5, 6, 7, 8, 9)
    expect(await following.until(9, scans)).toEqual([6, 7, 8, 9])
    expect(following.lost).toHaveLength(1)
  })

  it('goes on where it was read to when the connection alone was lost', async () => {
    const following = new Following()
    following.put(1, 2, 3)
    const scans = following.start()
    await following.until(3, scans)
    following.grid.goAway()
    following.grid.comeBack()
    following.put(4, 5)
    expect(await following.until(5, scans)).toEqual([4, 5])
    expect(following.lost).toEqual([])
  })

  it('is asked again which one it is when it could not be asked', async () => {
    const following = new Following()
    following.put(1, 2)
    const scans = following.start()
    await following.until(2, scans)
    following.grid.goAway()
    following.grid.comeBack({ emptied: true })
    following.put(2, 3, 4, 5)
    following.grid.faults.push({ call: 'read', reason: 'deadline' })
    expect(await following.until(5, scans)).toEqual([3, 4, 5])
  })
})

const scanText = (number: number, atMs: number) =>
  JSON.stringify({ scan_number: number, timestamp_ns: `${atMs}000000`, asset_prices: {}, vel_div: 0 })

class Followed {
  readonly time = new VirtualTime(0)
  readonly grid = new WaitingGrid(this.time)
  readonly stop = new AbortController()
  readonly told: string[] = []
  readonly came: number[] = []
  lastNumber = Number.POSITIVE_INFINITY
  ended = false
  private readonly news = {
    onRefused: (problem: string) => this.told.push(`refused ${problem}`),
    onLost: (what: string) => this.told.push(what),
    onNewSession: (number: number) => this.told.push(`anew from ${number}`),
  }
  readonly taker = new ScanTaker({ read: readScan, news: this.news })

  publish(...texts: readonly string[]): void {
    for (const text of texts) this.grid.put(SCAN_STREAM, text)
  }

  async follow(from?: number): Promise<void> {
    const { grid, time, taker, news } = this
    const isOver = () => taker.highestNumber >= this.lastNumber
    const scans = followScans({ grid, clock: time, taker, news, from, isOver }, this.stop.signal)
    for await (const { scanNumber } of scans) this.came.push(scanNumber)
    this.ended = true
  }
}

describe('scans that are followed', () => {
  it('begin with the oldest that the stream keeps, or where they are asked to', async () => {
    for (const [from, came] of [
      [undefined, [1, 2, 3]],
      [2, [3]],
    ] as const) {
      const followed = new Followed()
      followed.publish(scanText(1, 1000), scanText(2, 2000), scanText(3, 3000))
      void followed.follow(from)
      await pass(followed.time, 10)
      expect(followed.came).toEqual(came)
      followed.stop.abort()
    }
  })

  it('end when all that will ever come has come, and not before', async () => {
    const followed = new Followed()
    followed.publish(scanText(1, 1000))
    followed.lastNumber = 2
    void followed.follow()
    await pass(followed.time, 10)
    expect([followed.came, followed.ended]).toEqual([[1], false])
    followed.publish(scanText(2, 1000))
    await pass(followed.time, 1_000)
    expect([followed.came, followed.ended]).toEqual([[1], true])
  })

  it('are waited for while the grid is away, and go on where they were', async () => {
    const followed = new Followed()
    followed.publish(scanText(1, 1000))
    void followed.follow()
    await pass(followed.time, 10)
    followed.grid.goAway()
    followed.publish(scanText(2, 2000))
    await pass(followed.time, 10_000)
    followed.grid.comeBack()
    await pass(followed.time, 1_000)
    expect(followed.came).toEqual([1, 2])
    expect(followed.told).toEqual([])
    followed.stop.abort()
  })

  it('of a stream that was begun anew are taken from its first on, and that is told', async () => {
    const followed = new Followed()
    followed.publish(scanText(1, 1000), scanText(2, 2000), scanText(3, 3000))
    void followed.follow()
    await pass(followed.time, 10)
    followed.grid.streams.clear()
    followed.publish(scanText(4, 4000))
    await pass(followed.time, 1_000)
    expect(followed.came).toEqual([1, 2, 3, 4])
    expect(followed.told).toEqual([
      'the stream has been begun anew: what it held before entry 3 and was not read is gone',
    ])
    followed.stop.abort()
  })

  it('end with the signal while the grid is away', async () => {
    const followed = new Followed()
    followed.grid.goAway()
    void followed.follow()
    await pass(followed.time, 1_000)
    followed.stop.abort()
    await pass(followed.time, 1_000)
    expect(followed.ended).toBe(true)
  })

  it('are those of a model, whatever a stream holds: duplicates, other orders, counts that begin anew, poison', async () => {
    const entry = fc.oneof(
      { weight: 8, arbitrary: fc.record({ number: fc.nat(12), second: fc.nat(60) }) },
      { weight: 1, arbitrary: fc.constantFrom('', 'null', '[]', '{"scan_number":-1}', '{"scan_number":1}', '\u0000') },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 60 }), async (entries) => {
        const followed = new Followed()
        const model: { number: number; second: number }[] = []
        let refused = 0
        for (const given of entries) {
          if (typeof given === 'string') refused++
          else {
            const last = model.at(-1)
            const now = Math.max(given.second, last?.second ?? 0)
            const isRepeat = model.some(({ number, second }) => number === given.number && now - second < 300)
            if (!isRepeat && (last === undefined || given.second > last.second)) model.push(given)
          }
          followed.publish(typeof given === 'string' ? given : scanText(given.number, given.second * 1000))
        }
        followed.lastNumber = 0
        await followed.follow()
        expect(followed.came).toEqual(model.map(({ number }) => number))
        expect(followed.taker.refused).toBe(refused)
      }),
      { numRuns: 60 },
    )
  })
})
