import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { count, signedUsd, usd } from '../../../src/cli/shell/figures-text.js'

const english = new Intl.NumberFormat('en-US')

describe('figures for people', () => {
  test.each([
    [0, '0.00'],
    [-0.001, '0.00'],
    [999.995, '1,000.00'],
    [-25_000.5, '-25,000.50'],
    [999_999.99, '999,999.99'],
    [1e6, '1,000,000'],
    [-1_234_567.5, '-1,234,568'],
  ])('%d USD are shown as %s', (value, text) => {
    expect(usd(value)).toBe(text)
  })

  test('a gain has its sign, nothing has none', () => {
    expect([signedUsd(1_500), signedUsd(0.001), signedUsd(-1_500)]).toEqual(['+1,500.00', '0.00', '-1,500.00'])
  })

  test('whole numbers are grouped as English has it', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(count(value)).toBe(english.format(value))
      }),
    )
  })

  test('an amount without its commas is its fixed-point notation', () => {
    const amount = fc.double({ min: -1e20, max: 1e20, noNaN: true }).filter((value) => Math.abs(value) >= 0.005)
    fc.assert(
      fc.property(amount, (value) => {
        expect(usd(value).replaceAll(',', '')).toBe(value.toFixed(Math.abs(value) < 1e6 ? 2 : 0))
      }),
    )
  })
})
