import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dynamicExit } from '../../../src/core/orderbook/dynamic-exit.js'
import { closeTo, goldenUnit } from '../../support/golden.js'

type Row = [number, number, number | null, number | null, number, number, number, number, number]
const golden = goldenUnit<{ readonly rows: readonly Row[] }>('ob-exit')

const maybe = fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined })
const pnl = fc.double({ min: -0.5, max: 0.5, noNaN: true })
const hold = fc.integer({ min: 1, max: 2000 })
const regime = fc.constantFrom(-1, 0, 1)

test(`golden: the limits of all ${golden.rows.length} situations`, () => {
  for (const row of golden.rows) {
    const [cascadeCount, regimeSignal, effImb, withdrawal, pnlPct, maxHoldBars, tp, sl, maxHold] = row
    const found = dynamicExit(
      { tpPct: 0.0095, stopPct: 1, maxHoldBars },
      { cascadeCount, regimeSignal },
      effImb ?? undefined,
      withdrawal ?? undefined,
      pnlPct,
    )
    expect(found.maxHoldBars, JSON.stringify(row)).toBe(maxHold)
    expect(closeTo(found.tpPct, tp), JSON.stringify(row)).toBe(true)
    expect(closeTo(found.stopPct, sl), JSON.stringify(row)).toBe(true)
  }
})

test('a stop is never loosened, and tightened only under stress without a cascade', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.nat(2),
      regime,
      maybe,
      maybe,
      pnl,
      (stopPct, cascadeCount, regimeSignal, effImb, withdrawal, pnlPct) => {
        const found = dynamicExit(
          { tpPct: 0.01, stopPct, maxHoldBars: 120 },
          { cascadeCount, regimeSignal },
          effImb,
          withdrawal,
          pnlPct,
        )
        const stressed = cascadeCount === 0 && regimeSignal === 1
        expect(found.stopPct).toBe(stressed ? Math.min(stopPct, 0.1) : stopPct)
      },
    ),
  )
})

test('holds are whole bars, and without macro state and data the configured limits stand', () => {
  fc.assert(
    fc.property(hold, fc.nat(2), regime, maybe, maybe, pnl, (maxHoldBars, cascadeCount, regimeSignal, e, w, pnlPct) => {
      const configured = { tpPct: 0.01, stopPct: 0.5, maxHoldBars }
      expect(dynamicExit(configured, { cascadeCount, regimeSignal }, e, w, pnlPct).maxHoldBars % 1).toBe(0)
      expect(dynamicExit(configured, { cascadeCount: 0, regimeSignal: 0 }, undefined, undefined, pnlPct)).toEqual(
        configured,
      )
    }),
  )
})

test('a cascade decides alone', () => {
  fc.assert(
    fc.property(regime, maybe, maybe, pnl, (regimeSignal, effImb, withdrawal, pnlPct) => {
      const found = dynamicExit(
        { tpPct: 0.01, stopPct: 0.5, maxHoldBars: 45 },
        { cascadeCount: 1, regimeSignal },
        effImb,
        withdrawal,
        pnlPct,
      )
      expect(found).toEqual({ tpPct: 0.01 * 1.4, stopPct: 0.5, maxHoldBars: 22 })
    }),
  )
})
