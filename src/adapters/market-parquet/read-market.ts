import type { MarketRows, MarketTable } from '../../ports/market-recording.js'

/** Rows whose time is in [`fromMs`, `toMs`), UTC ms, of these symbols; absent: all. */
export interface RowChoice {
  readonly fromMs?: number
  readonly toMs?: number
  readonly symbols?: readonly string[]
}

/** The rows of a table in the order in which they happened, some thousands at a time. Throws `DataRefused` for a part that cannot be used. */
export async function* readMarket<Table extends MarketTable>(
  _folder: string,
  _table: Table,
  _choice: RowChoice = {},
): AsyncGenerator<MarketRows[Table][]> {
  yield []
}

/** A row, and of which table it is. */
export type TableRow<Table extends MarketTable = MarketTable> = {
  [Name in Table]: { readonly table: Name; readonly row: MarketRows[Name] }
}[Table]

/** The rows of several tables in the order in which they happened here: of their `n`. */
export async function* mergedRows<Table extends MarketTable>(
  _folder: string,
  _tables: readonly Table[],
  _choice: RowChoice = {},
): AsyncGenerator<TableRow<Table>> {
  // To come.
}
