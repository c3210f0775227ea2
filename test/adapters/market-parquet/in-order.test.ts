import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrder } from '../../../src/adapters/market-parquet/in-order.js'

/** A source in batches, which counts how many are open. */
function source(batches: readonly (readonly number[])[], open: { now: number; most: number }) {
  async function* rows(): AsyncGenerator<readonly number[]> {
    open.most = Math.max(open.most, ++open.now)
    try {
      yield* batches
    } finally {
      open.now--
    }
  }
  return { firstN: batches.flat()[0] ?? 0, rows }
}

async function merged(
  sources: readonly (readonly (readonly number[])[])[],
  open = { now: 0, most: 0 },
): Promise<number[]> {
  const sorted = sources.map((batches) => source(batches, open)).sort((a, b) => a.firstN - b.firstN)
  const all: number[] = []
  for await (const rows of inOrder(sorted, (n) => n)) all.push(...rows)
  expect(open.now).toBe(0)
  return all
}

test('rows of any sources come in one order, each as often as it is there', async () => {
  const ordered = fc.array(fc.nat(50), { maxLength: 12 }).map((numbers) => numbers.sort((a, b) => a - b))
  const batched = fc.tuple(ordered, fc.integer({ min: 1, max: 4 })).map(([numbers, size]) => {
    return Array.from({ length: Math.ceil(numbers.length / size) }, (_, i) => numbers.slice(i * size, (i + 1) * size))
  })
  await fc.assert(
    fc.asyncProperty(fc.array(batched, { maxLength: 5 }), async (sources) => {
      const expected = sources.flat(2).sort((a, b) => a - b)
      expect(await merged(sources)).toEqual(expected)
    }),
  )
})

test('sources that follow one another are open one at a time', async () => {
  const open = { now: 0, most: 0 }
  expect(await merged([[[1, 2], [3]], [[4]], [[5], [6]]], open)).toEqual([1, 2, 3, 4, 5, 6])
  expect(open.most).toBe(1)
})

test('sources are closed when nobody wants more', async () => {
  const open = { now: 0, most: 0 }
  const sources = [source([[1], [3]], open), source([[2], [4]], open)]
  for await (const rows of inOrder(sources, (n) => n)) if (rows.includes(2)) break
  expect(open).toEqual({ now: 0, most: 2 })
})
