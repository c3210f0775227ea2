import { expect, test } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import type { Clock } from '../../../src/ports/clock.js'
import type { VenueEvent } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { settle } from '../../support/settle.js'
import { until } from '../../support/until.js'
import { CONTRACT_BALANCE_USD, CONTRACT_INSTRUMENT, describeVenue } from '../venue-contract.js'

const QUOTE = {
  symbol: 'BTCUSDT',
  bid: '60000',
  bidQuantity: '1',
  ask: '60000.1',
  askQuantity: '1',
  mark: '60000',
  timestampMs: 0,
}

function paper(clock: Clock, answerMs: number): { exchange: PaperExchange; venue: PaperVenue } {
  const exchange = new PaperExchange({
    instruments: [CONTRACT_INSTRUMENT],
    startingBalanceUsd: CONTRACT_BALANCE_USD,
    seed: 7,
    answerLatency: { minMs: answerMs, maxMs: 2 * answerMs },
    streamLatency: { minMs: 5, maxMs: 5 },
  })
  return { exchange, venue: new PaperVenue({ exchange, timer: clockTimer(clock), requestTimeoutMs: 1_000 }) }
}

describeVenue('PaperVenue on a clock', async ({ silent }) => {
  const clock = new VirtualTime(1_700_000_000_000)
  const { venue } = paper(clock, silent ? 5_000 : 5)
  return {
    venue,
    nowMs: () => clock.epochMs(),
    settle: () => settle(clock),
    async quote(quote) {
      venue.market({ kind: 'quote', quote })
      await settle(clock)
    },
  }
})

describeVenue('PaperVenue on virtual time', async ({ silent }) => {
  const time = new VirtualTime(1_746_000_000_000)
  const settings = { instruments: [CONTRACT_INSTRUMENT], startingBalanceUsd: CONTRACT_BALANCE_USD, seed: 3 }
  const requestTimeoutMs = silent ? 1 : 3_000
  const venue = new PaperVenue({ exchange: new PaperExchange({ ...settings }), timer: time, requestTimeoutMs })
  const settle = async () => time.runTo(time.epochMs() + 4_000)
  return {
    venue,
    nowMs: () => time.epochMs(),
    settle,
    async quote(quote) {
      venue.market({ kind: 'quote', quote })
      await settle()
    },
  }
})

test('on the machine clock, a quote, a fill and an answer arrive without being asked for', async () => {
  const { venue } = paper(systemClock, 1)
  const events: VenueEvent[] = []
  venue.listen((event) => events.push(event))
  venue.market({ kind: 'quote', quote: QUOTE })
  venue.send({
    kind: 'submit',
    requestId: 's1',
    validUntilMs: Date.now() + 60_000,
    order: { clientOrderId: 'a', symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', reduceOnly: false },
  })
  await until(() => ['quote', 'acknowledged', 'fill'].every((kind) => events.some((event) => event.kind === kind)))
  await venue.close()
})

test('a clock that is set back does not take the exchange with it', async () => {
  const clock = new VirtualTime(1_700_000_000_000)
  let offsetMs = 0
  const { venue } = paper(
    {
      ...clock,
      nowMs: () => clock.nowMs(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      epochMs: () => clock.epochMs() + offsetMs,
    },
    1,
  )
  const events: VenueEvent[] = []
  venue.listen((event) => events.push(event))
  venue.market({ kind: 'quote', quote: QUOTE })
  offsetMs = -60_000
  venue.market({ kind: 'quote', quote: { ...QUOTE, bid: '59999' } })
  await settle(clock)
  expect(events.flatMap((event) => (event.kind === 'quote' ? [event.quote.bid] : []))).toEqual(['60000', '59999'])
})

test('a request id is not used again while it is unanswered', () => {
  const { venue } = paper(new VirtualTime(1_700_000_000_000), 1)
  const request = { kind: 'snapshot', requestId: 't', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) } as const
  venue.send(request)
  expect(() => venue.send(request)).toThrow('request t is still unanswered')
})

test('an answer after the timeout goes nowhere', async () => {
  const clock = new VirtualTime(1_700_000_000_000)
  const { venue } = paper(clock, 5_000)
  const events: VenueEvent[] = []
  venue.listen((event) => events.push(event))
  venue.send({ kind: 'snapshot', requestId: 't', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
  await settle(clock)
  expect(clock.nowMs()).toBeGreaterThanOrEqual(5_000)
  expect(events.map(({ kind }) => kind)).toEqual(['unknown'])
})

test('whoever closes while listening hears nothing more', async () => {
  const clock = new VirtualTime(1_700_000_000_000)
  const { venue } = paper(clock, 1)
  const events: VenueEvent[] = []
  venue.listen((event) => {
    events.push(event)
    void venue.close()
  })
  for (const bid of ['59999', '59998', '59997']) venue.market({ kind: 'quote', quote: { ...QUOTE, bid } })
  await settle(clock)
  expect(events.map(({ kind }) => kind)).toEqual(['quote'])
})

test('after the end a request is unknown and never reaches the exchange', async () => {
  const clock = new VirtualTime(1_700_000_000_000)
  const { exchange, venue } = paper(clock, 1)
  const events: VenueEvent[] = []
  venue.listen((event) => events.push(event))
  await venue.close()
  venue.send({ kind: 'snapshot', requestId: 't', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
  venue.market({ kind: 'quote', quote: QUOTE })
  expect(events).toEqual([])
  await settle(clock)
  expect(events).toMatchObject([{ kind: 'unknown', requestId: 't' }])
  expect(exchange.nextDueMs()).toBeUndefined()
})

test.each([
  { latencyMaxMs: 500, answerMaxMs: 1_000 },
  { latencyMaxMs: 501, answerMaxMs: undefined },
])('what a standstill would answer is known unless $latencyMaxMs ms each way may outlast the timeout', (row) => {
  const range = { minMs: 1, maxMs: row.latencyMaxMs }
  const exchange = new PaperExchange({
    instruments: [CONTRACT_INSTRUMENT],
    startingBalanceUsd: CONTRACT_BALANCE_USD,
    seed: 7,
    requestLatency: range,
    answerLatency: range,
  })
  const timer = new VirtualTime(1_700_000_000_000)
  const { standstill } = new PaperVenue({ exchange, timer, requestTimeoutMs: 1_000 })
  expect(standstill.answerMaxMs()).toBe(row.answerMaxMs)
})
