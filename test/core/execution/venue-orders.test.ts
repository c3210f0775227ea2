import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { Bench } from './bench-of-one.js'
import { expectFlat, open } from './scenes.js'

const { restMaxMs, answerMaxMs, submitValidMs } = EXECUTION_TIMINGS

test('an entry that fills in part has its rest cancelled after its limit, and the part is protected', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'partial', fraction: '0.4' }]
  bench.enter()
  bench.advance(restMaxMs - 100)
  expect(bench.venue.orders.get('i1.e')?.report.status).toBe('PARTIAL')
  bench.advance(300)
  expect(bench.venue.orders.get('i1.e')?.report.status).toBe('CANCELED')
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([
    { outcome: 'PARTIALLY_FILLED', filledQuantity: '0.4', reason: 'REJECT_VENUE' },
  ])
  expect(bench.venue.submits.slice(1).map(({ quantity }) => quantity)).toEqual(['0.4', '0.4'])
})

test('an order of unknown outcome that was done is found, never sent again', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.enter()
  bench.advance(answerMaxMs + 1500)
  expect(bench.ids.filter((id) => id === 'i1.e')).toHaveLength(1)
  expect(bench.side.openPosition?.position.quantity).toBe('1')
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'FILLED' }])
})

test('an order of unknown outcome is not cancelled before it is known', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.venue.withholds = ['query', 'snapshot']
  bench.enter()
  bench.advance(2 * submitValidMs)
  expect(bench.venue.requests.filter(({ kind }) => kind === 'cancel')).toEqual([])
  expect(bench.venue.requests.filter(({ kind }) => kind === 'query').length).toBeGreaterThan(1)
})

test('an entry of unknown outcome lets no exit be complete before it is known', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.venue.withholds = ['query', 'snapshot']
  bench.enter()
  bench.exit()
  bench.advance(10_000)
  expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED'])
  bench.venue.withholds = []
  bench.advance(10_000)
  expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'COMPLETE'])
  expectFlat(bench)
})

test('an order that never arrived is asked about until the venue can no longer accept it', () => {
  const bench = Bench.ready()
  bench.venue.treatments = [{ kind: 'unknownAndLost' }]
  bench.enter()
  bench.advance(submitValidMs - 100)
  expect(bench.heardOf('ENTRY_RESULT')).toEqual([])
  expect(bench.side.gate()).toMatchObject({ isFillUnresolved: true, blocks: [] })
  bench.advance(2500)
  expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_VENUE' }])
  expect(bench.ids).toEqual([])
  expectFlat(bench)
})

test('an exit of unknown outcome gets a successor only after it is known to be over', () => {
  const bench = open()
  bench.venue.treatments = [{ kind: 'unknownAndLost' }]
  bench.exit()
  bench.advance(submitValidMs - 100)
  expect(bench.ids).not.toContain('i1.x2')
  bench.advance(4000)
  expect(bench.ids).toContain('i1.x2')
  expectFlat(bench)
})
