import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { encodePart } from '../../src/adapters/market-parquet/encode-part.js'
import { type PartColumns, RowColumns } from '../../src/adapters/market-parquet/row-columns.js'
import { threadedPartEncoder } from '../../src/cli/compose/threaded-part-encoder.js'
import { scratchFolder } from '../adapters/market-parquet/recorded-rows.js'
import { ROOT } from './dolphin.js'

const entry = pathToFileURL(join(ROOT, 'dist', 'cli', 'part-encoding-thread.js'))

const unexpected = (text: string): never => expect.unreachable(text)

function frames(): PartColumns {
  const columns = new RowColumns('frames')
  for (let n = 1; n <= 2_000; n++) {
    const levels = [[`${n}.5`, '1']]
    columns.add({ n, E_ms: n, received_ms: n, symbol: 'BTCUSDT', U: n, u: n, pu: null, bids: levels, asks: null })
  }
  return columns.seal()
}

it('a part that a thread makes is the one that is made here, byte for byte', async () => {
  expect(existsSync(entry), 'npm run build first').toBe(true)
  const made = await threadedPartEncoder({ entry, warn: unexpected })(frames())
  expect(Buffer.from(made)).toEqual(Buffer.from(await encodePart(frames())))
})

it.each([
  ['cannot be started', 'throw new Error("no thread")', /: no thread$/],
  ['dies', 'process.exit(7)', /ended with exit code 7$/],
])('parts of threads of which each %s are made here, and the first is told', async (_, code, why) => {
  const warnings: string[] = []
  const broken = join(scratchFolder(), 'thread.mjs')
  writeFileSync(broken, code)
  const encode = threadedPartEncoder({ entry: pathToFileURL(broken), warn: (text) => warnings.push(text) })
  const expected = Buffer.from(await encodePart(frames()))
  for (let part = 1; part <= 2; part++) expect(Buffer.from(await encode(frames()))).toEqual(expected)
  expect(warnings).toEqual([expect.stringMatching(why)])
})

it('a part that a thread cannot make is refused with why', async () => {
  const part = frames()
  const unheardOf = { ...part, columns: [{ ...part.columns[0]!, kind: 'unheard of' } as never] }
  await expect(threadedPartEncoder({ entry, warn: unexpected })(unheardOf)).rejects.toThrow(/./)
})
