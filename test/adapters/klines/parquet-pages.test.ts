import { parquetMetadata } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { expect, test } from 'vitest'
import { inputFolder, refusalOf, tidyParquet } from './inputs.js'

const write = inputFolder()

/** A table whose volumes are partly null, and where the definition levels of the volumes' only page start. */
function tableWithLevels(): { table: Buffer; levels: number } {
  const bars = Array.from({ length: 64 }, (_, i) => ({
    symbol: 'BTCUSDT',
    timeMs: Date.UTC(2025, 4, 10) + i * 60_000,
    close: `${1 + i}`,
    volume: i % 3 ? `${i}.5` : '',
    taker: '1',
  }))
  const table = Buffer.from(tidyParquet(bars))
  const metadata = parquetMetadata(table.buffer.slice(table.byteOffset, table.byteOffset + table.length))
  const chunk = metadata.row_groups[0]!.columns[0]!.meta_data!
  const reader = { view: new DataView(table.buffer, table.byteOffset), offset: Number(chunk.data_page_offset) }
  for (;;) {
    const header = parquetHeader(reader)
    if (header.type === 'DATA_PAGE_V2') return { table, levels: reader.offset }
    reader.offset += header.compressed_page_size
  }
}

test.each([
  ['repeated', [0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 2_147_483_647],
  ['bit-packed', [0xff, 0xff, 0xff, 0x7f, 0xff, 0xff], 1_073_741_816],
] as const)(
  'a run of billions of %s values in a table of 64 rows is refused before it is filled',
  async (_, run, values) => {
    const { table, levels } = tableWithLevels()
    table.set(run, levels)
    expect(await refusalOf(write({ 'p.parquet': table }))).toBe(
      `p.parquet: expected a readable Parquet file, found a run of ${values} values where 64 are left`,
    )
  },
)
