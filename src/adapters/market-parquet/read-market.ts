import { readFile } from 'node:fs/promises'
import { DataRefused } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { displayPath } from '../../files/package-files.js'
import type { MarketRows, MarketTable } from '../../ports/market-recording.js'
import { type PartChoice, rowsOfPart } from './decode-part.js'
import { inOrder } from './in-order.js'
import { dateOfRow, datesOf, numberRange, type PartFile, partsOf } from './part-files.js'
import { PartRefused } from './part-refused.js'
import { readRecording } from './recording-file.js'

/** Rows whose time is in [`fromMs`, `toMs`), UTC ms, of these symbols; absent: all. */
export interface RowChoice {
  readonly fromMs?: number
  readonly toMs?: number
  readonly symbols?: readonly string[]
}

/**
 * The rows of a table in the order of their `n`, some thousands at a time; none where there is no such table. Of a recording that
 * is being written, those that are durable when this begins. Throws `DataRefused` for a part that cannot be used.
 */
export async function* readMarket<Table extends MarketTable>(
  folder: string,
  table: Table,
  choice: RowChoice = {},
): AsyncGenerator<MarketRows[Table][]> {
  // Known before the parts are listed: what is committed meanwhile may be there of one table and not of another.
  const recording = await readRecording(folder)
  const lastN = recording === undefined ? Number.POSITIVE_INFINITY : (recording.durable?.n ?? 0)
  const { fromMs, toMs, symbols } = choice
  const wanted = present({ fromMs, toMs, symbols: symbols === undefined ? undefined : new Set(symbols) })
  const parts = await rangedParts(folder, table, choice)
  const sources = parts.map(({ part, firstN }) => ({ firstN, rows: () => rowsInFile(part, table, wanted) }))
  for await (const rows of inOrder(sources, ({ n }) => n)) {
    const durable = rows.at(-1)!.n <= lastN ? [...rows] : rows.filter(({ n }) => n <= lastN)
    if (durable.length > 0) yield durable
  }
}

/** A row, and of which table it is. */
export type TableRow<Table extends MarketTable = MarketTable> = {
  [Name in Table]: { readonly table: Name; readonly row: MarketRows[Name] }
}[Table]

/** The rows of several tables in the order in which they happened here, that of their `n`. Throws as {@link readMarket} does. */
export async function* mergedRows<Table extends MarketTable>(
  folder: string,
  tables: readonly Table[],
  choice: RowChoice = {},
): AsyncGenerator<TableRow<Table>> {
  const sources = tables.map((table) => ({ firstN: 0, rows: () => rowsOfTable(folder, table, choice) }))
  for await (const rows of inOrder(sources, ({ row }) => row.n)) yield* rows
}

async function* rowsOfTable<Table extends MarketTable>(
  folder: string,
  table: Table,
  choice: RowChoice,
): AsyncGenerator<TableRow<Table>[]> {
  for await (const rows of readMarket(folder, table, choice)) yield rows.map((row) => ({ table, row }))
}

/** The parts that may hold rows of a choice, in the order of their first rows. */
async function rangedParts(
  folder: string,
  table: MarketTable,
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: RowChoice,
): Promise<{ readonly part: PartFile; readonly firstN: number }[]> {
  const parts: { part: PartFile; firstN: number }[] = []
  for (const date of await datesOf(folder, table)) {
    if (date < dateOfRow(fromMs) || date > dateOfRow(toMs)) continue
    for (const part of await partsOf(folder, table, date)) {
      parts.push({ part, firstN: (await refusedIn(part, numberRange(part.path))).firstN })
    }
  }
  return parts.sort((a, b) => a.firstN - b.firstN)
}

async function* rowsInFile<Table extends MarketTable>(
  part: PartFile,
  table: Table,
  choice: PartChoice,
): AsyncGenerator<MarketRows[Table][]> {
  try {
    yield* rowsOfPart(await readFile(part.path), table, choice)
  } catch (error) {
    throw asDataRefused(part, error)
  }
}

async function refusedIn<T>(part: PartFile, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asDataRefused(part, error)
  }
}

/** With the file, where it is its bytes that are wrong. */
function asDataRefused({ path }: PartFile, error: unknown): unknown {
  return error instanceof PartRefused ? new DataRefused({ place: displayPath(path), message: error.message }) : error
}
