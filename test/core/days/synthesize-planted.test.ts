import { expect, it } from 'vitest'
import { type Plant, plantedCascades } from '../../../src/core/days/planted-cascades.js'
import { SYNTH_DEFAULTS, type SynthSpec, synthesizeDay } from '../../../src/core/days/synthesize.js'
import { synthesizePlantedDay } from '../../../src/core/days/synthesize-planted.js'

const SPEC: SynthSpec = { ...SYNTH_DEFAULTS, start: '2026-01-05', bars: 1_440, assets: 4 }
const PLANT: Plant = { symbols: ['BTCUSDT', 'XRPUSDT'], cascadesPerDay: 3, tradesPerSecond: 0.1 }

it('a day with cascades differs from the one without them by the prices in cascades, and by nothing else', () => {
  const [without, planted] = [synthesizeDay(SPEC, 1), synthesizePlantedDay(SPEC, PLANT, 1)]
  for (const [i, symbol] of planted.assets.entries()) {
    const cascades = PLANT.symbols.includes(symbol) ? plantedCascades(SPEC, PLANT, 1, symbol) : []
    const isIn = (bar: number) => {
      const ms = Number(planted.timestampNs![bar]! / 1_000_000n)
      return cascades.some(({ startMs, priceFactors }) => ms > startMs && ms < priceFactors.at(-1)![0])
    }
    const same = planted.prices[i]!.filter((_, bar) => !isIn(bar))
    expect(same).toEqual(without.prices[i]!.filter((_, bar) => !isIn(bar)))
    expect(same.length < SPEC.bars).toBe(cascades.length > 0)
  }
  expect({ ...planted, prices: [] }).toEqual({ ...without, prices: [] })
})

it('a price falls by more than a percent while its cascade lasts', () => {
  const { prices, assets, timestampNs } = synthesizePlantedDay({ ...SPEC, bars: 17_280 }, PLANT, 0)
  for (const symbol of PLANT.symbols) {
    const closes = prices[assets.indexOf(symbol)]!
    const at = (ms: number) => closes[timestampNs!.findLastIndex((ns) => ns <= BigInt(ms) * 1_000_000n)]!
    for (const { startMs, endMs } of plantedCascades({ ...SPEC, bars: 17_280 }, PLANT, 0, symbol))
      expect(at(endMs) / at(startMs)).toBeLessThan(0.99)
  }
})

it('a day without cascades is the day that it would be', () => {
  expect(synthesizePlantedDay(SPEC, { ...PLANT, cascadesPerDay: 0 }, 2)).toEqual(synthesizeDay(SPEC, 2))
})
