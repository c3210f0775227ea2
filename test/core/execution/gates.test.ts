import { expect, test } from 'vitest'
import { Bench } from './bench-of-one.js'

test("nothing opens on the venue's word once that is older than ten seconds, and it does again on the next one", () => {
  const bench = Bench.ready()
  expect(bench.side.entryBlocks()).toEqual([])
  bench.venue.withholds = ['snapshot']
  // An answer that does not come is given up after three seconds, and asked for again.
  bench.advance(4_000)
  expect(bench.side.entryBlocks()).toEqual([])
  bench.advance(12_000)
  expect(bench.side.entryBlocks()).toEqual(['MARKET_DATA_STALE'])
  bench.enter()
  bench.advance(1_000)
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([
    { outcome: 'NOT_FILLED', reason: 'REJECT_STALE_SCAN', detail: 'MARKET_DATA_STALE' },
  ])
  bench.venue.withholds = []
  bench.advance(10_000)
  expect(bench.side.entryBlocks()).toEqual([])
})
