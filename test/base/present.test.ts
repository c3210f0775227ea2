import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { present } from '../../src/base/present.js'

test('what is present has every field that is not undefined, in order, and no other', () => {
  const values = fc.oneof(fc.constant(undefined), fc.constant(null), fc.constant(0), fc.constant(''), fc.string())
  fc.assert(
    fc.property(fc.dictionary(fc.string(), values), (fields) => {
      expect(Object.entries(present(fields))).toEqual(Object.entries(fields).filter(([, value]) => value !== undefined))
    }),
  )
})

test('a field that may be undefined becomes optional, and the others stay as they are', () => {
  const fields: { limit: number | undefined; name: string; note: string | null } = {
    limit: undefined,
    name: 'a',
    note: null,
  }
  const found = present(fields)
  expect(found).toStrictEqual({ name: 'a', note: null })
  expectTypeOf(found.name).toEqualTypeOf<string>()
  expectTypeOf(found.note).toEqualTypeOf<string | null>()
  const exact: { readonly limit?: number; readonly name: string; readonly note: string | null } = found
  expect(exact).toBe(found)
})
