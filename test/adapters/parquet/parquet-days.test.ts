import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { planDay } from '../../../src/adapters/parquet/day-schema.js'
import { parseFooter } from '../../../src/adapters/parquet/footer.js'
import { createParquetDays, parquetDays } from '../../../src/adapters/parquet/parquet-days.js'
import { refuseDisorder } from '../../../src/core/days/timestamps.js'
import type { DayFile, DayOutcome } from '../../../src/ports/days.js'
import { decodeWithHyparquet } from './hyparquet-oracle.js'
import { difference, expectedTable, MATRIX, matrixFile, type Table, tableOf } from './matrix.js'

const GOLDEN = fileURLToPath(new URL('../../../fixtures/golden/', import.meta.url))

async function readOne(file: DayFile, eigenColumns = true): Promise<DayOutcome> {
  for await (const outcome of parquetDays.read([file], { workers: 0, eigenColumns })) return outcome
  throw new Error('no outcome')
}

async function readTable(file: DayFile): Promise<Table> {
  const outcome = await readOne(file)
  if ('error' in outcome) throw outcome.error
  return tableOf(outcome.day.columns)
}

/** The same file through hyparquet alone. */
async function oracleTable(file: DayFile): Promise<Table> {
  const bytes = readFileSync(file.path)
  const { rows, columns } = planDay(parseFooter(bytes), { eigen: true })
  const table = new Map<string, Float64Array | BigInt64Array>()
  for (const column of columns) {
    const output = column.target === 'float64' ? new Float64Array(rows) : new BigInt64Array(rows)
    await decodeWithHyparquet(bytes, rows, column, output)
    table.set(column.source.name, output)
  }
  return table
}

describe('every file of the matrix holds its table, bit for bit', () => {
  for (const { table, path } of MATRIX.files) {
    test(path, async () => {
      expect(difference(await readTable(matrixFile(path)), expectedTable(table))).toBeUndefined()
    })
  }
})

describe('hyparquet reads the same', () => {
  for (const { path } of MATRIX.files) {
    test(path, async () => {
      const file = matrixFile(path)
      expect(difference(await readTable(file), await oracleTable(file))).toBeUndefined()
    })
  }
  const days = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))
  test.each(days)('golden/%s', async (name) => {
    const file = { date: /\d{4}-\d{2}-\d{2}/.exec(name)![0], path: GOLDEN + name, bytes: 0 }
    expect(difference(await readTable(file), await oracleTable(file))).toBeUndefined()
  })
})

describe('a file that is no day is refused with its path, the place and the reason', () => {
  for (const { path, message } of MATRIX.refused) {
    test(path, async () => {
      const file = matrixFile(path)
      const outcome = await readOne(file)
      expect('error' in outcome && outcome.error.message).toContain(message)
      expect('error' in outcome && outcome.error.message.startsWith(file.path)).toBe(true)
    })
  }

  test('a path that is not there', async () => {
    const outcome = await readOne({ date: '2026-01-05', path: '/nowhere/2026-01-05.parquet', bytes: 0 })
    expect('error' in outcome && outcome.error.message).toMatch(/nowhere.*ENOENT/)
  })

  test('a folder', async () => {
    const outcome = await readOne({ date: '2026-01-05', path: GOLDEN, bytes: 0 })
    expect('error' in outcome && outcome.error.message).toContain('expected a file')
  })
})

describe('a day whose times are in disorder is read, and refused with its path by whoever would run it', () => {
  for (const { path, message } of MATRIX.disordered) {
    test(path, async () => {
      const file = matrixFile(path)
      const outcome = await readOne(file)
      if ('error' in outcome) throw outcome.error
      expect(() => refuseDisorder(outcome.day.columns)).toThrow(`${file.path}, ${message}`)
    })
  }
})

describe('reading', () => {
  const files = MATRIX.files.filter(({ table }) => table === 'basic').map(({ path }) => matrixFile(path))

  test('leaves out the eigen columns and the counter unless they are asked for', async () => {
    const outcome = await readOne(files[0]!, false)
    if ('error' in outcome) throw outcome.error
    expect([...tableOf(outcome.day.columns).keys()]).toEqual([
      'timestamp',
      'vel_div',
      'BTCUSDT',
      'ADAUSDT',
      'GAPUSDT',
      'LATEUSDT',
    ])
  })

  test('goes on after a file that is refused, in the order of the files', async () => {
    const bad = matrixFile('refused/truncated/2026-01-05.parquet')
    const seen: string[] = []
    for await (const outcome of parquetDays.read([files[0]!, bad, files[1]!], { workers: 0 })) {
      seen.push('error' in outcome ? 'error' : 'day')
    }
    expect(seen).toEqual(['day', 'error', 'day'])
  })

  test('no files give no days', async () => {
    for await (const _ of parquetDays.read([], { workers: 2 })) throw new Error('a day')
  })

  test('ends with the reason of an aborted signal', async () => {
    const controller = new AbortController()
    const read = async () => {
      for await (const _ of parquetDays.read(files, { workers: 0, signal: controller.signal })) {
        controller.abort(new Error('enough'))
      }
    }
    await expect(read()).rejects.toThrow('enough')
  })

  test.each([0, 2])('hears of an interruption from outside between two days, with %i threads', async (workers) => {
    const controller = new AbortController()
    let days = 0
    const read = async () => {
      for await (const _ of parquetDays.read(files, { workers, signal: controller.signal })) {
        if (days++ === 0) setImmediate(() => controller.abort(new Error('enough')))
      }
    }
    await expect(read()).rejects.toThrow('enough')
    expect(days).toBeLessThan(files.length)
  })

  test('keeps a held day, and takes a reused one away, when the next is asked for', async () => {
    for (const [source, bars] of [
      [parquetDays, 150],
      [createParquetDays({ reuseBuffers: true }), 0],
    ] as const) {
      const held: Float64Array[] = []
      for await (const outcome of source.read(files.slice(0, 3), { workers: 0 })) {
        if ('day' in outcome) held.push(outcome.day.columns.velDiv)
      }
      expect(held.map(({ length }) => length)).toEqual([bars, bars, bars])
    }
  })
})
