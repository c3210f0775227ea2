import { expect, test } from 'vitest'
import { replay } from '../../../src/core/execution/recover.js'
import { Bench } from './bench-of-one.js'

test('replay drops the latches of a first-contract journal that are none any more', () => {
  const bench = Bench.ready()
  const { n, atMs, inputs } = bench.records.at(-1)!
  const latches = ['WAL_BACKPRESSURE', 'PARTIAL_FILL_UNRESOLVED', 'LINK_NOT_OK'] as const
  const old = latches.map((latch, i) => ({ n: n + i + 1, atMs, inputs, type: 'latched', latch, detail: '' }) as const)
  expect(replay([...bench.records, ...old]).latches).toEqual(['LINK_NOT_OK'])
  const unlatched = { n: n + 4, atMs, inputs, type: 'unlatched', latches } as const
  expect(replay([...bench.records, ...old, unlatched]).latches).toEqual([])
})
