import { expect, test } from 'vitest'
import { performanceWarnings } from '../../../src/core/performance/performance-warnings.js'
import { performanceSnapshot } from '../../support/session.js'

test.each([
  [{ totalTrades: 20, winRate: 0.5 }, []],
  [{ totalTrades: 20, winRate: 0.49 }, ['winRate WARNING']],
  [{ totalTrades: 20, winRate: 0.4 }, ['winRate WARNING']],
  [{ totalTrades: 20, winRate: 0.39 }, ['winRate SEVERE']],
  [{ totalTrades: 19, winRate: 0.1 }, []],
  [{ sharpeRatio30d: 0.5 }, []],
  [{ sharpeRatio30d: 0.49 }, ['sharpeRatio30d WARNING']],
  [{ sharpeRatio30d: 0 }, []],
  [{ currentDrawdownPct: 0.15 }, []],
  [{ currentDrawdownPct: 0.16 }, ['currentDrawdownPct WARNING']],
  [{ currentDrawdownPct: 0.26 }, ['currentDrawdownPct SEVERE']],
  [
    { totalTrades: 50, winRate: 0.1, sharpeRatio30d: -3, currentDrawdownPct: 0.3 },
    ['winRate SEVERE', 'sharpeRatio30d WARNING', 'currentDrawdownPct SEVERE'],
  ],
])('figures of %j give reason to look at %j', (changes, warned) => {
  const warnings = performanceWarnings(performanceSnapshot(changes))
  expect(warnings.map(({ figure, severity }) => `${figure} ${severity}`)).toEqual(warned)
})
