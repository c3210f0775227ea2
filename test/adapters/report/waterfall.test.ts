import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { waterfall } from '../../../src/adapters/report/waterfall.js'
import { ruinedReport, sampleReport } from '../../support/sample-report.js'

const usd = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('the cost waterfall', () => {
  test('every step starts where the one before ended, and the last ends at net', () => {
    const { steps, sums, discrepancy } = waterfall(sampleReport().costs)
    expect(steps.map((step) => step.key)).toEqual([
      'gross',
      'slippage',
      'refund',
      'edge',
      'entryFees',
      'exitFees',
      'net',
    ])
    for (let i = 1; i < steps.length - 1; i++) expect(steps[i]!.from).toBe(steps[i - 1]!.to)
    expect(steps.at(-2)!.to).toBeCloseTo(steps.at(-1)!.to, 6)
    expect(sums).toBe(true)
    expect(Math.abs(discrepancy)).toBeLessThan(1e-6)
  })

  test('costs go down, refund and edge go up', () => {
    const amounts = Object.fromEntries(waterfall(sampleReport().costs).steps.map((step) => [step.key, step.amount]))
    expect(amounts.slippage).toBeLessThan(0)
    expect(amounts.refund).toBeGreaterThan(0)
    expect(amounts.edge).toBeGreaterThan(0)
    expect(amounts.entryFees).toBeLessThan(0)
    expect(amounts.exitFees).toBeLessThan(0)
  })

  test('whatever adds up is said to add up, and a cent that is missing is not', () => {
    const parts = fc.record({ gross: usd, slippage: usd, refund: usd, edge: usd, entryFees: usd, exitFees: usd })
    fc.assert(
      fc.property(parts, (costs) => {
        const net = costs.gross - costs.slippage + costs.refund + costs.edge - costs.entryFees - costs.exitFees
        expect(waterfall({ ...costs, net }).sums).toBe(true)
        expect(waterfall({ ...costs, net: net + 0.01 }).sums).toBe(false)
      }),
    )
  })

  test('all bars and zero lie inside the range', () => {
    const { steps, low, high } = waterfall(ruinedReport().costs)
    for (const value of [0, ...steps.flatMap((step) => [step.from, step.to])]) {
      expect(value).toBeGreaterThanOrEqual(low)
      expect(value).toBeLessThanOrEqual(high)
    }
  })
})
