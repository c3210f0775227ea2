import { expect, test } from 'vitest'
import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import { replay } from '../../../src/core/execution/recover.js'
import { Bench, BUILD, INSTRUMENT, SETTINGS } from './bench-of-one.js'
import { crashedAfterExit, expectFlat, open } from './scenes.js'

test('maintenance outlives the process, and neither a kill nor a resume touches it', () => {
  const bench = Bench.ready()
  bench.command({ command: 'maintenance-on', reason: 't' })
  bench.command({ command: 'kill', reason: 't' })
  bench.command({ command: 'resume', reason: 't' })
  expect(bench.side.state).toMatchObject({ mode: 'ACTIVE', isMaintained: true })
  expect(ExecutionSide.recover(SETTINGS, bench.records).state.isMaintained).toBe(true)
  bench.command({ command: 'maintenance-off', reason: 't' })
  expect(ExecutionSide.recover(SETTINGS, bench.records).state.isMaintained).toBe(false)
})

test('a decision side of another build keeps the link latched, with an alert that takes the mode', () => {
  const bench = Bench.ready({ ...SETTINGS, build: BUILD.replace('0', 'f') })
  expect(bench.side.entryBlocks()).toContain('LINK_NOT_OK')
  expect(bench.side.mode).toBe('REDUCE_ONLY')
})

test('a kill flattens and lasts over a restart; only resume ends it', () => {
  const bench = open()
  bench.command({ command: 'kill', reason: 'test' })
  bench.advance(500)
  expectFlat(bench)
  bench.crash()
  bench.restart()
  bench.advance(8000)
  expect(bench.side.mode).toBe('KILL')
  bench.command({ command: 'resume', reason: 'test' })
  bench.enter('i2')
  bench.advance(500)
  expect(bench.side.openPosition?.positionId).toBe('i2')
})

test('a flatten closes the position and leaves the mode as it is', () => {
  const bench = open()
  bench.command({ command: 'flatten', reason: 'test' })
  bench.advance(500)
  expectFlat(bench)
  expect(bench.side.mode).toBe('ACTIVE')
})

test('a link that is not OK blocks entries until a reconciliation after it', () => {
  const bench = Bench.ready()
  bench.isCut = true
  bench.advance(3000)
  expect(bench.side.entryBlocks()).toEqual(['LINK_NOT_OK'])
  bench.isCut = false
  bench.advance(5000)
  expect(bench.side.entryBlocks()).toEqual([])
})

test('a link that is not OK keeps its latch, whatever the venue says', () => {
  const bench = Bench.ready()
  bench.isCut = true
  bench.advance(15_000)
  expect(bench.side.state.latches).toEqual(['LINK_NOT_OK'])
})

test('the link opens its session though the journal has failed, for exits', () => {
  const bench = open()
  bench.isDiskFast = false
  bench.command({ command: 'resync', reason: 'test' })
  bench.give({ kind: 'journalFailed', message: 'EIO' })
  bench.advance(6000)
  expect(bench.side.linkState).toBe('LINK_OK')
})

test('a restart without the instrument of the trade that is under way is refused', () => {
  const bench = open()
  const other = { ...INSTRUMENT, identity: { ...INSTRUMENT.identity, symbol: 'ETHUSDT' } }
  expect(() => ExecutionSide.recover({ ...SETTINGS, instruments: [other] }, bench.records)).toThrow(
    'i1 is under way in BTCUSDT: expected it among the instruments, found ETHUSDT',
  )
})

test('a restart lets fills of the stream wait for the first truth: what nobody heard before them comes first', () => {
  const bench = open()
  bench.crash()
  bench.venue.withholds = ['snapshot']
  bench.restart()
  const missed = bench.venue.foreign('BUY', '0.5', { silent: true })
  const early = bench.venue.foreign('SELL', '0.25')
  bench.advance(1000)
  const told = () =>
    bench.records.flatMap((record) =>
      record.type === 'fill' && record.fill.tradeId >= missed.tradeId ? [record.fill.tradeId] : [],
    )
  expect(told()).toEqual([])
  bench.venue.withholds = []
  bench.advance(10_000)
  expect(told().slice(0, 2)).toEqual([missed.tradeId, early.tradeId])
})

test('a restart recovers the same state, and trades only after reconciling', () => {
  const bench = open()
  const { records } = bench
  const hash = bench.side.stateHash()
  expect(JSON.stringify(replay(records))).toBe(JSON.stringify(bench.side.state))
  bench.crash()
  bench.venue.isDeaf = true
  bench.restart()
  expect(bench.side.stateHash()).not.toBe(hash)
  bench.advance(10_000)
  expect(bench.side.entryBlocks()).toContain('RESTART_RECONCILE_REQUIRED')
  bench.venue.isDeaf = false
  bench.advance(10_000)
  expect(bench.side.entryBlocks()).toEqual([])
  expect(bench.side.openPosition?.position.quantity).toBe('1')
  bench.exit()
  bench.advance(1000)
  expectFlat(bench)
})

test('a restart at any record reaches the same end: flat, no id twice but an exit that the venue refuses', () => {
  for (let durable = 1; ; durable++) {
    const bench = Bench.ready()
    const from = bench.records.length
    bench.isDiskFast = false
    bench.enter()
    bench.sync()
    bench.advance(200)
    bench.sync()
    bench.exit()
    bench.advance(200)
    if (from + durable > bench.records.length) break
    bench.crash(from + durable)
    bench.isDiskFast = true
    bench.restart()
    bench.advance(20_000)
    bench.exit('e2')
    bench.advance(20_000)
    expectFlat(bench)
    expect(bench.ids.filter((id) => id === 'i1.e').length).toBeLessThanOrEqual(1)
    expect(bench.side.entryBlocks(), `after record ${from + durable}`).toEqual([])
  }
})

test('a restart waits a moment for the truth before it exits, and finds the exit that left before', () => {
  const bench = crashedAfterExit()
  bench.exit('e2')
  bench.advance(900)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  bench.venue.withholds = []
  bench.venue.handle(bench.venue.requests.findLast(({ kind }) => kind === 'snapshot')!)
  bench.advance(10_000)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  expectFlat(bench)
})

test('a restart exits without a truth when none comes, under the id that the venue takes once', () => {
  const bench = crashedAfterExit()
  bench.command({ command: 'flatten', reason: 'test' })
  bench.advance(3000)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1', 'i1.x1'])
  expect(bench.venue.position.toFixed()).toBe('0')
  bench.venue.withholds = []
  bench.advance(10_000)
  expectFlat(bench)
  expect(bench.alerts.filter(({ level }) => level === 'ERROR')).toEqual([])
})

test('a restart finds the exit that left before its record was durable', () => {
  const bench = open()
  bench.isDiskFast = false
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.exit()
  bench.crash()
  bench.isDiskFast = true
  bench.restart()
  bench.advance(8000)
  expectFlat(bench)
  expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
})
