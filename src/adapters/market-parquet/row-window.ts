import type { IsoDate } from '../../base/utc-date.js'
import { reason } from '../../files/reason.js'
import type { MarketRows, MarketTable } from '../../ports/market-recording.js'
import type { PartEncoder } from './encode-part.js'
import { dateOfRow } from './part-files.js'
import { type PartColumns, RowColumns } from './row-columns.js'
import { TABLES } from './table-columns.js'

/** Rows of all tables that will be written together. */
export class OpenWindow {
  rows = 0
  isLarge = false
  private readonly parts = new Map<string, { readonly date: IsoDate; readonly columns: RowColumns }>()

  /** `fromMs`: since when it is open; `afterN`: the highest number before it. */
  constructor(private readonly begin: { readonly fromMs: number; readonly afterN: number }) {}

  add<Table extends MarketTable>(table: Table, row: MarketRows[Table]): void {
    const values = row as unknown as Readonly<Record<string, unknown>>
    this.columnsOf(table, values[TABLES[table].time] as number).add(values)
    this.rows++
    if (this.rows % LOOK_ROWS === 0) this.isLarge = this.rows >= ROWS_MAX || this.bytes() >= BYTES_MAX
  }

  /** Ends it. Its files are made when those of the windows before it are. */
  seal({ untilMs, lastN, encode, after }: WindowEnd): SealedWindow {
    const parts = [...this.parts.values()].map(({ date, columns }) => ({ date, columns: columns.seal() }))
    const window: SealedWindow = {
      ...this.begin,
      untilMs,
      lastN,
      rows: this.rows,
      bytes: this.bytes(),
      encoded: after.then(() => encodedParts(parts, encode)),
    }
    void window.encoded.then((encoded) => {
      window.bytes = encoded.parts.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    })
    return window
  }

  private columnsOf(table: MarketTable, ms: number): RowColumns {
    const date = dateOfRow(ms)
    const key = `${table}/${date}`
    let part = this.parts.get(key)
    if (part === undefined) {
      part = { date, columns: new RowColumns(table) }
      this.parts.set(key, part)
    }
    return part.columns
  }

  private bytes(): number {
    let bytes = 0
    for (const { columns } of this.parts.values()) bytes += columns.bytes
    return bytes
  }
}

/** A window of this many rows, or of about this many bytes, does not wait for its time: fifty books of changes each 100 ms fill it in two minutes. */
const ROWS_MAX = 250_000
const BYTES_MAX = 48e6

/** How often it is looked at how many bytes there are. */
const LOOK_ROWS = 256

export interface WindowEnd {
  readonly untilMs: number
  /** The highest number of its rows and of those before. */
  readonly lastN: number
  readonly encode: PartEncoder
  /** What the encoder is at until then. */
  readonly after: Promise<unknown>
}

/** A window that waits to be written. */
export interface SealedWindow {
  readonly fromMs: number
  readonly untilMs: number
  readonly afterN: number
  readonly lastN: number
  readonly rows: number
  /** Memory that it holds, about. */
  bytes: number
  readonly encoded: Promise<EncodedWindow>
  /** Where its files go, once they have names. */
  files?: readonly WindowFile[]
  /** It is noted as a gap, and no row of it will be there. */
  isGivenUp?: boolean
}

export interface EncodedWindow {
  readonly parts: readonly PartBytes[]
  /** What kept them from being made; then there are none. */
  readonly failure?: string
}

export interface PartBytes {
  readonly table: MarketTable
  readonly date: IsoDate
  readonly bytes: Uint8Array
}

export interface WindowFile {
  readonly path: string
  readonly bytes: Uint8Array
  isWritten: boolean
}

async function encodedParts(
  parts: readonly { readonly date: IsoDate; readonly columns: PartColumns }[],
  encode: PartEncoder,
): Promise<EncodedWindow> {
  try {
    const made: PartBytes[] = []
    for (const { date, columns } of parts) made.push({ table: columns.table, date, bytes: await encode(columns) })
    return { parts: made }
  } catch (error) {
    return { parts: [], failure: reason(error) }
  }
}
