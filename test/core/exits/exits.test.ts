import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import { exitReason, turnBarsAfter } from '../../../src/core/exits/exits.js'
import type { Direction, Posture } from '../../../src/ports/vocabulary/market.js'
import type { ExitReason } from '../../../src/ports/vocabulary/trades.js'
import { closeTo, goldenUnit } from '../../support/golden.js'
import { entryRecord } from '../../support/markets.js'

type Row = [
  direction: Direction,
  price: number | null,
  barsHeld: number,
  turnBarsBefore: number,
  posture: Posture,
  subdayPending: boolean,
  velDiv: number,
  reason: ExitReason | null,
  exitPrice: number | null,
]
const { rows } = goldenUnit<{ readonly rows: readonly Row[] }>('exit-decision')
const ENTRY_PRICE = 128
const LIMITS = { tpPct: 2 ** -7, stopPct: 2 ** -6, maxHoldBars: 10 }

describe(`golden: ${rows.length} situations of an open position`, () => {
  test('the exit rules', () => {
    for (const row of rows) {
      const [direction, price, barsHeld, turnBarsBefore, posture, subdayNormalization, velDiv, reason] = row
      const found = exitReason(
        {
          isLiquidated: false,
          pricelessBars: 0,
          posture,
          subdayNormalization,
          pnlPct: price === null ? undefined : (direction * (price - ENTRY_PRICE)) / ENTRY_PRICE,
          barsHeld,
          turnBars: turnBarsAfter(turnBarsBefore, direction, velDiv),
        },
        LIMITS,
      )
      expect(found ?? null, JSON.stringify(row)).toBe(reason)
    }
  })

  test('an engine restored into the situation, where a run can lead to it', () => {
    // A turn cannot have lasted longer than the position: the rules have no such limit, an engine's snapshot does.
    const possible = rows.filter(([, , barsHeld, turnBars]) => turnBars < barsHeld)
    expect(possible.length).toBeGreaterThan(rows.length / 2)
    for (const row of possible) {
      const [, price, , , posture, , velDiv, reason, exitPrice] = row
      const engine = engineIn(row)
      engine.setPosture(posture)
      const { exit } = engine.step({ velDiv, prices: [price ?? Number.NaN], volOk: false })
      expect(exit?.reason ?? null, JSON.stringify(row)).toBe(reason)
      if (exit !== undefined) {
        expect(closeTo(exit.exitPrice, exitPrice!), JSON.stringify(row)).toBe(true)
        expect(exit.exitBar - exit.entryBar).toBe(exit.barsHeld)
      }
      expect(engine.openPosition === undefined).toBe(reason !== null)
    }
  })
})

describe('adverse turns', () => {
  test.each<[Direction, number, number]>([
    [-1, 0.02, 3],
    [-1, 0.019999999999999997, 0],
    [-1, -0.02, 0],
    [1, -0.02, 3],
    [1, -0.019999999999999997, 0],
    [1, 0.02, 0],
    [-1, Number.POSITIVE_INFINITY, 0],
    [1, Number.NEGATIVE_INFINITY, 0],
    [-1, Number.NaN, 0],
  ])('direction %i: after two bars running, vel_div %f makes it %i', (direction, velDiv, expected) => {
    expect(turnBarsAfter(2, direction, velDiv)).toBe(expected)
  })
})

/** An engine whose position has been open for the row's bars, last priced at 127.5. */
function engineIn([direction, , barsHeld, turnBars, , subdayNormalization]: Row): Engine {
  const parameters = {
    ...DEFAULT_PARAMETERS,
    fixed_tp_pct: LIMITS.tpPct,
    stop_pct: LIMITS.stopPct,
    max_hold_bars: LIMITS.maxHoldBars,
    vd_enabled: true,
  }
  const engine = new Engine(parameters, 25_000)
  engine.addAssets(['BTCUSDT'])
  engine.beginDay({ date: '2026-01-05', direction })
  return Engine.restore({
    ...engine.snapshot(),
    barIndex: barsHeld,
    barCount: barsHeld,
    prices: [[127.5]],
    position: {
      entry: entryRecord({ direction, entryPrice: ENTRY_PRICE }),
      assetIndex: 0,
      turnBars,
      subdayNormalization,
    },
  })
}
