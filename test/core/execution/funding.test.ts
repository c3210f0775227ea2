import { expect, test } from 'vitest'
import { open } from './scenes.js'
import { SYMBOL } from './tiny-venue.js'

test('funding is counted once and reported', () => {
  const bench = open()
  for (let i = 0; i < 2; i++) {
    bench.venueEvent({ kind: 'funding', fundingId: 7, symbol: SYMBOL, amountUsd: '-0.01', timestampMs: bench.nowMs })
  }
  bench.advance(100)
  expect(bench.heardOf('FUNDING_REPORT')).toMatchObject([{ fundingId: 7, positionId: 'i1', amountUsd: '-0.01' }])
})
