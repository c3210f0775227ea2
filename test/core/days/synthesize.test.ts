import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOfEpochDay, epochDay } from '../../../src/base/utc-date.js'
import { SYNTH_DEFAULTS, SYNTH_VERSION, type SynthSpec, synthesizeDay } from '../../../src/core/days/synthesize.js'
import { syntheticAssets } from '../../../src/core/days/synthetic-assets.js'
import { verifyDay } from '../../../src/core/days/verify.js'
import { verifyAcrossDays } from '../../../src/core/days/verify-across.js'
import { Engine } from '../../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import type { DayColumns } from '../../../src/ports/days.js'

const SMALL: SynthSpec = { seed: 7, start: '2026-01-01', bars: 288, assets: 5, missingRate: 0 }
const FULL: SynthSpec = { ...SYNTH_DEFAULTS, start: '2026-01-01' }

const spec = fc.record({
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  start: fc.integer({ min: 10_000, max: 30_000 }).map(dateOfEpochDay),
  bars: fc.integer({ min: 1, max: 400 }),
  assets: fc.integer({ min: 1, max: 60 }),
  missingRate: fc.constantFrom(0, 0.02),
})
const index = fc.integer({ min: 0, max: 50 })

function hashOf(day: DayColumns): string {
  const hash = createHash('sha256')
  const columns = [day.timestampNs!, day.scanNumber!, day.velDiv, ...Object.values(day.eigen), ...day.prices]
  for (const column of columns) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  return hash.update(day.assets.join()).digest('hex')
}

describe('a synthetic day', () => {
  it('is a function of spec and index: the same again, whatever was made before', () => {
    fc.assert(
      fc.property(spec, index, index, (market, day, other) => {
        const alone = hashOf(synthesizeDay(market, day))
        synthesizeDay({ ...market, seed: (market.seed ^ 1) >>> 0 }, other)
        synthesizeDay(market, other)
        expect(hashOf(synthesizeDay(market, day))).toBe(alone)
      }),
      { numRuns: 40 },
    )
  })

  it('belongs to its date: a market that starts a day later has the same prices from there on', () => {
    fc.assert(
      fc.property(spec, index, (market, day) => {
        const later = { ...market, start: dateOfEpochDay(epochDay(market.start) + 1) }
        const [a, b] = [synthesizeDay(market, day + 1), synthesizeDay(later, day)]
        expect(a.date).toBe(b.date)
        expect(a.prices).toEqual(b.prices)
        expect(a.velDiv).toEqual(b.velDiv)
      }),
      { numRuns: 20 },
    )
  })

  it('does not change when assets are added', () => {
    const narrow = synthesizeDay(SMALL, 3)
    const wide = synthesizeDay({ ...SMALL, assets: 53 }, 3)
    expect(wide.prices.slice(0, SMALL.assets)).toEqual(narrow.prices)
    expect(wide.assets.slice(0, 5)).toEqual(narrow.assets)
    expect(wide.assets[0]).toBe('BTCUSDT')
    expect(wide.assets.slice(50)).toEqual(['SYN051USDT', 'SYN052USDT', 'SYN053USDT'])
    expect(new Set(wide.assets).size).toBe(53)
  })

  it('keeps its numbers: a change of any of them must raise SYNTH_VERSION', () => {
    expect([SYNTH_VERSION, hashOf(synthesizeDay({ ...SMALL, missingRate: 0.01 }, 2))]).toEqual([
      1,
      '3941cfa9feb2f7320105cf4de0908f8d3fa36e7736cf7eb2c6281118878a3e75',
    ])
  })

  it('has vel_div = v50 − v750 to the bit, and instabilities no smaller than their velocities', () => {
    fc.assert(
      fc.property(spec, index, (market, day) => {
        const { velDiv, eigen } = synthesizeDay(market, day)
        const { v50_lambda_max_velocity: v50, v150_lambda_max_velocity: v150, v750_lambda_max_velocity: v750 } = eigen
        for (let bar = 0; bar < market.bars; bar++) {
          expect(velDiv[bar]).toBe(v50![bar]! - v750![bar]!)
          expect(eigen.instability_50![bar]).toBeGreaterThanOrEqual(Math.abs(v50![bar]!))
          expect(eigen.instability_150![bar]).toBeGreaterThanOrEqual(Math.abs(v150![bar]!))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('has prices that are positive decimals on the asset’s tick', () => {
    const { prices } = synthesizeDay({ ...SMALL, assets: 60 }, 11)
    for (const [i, { decimals }] of syntheticAssets(60).entries()) {
      for (const price of prices[i]!) {
        expect(price).toBeGreaterThan(0)
        expect(Number(price.toFixed(decimals))).toBe(price)
      }
    }
  })

  it('runs on over midnight and over a year without drifting away', () => {
    const assets = syntheticAssets(SMALL.assets)
    let before = synthesizeDay(SMALL, 0)
    for (let day = 1; day < 366; day++) {
      const next = synthesizeDay(SMALL, day)
      for (const [i, { price }] of assets.entries()) {
        expect(Math.abs(next.prices[i]![0]! / before.prices[i]!.at(-1)! - 1)).toBeLessThan(0.02)
        expect(next.prices[i]![0]! / price).toBeGreaterThan(0.4)
        expect(next.prices[i]![0]! / price).toBeLessThan(2)
      }
      before = next
    }
  })

  it('loses the asked share of prices and changes no other', () => {
    const whole = synthesizeDay({ ...SMALL, bars: 5_000 }, 0)
    const holed = synthesizeDay({ ...SMALL, bars: 5_000, missingRate: 0.03 }, 0)
    const all = holed.prices.flatMap((column) => Array.from(column))
    const missing = all.filter((price) => Number.isNaN(price)).length
    expect(missing / all.length).toBeGreaterThan(0.02)
    expect(missing / all.length).toBeLessThan(0.04)
    for (const [i, column] of holed.prices.entries()) {
      expect(column.every((price, bar) => Number.isNaN(price) || price === whole.prices[i]![bar])).toBe(true)
    }
  })

  it('passes verification without a finding, alone and beside its neighbours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(288, 1_440), (seed, bars) => {
        const days = [0, 1, 2].map((day) => verifyDay(synthesizeDay({ ...SMALL, seed, bars }, day)))
        expect(days.flatMap((day) => day.findings)).toEqual([])
        expect(verifyAcrossDays(days.map((day) => day.summary))).toEqual([])
      }),
      { numRuns: 15 },
    )
  })
})

describe('the default synthetic market', () => {
  const days = [0, 1, 2].map((day) => synthesizeDay(FULL, day))

  it('opens the SHORT gate on 15 to 25 % of bars and the LONG gate as well', () => {
    const shares = (open: (velDiv: number) => boolean) =>
      days.map(({ velDiv, bars }) => velDiv.filter(open).length / bars)
    for (const share of shares((velDiv) => velDiv < -0.02)) {
      expect(share).toBeGreaterThan(0.15)
      expect(share).toBeLessThan(0.25)
    }
    for (const share of shares((velDiv) => velDiv > 0.01)) expect(share).toBeGreaterThan(0.1)
  })

  it.each([-1, 1] as const)('brings about every exit that data can bring about, direction %i', (direction) => {
    const engine = new Engine({ ...DEFAULT_PARAMETERS, stop_pct: 0.008, vd_enabled: true }, 25_000)
    const reasons = new Set<string>()
    const assets = new Set<string>()
    const buckets = new Set<number>()
    for (const columns of days) {
      engine.beginDay({ date: columns.date, direction })
      engine.attach(columns)
      for (const trade of engine.run()) {
        reasons.add(trade.reason)
        assets.add(trade.asset)
        buckets.add(trade.bucket)
      }
      engine.endDay()
    }
    expect([...reasons].sort()).toEqual(['FIXED_TP', 'MAX_HOLD', 'STOP_LOSS', 'VEL_DIV_TURN'])
    expect(assets.size).toBeGreaterThan(10)
    expect([...buckets].sort()).toEqual([0, 1, 2, 3])
  })
})
