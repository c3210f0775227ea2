import { NOT_EXACT, scaledInteger } from '../../base/scaled-integer.js'
import type { BookScale, LevelRows } from '../../ports/vocabulary/depth.js'
import type { BookSide } from './book-side.js'

/**
 * The rows of a frame as integers, read whole before a book is touched. All books share the columns, which one frame has at a time:
 * it is applied, or copied, before the next one is read. Columns of each book's own that had room for a snapshot of 1,000 levels
 * would take as much memory again as the books. A frame that is not larger than one before it allocates nothing.
 */
export class FrameLevels {
  readonly bids = BIDS
  readonly asks = ASKS

  constructor(private readonly scale: BookScale) {}

  /** False when a row is not exactly representable, negative, or has a price of 0: then the frame is malformed. */
  read(bids: LevelRows, asks: LevelRows): boolean {
    return this.bids.read(bids, this.scale) && this.asks.read(asks, this.scale)
  }

  copy(): KeptLevels {
    return { bids: this.bids.copy(), asks: this.asks.copy() }
  }
}

/** Rows that are kept beyond their frame: ticks and lots by turns. */
export interface KeptLevels {
  readonly bids: Float64Array
  readonly asks: Float64Array
}

/** No book of the exchange has as many levels: it shows 1,000 of a side. */
const ROWS_MAX = 20_000

/** Ticks and lots by turns, in the order of the rows. */
class LevelColumns {
  private numbers = new Float64Array(64)
  private filled = 0

  read(rows: LevelRows, { priceDecimals, quantityDecimals }: BookScale): boolean {
    this.filled = 0
    if (!Array.isArray(rows) || rows.length > ROWS_MAX) return false
    if (rows.length * 2 > this.numbers.length) this.numbers = new Float64Array(rows.length * 4)
    const numbers = this.numbers
    let filled = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as readonly unknown[] | undefined
      const price = row?.[0]
      const quantity = row?.[1]
      if (typeof price !== 'string' || typeof quantity !== 'string') return false
      const ticks = scaledInteger(price, priceDecimals)
      const lots = scaledInteger(quantity, quantityDecimals)
      if (ticks <= 0 || lots === NOT_EXACT) return false
      numbers[filled++] = ticks
      numbers[filled++] = lots
    }
    this.filled = filled
    return true
  }

  /** The rows onto a side, in their order: of one price the last wins. How many took away what was not there. */
  applyTo(side: BookSide): number {
    return applyLevels(this.numbers, this.filled, side)
  }

  /** The rows as all that a side holds. */
  replace(side: BookSide): void {
    side.replace(this.numbers, this.filled)
  }

  copy(): Float64Array {
    return this.numbers.slice(0, this.filled)
  }
}

const BIDS = new LevelColumns()
const ASKS = new LevelColumns()

/** As `LevelColumns.applyTo`, of rows that were kept. */
export function applyKept(numbers: Float64Array, side: BookSide): number {
  return applyLevels(numbers, numbers.length, side)
}

function applyLevels(numbers: Float64Array, filled: number, side: BookSide): number {
  let unknownDeletes = 0
  for (let i = 0; i < filled; i += 2) if (!side.set(numbers[i]!, numbers[i + 1]!)) unknownDeletes++
  return unknownDeletes
}
