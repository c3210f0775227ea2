/** Columns of rows of one table and date, in arrays that can be handed to another thread. */
export interface PartColumns {
  readonly rows: number
}

/** Makes the bytes of a Parquet file of columns, which are given away with the call. */
export type PartEncoder = (columns: PartColumns) => Promise<Uint8Array>
