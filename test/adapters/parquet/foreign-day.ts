import { writeFileSync } from 'node:fs'
import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'

/** A column as another program may write it. */
export interface ForeignColumn {
  readonly schema: Omit<SchemaElement, 'repetition_type'>
  readonly data: readonly unknown[]
}

/** Floats, as pandas writes prices. */
export function floats(name: string, data: readonly (number | null)[]): ForeignColumn {
  return { schema: { name, type: 'DOUBLE' }, data }
}

/** Decimals by their unscaled values, stored as `type`. */
export function decimals(
  name: string,
  data: readonly (bigint | null)[],
  {
    type,
    scale,
    precision = 38,
  }: { readonly type: SchemaElement['type']; readonly scale: number; readonly precision?: number },
): ForeignColumn {
  const length = type === 'FIXED_LEN_BYTE_ARRAY' ? { type_length: 16 } : {}
  return { schema: { name, ...(type && { type }), ...length, converted_type: 'DECIMAL', scale, precision }, data }
}

export function texts(name: string, data: readonly (string | null)[]): ForeignColumn {
  return { schema: { name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, data }
}

/** Writes a day that this program has not written: nothing says which of its columns are prices but their names. */
export function writeForeignDay(path: string, columns: readonly ForeignColumn[], rowGroupSize = 1_000): void {
  const buffer = parquetWriteBuffer({
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.map(({ schema }): SchemaElement => ({ ...schema, repetition_type: 'OPTIONAL' })),
    ],
    columnData: columns.map(({ schema, data }) => ({ name: schema.name, data: [...data] })),
    rowGroupSize,
    createdBy: 'another program',
  })
  writeFileSync(path, new Uint8Array(buffer))
}
