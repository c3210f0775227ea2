import { describe, expect, it } from 'vitest'
import {
  type AssessmentRequest,
  assessTrades,
  type ClosedTrade,
  displayStatus,
  ERROR_REPORT,
  forewarnerDocument,
} from '../../../src/core/forewarner/assessment.js'
import { MonteCarloForewarner, NO_DATA_REPORT } from '../../../src/core/forewarner/monte-carlo.js'
import { FOREWARNER } from '../../../src/core/grid/feature-documents.js'

const DAY = 86_400_000
const DATE = Date.UTC(2026, 0, 31)
const trades: ClosedTrade[] = Array.from({ length: 120 }, (_, i) => ({
  exitTimeMs: DATE - 25 * DAY + i * 4 * 3_600_000,
  net: i % 3 === 0 ? -40 : 25,
  capitalBefore: 1_000,
  leverageCeiling: 5,
}))
const request: AssessmentRequest = { date: '2026-01-31', maxLeverage: 5, leverageMax: 6, seed: 42, trades }

describe('an assessment of closed trades', () => {
  it('says what the forewarner of a run says that was told the same trades in their order', () => {
    const forewarner = new MonteCarloForewarner({ seed: 42, leverageMax: 6 })
    for (const trade of trades) forewarner.observe(trade)
    const report = forewarner.assess({ date: '2026-01-31', maxLeverage: 5 })
    expect(assessTrades(request)).toEqual({ report, trades: 120 })
    expect(report.source).toBe('REAL_MODEL')
  })

  it('counts a trade once, in whatever order and how often it is told', () => {
    expect(assessTrades({ ...request, trades: [...trades].reverse().concat(trades) })).toEqual(assessTrades(request))
  })

  it('rests on the trades of the 30 days before the date alone', () => {
    const others = [DATE - 31 * DAY, DATE, DATE + DAY].map((exitTimeMs) => ({ ...trades[0]!, exitTimeMs, net: -900 }))
    expect(assessTrades({ ...request, trades: [...trades, ...others] })).toEqual(assessTrades(request))
  })

  it('has no data below 50 trades, and then is careful, never random', () => {
    expect(assessTrades({ ...request, trades: trades.slice(0, 49) })).toEqual({ report: NO_DATA_REPORT, trades: 49 })
  })
})

describe('the published report', () => {
  it.each([
    [0, 'GREEN'],
    [0.0999, 'GREEN'],
    [0.1, 'ORANGE'],
    [0.2999, 'ORANGE'],
    [0.3, 'RED'],
    [1, 'RED'],
    [Number.NaN, 'RED'],
  ] as const)('of %d is %s on displays', (probability, status) => {
    expect(displayStatus(probability)).toBe(status)
  })

  it('says by its gate what sensors and entries go by, which other thresholds make', () => {
    const about = { date: '2026-01-31', maxLeverage: 5, atMs: DATE }
    const report = { catastrophicProbability: 0.27, envelopeScore: 0.5, source: 'REAL_MODEL' } as const
    const document = forewarnerDocument({ report, trades: 60 }, about)
    expect(document).toEqual({
      status: 'ORANGE',
      gate: 'RED',
      catastrophic_prob: 0.27,
      envelope_score: 0.5,
      source: 'REAL_MODEL',
      timestamp: '2026-01-31T00:00:00.000Z',
      date: '2026-01-31',
      max_leverage: 5,
      trades: 60,
    })
    expect(FOREWARNER.read(FOREWARNER.write(document))).toEqual({ value: document })
    expect(forewarnerDocument({ report: ERROR_REPORT, trades: 0 }, about)).toMatchObject({
      status: 'ORANGE',
      gate: 'ORANGE',
      catastrophic_prob: 0.2,
      envelope_score: 0.8,
      source: 'FALLBACK_ERROR',
    })
  })
})
