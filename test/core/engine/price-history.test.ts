import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPrice } from '../../../src/base/price.js'
import { PriceHistory, RETAINED_PRICES } from '../../../src/core/engine/price-history.js'

const ASSETS = 3
const cell = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0.01, max: 1e5, noNaN: true }) },
  fc.constantFrom(Number.NaN, 0, -0, -3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE),
)
/** One day: an asset's column, with or without holes, or none at all. */
const column = (rows: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(cell, { minLength: rows, maxLength: rows }) },
    {
      weight: 3,
      arbitrary: fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: rows, maxLength: rows }),
    },
    fc.constant(undefined),
  )
const day = fc.nat(150).chain((rows) =>
  fc.record({
    rows: fc.constant(rows),
    columns: fc.tuple(column(rows), column(rows), column(rows)),
    bulk: fc.boolean(),
    /** Rows at which the columns are let go and attached again, or appended from there on. */
    breaks: fc.uniqueArray(fc.nat(rows), { maxLength: 3 }),
    /** Rows at which everything is compared; the rest only moves on. */
    looks: fc.uniqueArray(fc.nat(rows), { maxLength: 5 }),
    leaveAt: fc.nat(rows),
  }),
)

/** What the history must say, kept in the plainest way there is. */
class Model {
  readonly valid: number[][] = Array.from({ length: ASSETS }, () => [])
  readonly current: number[] = new Array<number>(ASSETS).fill(Number.NaN)

  add(asset: number, price: number): void {
    this.current[asset] = isPrice(price) ? price : Number.NaN
    if (isPrice(price)) this.valid[asset]!.push(price)
  }
}

test('attached or appended, in whatever turns, with holes and absent assets, the history is what the bars were', () => {
  fc.assert(
    fc.property(fc.array(day, { maxLength: 5 }), (days) => {
      const history = new PriceHistory()
      for (let asset = 0; asset < ASSETS; asset++) history.addAsset()
      const model = new Model()
      for (const { rows, columns, bulk, breaks, looks, leaveAt } of days) {
        const slots = columns.map((values) => values && Float64Array.from(values))
        let attached = bulk
        if (attached) history.attach(slots, rows, 0)
        for (let row = 0; row < leaveAt; row++) {
          if (breaks.includes(row)) {
            if (attached) history.detach()
            attached = bulk || !attached
            if (attached) history.attach(slots, rows, row)
          }
          columns.forEach((values, asset) => {
            const price = values?.[row] ?? Number.NaN
            if (!attached) history.append(asset, price)
            model.add(asset, price)
          })
          if (attached) history.moveTo(row)
          if (looks.includes(row)) compare(history, model)
        }
        if (attached) history.detach()
        model.current.fill(Number.NaN)
      }
      compare(history, model, { prices: false })
    }),
    { numRuns: 300 },
  )
})

test('a history built from its retained prices goes on as the one they were taken from', () => {
  const prices = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { maxLength: 500 })
  fc.assert(
    fc.property(prices, prices, fc.constantFrom(RETAINED_PRICES, 351), (before, after, kept) => {
      const original = new PriceHistory(kept)
      original.addAsset()
      for (const price of before) original.append(0, price)
      const restored = new PriceHistory(kept)
      restored.addAsset(original.retained(0))
      for (const price of after) {
        original.append(0, price)
        restored.append(0, price)
      }
      expect(restored.retained(0)).toEqual(original.retained(0))
      expect(original.retained(0)).toEqual([...before, ...after].slice(-kept))
    }),
    { numRuns: 60 },
  )
})

test('misuse is refused', () => {
  const history = new PriceHistory()
  history.addAsset()
  expect(() => history.attach([], 1, 0)).toThrow('every asset has a column slot')
  expect(() => history.moveTo(0)).toThrow('the current bar is a row of the attached day')
  history.attach([Float64Array.of(1)], 1, 0)
  expect(() => history.append(0, 1)).toThrow('bars are appended only while no day is attached')
  history.moveTo(0)
  expect(() => history.copyLast(0, 2, new Float64Array(2), 0, 1)).toThrow('there are n valid prices')
})

function compare(history: PriceHistory, model: Model, { prices = true } = {}): void {
  for (let asset = 0; asset < ASSETS; asset++) {
    const valid = model.valid[asset]!
    if (prices) expect(history.price(asset)).toBe(model.current[asset])
    // More than the retained ones may be at hand while a day is attached; never more than there were.
    expect(history.count(asset)).toBeLessThanOrEqual(valid.length)
    expect(history.count(asset)).toBeGreaterThanOrEqual(Math.min(valid.length, RETAINED_PRICES))
    expect(history.retained(asset)).toEqual(valid.slice(-RETAINED_PRICES))
    for (const back of [0, 1, 7, 49, 199]) {
      expect(history.ago(asset, back)).toBe(back < valid.length ? valid.at(-1 - back) : undefined)
    }
    for (const n of [0, 1, 50]) {
      if (n > valid.length) continue
      const out = new Float64Array(2 * n + 1).fill(-1)
      history.copyLast(asset, n, out, 1, 2)
      expect(Array.from(out)).toEqual(
        [-1, ...(n === 0 ? [] : valid.slice(-n)).flatMap((price) => [price, -1])].slice(0, 2 * n + 1),
      )
    }
  }
}
