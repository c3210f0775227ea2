import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exitSlippage, simulatedExit, slippageRefund } from '../../../src/core/costs/costs.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import type { ExitReason } from '../../../src/ports/vocabulary/trades.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type Row = [
  reason: ExitReason,
  direction: Direction,
  entryPrice: number,
  price: number,
  notional: number,
  fees: boolean,
  slippage: boolean,
  orderBook: boolean,
  book: [number, number] | null,
  draw: number | null,
  exitPrice: number,
  pnlPctRaw: number,
  entryFee: number,
  exitFee: number,
  net: number,
  capitalAfter: number,
]
const { rows } = goldenUnit<{ readonly rows: readonly Row[] }>('exit')
const CAPITAL_BEFORE = 25_000

test(`golden: the fills and costs of ${rows.length} exits`, () => {
  for (const row of rows) {
    const [reason, direction, entryPrice, price, notional, fees, slippage, orderBook, book, draw, ...expected] = row
    const parameters = { ...DEFAULT_PARAMETERS, use_sp_fees: fees, use_sp_slippage: slippage }
    const edge = orderBook
      ? book !== null && book[0] > 0.5
        ? book[1] * 5 * 1e-4
        : 0
      : draw! < parameters.ob_confirm_rate
        ? 5 * 1e-4
        : 0
    const found = simulatedExit(parameters, { direction, reason, entryPrice, price, notional, edge })
    const values = [found.exitPrice, found.pnlPctRaw, found.entryFee, found.exitFee, found.net]
    for (const [i, value] of [...values, CAPITAL_BEFORE + found.net].entries()) {
      expect(closeTo(value, expected[i]!), `${JSON.stringify(row)}: ${value}, expected ${expected[i]}`).toBe(true)
    }
  }
})

test.each<[ExitReason, number, number]>([
  ['FIXED_TP', 0.0002, 0.0001],
  ['MAX_HOLD', 0.0002, 0.0001],
  ['VEL_DIV_TURN', 0.0002, 0],
  ['SUBDAY_ACB_NORMALIZATION', 0.0002, 0],
  ['END_OF_DATA', 0.0002, 0],
  ['STOP_LOSS', 0.0005, 0],
  ['HIBERNATE_HALT', 0.0005, 0],
])('%s slips by %f of the price and refunds %f', (reason, slip, refund) => {
  expect(exitSlippage(reason)).toBe(slip)
  expect(slippageRefund(DEFAULT_PARAMETERS, reason, slip)).toBe(refund)
  expect(slippageRefund({ ...DEFAULT_PARAMETERS, use_sp_slippage: false }, reason, slip)).toBe(0)
})

test('the net result is the price move less slippage and fees, plus refund and edge', () => {
  const price = fc.double({ min: 50, max: 200, noNaN: true })
  fc.assert(
    fc.property(
      fc.constantFrom<Direction>(-1, 1),
      fc.constantFrom<ExitReason>('FIXED_TP', 'STOP_LOSS', 'MAX_HOLD', 'HIBERNATE_HALT'),
      price,
      price,
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.constantFrom(0, 0.0005),
      (direction, reason, entryPrice, exitPrice, notional, edge) => {
        const found = simulatedExit(DEFAULT_PARAMETERS, {
          direction,
          reason,
          entryPrice,
          price: exitPrice,
          notional,
          edge,
        })
        const gross = ((direction * (exitPrice - entryPrice)) / entryPrice) * notional
        const net = gross - found.slippageUsd + found.refundUsd + found.edgeUsd - found.entryFee - found.exitFee
        expect(Math.abs(net - found.net)).toBeLessThanOrEqual(1e-9 * notional)
        expect(found.slippageUsd).toBeGreaterThan(0)
        expect(direction * (exitPrice - found.exitPrice)).toBeGreaterThan(0)
      },
    ),
  )
})
