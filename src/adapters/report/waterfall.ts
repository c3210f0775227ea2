import type { CostAttribution } from '../../ports/vocabulary/report.js'

export interface WaterfallStep {
  readonly key: keyof CostAttribution
  readonly label: string
  readonly explanation: string
  /** What it adds to the result; costs are negative. */
  readonly amount: number
  /** The bar runs from here to there; totals stand on zero. */
  readonly from: number
  readonly to: number
  readonly isTotal: boolean
}

export interface Waterfall {
  readonly steps: readonly WaterfallStep[]
  /** Range that all bars and zero lie in. */
  readonly low: number
  readonly high: number
  /** Reported net minus what the steps add up to, USD. */
  readonly discrepancy: number
  /** True when the discrepancy is no more than rounding. */
  readonly sums: boolean
}

const CHANGES: readonly (readonly [keyof CostAttribution, string, string, 1 | -1])[] = [
  ['slippage', 'Slippage', 'exit fills away from the bar price', -1],
  ['refund', 'Maker refund', 'maker share of that slippage', 1],
  ['edge', 'Simulated edge', 'modelled order-book edge, not a market result', 1],
  ['entryFees', 'Entry fees', 'blended maker and taker', -1],
  ['exitFees', 'Exit fees', 'blended maker and taker', -1],
]

/** From the result at bar prices to what is left, each step starting where the one before ended. */
export function waterfall(costs: CostAttribution): Waterfall {
  const steps: WaterfallStep[] = [total('gross', 'Gross', 'at bar prices, before any cost', costs.gross)]
  let running = costs.gross
  let scale = Math.abs(costs.gross)
  for (const [key, label, explanation, sign] of CHANGES) {
    const amount = sign * costs[key]
    steps.push({ key, label, explanation, amount, from: running, to: running + amount, isTotal: false })
    running += amount
    scale += Math.abs(amount)
  }
  steps.push(total('net', 'Net', 'change of capital over all closed trades', costs.net))
  const ends = steps.flatMap((step) => [step.from, step.to])
  const discrepancy = costs.net - running
  return {
    steps,
    low: Math.min(...ends),
    high: Math.max(...ends),
    discrepancy,
    sums: Math.abs(discrepancy) <= 1e-9 * scale + 1e-6,
  }
}

function total(key: 'gross' | 'net', label: string, explanation: string, amount: number): WaterfallStep {
  return { key, label, explanation, amount, from: 0, to: amount, isTotal: true }
}
