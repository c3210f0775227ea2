import type { Trade } from '../../ports/vocabulary/trades.js'

/** Realised capital and drawdown at the start, after every trade, and at the end; all columns are equally long. */
export interface EquityCurve {
  /** Milliseconds or bars, as the caller's axis has it; never decreasing. */
  readonly x: readonly number[]
  readonly capital: readonly number[]
  /** The same trades with the simulated edge taken out of each. */
  readonly capitalWithoutEdge: readonly number[]
  /** Fraction below the peak so far, as a number ≤ 0; below −1 when more than the capital is lost. */
  readonly drawdown: readonly number[]
  readonly drawdownWithoutEdge: readonly number[]
}

export interface EquityCurveInput {
  readonly trades: readonly Trade[]
  readonly initialCapital: number
  readonly axis: 'time' | 'bar'
  readonly axisStart: number
  readonly axisEnd: number
}

/** Point 0 is the start, point `i` the close of trade `i − 1`, the last point the end of the run. */
export function equityCurve(input: EquityCurveInput): EquityCurve {
  const { trades, initialCapital, axis } = input
  const x = [input.axisStart]
  const capital = [initialCapital]
  const capitalWithoutEdge = [initialCapital]
  let bare = initialCapital
  for (const trade of trades) {
    const position = axis === 'time' ? trade.exitTimeMs! : trade.exitBar
    x.push(Math.max(position, x.at(-1)!))
    capital.push(trade.capitalAfter)
    bare += trade.net - trade.edgeUsd
    capitalWithoutEdge.push(bare)
  }
  x.push(Math.max(input.axisEnd, x.at(-1)!))
  capital.push(capital.at(-1)!)
  capitalWithoutEdge.push(bare)
  return {
    x,
    capital,
    capitalWithoutEdge,
    drawdown: drawdownOf(capital),
    drawdownWithoutEdge: drawdownOf(capitalWithoutEdge),
  }
}

function drawdownOf(capital: readonly number[]): number[] {
  let peak = Number.NEGATIVE_INFINITY
  return capital.map((value) => {
    peak = Math.max(peak, value)
    // A run that starts with nothing has no peak to fall from.
    return peak > 0 ? Math.min(0, (value - peak) / peak) : 0
  })
}
