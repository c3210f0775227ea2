import { describe, expect, test } from 'vitest'
import { columnWarnings, SeenColumns } from '../../../src/cli/compose/seen-columns.js'
import type { DayColumns, DayOutcome } from '../../../src/ports/days.js'

function outcome(date: string, assets: readonly string[], otherColumns?: readonly string[], signal = 0): DayOutcome {
  const file = { date, path: `days/${date}.parquet`, bytes: 0 }
  const empty = { bars: 1, velDiv: Float64Array.of(signal), eigen: {}, prices: assets.map(() => Float64Array.of(1)) }
  const columns: DayColumns = { date, assets, ...empty, ...(otherColumns === undefined ? {} : { otherColumns }) }
  return { file, day: { file, columns, sha256: '', cached: false } }
}

async function warnings(days: readonly DayOutcome[], run: ConstructorParameters<typeof SeenColumns>[0] = {}) {
  const seen = new SeenColumns(run)
  async function* all() {
    yield* days
  }
  const passed: DayOutcome[] = []
  for await (const day of seen.watch(all())) passed.push(day)
  expect(passed).toEqual(days)
  return seen.warnings()
}

describe('a run tells', () => {
  test('nothing where every column is a price', async () => {
    expect(await warnings([outcome('2025-05-10', ['BTCUSDT'])])).toEqual([])
  })

  test('once of each numeric column that is none, with the first file that has it', async () => {
    const days = [
      outcome('2025-05-10', ['BTCUSDT']),
      outcome('2025-05-11', ['BTCUSDT'], ['Unnamed: 0']),
      outcome('2025-05-12', ['BTCUSDT'], ['Unnamed: 0', 'volume']),
    ]
    expect(await warnings(days)).toEqual([
      "days/2025-05-11.parquet: no prices by their names, left out: 'Unnamed: 0', 'volume'. --assets says which columns are prices.",
    ])
  })

  test('of columns that were chosen and are in no day; a renamed one is there under its new name', async () => {
    const renames = [{ from: 'OLD', to: 'NEW', date: '2025-05-11' }]
    const run = { assets: ['OLD', 'NEW', 'BTC'], renames }
    expect(await warnings([outcome('2025-05-10', ['NEW'])], run)).toEqual(['--assets: in no day: BTC.'])
  })
})

test('a run without any signal tells that a scan needs more symbols, one with too many symbols for that does not', async () => {
  const few = [outcome('2025-05-10', ['BTCUSDT'], undefined, Number.NaN)]
  expect((await warnings(few))[0]).toContain(
    'No signal can exist: a scan needs prices of 10 symbols that move, and there is 1.',
  )
  const ten = Array.from({ length: 10 }, (_, i) => `S${i}USDT`)
  expect(await warnings([outcome('2025-05-10', ten, undefined, Number.NaN)])).toEqual([])
  expect(await warnings([...few, outcome('2025-05-11', ['BTCUSDT'])])).toEqual([])
})

test('of many columns the first are named', () => {
  const otherColumns = new Map(Array.from({ length: 12 }, (_, i) => [`c${i}`, 'a.parquet']))
  expect(columnWarnings({ assets: new Set(), otherColumns }, {})[0]).toContain("'c7' and 4 more.")
})
