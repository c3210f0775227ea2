import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { Bench, INSTRUMENT, SETTINGS, STEP_MS } from './bench-of-one.js'
import { expectFlat, open, permissionOf, reduce } from './scenes.js'
import { SYMBOL } from './tiny-venue.js'

const { permissionMaxMs, orderDelayMaxMs } = EXECUTION_TIMINGS

test('an entry asks, is permitted, fills, is protected and reported', () => {
  const bench = open()
  expect(bench.ids).toEqual(['i1.e', 'i1.t1', 'i1.s1'])
  expect(bench.venue.submits[0]).toEqual({
    clientOrderId: 'i1.e',
    symbol: SYMBOL,
    side: 'BUY',
    type: 'MARKET',
    quantity: '1',
    reduceOnly: false,
  })
  expect(bench.venue.submits[1]).toMatchObject({ side: 'SELL', type: 'LIMIT', price: '101.4', reduceOnly: true })
  expect(bench.venue.submits[2]).toMatchObject({
    side: 'SELL',
    type: 'STOP_MARKET',
    stopPrice: '90',
    reduceOnly: true,
  })
  expect(bench.heardOf('FILL_REPORT')).toMatchObject([{ purpose: 'ENTRY', quantity: '1', positionQuantity: '1' }])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ intentId: 'i1', outcome: 'FILLED', reason: null }])
})

test('an entry without permission is abandoned after its limit, and a permission that comes later opens nothing', () => {
  const bench = Bench.ready()
  bench.permits = false
  bench.enter()
  bench.advance(permissionMaxMs)
  expect(bench.side.pendingIntent?.positionId).toBe('i1')
  bench.advance(STEP_MS)
  expect(bench.side.pendingIntent).toBe(null)
  bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
  bench.advance(3000)
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_NO_PERMISSION' }])
})

test.each([
  ['another side', { side: 'SELL' as const }],
  ['another size', { quantity: '2' }],
  ['another contract', { instrument: { ...INSTRUMENT.identity, expiry: '2026-12-25' } }],
  ['another exchange', { instrument: { ...INSTRUMENT.identity, exchange: 'BINANCE_USDM' } }],
  ['another question', { correlationId: '1.1' }],
])('an entry that gets a permission for %s is abandoned', (_, other) => {
  const bench = Bench.ready()
  bench.permits = false
  bench.enter()
  const own = permissionOf(bench)
  bench.message({ type: 'ENTRY_PERMISSION', body: { ...own, ...other } })
  bench.message({ type: 'ENTRY_PERMISSION', body: own })
  bench.advance(1000)
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_PERMISSION_MISMATCH' }])
})

test('an intent says how the entry will be made and where its protection will lie, and its question has an id of its own', () => {
  const bench = Bench.ready()
  bench.permits = false
  bench.enter()
  const [intent] = bench.heardOf('ENTRY_INTENT')
  expect(intent).toMatchObject({
    entryStyle: 'MARKET',
    requestedPrice: '100',
    takeProfitPrice: '101.4',
    stopPrice: '90',
  })
  expect(intent!.correlationId).toMatch(/^\d+\.\d+$/)
  bench.enter('i2')
  expect(new Set(bench.heardOf('ENTRY_INTENT').map(({ correlationId }) => correlationId)).size).toBe(
    bench.heardOf('ENTRY_INTENT').length,
  )
})

test('an intent is given up at a veto, for its reason, and a permission that comes after it opens nothing', () => {
  const bench = Bench.ready()
  bench.permits = false
  bench.enter()
  const { positionId: intentId, correlationId } = bench.side.pendingIntent!
  const veto = { intentId, correlationId, reason: 'REJECT_RISK_LIMIT', detail: 'too much' } as const
  bench.message({ type: 'ENTRY_VETO', body: { ...veto, correlationId: '1.1' } })
  expect(bench.side.pendingIntent).not.toBe(null)
  bench.message({ type: 'ENTRY_VETO', body: veto })
  expect(bench.side.pendingIntent).toBe(null)
  bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
  bench.advance(1000)
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_RISK_LIMIT', detail: 'too much' }])
})

test('an entry whose order has left is not touched by a veto', () => {
  const bench = Bench.ready()
  bench.enter()
  bench.advance(100)
  expect(bench.ids).toContain('i1.e')
  const { intentId, correlationId } = permissionOf(bench)
  bench.message({ type: 'ENTRY_VETO', body: { intentId, correlationId, reason: 'REJECT_RISK_LIMIT', detail: '' } })
  bench.advance(1000)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'FILLED' }])
})

test('an entry order leaves only when its record is durable, and a permission is used once', () => {
  const bench = Bench.ready()
  bench.isDiskFast = false
  bench.enter()
  bench.advance(permissionMaxMs - 100)
  expect(bench.ids).toEqual([])
  bench.sync()
  expect(bench.ids).toContain('i1.e')
  bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
  expect(bench.ids.filter((id) => id === 'i1.e')).toHaveLength(1)
})

test('an entry is abandoned when the disk takes longer over its record than an order may be delayed', () => {
  const bench = Bench.ready()
  bench.isDiskFast = false
  bench.enter()
  bench.advance(orderDelayMaxMs + STEP_MS)
  bench.sync()
  bench.advance(500)
  expect(bench.ids).toEqual([])
  bench.sync()
  bench.advance(2000)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_PERMISSION_LATE' }])
})

test('an entry finds a gate closed that closed while the disk was writing', () => {
  const bench = Bench.ready()
  bench.isDiskFast = false
  bench.enter()
  bench.command({ command: 'reduce-only', reason: 'test' })
  bench.sync()
  bench.advance(100)
  bench.sync()
  expect(bench.ids).toEqual([])
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_MODE_REDUCE_ONLY' }])
})

test('an entry that the venue rejects is over, with its reason', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'reject', code: 'INSUFFICIENT_MARGIN' }]
  bench.enter()
  bench.advance(500)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_VENUE' }])
  expectFlat(bench)
})

test('the same entry action again is the same entry', () => {
  const bench = open()
  bench.enter('i1')
  bench.advance(500)
  expect(bench.heardOf('ENTRY_RESULT')).toHaveLength(1)
})

test('an entry is refused while a position exists, whichever strategy asks', () => {
  const bench = open()
  bench.enter('i2')
  bench.advance(100)
  expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'i2', reason: 'REJECT_POSITION_EXISTS' })
})

test('a reduction closes a part, and its end is told under its own id', () => {
  const bench = open()
  reduce(bench, '0.4')
  bench.advance(500)
  expect(bench.venue.position.toFixed()).toBe('0.6')
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'REDUCE', positionQuantity: '0.6' })
  expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'a2', outcome: 'FILLED' })
  expect(bench.side.openPosition?.position.state).toBe('OPEN')
})

test('a reduction of more than is open closes what is open', () => {
  const bench = open()
  reduce(bench, '5')
  bench.advance(500)
  expectFlat(bench)
})

test('a reduction that would leave less than an order may be for is refused', () => {
  const bench = Bench.ready({ ...SETTINGS, instruments: [{ ...INSTRUMENT, minQuantity: '0.1' }] })
  bench.enter()
  bench.advance(500)
  reduce(bench, '0.95')
  bench.advance(500)
  expect(bench.venue.position.toFixed()).toBe('1')
  expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ reason: 'REJECT_LOT_OR_NOTIONAL' })
})

test.each(['another position', 'the same side'])('a reduction of %s is refused', (what) => {
  const bench = open()
  reduce(bench, '0.4', what === 'another position' ? { positionId: positionId('i0') } : { side: 'BUY' })
  bench.advance(500)
  expect(bench.venue.position.toFixed()).toBe('1')
  expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'a2', outcome: 'NOT_FILLED' })
})
