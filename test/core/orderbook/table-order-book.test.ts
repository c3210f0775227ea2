import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseOrderBookTable } from '../../../src/core/orderbook/parse-order-book-table.js'
import { TableOrderBook } from '../../../src/core/orderbook/table-order-book.js'
import { goldenDir, goldenRuns } from '../../support/golden.js'

const FULL = [0.1, 0.5, -0.1, 0.8, 0.6]

function source(rows: unknown[], macro: unknown[] = [], assets = ['BTCUSDT', 'ETHUSDT']): TableOrderBook {
  return new TableOrderBook(parseOrderBookTable({ assets, rows, macro }))
}

describe('as-of', () => {
  const book = source(
    [
      [3, 0, ...FULL],
      [5, 0, 0.2, ...FULL.slice(1)],
      [8, 0],
      [9, 1, ...FULL],
    ],
    [
      [4, 2, 1],
      [6, 0, -1],
    ],
  )

  test.each([
    [0, undefined],
    [2, undefined],
    [3, 0.1],
    [4, 0.1],
    [5, 0.2],
    [7, 0.2],
    [8, undefined],
    [1e9, undefined],
  ])('at bar %i the imbalance is %s', (bar, imbalance) => {
    expect(book.book('BTCUSDT', bar)?.imbalanceMa5).toBe(imbalance)
  })

  test('an asset that is not in the table has no data', () => {
    expect(book.book('XRPUSDT', 5)).toBeUndefined()
  })

  test.each([
    [0, 0, 0],
    [3, 0, 0],
    [4, 2, 1],
    [5, 2, 1],
    [6, 0, -1],
    [99, 0, -1],
  ])('at bar %i the macro state is (%i, %i)', (bar, cascadeCount, regimeSignal) => {
    expect(book.macro(bar)).toEqual({ cascadeCount, regimeSignal })
  })

  test('the latest row at or before the bar holds, in whatever order it is asked', () => {
    const rows = fc.array(fc.tuple(fc.nat(60), fc.nat(1), fc.option(fc.double({ min: -1, max: 1, noNaN: true }))))
    fc.assert(
      fc.property(rows, fc.array(fc.tuple(fc.nat(70), fc.nat(2))), (recorded, queries) => {
        const cells = recorded.map(([bar, asset, imbalance]) =>
          imbalance === null ? [bar, asset] : [bar, asset, imbalance, 0.5, 0, 1, 0.5],
        )
        const book = source(cells)
        for (const [bar, asset] of queries) {
          const past = recorded.filter(([at, of]) => of === asset && at <= bar)
          const latest = Math.max(...past.map(([at]) => at))
          const expected = past.filter(([at]) => at === latest).at(-1)?.[2] ?? undefined
          expect(book.book(['BTCUSDT', 'ETHUSDT', 'XRPUSDT'][asset]!, bar)?.imbalanceMa5).toBe(expected)
        }
      }),
    )
  })
})

describe('parsing', () => {
  test('the ends of every range are legal', () => {
    const rows = [
      [0, 0, -1, 0, -5, 0, 0],
      [1, 0, 1, 1, 5, 7, 1],
    ]
    expect(parseOrderBookTable({ assets: ['A'], rows, macro: [[0, 0, -1]] }).rows).toHaveLength(2)
  })

  test('golden tables are read whole', () => {
    const tables = goldenRuns()
      .map((run) => join(goldenDir(), run, 'ob.json'))
      .filter((path) => existsSync(path))
    expect(tables).not.toHaveLength(0)
    for (const path of tables) {
      const json = JSON.parse(readFileSync(path, 'utf8')) as { rows: number[][]; macro: number[][]; assets: string[] }
      const book = source(json.rows, json.macro, json.assets)
      for (const [bar, asset, imbalance] of json.rows) {
        expect(book.book(json.assets[asset!]!, bar!)?.imbalanceMa5).toBe(imbalance)
      }
    }
  })

  test.each([
    [null, 'order book: expected an object with assets, rows and macro, found null'],
    ['{}', 'order book: expected an object with assets, rows and macro, found "{}"'],
    [[], 'order book: expected an object with assets, rows and macro, found []'],
    [{ assets: ['A'], rows: [] }, 'macro: expected an array, found nothing'],
    [{ assets: ['A', 'A'], rows: [], macro: [] }, 'assets: expected every symbol once, found "A"'],
    [{ assets: ['A', 7], rows: [], macro: [] }, 'assets[1]: expected an asset symbol, found 7'],
    [{ assets: ['A'], rows: [[0, 0], [1]], macro: [] }, 'rows[1]: expected 2 or 7 cells, found 1'],
    [{ assets: ['A'], rows: [[0, 1]], macro: [] }, 'rows[0] asset index: expected an integer from 0 to 0, found 1'],
    [{ assets: ['A'], rows: [[0.5, 0]], macro: [] }, /^rows\[0\] bar: expected an integer from 0 to \d+, found 0.5$/],
    [
      { assets: ['A'], rows: [[0, 0, 0, 0, 0, -1, 0]], macro: [] },
      'rows[0] depth_quality: expected a finite number in [0, Infinity], found -1',
    ],
    [
      { assets: ['A'], rows: [[0, 0, 0, null, 0, 1, 0]], macro: [] },
      'rows[0] persistence: expected a finite number in [0, 1], found null',
    ],
    ...(
      [
        [2, 'imbalance_ma5', -1.01, 1.01],
        [3, 'persistence', -0.01, 1.01],
        [4, 'withdrawal_velocity', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
        [5, 'depth_quality', -0.01, Number.POSITIVE_INFINITY],
        [6, 'fill_probability', -0.01, 1.01],
      ] as const
    ).flatMap(([column, name, ...outside]) =>
      outside.map((value): [unknown, RegExp] => {
        const row: unknown[] = [0, 0, ...FULL]
        row[column] = value
        return [{ assets: ['A'], rows: [row], macro: [] }, new RegExp(`^rows\\[0\\] ${name}: expected a finite number`)]
      }),
    ),
    [{ assets: ['A'], rows: [], macro: [[0, 0, 2]] }, 'macro[0] regime_signal: expected -1, 0 or 1, found 2'],
    [{ assets: ['A'], rows: [], macro: [[0, 0]] }, 'macro[0]: expected 3 cells, found 2'],
    [{ assets: ['A'], rows: [], macro: [[0, -1, 0]] }, /^macro\[0\] cascade_count: expected an integer/],
  ])('%j is refused', (json, message) => {
    expect(() => parseOrderBookTable(json)).toThrow(message)
  })
})
