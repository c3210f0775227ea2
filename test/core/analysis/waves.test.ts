import { expect, it } from 'vitest'
import { detectWaves, isExhausted } from '../../../src/core/analysis/waves.js'

const at = (...timesMs: number[]) => timesMs.map((tsMs) => ({ tsMs }))

it('a pause of half a minute is within a wave, a longer one starts the next', () => {
  expect(detectWaves(at(0, 30_000)).totalWaves).toBe(1)
  expect(detectWaves(at(0, 30_001)).totalWaves).toBe(2)
})

it('a wave lasts as long as its liquidations follow each other, however long that is', () => {
  const times = Array.from({ length: 100 }, (_, i) => i * 30_000)
  expect(detectWaves(at(...times)).waves).toMatchObject([{ startTsMs: 0, endTsMs: 99 * 30_000, liquidationCount: 100 }])
})

it('waves that are too small are left out, and the others are numbered without them', () => {
  const { waves, totalDurationMs } = detectWaves(at(0, 40_000, 41_000, 100_000, 140_000, 140_000), { minWaveSize: 2 })
  expect(waves.map(({ waveNum, startTsMs }) => [waveNum, startTsMs])).toEqual([
    [1, 40_000],
    [2, 140_000],
  ])
  expect(totalDurationMs).toBe(100_000)
})

it('the mean pause between waves is rounded down to whole milliseconds', () => {
  expect(detectWaves(at(0, 40_000, 80_001)).avgInterWaveGapMs).toBe(40_000)
})

it('one wave has no pause, none has neither pause nor largest', () => {
  expect(detectWaves(at(5))).not.toHaveProperty('avgInterWaveGapMs')
  expect(detectWaves([])).toEqual({ totalWaves: 0, waves: [], totalDurationMs: 0, largestWaveNum: 0 })
})

it('of waves with as many liquidations the first is the largest', () => {
  expect(detectWaves(at(0, 40_000, 40_001, 80_002, 80_003)).largestWaveNum).toBe(2)
})

it('the value of a wave is that of the liquidations whose value is known, and absent where none is', () => {
  const valued = [{ tsMs: 0, valueUsd: 5 }, { tsMs: 1 }, { tsMs: 2, valueUsd: 2 }]
  expect(detectWaves(valued).waves[0]!.totalValueUsd).toBe(7)
  expect(detectWaves(at(0, 1)).waves[0]).not.toHaveProperty('totalValueUsd')
})

it('waves are exhausted once nothing has come for more than a minute, and never before the first', () => {
  const waves = detectWaves(at(0, 1_000))
  expect([61_000, 61_001].map((tMs) => isExhausted(waves, tMs))).toEqual([false, true])
  expect(isExhausted(detectWaves([]), 1e9)).toBe(false)
})

it('liquidations that are not in the order of their times are a bug of the caller', () => {
  expect(() => detectWaves(at(2, 1))).toThrow('in the order of their times')
})
