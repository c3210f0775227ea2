import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  directionName,
  directionSign,
  openedDirection,
  openingSide,
  oppositeSide,
  signedBy,
} from '../../src/base/direction.js'
import { Exact } from '../../src/base/exact.js'

test.each([
  [1, 'LONG', 'BUY', 'SELL'],
  [-1, 'SHORT', 'SELL', 'BUY'],
] as const)('direction %i is called %s, opens with %s and closes with %s', (direction, name, opens, closes) => {
  expect(directionName(direction)).toBe(name)
  expect(directionSign(name)).toBe(direction)
  expect(openingSide(direction)).toBe(opens)
  expect(openedDirection(opens)).toBe(direction)
  expect(oppositeSide(opens)).toBe(closes)
})

test('an execution adds to a position its quantity in the direction that its side opens', () => {
  fc.assert(
    fc.property(fc.constantFrom('BUY', 'SELL'), fc.nat(), (side, quantity) => {
      expect(signedBy(side, new Exact(quantity)).toFixed()).toBe(
        new Exact(quantity).times(openedDirection(side)).toFixed(),
      )
    }),
  )
})
