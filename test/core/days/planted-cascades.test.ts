import { describe, expect, it } from 'vitest'
import { openInterestFactorAt, type Plant, plantedCascades } from '../../../src/core/days/planted-cascades.js'
import { SYNTH_DEFAULTS, type SynthSpec } from '../../../src/core/days/synthesize.js'

const SPEC: SynthSpec = { ...SYNTH_DEFAULTS, start: '2026-01-05', bars: 1_440, assets: 4 }
const PLANT: Plant = { symbols: ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'], cascadesPerDay: 12, tradesPerSecond: 0.1 }
const DAY_MS = Date.UTC(2026, 0, 5)

const all = [0, 1, 2].flatMap((day) => PLANT.symbols.flatMap((symbol) => plantedCascades(SPEC, PLANT, day, symbol)))

describe('planted cascades', () => {
  it('are as many as asked for, of each day and symbol', () => {
    expect(all).toHaveLength(3 * 3 * 12)
  })

  it('fall from three to five waves, with pauses of more than thirty seconds and less than a minute', () => {
    for (const { waves } of all) {
      expect([3, 4, 5]).toContain(waves.length)
      const pauses = waves.slice(1).map(({ startMs }, i) => startMs - waves[i]!.endMs)
      expect(Math.min(...pauses)).toBeGreaterThan(30_000)
      expect(Math.max(...pauses)).toBeLessThan(60_000)
    }
  })

  it('bring in ten seconds more than any trigger of a burst', () => {
    for (const { waves } of all) {
      for (const { startMs, liquidations } of waves) {
        const soon = liquidations.filter(({ tsMs }) => tsMs <= startMs + 10_000)
        expect(soon.reduce((sum, { valueUsd }) => sum + valueUsd, 0)).toBeGreaterThan(50_000)
      }
    }
  })

  it('take a tenth of the open interest within a minute of their start, and no earlier', () => {
    for (const cascade of all) {
      const at = (sec: number) => openInterestFactorAt([cascade], cascade.startMs + sec * 1_000)
      expect(at(-10)).toBe(1)
      expect(at(0)).toBe(1)
      expect(at(50)).toBeGreaterThan(0.9)
      expect(at(60)).toBeLessThan(0.9)
    }
  })

  it('lie in their part of the day with all that they do', () => {
    for (const cascade of all) {
      const partMs = (cascade.startMs - DAY_MS) % 7_200_000
      const untilMs = Math.max(cascade.priceFactors.at(-1)![0], cascade.openInterestFactors.at(-1)![0])
      expect(partMs).toBeGreaterThanOrEqual(1_200_000)
      expect(partMs + untilMs - cascade.startMs).toBeLessThan(7_200_000)
    }
  })

  it('follow each other from symbol to symbol', () => {
    const starts = PLANT.symbols.map((symbol) => plantedCascades(SPEC, PLANT, 0, symbol).map(({ startMs }) => startMs))
    for (const [i, leaderMs] of starts[0]!.entries()) {
      expect(starts[1]![i]! - leaderMs).toBeGreaterThanOrEqual(40_000)
      expect(starts[1]![i]! - leaderMs).toBeLessThanOrEqual(80_000)
      expect(starts[2]![i]! - leaderMs).toBeGreaterThanOrEqual(110_000)
    }
  })
})
