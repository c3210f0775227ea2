import { describe, expect, it } from 'vitest'
import { NO_FEATURES } from '../../../src/core/orderbook/asset-features.js'
import { type AssetInMarket, isCascading, MacroWindows } from '../../../src/core/orderbook/macro.js'

/** So many assets with this spread, of which some withdraw. */
function market({ assets = 20, withdrawing = 0, spreadBps = 1 } = {}): AssetInMarket[] {
  return Array.from({ length: assets }, (_, i) => ({
    features: { ...NO_FEATURES, withdrawalVelocity: i < withdrawing ? -0.21 : -0.2 },
    spreadBps,
    isLiquidationCascade: false,
  }))
}

/** The regime of a bar after so many calm ones. */
function regimeAfter(calmBars: number, last: Parameters<typeof market>[0]): number {
  const windows = new MacroWindows()
  for (let bar = 0; bar < calmBars; bar++) windows.next(bar, market())
  return windows.next(calmBars, market(last)).regimeSignal
}

describe('the regime of the market', () => {
  it.each<[string, number, Parameters<typeof market>[0], number]>([
    ['stress when three of ten assets withdraw', 0, { withdrawing: 6 }, 1],
    ['neutral when fewer do', 100, { withdrawing: 5 }, 0],
    ['calm when one of twenty does', 100, { withdrawing: 1 }, -1],
    ['neutral when two of twenty do', 100, { withdrawing: 2 }, 0],
    ['neutral before the usual spread is known', 58, {}, 0],
    ['calm as soon as it is', 59, {}, -1],
    ['calm when the spread is the usual one but for the last digits', 100, { spreadBps: 1 + 9e-10 }, -1],
    ['neutral when the spread is wider than usual', 100, { spreadBps: 1 + 2e-9 }, 0],
    ['neutral with nine assets, all of which withdraw', 100, { assets: 9, withdrawing: 9 }, 0],
  ])('is %s', (_, calmBars, last, regime) => {
    expect(regimeAfter(calmBars, last)).toBe(regime)
  })
})

describe('an asset cascades', () => {
  it.each<[number | undefined, number | undefined, number | undefined, boolean]>([
    [-0.41, 0.031, 0.01, true],
    [-0.41, -0.031, 0.01, true],
    [-0.4, 0.031, 0.01, false],
    [-0.41, 0.03, 0.01, false],
    [undefined, 0.031, 0.01, false],
    [-0.41, undefined, 0.01, false],
    [-0.41, 0.031, undefined, false],
  ])('with a velocity of %s, a return of %s against usually %s: %s', (velocity, return5, usualReturn5, cascades) => {
    expect(isCascading({ ...NO_FEATURES, withdrawalVelocity: velocity, return5, usualReturn5 })).toBe(cascades)
  })
})
