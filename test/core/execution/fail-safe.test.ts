import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { LINK_TIMINGS } from '../../../src/core/link/link-timings.js'
import { expectFlat, open } from './scenes.js'

const { lostDwellMs } = EXECUTION_TIMINGS
const { silentMaxMs } = LINK_TIMINGS

test('a link that is lost for its dwell flattens once, with its reason', () => {
  const bench = open()
  bench.isCut = true
  bench.advance(silentMaxMs + lostDwellMs - 1100)
  expect(bench.side.linkState).toBe('LINK_LOST')
  expect(bench.ids).not.toContain('i1.x1')
  bench.advance(1200)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([
    { reason: 'comms_fail_safe_flatten' },
  ])
  expectFlat(bench)
  bench.isCut = false
  bench.advance(10_000)
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'FAIL_SAFE' })
  expect(bench.side.entryBlocks()).toEqual([])
})

test('a corrupt link flattens at once, takes the mode, and heals by an operator alone', () => {
  const bench = open()
  bench.give({ kind: 'message', text: '{"v":1' })
  bench.advance(100)
  expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([{ reason: 'link_corrupt_flatten' }])
  expectFlat(bench)
  bench.advance(20_000)
  expect(bench.side.linkState).toBe('LINK_CORRUPT')
  bench.command({ command: 'resync', reason: 'test' })
  bench.advance(10_000)
  expect(bench.side.linkState).toBe('LINK_OK')
  expect(bench.side.mode).toBe('REDUCE_ONLY')
})
