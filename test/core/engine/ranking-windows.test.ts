import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPrice } from '../../../src/base/price.js'
import { PriceHistory } from '../../../src/core/engine/price-history.js'
import { RankingWindows } from '../../../src/core/engine/ranking-windows.js'
import { Xoshiro128 } from '../../../src/core/numeric/xoshiro128.js'
import { SEGMENT_PRICES } from '../../../src/core/selection/impulse-response.js'

const NO_PRICES = [Number.NaN, 0, -0, -3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

/** A column of prices with as many holes as asked for, in places of their own or side by side. */
const column = (rows: number) =>
  fc
    .record({
      seed: fc.nat(0xffffffff),
      holes: fc.uniqueArray(fc.nat(rows), { maxLength: 6 }),
      gap: fc.constantFrom(0, 0, 5, 70),
      gapAt: fc.constantFrom(0, rows >> 1),
    })
    .map(({ seed, holes, gap, gapAt }) => {
      const rng = new Xoshiro128(seed)
      const values = Float64Array.from({ length: rows }, () => rng.between(1, 2))
      for (const hole of holes) if (hole < rows) values[hole] = NO_PRICES[hole % NO_PRICES.length]!
      values.fill(Number.NaN, gapAt, Math.min(rows, gapAt + gap))
      return values
    })

const day = fc.integer({ min: 1, max: 400 }).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    columns: fc.array(fc.option(column(rows), { freq: 6, nil: undefined }), { minLength: 5, maxLength: 5 }),
    /** Where bars ask for the windows: single rows, and every row from one to another. */
    looks: fc.uniqueArray(fc.nat(rows), { maxLength: 6 }),
    from: fc.nat(rows),
    length: fc.constantFrom(0, 3, 200),
    /** Rows at which the day is let go and attached again. */
    breaks: fc.uniqueArray(fc.nat(rows), { maxLength: 2 }),
    attached: fc.boolean(),
  }),
)

test('whenever a bar asks, every window is the last 50 valid prices of its asset, or has no noise to be ranked by where there are fewer', () => {
  let full = 0
  let few = 0
  let slid = 0
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 3, 5), (days, assets) => {
      const history = new PriceHistory()
      const windows = new RankingWindows(history)
      const valid: number[][] = Array.from({ length: assets }, () => [])
      for (let asset = 0; asset < assets; asset++) history.addAsset()
      windows.setUniverse(assets)
      for (const { rows, columns, looks, from, length, breaks, attached } of days) {
        const slots = columns.slice(0, assets)
        if (attached) history.attach(slots, rows, 0)
        for (let row = 0; row < rows; row++) {
          if (attached && breaks.includes(row)) {
            history.detach()
            history.attach(slots, rows, row)
          }
          slots.forEach((values, asset) => {
            const price = values?.[row] ?? Number.NaN
            if (!attached) history.append(asset, price)
            if (isPrice(price)) valid[asset]!.push(price)
          })
          if (attached) history.moveTo(row)
          if (!looks.includes(row) && !(row >= from && row < from + length)) continue
          windows.compute(false)
          const { prices, width, firstRow } = windows.profiles
          for (let asset = 0; asset < assets; asset++) {
            const found = Array.from({ length: SEGMENT_PRICES }, (_, i) => prices[(firstRow + i) * width + asset]!)
            if (valid[asset]!.length < SEGMENT_PRICES) {
              few++
              expect(windows.profiles.noise[asset]).toBeNaN()
              continue
            }
            expect(found).toEqual(valid[asset]!.slice(-SEGMENT_PRICES))
            full++
            if (firstRow > 0) slid++
          }
        }
        if (attached) history.detach()
      }
    }),
    { numRuns: 200 },
  )
  expect(few).toBeGreaterThan(1000)
  expect(full).toBeGreaterThan(1000)
  expect(slid).toBeGreaterThan(1000)
})

test('assets that become known later have windows of their own', () => {
  const history = new PriceHistory()
  const windows = new RankingWindows(history)
  const prices = (level: number) => Float64Array.from({ length: 60 }, (_, i) => level + i)
  history.addAsset()
  windows.setUniverse(1)
  history.attach([prices(100)], 60, 0)
  history.moveTo(55)
  windows.compute(false)
  history.addAsset()
  windows.setUniverse(2)
  history.detach()
  history.attach([prices(100), prices(200)], 60, 0)
  history.moveTo(55)
  windows.compute(false)
  const { profiles } = windows
  expect(profiles.rises[1]).toBe(49)
  expect(profiles.highest[1]).toBe(49)
})
