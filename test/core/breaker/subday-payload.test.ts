import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAcbPayload } from '../../../src/core/breaker/subday-payload.js'
import { goldenUnit } from '../../support/golden.js'

const golden = goldenUnit<{ rows: [string, [number, number] | null][] }>('acb-payload')

test.each(golden.rows)('golden: %s is parked as %j', (text, parked) => {
  const parsed = parseAcbPayload(text)
  if (parked === null) expect(parsed).toEqual({ rejected: expect.stringMatching(/^expected .*, found .+/s) })
  else expect(parsed).toEqual({ boost: parked[0], beta: parked[1] })
})

test('exactly the pairs with boost in [1, 3] and beta in [0, 1] are accepted', () => {
  const number = fc.oneof(fc.double({ min: -1, max: 4, noNaN: true }), fc.constantFrom(0, 1, 3))
  fc.assert(
    fc.property(number, number, (boost, beta) => {
      const accepted = boost >= 1 && boost <= 3 && beta >= 0 && beta <= 1
      expect('boost' in parseAcbPayload(JSON.stringify({ boost, beta }))).toBe(accepted)
    }),
  )
})

test('no text throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const parsed = parseAcbPayload(text)
      expect('rejected' in parsed || 'boost' in parsed).toBe(true)
    }),
  )
})

test.each([
  ['{', 'expected JSON, found "{"'],
  ['[1]', 'expected an object with boost and beta, found "[1]"'],
  ['{"boost": 4, "beta": 0}', 'expected boost in [1, 3], found 4'],
  ['{"boost": 1}', 'expected beta in [0, 1], found nothing'],
  ['{"boost": 1e999, "beta": 0}', 'expected boost in [1, 3], found Infinity'],
])('%s is refused with its reason', (text, rejected) => {
  expect(parseAcbPayload(text)).toEqual({ rejected })
})
