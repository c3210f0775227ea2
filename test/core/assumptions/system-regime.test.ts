import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { regimeAlert } from '../../../src/core/assumptions/assumption-alerts.js'
import { NO_TRADES, SystemRegimeTracker } from '../../../src/core/assumptions/system-regime.js'

const regimeOf = (wins: readonly boolean[], expectedWinRate?: number) => {
  const tracker = new SystemRegimeTracker(expectedWinRate)
  for (const isWin of wins) tracker.closed(isWin)
  return tracker.reading
}

/** Of every ten, so many are won. */
const wonOfTen = (won: number, trades: number) => Array.from({ length: trades }, (_, i) => (i * won) % 10 < won)

describe('the system regime', () => {
  it('is unknown below twenty trades, and known with half confidence at the twentieth', () => {
    expect(regimeOf(wonOfTen(6, 19))).toMatchObject({ regime: 'UNKNOWN', confidence: 0 })
    expect(regimeOf(wonOfTen(6, 20))).toMatchObject({ regime: 'EDGE_PRESENT', confidence: 5 })
  })

  it.each([
    [6, 'EDGE_PRESENT'],
    [4, 'REGIME_CHANGE'],
    [3, 'EDGE_DECAYING'],
    [2, 'EDGE_GONE'],
  ])('with %i of ten won, of twenty, is %s', (won, regime) => {
    expect(regimeOf(wonOfTen(won, 20)).regime).toBe(regime)
  })

  it('goes by what is expected of it', () => {
    expect(regimeOf(wonOfTen(3, 20), 0.3).regime).toBe('EDGE_PRESENT')
  })

  it('grows surer with each trade that says the same, up to ten, and changes its mind only when nothing speaks for the old', () => {
    expect(regimeOf(wonOfTen(6, 40))).toMatchObject({ confidence: 10 })
    const lost = [...wonOfTen(6, 40), ...new Array<boolean>(50).fill(false)]
    expect(regimeOf(lost)).toMatchObject({ regime: 'EDGE_GONE' })
  })

  it('goes on from its reading as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 120 }), fc.nat(120), (wins, cut) => {
        const kept = JSON.parse(JSON.stringify(regimeOf(wins.slice(0, cut))))
        const second = new SystemRegimeTracker(undefined, kept)
        for (const isWin of wins.slice(cut)) second.closed(isWin)
        expect(second.reading).toEqual(regimeOf(wins))
      }),
    )
  })

  it.each([
    ['EDGE_PRESENT', 'EDGE_DECAYING', 'WARNING'],
    ['EDGE_PRESENT', 'REGIME_CHANGE', 'WARNING'],
    ['EDGE_DECAYING', 'EDGE_GONE', 'CRITICAL'],
    ['EDGE_GONE', 'EDGE_GONE', undefined],
    ['EDGE_GONE', 'EDGE_PRESENT', undefined],
    ['UNKNOWN', 'EDGE_PRESENT', undefined],
  ] as const)('from %s to %s is an alert of level %s', (before, regime, level) => {
    expect(regimeAlert(before, { ...NO_TRADES, regime }, 0)?.level).toBe(level)
  })
})
