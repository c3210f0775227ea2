import type { AssetBook, BarBooks } from '../../ports/order-book.js'

/** A bar's books as the journal keeps them. On a bar that may enter they are most of its bytes, and names would double them. */
export interface RecordedBooks {
  /** `cascadeCount` and `regimeSignal`. */
  readonly macro: readonly [number, number]
  /** By symbol, the figures of {@link AssetBook} in the order in which it declares them, each in its unit. */
  readonly rows: Readonly<Record<string, readonly number[]>>
}

const COLUMNS = [
  'imbalanceMa5',
  'persistence',
  'withdrawalVelocity',
  'depthQuality',
  'fillProbability',
] as const satisfies readonly (keyof AssetBook)[]

/** JSON has no −0: what strategies see is made of this, so that it is what a recovery will show them. */
export function recordedBooks({ macro, rows }: BarBooks): RecordedBooks {
  const recorded: Record<string, readonly number[]> = {}
  for (const symbol of Object.keys(rows)) {
    const row = rows[symbol]!
    recorded[symbol] = COLUMNS.map((column) => row[column] + 0)
  }
  return { macro: [macro.cascadeCount + 0, macro.regimeSignal + 0], rows: recorded }
}

/** The books as strategies see them. */
export function barBooks({ macro: [cascadeCount, regimeSignal], rows: recorded }: RecordedBooks): BarBooks {
  const rows: Record<string, AssetBook> = {}
  for (const symbol of Object.keys(recorded)) rows[symbol] = bookOf(recorded[symbol]!)
  return { macro: { cascadeCount, regimeSignal }, rows }
}

function bookOf(row: readonly number[]): AssetBook {
  const [imbalanceMa5, persistence, withdrawalVelocity, depthQuality, fillProbability] = row as RecordedRow
  return { imbalanceMa5, persistence, withdrawalVelocity, depthQuality, fillProbability }
}

type RecordedRow = readonly [number, number, number, number, number]
