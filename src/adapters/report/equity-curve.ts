import type { Trade } from '../../ports/vocabulary/trades.js'

/**
 * Realised capital, equity and their drawdowns at the start, after every trade, at each point of equity, and at the end; all
 * columns are equally long.
 */
export interface EquityCurve {
  /** Milliseconds or bars, as the caller's axis has it; never decreasing. */
  readonly x: readonly number[]
  readonly capital: readonly number[]
  /** The same trades with the simulated edge taken out of each. */
  readonly capitalWithoutEdge: readonly number[]
  /** Capital and the open position at the bar's price. */
  readonly equity: readonly number[]
  /** Fraction below the peak so far, as a number ≤ 0; below −1 when more than the capital is lost. */
  readonly drawdown: readonly number[]
  readonly drawdownWithoutEdge: readonly number[]
  /** At the lowest equity of each point. */
  readonly drawdownOfEquity: readonly number[]
  /** Which trade closed at the point; −1 where none did. */
  readonly trade: readonly number[]
}

/** Points of equity between trades, in order. */
export interface EquityMarks {
  readonly x: readonly number[]
  readonly equity: readonly number[]
  /** The lowest in the bars that the point stands for. */
  readonly low: readonly number[]
}

export interface EquityCurveInput {
  readonly trades: readonly Trade[]
  readonly initialCapital: number
  readonly axis: 'time' | 'bar'
  readonly axisStart: number
  readonly axisEnd: number
  readonly marks: EquityMarks
}

/** Point 0 is the start, the last point the end of the run; between them closes of trades and points of equity by their place. */
export function equityCurve(input: EquityCurveInput): EquityCurve {
  const { trades, initialCapital, axis, marks } = input
  const points = new Points(input.axisStart, initialCapital)
  let mark = 0
  const markUntil = (x: number) => {
    for (; mark < marks.x.length && marks.x[mark]! < x; mark++) {
      points.marked(marks.x[mark]!, marks.equity[mark]!, marks.low[mark]!)
    }
  }
  for (const [i, trade] of trades.entries()) {
    const x = axis === 'time' ? trade.exitTimeMs! : trade.exitBar
    markUntil(x)
    points.closed(x, trade, i)
  }
  markUntil(Number.POSITIVE_INFINITY)
  points.end(input.axisEnd)
  return points.curve()
}

/** The columns while they grow: each point has everything that was known by then. */
class Points {
  private readonly x: number[]
  private readonly capital: number[]
  private readonly bare: number[]
  private readonly equity: number[]
  private readonly low: number[]
  private readonly trade: number[] = [-1]

  constructor(start: number, initialCapital: number) {
    this.x = [start]
    this.capital = [initialCapital]
    this.bare = [initialCapital]
    this.equity = [initialCapital]
    this.low = [initialCapital]
  }

  closed(x: number, trade: Trade, index: number): void {
    // An account that is used up has nothing left, however much it had by then.
    const isUsedUp = trade.reason === 'LIQUIDATION' && trade.capitalAfter === 0
    const bare = isUsedUp ? 0 : this.bare.at(-1)! + trade.net - trade.edgeUsd
    this.push(x, {
      capital: trade.capitalAfter,
      bare,
      equity: trade.capitalAfter,
      low: trade.capitalAfter,
      trade: index,
    })
  }

  marked(x: number, equity: number, low: number): void {
    this.push(x, { capital: this.capital.at(-1)!, bare: this.bare.at(-1)!, equity, low, trade: -1 })
  }

  end(x: number): void {
    this.marked(x, this.equity.at(-1)!, this.equity.at(-1)!)
  }

  curve(): EquityCurve {
    const { x, capital, bare, equity, low, trade } = this
    return {
      x,
      capital,
      capitalWithoutEdge: bare,
      equity,
      drawdown: drawdownOf(capital),
      drawdownWithoutEdge: drawdownOf(bare),
      drawdownOfEquity: drawdownOf(equity, low),
      trade,
    }
  }

  private push(
    x: number,
    at: {
      readonly capital: number
      readonly bare: number
      readonly equity: number
      readonly low: number
      trade: number
    },
  ): void {
    this.x.push(Math.max(x, this.x.at(-1)!))
    this.capital.push(at.capital)
    this.bare.push(at.bare)
    this.equity.push(at.equity)
    this.low.push(at.low)
    this.trade.push(at.trade)
  }
}

function drawdownOf(values: readonly number[], lows: readonly number[] = values): number[] {
  let peak = Number.NEGATIVE_INFINITY
  return values.map((value, i) => {
    peak = Math.max(peak, value)
    // A run that starts with nothing has no peak to fall from.
    return peak > 0 ? Math.min(0, (lows[i]! - peak) / peak) : 0
  })
}
