import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { Bench } from './bench-of-one.js'
import { expectFlat, open } from './scenes.js'

const { truthEveryMs } = EXECUTION_TIMINGS

test('a fill that comes twice counts once', () => {
  const bench = open()
  bench.give({ kind: 'venue', event: { kind: 'fill', fill: bench.venue.fills[0]! } })
  bench.advance(truthEveryMs + 1000)
  expect(bench.side.openPosition?.position.quantity).toBe('1')
  expect(bench.heardOf('FILL_REPORT')).toHaveLength(1)
})

test('a liquidation ends the position', () => {
  const bench = open()
  bench.venue.foreign('SELL', '1', { liquidation: true })
  bench.advance(500)
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'LIQUIDATION', positionQuantity: '0' })
  expectFlat(bench)
})

test('a part that the venue closes by itself kills: the rest is closed, and nothing opens', () => {
  const bench = open()
  bench.venue.foreign('SELL', '0.3', { liquidation: true })
  bench.advance(2000)
  expect(bench.alerts).toMatchObject([{ level: 'EMERGENCY', category: 'position' }])
  expect(bench.side.mode).toBe('KILL')
  expectFlat(bench)
  bench.enter('i2')
  bench.advance(2000)
  expect(bench.ids).not.toContain('i2.e')
})

test('a foreign fill latches, is reported, and an exit of whatever is open closes it', () => {
  const bench = Bench.ready()
  bench.venue.foreign('BUY', '0.5')
  bench.advance(3000)
  expect(bench.side.state.latches).toContain('POSITION_MISMATCH')
  expect(bench.heardOf('FILL_REPORT')).toMatchObject([{ purpose: 'FOREIGN', positionQuantity: '0.5' }])
  bench.exit('e1', null)
  bench.advance(7000)
  expectFlat(bench)
  expect(bench.side.entryBlocks()).toEqual([])
})

test('a foreign fill during our position is closed with it', () => {
  const bench = open()
  bench.venue.foreign('BUY', '0.5')
  bench.advance(100)
  bench.exit()
  bench.advance(8000)
  expectFlat(bench)
  expect(bench.side.entryBlocks()).toEqual([])
})
