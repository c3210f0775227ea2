import { describe, expect, test } from 'vitest'
import * as format from '../../../src/adapters/report/format.js'

describe('numbers as a reader sees them', () => {
  test.each([
    [1234.5, 2, '1,234.50'],
    [-1234567.891, 1, '−1,234,567.9'],
    [999, 0, '999'],
    [1000, 0, '1,000'],
    [-0.001, 2, '0.00'],
    [-0, 2, '0.00'],
    [Number.POSITIVE_INFINITY, 2, '∞'],
    [Number.NEGATIVE_INFINITY, 2, '−∞'],
    [Number.NaN, 2, '–'],
    [null, 2, '–'],
    [1.5e21, 2, '1.50e+21'],
  ])('%f with %i decimals reads %s', (value, decimals, text) => {
    expect(format.formatNumber(value, decimals)).toBe(text)
  })

  test.each([
    [25869.57264564022, '$25,869.57'],
    [-112.53337595756602, '−$112.53'],
    [null, '–'],
  ])('%f US dollars read %s', (value, text) => expect(format.formatUsd(value)).toBe(text))

  test('a change carries its sign, and no change carries none', () => {
    expect(format.formatUsdChange(869.57)).toBe('+$869.57')
    expect(format.formatUsdChange(-869.57)).toBe('−$869.57')
    expect(format.formatUsdChange(0.001)).toBe('$0.00')
    expect(format.formatPercentChange(0.0348)).toBe('+3.48%')
    expect(format.formatPercentChange(0)).toBe('0.00%')
  })

  test('a profit factor without losses is infinite, not zero', () => {
    expect(format.formatProfitFactor(null)).toBe('∞')
    expect(format.formatProfitFactor(1.228)).toBe('1.23')
  })

  test.each([
    [0.301580304, '0.3015803'],
    [104000.5, '104,000.5'],
    [19.56, '19.56'],
    [0.00000012345678, '1.234568e−7'],
  ])('price %f reads %s', (price, text) => expect(format.formatPrice(price)).toBe(text))

  test.each([
    [0, '0 s'],
    [5, '5 s'],
    [0.5, '0.500 s'],
    [60, '1 min'],
    [7200, '2 h'],
    [5400, '1 h 30 min'],
    [90_000, '1 d 1 h'],
    [null, '–'],
  ])('%s seconds read %s', (seconds, text) => expect(format.formatDuration(seconds)).toBe(text))

  test('times are UTC, with seconds where there are any', () => {
    expect(format.formatTime(Date.UTC(2025, 4, 10, 7, 36))).toBe('2025-05-10 07:36')
    expect(format.formatTime(Date.UTC(2025, 4, 10, 7, 36, 5))).toBe('2025-05-10 07:36:05')
    expect(format.formatTime(null)).toBe('–')
    expect(format.formatTime(1e300)).toBe('–')
  })

  test('a date is spelled out, and what is no date is left alone', () => {
    expect(format.formatDate('2025-05-09')).toBe('9 May 2025')
    expect(format.formatDate('2025-13-09')).toBe('2025-13-09')
    expect(format.formatDate('<b>')).toBe('<b>')
  })
})
