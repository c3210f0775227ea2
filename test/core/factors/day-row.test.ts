import { expect, it } from 'vitest'
import { parseFactorsCsv } from '../../../src/config/factors-csv.js'
import {
  FACTORS_HEADER,
  type FactorsRow,
  factorsLine,
  latestFixedDate,
  nextFixedMs,
} from '../../../src/core/factors/day-row.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const MISSING: FactorsRow = {
  date: '2026-01-06',
  funding_btc: null,
  dvol_btc: null,
  fng: null,
  taker: null,
  fng_date: null,
}

it('a line is read back to the last bit by whoever reads factors files', () => {
  const row: FactorsRow = {
    ...MISSING,
    funding_btc: -1e-7,
    dvol_btc: 0.1 + 51,
    fng: 20,
    taker: 1 / 3,
    fng_date: '2026-01-05',
  }
  const text = `${FACTORS_HEADER}\n${factorsLine(row, -1 / 7)}\n`
  const { factors, w750 } = parseFactorsCsv(text, 'f.csv')
  expect(factors.get('2026-01-06')).toEqual({ fundingBtc: -1e-7, dvolBtc: 0.1 + 51, fng: 20, taker: 1 / 3 })
  expect(w750.get('2026-01-06')).toBe(-1 / 7)
})

it('what is missing is an empty cell', () => {
  expect(factorsLine(MISSING, null)).toBe('2026-01-06,,,,,,')
})

it.each([
  [299_999, '2026-01-05', MIDNIGHT + 300_000],
  [300_000, '2026-01-06', MIDNIGHT + 86_700_000],
])('%d ms after 00:00 the latest fixed row is that of %s', (afterMs, date, nextMs) => {
  expect([latestFixedDate(MIDNIGHT + afterMs), nextFixedMs(MIDNIGHT + afterMs)]).toEqual([date, nextMs])
})
