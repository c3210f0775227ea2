import { describe, expect, it } from 'vitest'
import { SCAN_STREAM } from '../../../../src/core/grid/names.js'
import { followScans } from '../../../../src/runtime/services/trader/followed-scans.js'
import { readScan } from '../../../../src/runtime/services/trader/read-scan.js'
import { ScanTaker } from '../../../../src/runtime/services/trader/scan-taker.js'
import { FakeGrid } from '../../../support/fake-grid.js'

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
