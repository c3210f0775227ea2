import { describe, expect, test } from 'vitest'
import { medianOfFirstScans, medianOfLastScans, parseBreakerTable } from '../../../src/core/breaker/daily-factors.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type Known = number | null
const golden = goldenUnit<{ median_first_10: [Known[], Known][] }>('acb-boost')

describe('a date from its scans', () => {
  test.each(golden.median_first_10)('golden: the first ten of %j give %s', (scans, expected) => {
    const found = medianOfFirstScans(scans)
    if (expected === null || found === null) expect(found).toBe(expected)
    else expect(closeTo(found, expected)).toBe(true)
    expect(medianOfLastScans([...scans].reverse())).toBe(found)
  })
})

describe('a table from JSON', () => {
  test('missing values stay missing', () => {
    const table = parseBreakerTable({
      factors: { '2026-01-05': { dvol_btc: null, fng: 12 }, '2026-01-06': {} },
      w750: { '2026-01-05': null, '2026-01-06': 0.01 },
      beta_policy: 'fixed',
      fixed_threshold: 0.002,
    })
    expect(table).toEqual({
      factors: new Map<string, unknown>([
        ['2026-01-05', { dvolBtc: null, fng: 12 }],
        ['2026-01-06', {}],
      ]),
      w750: new Map<string, unknown>([
        ['2026-01-05', null],
        ['2026-01-06', 0.01],
      ]),
      betaPolicy: 'fixed',
      fixedThreshold: 0.002,
    })
    expect(parseBreakerTable({}).betaPolicy).toBe('expanding')
  })

  test.each([
    [7, 'breaker table: expected an object, found 7'],
    [{ beta_policy: 'median' }, 'beta_policy: expected expanding, full-sample, fixed, found "median"'],
    [{ beta_policy: 'fixed' }, 'fixed_threshold: expected a finite number, found null'],
    [{ w750: { '2026-1-5': 0 } }, 'w750: expected dates YYYY-MM-DD, found "2026-1-5"'],
    [{ w750: { '2026-01-05': 'x' } }, 'w750 2026-01-05: expected a finite number or null, found "x"'],
    [
      { factors: { '2026-01-05': { vix: 1 } } },
      'factors 2026-01-05: expected funding_btc, dvol_btc, fng, taker, found "vix"',
    ],
    [
      { factors: { '2026-01-05': { fng: '9' } } },
      'factors 2026-01-05 fng: expected a finite number or null, found "9"',
    ],
  ])('%j is refused', (json, message) => {
    expect(() => parseBreakerTable(json)).toThrow(message)
  })
})
