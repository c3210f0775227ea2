import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTime, timeOfInteger } from '../../../src/adapters/klines/times.js'

const parse = (text: string) => parseTime(Buffer.from(text), 0, Buffer.byteLength(text))
const NOON = Date.UTC(2025, 4, 10, 12)

describe('a time is told by its form', () => {
  test.each([
    ['1746878400', NOON],
    ['1746878400000', NOON],
    ['1746878400000000', NOON],
    ['1746878400000000000', NOON],
    ['1746878400000001', NOON + 0.001],
    ['1746878400123456789', NOON + 123.456789],
    ['1746878400.5', NOON + 500],
    ['1746878400000.0', NOON],
    ['1.7468784e12', NOON],
    ['2025-05-10T12:00:00Z', NOON],
    ['2025-05-10 12:00:00', NOON],
    ['2025-05-10T12:00', NOON],
    ['2025-05-10 12:00:00 UTC', NOON],
    ['2025-05-10t12:00:00z', NOON],
    ['2025-05-10T12:00:00.123456Z', NOON + 123.456],
    ['2025-05-10T14:00:00+02:00', NOON],
    ['2025-05-10T06:30:00-0530', NOON],
    ['2025-05-10T14+02', Number.NaN],
    ['2025-05-10 14:00:00+02', NOON],
    ['2025-05-10', Date.UTC(2025, 4, 10)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
  ])('%s', (text, expected) => {
    expect(parse(text)).toBe(expected)
  })

  test.each([
    '',
    '0',
    '12',
    '-1746878400000',
    '946684799', // the last second of 1999
    '4102444800', // the first of 2100
    '20250510', // a date without hyphens would be a time in 1970
    '17468784000000000000',
    '2025-02-29',
    '2025-13-01',
    '2025-05-10T24:00:00Z',
    '2025-05-10T12:60:00Z',
    '1999-12-31T23:59:59Z',
    'May 10, 2025',
    'NaN',
  ])('%j is no time', (text) => {
    expect(parse(text)).toBeNaN()
  })
})

test('any millisecond of the century reads the same as ms, µs, ns and ISO 8601', () => {
  const anyTime = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) - 1 })
  fc.assert(
    fc.property(anyTime, (ms) => {
      expect(parse(`${ms}`)).toBe(ms)
      expect(parse(`${ms}000`)).toBe(ms)
      expect(parse(`${ms}000000`)).toBe(ms)
      expect(parse(new Date(ms).toISOString())).toBe(ms)
      expect(timeOfInteger(BigInt(ms) * 1_000_000n)).toBe(ms)
    }),
  )
})
