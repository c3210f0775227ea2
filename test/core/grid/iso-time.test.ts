import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoMs } from '../../../src/core/grid/iso-time.js'

test.each<[string, string | undefined]>([
  ['2026-01-01T00:00:05Z', '2026-01-01T00:00:05.000Z'],
  ['2026-01-01T00:00:05', '2026-01-01T00:00:05.000Z'],
  ['2026-01-01 00:00:05.250000', '2026-01-01T00:00:05.250Z'],
  ['2026-01-01T00:00:05.9999999+00:00', '2026-01-01T00:00:05.999Z'],
  ['2026-01-01T05:30:05+05:30', '2026-01-01T00:00:05.000Z'],
  ['2025-12-31T19:00:05-0500', '2026-01-01T00:00:05.000Z'],
  ['2026-01-01T01:00+01', '2026-01-01T00:00:00.000Z'],
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:60:00Z', undefined],
  ['2026-01-01', undefined],
  ['1767225605', undefined],
  ['', undefined],
])('%s is %s', (text, utc) => {
  expect(isoMs(text)).toBe(utc === undefined ? undefined : Date.parse(utc))
})

test('what a Date writes is read back to the millisecond', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(isoMs(date.toISOString())).toBe(date.getTime())
    }),
  )
})
