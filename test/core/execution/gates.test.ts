import { expect, test } from 'vitest'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { Bench, INSTRUMENT } from './bench-of-one.js'
import { bound, expectFlat, foreignFill, measured, open } from './scenes.js'

test("nothing opens on the venue's word once that is older than ten seconds, and it does again on the next one", () => {
  const bench = Bench.ready()
  expect(bench.side.entryBlocks()).toEqual([])
  bench.venue.withholds = ['snapshot']
  // An answer that does not come is given up after three seconds, and asked for again.
  bench.advance(4_000)
  expect(bench.side.entryBlocks()).toEqual([])
  bench.advance(12_000)
  expect(bench.side.entryBlocks()).toEqual(['MARKET_DATA_STALE'])
  bench.enter()
  bench.advance(1_000)
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([
    { outcome: 'NOT_FILLED', reason: 'REJECT_STALE_SCAN', detail: 'MARKET_DATA_STALE' },
  ])
  bench.venue.withholds = []
  bench.advance(10_000)
  expect(bench.side.entryBlocks()).toEqual([])
})

const refusals: readonly [string, (bench: Bench) => void, string][] = [
  ['the mode KILL', (bench) => bench.command({ command: 'kill', reason: 't' }), 'REJECT_MODE_KILL'],
  [
    'the mode REDUCE_ONLY',
    (bench) => bench.command({ command: 'reduce-only', reason: 't' }),
    'REJECT_MODE_REDUCE_ONLY',
  ],
  ['journal pressure', (bench) => bench.give({ kind: 'journalPressure', full: true }), 'REJECT_MODE_REDUCE_ONLY'],
  ['maintenance', (bench) => bench.command({ command: 'maintenance-on', reason: 't' }), 'REJECT_MODE_REDUCE_ONLY'],
  ['a disk that fills up', (bench) => measured(bench, { diskUsedPct: 85 }), 'REJECT_MODE_REDUCE_ONLY'],
  ['a disk that is nearly full', (bench) => measured(bench, { diskUsedPct: 95 }), 'REJECT_MODE_KILL'],
  ['a process that did not run', (bench) => measured(bench, { isLoopStalled: true }), 'REJECT_MODE_REDUCE_ONLY'],
  ['margin that is bound to seven tenths', (bench) => bound(bench, '0.7'), 'REJECT_RISK_LIMIT'],
  ['margin that is bound to 85 %', (bench) => bound(bench, '0.85'), 'REJECT_RISK_LIMIT'],
  ['margin that is bound to 95 %', (bench) => bound(bench, '0.95'), 'REJECT_MODE_KILL'],
  [
    'a venue that is disconnected',
    (bench) => bench.venueEvent({ kind: 'connection', connected: false }),
    'REJECT_LATCHED',
  ],
  ['a foreign fill', foreignFill, 'REJECT_MODE_KILL'],
  [
    'a contract that does not trade',
    (bench) => bench.venueEvent({ kind: 'instrument', instrument: { ...INSTRUMENT, status: 'HALTED' } }),
    'REJECT_INSTRUMENT',
  ],
]

test.each(refusals)('an entry is refused for %s', (_, cause, reason) => {
  const bench = Bench.ready()
  cause(bench)
  bench.enter()
  bench.advance(100)
  expect(bench.ids).not.toContain('i1.e')
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ intentId: 'i1', outcome: 'NOT_FILLED', reason }])
})

test.each<[string, (bench: Bench, isOn: boolean) => void]>([
  ['a full journal', (bench, full) => bench.give({ kind: 'journalPressure', full })],
  ['a full disk', (bench, isOn) => measured(bench, { diskUsedPct: isOn ? 95 : 94 - 10 })],
  ['a stalled loop', (bench, isLoopStalled) => measured(bench, { isLoopStalled })],
  ['bound margin', (bench, isOn) => bound(bench, isOn ? '0.96' : '0.1')],
])('%s latches nothing: entries go on as soon as it is over', (_what, change) => {
  const bench = Bench.ready()
  change(bench, true)
  expect([bench.side.state.latches, bench.side.entryBlocks()]).toEqual([[], []])
  change(bench, false)
  bench.enter()
  bench.advance(500)
  expect(bench.side.openPosition).not.toBeNull()
})

test.each<[string, (bench: Bench) => void]>([
  ['a disk that is nearly full', (bench) => measured(bench, { diskUsedPct: 99 })],
  ['margin that is all bound', (bench) => bound(bench, '1')],
  ['maintenance', (bench) => bench.command({ command: 'maintenance-on', reason: 't' })],
  ['a stalled loop', (bench) => measured(bench, { isLoopStalled: true })],
])('%s forbids no order that reduces risk', (_what, change) => {
  const bench = open()
  change(bench)
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'r1',
      action: 'REDUCE',
      strategyId: 'blue',
      instrument: INSTRUMENT.identity,
      side: 'SELL',
      quantity: '0.5',
      requestedPrice: '100',
      positionId: positionId('i1'),
    },
  })
  bench.advance(500)
  expect(bench.side.openPosition?.position.quantity).toBe('0.5')
  bench.exit()
  bench.advance(1000)
  expectFlat(bench)
})
