import { assert } from '../../base/assert.js'
import { type DecimalText, decimalText, Exact } from '../../base/exact.js'

/** Figures and when they were taken, a column each: a year of them is millions. Texts are decimals; numbers stand for their own digits. */
export interface TimedFigures {
  /** UTC ms. */
  readonly tsMs: ArrayLike<number>
  readonly figures: ArrayLike<number> | ArrayLike<DecimalText>
}

/** Figures in the order of their times; of one time in the order in which they came. */
export class TimedDecimals {
  readonly tsMs: ArrayLike<number>
  /** Near enough to decide what is worth a look. */
  readonly rough: ArrayLike<number>
  private readonly figures: ArrayLike<number | DecimalText>

  constructor({ tsMs, figures }: TimedFigures) {
    assert(tsMs.length === figures.length, 'each figure has a time')
    const order = isInOrder(tsMs) ? undefined : orderOf(tsMs)
    this.tsMs = order === undefined ? tsMs : Array.from(order, (i) => tsMs[i]!)
    this.figures = order === undefined ? figures : Array.from(order, (i) => figures[i]!)
    this.rough = Float64Array.from(this.figures, Number)
  }

  textAt(place: number): DecimalText {
    const figure = this.figures[place]!
    return typeof figure === 'number' ? decimalText(figure) : figure
  }

  exactAt(place: number): Exact {
    return new Exact(this.textAt(place))
  }
}

/** The place of the last time that is not after this one; −1 when there is none. */
export function lastAtOrBefore(sortedMs: ArrayLike<number>, tsMs: number): number {
  let low = 0
  let high = sortedMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sortedMs[middle]! <= tsMs) low = middle + 1
    else high = middle
  }
  return low - 1
}

function isInOrder(tsMs: ArrayLike<number>): boolean {
  for (let i = 1; i < tsMs.length; i++) if (tsMs[i]! < tsMs[i - 1]!) return false
  return true
}

function orderOf(tsMs: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(tsMs, (_, i) => i).sort((a, b) => tsMs[a]! - tsMs[b]! || a - b)
}
