import type { AssetBook, BarBooks, BooksNeeded } from '../../ports/order-book.js'

/** Of a bar's books what somebody may look at; undefined where nobody looks at any. */
export function neededBooks(books: BarBooks | undefined, needs: readonly BooksNeeded[]): BarBooks | undefined {
  const asked = needs.filter((need) => need !== 'none')
  if (books === undefined || asked.length === 0) return undefined
  if (asked.includes('all')) return books
  const rows: Record<string, AssetBook> = {}
  for (const symbol of asked.flat()) {
    if (Object.hasOwn(books.rows, symbol)) rows[symbol] = books.rows[symbol]!
  }
  return { macro: books.macro, rows }
}
