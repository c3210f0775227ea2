import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VelDivHistory } from '../../../src/core/engine/vel-div-history.js'

test('it keeps the last two hundred values, and its trend spans ten of them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 700 }), (values) => {
      const history = new VelDivHistory()
      for (const value of values) history.push(value)
      expect(history.values()).toEqual(values.slice(-200))
      expect(history.trend()).toBe(values.length < 10 ? 0 : values.at(-1)! - values.at(-10)!)
    }),
  )
})
