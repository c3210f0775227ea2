import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { threadedDayWriter } from '../../src/cli/compose/threaded-day-writer.js'
import { ROOT, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const entry = pathToFileURL(join(ROOT, 'dist', 'cli', 'day-writing-thread.js'))

function day(bars = 1_000) {
  const column = (of: number) => Float64Array.from({ length: bars }, (_, i) => of + Math.sin(i * of))
  return {
    date: '2026-01-05' as const,
    bars,
    timestampNs: BigInt64Array.from(
      { length: bars },
      (_, i) => 1_767_571_200_000_000_000n + BigInt(i) * 5_000_000_000n,
    ),
    scanNumber: BigInt64Array.from({ length: bars }, (_, i) => BigInt(i)),
    velDiv: column(1),
    eigen: { v50_lambda_max_velocity: column(2) },
    assets: ['BTCUSDT', 'ETHUSDT'],
    prices: [column(3), column(4)],
  }
}

it('a day that a thread writes is the one that is written here, byte for byte, while this one goes on', async () => {
  expect(existsSync(entry), 'npm run build first').toBe(true)
  const [here, there] = [join(folder.path, 'here.parquet'), join(folder.path, 'there.parquet')]
  const written = await parquetDayWriter.write(here, day())
  expect(await threadedDayWriter(entry).write(there, day())).toEqual(written)
  expect(readFileSync(there)).toEqual(readFileSync(here))
})

it('a day that a thread cannot write is refused with its path and why', async () => {
  const file = join(folder.path, 'a-file')
  writeFileSync(file, '')
  await expect(threadedDayWriter(entry).write(join(file, 'day.parquet'), day())).rejects.toThrow(
    /a-file\/day\.parquet: ./,
  )
})
