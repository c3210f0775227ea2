import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { encodePart } from '../../src/adapters/market-parquet/encode-part.js'
import { type PartColumns, RowColumns } from '../../src/adapters/market-parquet/row-columns.js'
import { threadedPartEncoder } from '../../src/cli/compose/threaded-part-encoder.js'
import { ROOT } from './dolphin.js'

const entry = pathToFileURL(join(ROOT, 'dist', 'cli', 'part-encoding-thread.js'))

function frames(): PartColumns {
  const columns = new RowColumns('frames')
  for (let n = 1; n <= 2_000; n++) {
    const levels = [[`${n}.5`, '1']]
    columns.add({ n, E_ms: n, received_ms: n, symbol: 'BTCUSDT', U: n, u: n, pu: null, bids: levels, asks: null })
  }
  return columns.seal()
}

it('a part that a thread makes is the one that is made here, byte for byte, and its columns are given away', async () => {
  expect(existsSync(entry), 'npm run build first').toBe(true)
  const given = frames()
  expect(Buffer.from(await threadedPartEncoder(entry)(given))).toEqual(Buffer.from(await encodePart(frames())))
  expect(given.columns.map((column) => ('values' in column ? column.values.length : 0))).toEqual(
    given.columns.map(() => 0),
  )
})

it('a part that a thread cannot make is refused with why', async () => {
  const part = frames()
  const unheardOf = { ...part, columns: [{ ...part.columns[0]!, kind: 'unheard of' } as never] }
  await expect(threadedPartEncoder(entry)(unheardOf)).rejects.toThrow(/./)
})
