import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LiquidationZ } from '../../../src/core/analysis/liquidation-z.js'

const MINUTE_MS = 60_000
const at = (z: LiquidationZ, nowMs: number, sinceMs = 0) => z.at({ nowMs, sinceMs })

it('nothing is known until 62 minutes were heard', () => {
  const z = new LiquidationZ()
  expect(at(z, 62 * MINUTE_MS - 1)).toBeUndefined()
  expect(at(z, 62 * MINUTE_MS)).toBe(0)
})

it('minutes without a liquidation count with nothing, in the mean and in the deviation', () => {
  const z = new LiquidationZ()
  z.add(30 * MINUTE_MS, 60)
  z.add(70 * MINUTE_MS, 61)
  // 59 minutes of 0 and one of 60: mean 1, variance 59.
  expect(at(z, 70 * MINUTE_MS)).toBeCloseTo(60 / Math.sqrt(59), 12)
})

it('the minute before the present one is no part of what the last minute is compared with', () => {
  const z = new LiquidationZ()
  z.add(69 * MINUTE_MS, 1e6)
  expect(at(z, 70 * MINUTE_MS)).toBe(0)
  expect(at(z, 71 * MINUTE_MS)).not.toBe(0)
})

it('against minutes that were all alike nothing else is usual: ten deviations, up or down, and 0 for the same', () => {
  const alike = () => {
    const z = new LiquidationZ()
    for (let minute = 0; minute < 62; minute++) z.add(minute * MINUTE_MS, 0.1)
    return z
  }
  expect(at(alike(), 62 * MINUTE_MS)).toBe(-10)
  const [same, more] = [alike(), alike()]
  same.add(62 * MINUTE_MS, 0.1)
  more.add(62 * MINUTE_MS, 0.2)
  expect([at(same, 62 * MINUTE_MS), at(more, 62 * MINUTE_MS)]).toEqual([0, 10])
})

it('it is what all liquidations from the beginning give, counted anew', () => {
  const liquidations = fc.array(fc.tuple(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 0, max: 1_000 })), {
    minLength: 30,
    maxLength: 200,
  })
  fc.assert(
    fc.property(liquidations, fc.integer({ min: 0, max: 90_000 }), (steps, laterMs) => {
      const z = new LiquidationZ()
      let clockMs = 0
      const all = steps.map(([stepMs, usd]) => {
        clockMs += stepMs
        return { tsMs: clockMs, usd }
      })
      for (const { tsMs, usd } of all) z.add(tsMs, usd)
      const nowMs = clockMs + laterMs
      expect(at(z, nowMs)).toEqual(counted(all, nowMs))
    }),
  )
})

it('it keeps 1,024 liquidations of the last minute, and counts those that made room', () => {
  const z = new LiquidationZ()
  for (let i = 0; i < 1_030; i++) z.add(70 * MINUTE_MS + i, 1)
  expect(z.dropped).toBe(6)
  for (let i = 0; i < 1_024; i++) z.add(72 * MINUTE_MS + i, 1)
  expect(z.dropped).toBe(6)
})

function counted(all: readonly { readonly tsMs: number; readonly usd: number }[], nowMs: number): number | undefined {
  if (nowMs < 62 * MINUTE_MS) return undefined
  const sum = (fromMs: number, toMs: number) =>
    all.filter(({ tsMs }) => tsMs >= fromMs && tsMs < toMs).reduce((total, { usd }) => total + usd, 0)
  const minute = Math.floor(nowMs / MINUTE_MS)
  const baseline = Array.from({ length: 60 }, (_, i) => {
    const fromMs = (minute - 61 + i) * MINUTE_MS
    return sum(fromMs, fromMs + MINUTE_MS)
  })
  const mean = baseline.reduce((total, usd) => total + usd, 0) / 60
  const deviation = Math.sqrt(baseline.reduce((total, usd) => total + (usd - mean) ** 2, 0) / 60)
  const away = sum(nowMs - MINUTE_MS + 1, nowMs + 1) - mean
  if (away === 0) return 0
  return deviation === 0 ? Math.sign(away) * 10 : Math.max(-10, Math.min(10, away / deviation))
}
