import { isPrice } from '../../base/price.js'
import type { DayColumns } from '../../ports/days.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { MarkedEquity } from '../../ports/vocabulary/report.js'
import type { EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { equityAt } from '../exits/liquidation.js'

/**
 * Equity at every bar: realised capital and the open position at the bar's price. Drawdown is measured at each of them; the
 * curve keeps as many points as a page can show, each the last of some bars with the lowest among them.
 */
export class EquityTrack {
  private equity: number
  private peak: number
  private maxDrawdown = 0
  /** Equity from here up, USD, is no deeper drawdown: spares a division at most bars. */
  private floor = Number.POSITIVE_INFINITY
  private barsPerPoint = 1
  private readonly bars: number[] = []
  private readonly values: number[] = []
  private readonly lows: number[] = []
  private readonly timesMs: (number | null)[] = []

  /** `initialCapital` in USD; also the first peak. */
  constructor(initialCapital: number) {
    this.equity = initialCapital
    this.peak = initialCapital
  }

  /** Equity (USD) after a bar. Bars come in order; one that is left out changed nothing, one that is told again counts anew. */
  mark(bar: number, equity: number): void {
    if (equity > this.peak || equity < this.floor) this.measure(equity)
    this.keep(bar, equity, equity)
  }

  /** Marks the bars of positions that a day saw, once the day has been run. `open` is what is held at its end. */
  markDay(columns: DayColumns, day: DayPositions): void {
    const { firstBar, trades, open, capital } = day
    for (const trade of trades) {
      this.markPosition(columns, trade, { firstBar, end: trade.exitBar - firstBar, capital: trade.capitalBefore })
      this.mark(trade.exitBar, trade.capitalAfter)
    }
    if (open !== undefined) this.markPosition(columns, open, { firstBar, end: columns.bars, capital })
    this.tellTimes(columns, firstBar)
  }

  /** When the bars of a day were, for the points that lie in it. */
  tellTimes({ timestampNs }: Pick<DayColumns, 'timestampNs'>, firstBar: number): void {
    if (timestampNs === undefined) return
    for (let i = this.bars.length - 1; i >= 0 && this.bars[i]! >= firstBar; i--) {
      this.timesMs[i] = Number(timestampNs[this.bars[i]! - firstBar]! / 1_000_000n)
    }
  }

  result(): MarkedEquity {
    const { equity, maxDrawdown, barsPerPoint, bars, timesMs, values, lows } = this
    const curve = { barsPerPoint, bars, timesMs, equity: values, low: lows }
    return { finalEquity: equity, maxDrawdown, curve }
  }

  private markPosition(
    { assets, prices }: DayColumns,
    entry: EntryRecord,
    { firstBar, end, capital }: { readonly firstBar: number; readonly end: number; readonly capital: number },
  ): void {
    const column = prices[assets.indexOf(entry.asset)]
    if (column === undefined) return
    const span: Span = { direction: entry.direction, best: 0, deepest: 0, worst: 0 }
    this.calm(span, entry, capital)
    let row = Math.max(0, entry.entryBar - firstBar)
    // A point a turn: of most bars nothing is said, and what is said of the others is kept once.
    while (row < end) {
      const start = row
      const pointEnd = Math.min(end, (this.pointOf(firstBar + row) + 1) * this.barsPerPoint - firstBar)
      span.worst = Number.POSITIVE_INFINITY
      for (
        row = calmUntil(column, row, pointEnd, span);
        row < pointEnd;
        row = calmUntil(column, row + 1, pointEnd, span)
      ) {
        const price = column[row]!
        if (!isPrice(price)) continue
        const equity = equityAt(price, entry, capital)
        if (equity > this.peak || equity < this.floor) {
          this.measure(equity)
          this.calm(span, entry, capital)
        }
        span.best = Math.max(span.best, span.direction * price)
        span.deepest = Math.min(span.deepest, span.direction * price)
      }
      const last = lastPriced(column, start, pointEnd)
      if (last < start) continue
      const low = equityAt(span.direction * span.worst, entry, capital)
      this.keep(firstBar + last, equityAt(column[last]!, entry, capital), low)
    }
  }

  /** Sets between which gains equity is for sure no new peak and no deeper drawdown, whatever the rounding. */
  private calm(span: Span, { direction, entryPrice, notional }: EntryRecord, capital: number): void {
    const slack = ROUNDING * (Math.abs(capital) + Math.abs(this.peak) + notional)
    span.best = direction * entryPrice + ((this.peak - slack - capital) * entryPrice) / notional
    span.deepest = direction * entryPrice + ((this.floor + slack - capital) * entryPrice) / notional
  }

  private measure(equity: number): void {
    if (equity > this.peak) this.peak = equity
    else if (this.peak > 0) this.maxDrawdown = Math.max(this.maxDrawdown, (this.peak - equity) / this.peak)
    // A little above the exact place, so that rounding hides no deeper one.
    this.floor = this.peak > 0 ? this.peak * (1 - this.maxDrawdown) * (1 + 1e-12) : Number.NEGATIVE_INFINITY
  }

  /** The point of a bar: its last equity, and the lowest. */
  private keep(bar: number, equity: number, low: number): void {
    this.equity = equity
    const last = this.bars.length - 1
    if (last >= 0 && this.pointOf(this.bars[last]!) === this.pointOf(bar)) {
      this.bars[last] = bar
      this.values[last] = equity
      this.lows[last] = Math.min(this.lows[last]!, low)
      return
    }
    this.bars.push(bar)
    this.values.push(equity)
    this.lows.push(low)
    this.timesMs.push(null)
    if (this.bars.length > POINTS_MAX) this.halve()
  }

  private pointOf(bar: number): number {
    return Math.floor(bar / this.barsPerPoint)
  }

  /** Twice as many bars a point. */
  private halve(): void {
    const { bars, values, lows, timesMs } = this
    this.barsPerPoint *= 2
    let kept = 0
    for (let i = 0; i < bars.length; i++) {
      const isSame = kept > 0 && this.pointOf(bars[kept - 1]!) === this.pointOf(bars[i]!)
      const low = isSame ? Math.min(lows[kept - 1]!, lows[i]!) : lows[i]!
      if (!isSame) kept++
      bars[kept - 1] = bars[i]!
      values[kept - 1] = values[i]!
      lows[kept - 1] = low
      timesMs[kept - 1] = timesMs[i]!
    }
    for (const column of [bars, values, lows, timesMs]) column.length = kept
  }
}

/**
 * Gains of a position: prices times its direction, USD. Subtraction, division, product and sum of doubles each keep order, so
 * equity never falls where the gain rises, and what lies between two gains that were looked at needs no look.
 */
interface Span {
  readonly direction: Direction
  /** Up to here there is no new peak. */
  best: number
  /** From here up there is no deeper drawdown. */
  deepest: number
  /** The lowest of the point so far. */
  worst: number
}

/** The first of a column's rows in [row, end) outside of the span, or `end`; the worst of the rows before it is noted. */
function calmUntil(column: Float64Array, row: number, end: number, span: Span): number {
  const { direction, best, deepest } = span
  let { worst } = span
  let calm = row
  for (; calm < end; calm++) {
    const gain = direction * column[calm]!
    if (gain < worst && isPrice(column[calm]!)) worst = gain
    if (gain > best || gain < deepest) break
  }
  span.worst = worst
  return calm
}

/** The last of a column's rows in [from, end) that has a price, or the row before `from`. */
function lastPriced(column: Float64Array, from: number, end: number): number {
  let row = end - 1
  while (row >= from && !isPrice(column[row]!)) row--
  return row
}

/** Part of the sums that equity is made of: far more than rounding, far less than a drawdown that counts. */
const ROUNDING = 1e-9
/** A page draws a thousand pixels. */
const POINTS_MAX = 2048

/** What was held on a day, whose first bar has the global index `firstBar`. */
export interface DayPositions {
  readonly firstBar: number
  /** Closed on the day, in order. */
  readonly trades: readonly Trade[]
  readonly open: EntryRecord | undefined
  /** Realised at its end, USD. */
  readonly capital: number
}
