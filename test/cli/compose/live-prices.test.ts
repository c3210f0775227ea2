import { describe, expect, it } from 'vitest'
import type { LivePrices } from '../../../src/adapters/binance/feed/live-prices.js'
import { warmUp } from '../../../src/cli/compose/live-prices.js'
import { MemoryArchive } from '../../support/memory-archive.js'
import { sampleScan } from '../../support/scans.js'

const STEP_MS = 5_000
const FIRST_MS = 1_800_000_000_000
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'XRPUSDT']

/** Warms up from scans that lie so many steps before the first live one, and says from when they were taken. */
async function warmed(stepsBefore: readonly number[], stepMs = STEP_MS) {
  const archive = new MemoryArchive()
  for (const [i, steps] of stepsBefore.entries()) {
    const timestampNs = BigInt(FIRST_MS - steps * STEP_MS) * 1_000_000n
    await archive.write(sampleScan({ scanNumber: i + 1, timestampNs }))
  }
  let times: readonly number[] = []
  const live = {
    symbols: SYMBOLS,
    firstMs: FIRST_MS,
    klines: async () => ({ timesMs: [FIRST_MS - 60_000], rows: [new Float64Array(3)], without: [] }),
    warmWith: (history: { readonly timesMs: readonly number[] }) => {
      times = history.timesMs
    },
  } as unknown as LivePrices
  const { steps, from } = await warmUp(live, { archive, stepMs, quiet: true })
  expect(steps).toBe(times.length)
  return { from, before: times.map((timeMs) => (FIRST_MS - timeMs) / STEP_MS) }
}

describe('the warm-up of live prices', () => {
  it('takes the scans of the storage that end at most ten steps before, with what is missing among them', async () => {
    expect(await warmed([9, 8, 7, 5, 4, 2, 1])).toEqual({ from: 'storage', before: [9, 8, 7, 5, 4, 2, 1] })
    const long = Array.from({ length: 30 }, (_, i) => 40 - i)
    expect(await warmed(long)).toEqual({ from: 'storage', before: long })
  })

  it('goes back to the first gap that is longer', async () => {
    expect(await warmed([103, 102, 101, 4, 3, 2, 1])).toEqual({ from: 'storage', before: [4, 3, 2, 1] })
  })

  it.each([
    ['there are none', []],
    ['they end eleven missing steps before', [14, 13, 12]],
    ['they are of a longer step', [24, 20, 16, 12, 8, 4]],
  ])('begins with nothing where %s', async (_, stepsBefore) => {
    expect(await warmed(stepsBefore)).toEqual({ from: 'nothing', before: [] })
  })

  it('takes klines for steps of a minute, whatever the storage has', async () => {
    expect(await warmed([12, 1], 60_000)).toEqual({ from: 'klines', before: [12] })
  })
})
