import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { Bench } from './bench-of-one.js'
import { expectFlat, open } from './scenes.js'
import { SYMBOL } from './tiny-venue.js'

const { truthEveryMs } = EXECUTION_TIMINGS

test('truth has the fills that the stream lost', () => {
  const bench = Bench.ready()
  bench.venue.losesFills = true
  bench.enter()
  bench.advance(truthEveryMs + 500)
  expect(bench.side.openPosition?.position.quantity).toBe('1')
  expect(bench.records.flatMap((record) => (record.type === 'truth' ? record.decisions : []))).toContainEqual({
    decision: 'APPLY_MISSED_FILL',
    tradeId: 1,
    clientOrderId: 'i1.e',
  })
})

test('truth is told at least once an interval, blocked or not', () => {
  const bench = Bench.ready()
  bench.command({ command: 'kill', reason: 'test' })
  bench.heard = []
  bench.advance(4 * truthEveryMs)
  expect(bench.heardOf('ACCOUNT_STATUS').length).toBeGreaterThanOrEqual(4)
  expect(bench.heardOf('POSITION_STATUS')[0]).toMatchObject({
    quantity: '0',
    recordedQuantity: '0',
    positionId: null,
  })
})

test('truth ends the wait for fills that were reported and do not exist', () => {
  const bench = open()
  const { report } = bench.venue.orders.get('i1.t1')!
  bench.venueEvent({ kind: 'order', report: { ...report, status: 'CANCELED', filledQuantity: '0.2' } })
  bench.venue.orders.get('i1.t1')!.report = { ...report, status: 'CANCELED' }
  bench.exit()
  bench.advance(15_000)
  expectFlat(bench)
  expect(bench.alerts).toMatchObject([{ level: 'ERROR', message: 'i1.t1: 0.2 reported filled, 0 in fills' }])
})

test('a position that no fill explains latches, and an exit closes it', () => {
  const bench = open()
  bench.venue.position = bench.venue.position.plus('0.3')
  bench.advance(truthEveryMs + 2000)
  expect(bench.side.state.latches).toContain('POSITION_MISMATCH')
  bench.exit()
  bench.advance(8000)
  expectFlat(bench)
})

test('an open order that is not ours is cancelled, as often as it is there, and told once', () => {
  const bench = Bench.ready()
  bench.venue.orders.set('web_9', {
    request: {
      clientOrderId: 'web_9',
      symbol: SYMBOL,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '1',
      price: '50',
      reduceOnly: false,
    },
    report: {
      clientOrderId: 'web_9',
      venueOrderId: 'v9',
      symbol: SYMBOL,
      side: 'BUY',
      type: 'LIMIT',
      status: 'ACKNOWLEDGED',
      reduceOnly: false,
      quantity: '1',
      filledQuantity: '0',
      averagePrice: null,
      updatedAtMs: 0,
    },
  })
  bench.advance(truthEveryMs + 1000)
  expect(bench.venue.orders.get('web_9')?.report.status).toBe('CANCELED')
  const foreign = bench.venue.orders.get('web_9')!
  foreign.report = { ...foreign.report, status: 'ACKNOWLEDGED' }
  bench.advance(2 * truthEveryMs + 1000)
  expect(foreign.report.status).toBe('CANCELED')
  expect(bench.alerts).toMatchObject([{ level: 'WARNING', category: 'order' }])
})
