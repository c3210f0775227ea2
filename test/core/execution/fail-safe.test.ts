import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { LINK_TIMINGS } from '../../../src/core/link/link-timings.js'
import { INSTRUMENT } from './bench-of-one.js'
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

test('a position whose contract is about to settle is left once, and nothing opens in it any more', () => {
  const bench = open()
  bench.venueEvent({ kind: 'instrument', instrument: { ...INSTRUMENT, status: 'SETTLING' } })
  bench.advance(1000)
  expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([{ reason: 'contract_settles' }])
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'FAIL_SAFE', positionQuantity: '0' })
  expectFlat(bench)
  bench.enter('i2')
  bench.advance(1000)
  expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'i2', outcome: 'NOT_FILLED' })
})

test.each(['HALTED', 'DELISTED'] as const)('one that is %s takes no orders, and none is sent in vain', (status) => {
  const bench = open()
  bench.venueEvent({ kind: 'instrument', instrument: { ...INSTRUMENT, status } })
  bench.advance(1000)
  expect(bench.ids).not.toContain('i1.x1')
})
