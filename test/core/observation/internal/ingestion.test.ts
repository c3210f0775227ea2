import { describe, expect, it, test } from 'vitest'
import { Observation } from '../../../../src/core/observation/observation.js'
import type { IngestRefusal } from '../../../../src/ports/vocabulary/observation-events.js'
import {
  AAA,
  depth,
  kline,
  liquidation,
  mark,
  observe,
  observing,
  position,
  T0,
  trade,
} from '../../../support/observed-market.js'

const FUNDING = { kind: 'FUNDING', symbol: AAA, tsMs: T0, rate: -0.0001 }
const OPEN_INTEREST = { kind: 'OPEN_INTEREST', symbol: AAA, tsMs: T0, openInterest: 0 }

describe('what an observation takes', () => {
  test.each([
    ['a trade', trade({ venueId: 7 })],
    ['a liquidation', liquidation({ orderPrice: 99 })],
    ['a depth that is empty', depth({ bidSize: 0, askSize: 0 })],
    ['a mark price', mark({ indexPrice: 100, fundingRate: -0.001, nextFundingMs: T0 + 1 })],
    ['a settled rate', FUNDING],
    ['an open interest of nothing', OPEN_INTEREST],
    ['a candle', kline()],
    ['a position', position({ liquidationPrice: 90, entryPrice: 100, positionSize: -2 })],
    ['what is as old as may be', trade({ tsMs: T0 - 30_000 })],
    ['what is as far ahead as may be', trade({ tsMs: T0 + 5_000 })],
    ['what carries more than it has to', { ...trade(), more: 'of this' }],
  ])('%s is accepted', (_, event) => {
    expect(observing().ingest(event)).toEqual({ accepted: true, seq: 1 })
  })

  it('is numbered over all symbols and kinds, and what is refused takes no number', () => {
    const observation = observing(AAA, 'BBBUSDT')
    const answers = [trade(), mark({ symbol: 'BBBUSDT' }), trade({ price: 0 }), liquidation()].map((event) =>
      observation.ingest(event),
    )
    expect(answers).toEqual([
      { accepted: true, seq: 1 },
      { accepted: true, seq: 2 },
      { accepted: false, reason: 'NON_POSITIVE_PRICE' },
      { accepted: true, seq: 3 },
    ])
  })
})

const throwing = {
  ...trade(),
  get price(): number {
    throw new Error('no price')
  },
}

const REFUSED: readonly (readonly [IngestRefusal, string, unknown])[] = [
  ['UNKNOWN_KIND', 'nothing', undefined],
  ['UNKNOWN_KIND', 'null', null],
  ['UNKNOWN_KIND', 'a text', 'TRADE'],
  ['UNKNOWN_KIND', 'a kind that objects have by nature', { ...trade(), kind: 'constructor' }],
  ['UNKNOWN_KIND', 'a list', [trade()]],
  ['SYMBOL_NOT_ALLOWED', 'a symbol that was not configured', trade({ symbol: 'ZZZUSDT' })],
  ['SYMBOL_NOT_ALLOWED', 'no symbol', { ...trade(), symbol: undefined }],
  ['MALFORMED', 'a price that is text', { ...trade(), price: '100' }],
  ['MALFORMED', 'no quantity', { ...trade(), baseQty: undefined }],
  ['MALFORMED', 'a side that does not exist', { ...trade(), side: 'HOLD' }],
  ['MALFORMED', 'a time within a millisecond', trade({ tsMs: T0 + 0.5 })],
  ['MALFORMED', 'an optional field of null', { ...mark(), fundingRate: null }],
  ['MALFORMED', 'a candle that does not say whether it is closed', { ...kline(), closed: 1 }],
  ['MALFORMED', 'a position of nobody', position({ account: '' })],
  ['MALFORMED', 'a field that throws when it is read', throwing],
  ['NON_FINITE', 'a price that is no number', trade({ price: Number.NaN })],
  ['NON_FINITE', 'an infinite quantity', trade({ baseQty: Number.POSITIVE_INFINITY })],
  ['NON_FINITE', 'a time that is no number', trade({ tsMs: Number.NaN })],
  ['NON_FINITE', 'a price too small to divide by', trade({ price: 1e-300 })],
  ['NON_FINITE', 'a quantity too large to square', trade({ baseQty: 1e200 })],
  ['NON_FINITE', 'a number of a trade that is none', trade({ venueId: Number.NaN })],
  ['NON_POSITIVE_PRICE', 'a price of 0', trade({ price: 0 })],
  ['NON_POSITIVE_PRICE', 'a price below 0', liquidation({ price: -1 })],
  ['NON_POSITIVE_PRICE', 'a mark price of 0', mark({ markPrice: 0 })],
  ['NON_POSITIVE_PRICE', 'a best price of 0', depth({ bestBid: 0 })],
  ['NON_POSITIVE_QTY', 'a trade of nothing', trade({ baseQty: 0 })],
  ['NON_POSITIVE_QTY', 'a size below 0', depth({ askSize: -1 })],
  ['NON_POSITIVE_QTY', 'an open interest below 0', { ...OPEN_INTEREST, openInterest: -1 }],
  ['NON_POSITIVE_QTY', 'a position worth less than nothing', position({ positionValueUsd: -1 })],
  ['TOO_OLD', 'a time of more than 30 s ago', trade({ tsMs: T0 - 30_001 })],
  ['TOO_FAR_AHEAD', 'a time of more than 5 s to come', trade({ tsMs: T0 + 5_001 })],
]

describe('what an observation refuses', () => {
  test.each(REFUSED)('%s: %s', (reason, _, event) => {
    expect(observing().ingest(event)).toEqual({ accepted: false, reason })
  })

  test('TIME_NOT_SET: anything before time was told', () => {
    const observation = new Observation({ symbols: [AAA] })
    expect(observation.ingest(trade())).toEqual({ accepted: false, reason: 'TIME_NOT_SET' })
  })

  test('SYSTEM_FAILED: anything after it has failed', () => {
    const observation = observing()
    observation.advanceTime(T0 - 1)
    expect(observation.ingest(trade())).toEqual({ accepted: false, reason: 'SYSTEM_FAILED' })
    expect(observation.ingest('nonsense')).toEqual({ accepted: false, reason: 'SYSTEM_FAILED' })
  })

  test("DUPLICATE: a trade whose number is among the symbol's last 512", () => {
    const observation = observing(AAA, 'BBBUSDT')
    for (let venueId = 1; venueId <= 513; venueId++) observation.ingest(trade({ venueId }))
    expect(observation.ingest(trade({ venueId: 2 }))).toEqual({ accepted: false, reason: 'DUPLICATE' })
    expect(observation.ingest(trade({ venueId: 513 }))).toEqual({ accepted: false, reason: 'DUPLICATE' })
    expect(observation.ingest(trade({ venueId: 1 }))).toMatchObject({ accepted: true })
    expect(observation.ingest(trade({ venueId: 2, symbol: 'BBBUSDT' }))).toMatchObject({ accepted: true })
  })

  test('a trade that was refused may come again under its number', () => {
    const observation = observing()
    observation.ingest(trade({ venueId: 5, price: 0 }))
    expect(observation.ingest(trade({ venueId: 5 }))).toMatchObject({ accepted: true })
  })

  test('QUEUE_FULL: what would be the 200,001st that waits', () => {
    const observation = observing()
    for (let i = 0; i < 200_000; i++) observation.ingest(mark({ tsMs: T0 + 1 + (i % 5_000) }))
    expect(observation.ingest(mark())).toEqual({ accepted: false, reason: 'QUEUE_FULL' })
    observation.advanceTime(T0 + 1)
    expect(observation.ingest(mark())).toMatchObject({ accepted: true })
  })
})

test.each<readonly [IngestRefusal, IngestRefusal, unknown]>([
  ['UNKNOWN_KIND', 'SYMBOL_NOT_ALLOWED', { kind: 'NEWS', symbol: 'ZZZ' }],
  ['SYMBOL_NOT_ALLOWED', 'MALFORMED', { ...trade(), symbol: 'ZZZ', price: '1' }],
  ['MALFORMED', 'NON_FINITE', { ...trade(), price: Number.NaN, baseQty: '1' }],
  ['NON_FINITE', 'NON_POSITIVE_PRICE', trade({ price: 0, baseQty: Number.NaN })],
  ['NON_POSITIVE_PRICE', 'NON_POSITIVE_QTY', trade({ price: 0, baseQty: 0 })],
  ['NON_POSITIVE_QTY', 'TOO_OLD', trade({ baseQty: 0, tsMs: T0 - 40_000 })],
])('of several reasons %s is given before %s', (first, _, event) => {
  expect(observing().ingest(event)).toEqual({ accepted: false, reason: first })
})

test('SYMBOL_NOT_ALLOWED is given before TIME_NOT_SET, and TIME_NOT_SET before MALFORMED', () => {
  const observation = new Observation({ symbols: [AAA] })
  expect(observation.ingest(trade({ symbol: 'ZZZ' }))).toMatchObject({ reason: 'SYMBOL_NOT_ALLOWED' })
  expect(observation.ingest({ ...trade(), price: '1' })).toMatchObject({ reason: 'TIME_NOT_SET' })
})

test('TOO_OLD is given before DUPLICATE', () => {
  const observation = observing()
  observe(observation, [trade({ venueId: 5 })], T0 + 40_000)
  expect(observation.ingest(trade({ venueId: 5 }))).toMatchObject({ reason: 'TOO_OLD' })
})

test('refusals are counted by kind and reason, acceptances by kind', () => {
  const observation = observing()
  for (const event of [trade(), trade(), mark(), trade({ price: 0 }), trade({ price: 0 }), {}, mark({ tsMs: 1 })])
    observation.ingest(event)
  expect(observation.snapshot().counters).toMatchObject({
    accepted: { TRADE: 2, MARK_PRICE: 1 },
    refused: { 'TRADE:NON_POSITIVE_PRICE': 2, 'UNKNOWN:UNKNOWN_KIND': 1, 'MARK_PRICE:TOO_OLD': 1 },
  })
})

test('the first sample of each reason is kept in few words, without what no event has and without accounts', () => {
  const observation = observing()
  observation.ingest({ ...trade({ price: 0 }), apiKey: 'hunter2' })
  observation.ingest(trade({ price: -1 }))
  observation.ingest({ ...position({ account: '0xSomebody' }), leverage: {} })
  observation.ingest({ kind: `\u001b[2J${'x'.repeat(1_000)}` })
  const samples = observation.refusalSamples()
  expect([...samples.keys()]).toEqual(['NON_POSITIVE_PRICE', 'MALFORMED', 'UNKNOWN_KIND'])
  expect(samples.get('NON_POSITIVE_PRICE')).toBe(
    `kind "TRADE", symbol "${AAA}", tsMs ${T0 + 1}, price 0, baseQty 1, side "BUY"`,
  )
  expect(samples.get('MALFORMED')).toMatch(/leverage of type object$/)
  expect([...samples.values()].join()).not.toMatch(/hunter2|Somebody/)
  expect(samples.get('UNKNOWN_KIND')!.length).toBeLessThan(64)
  expect(samples.get('UNKNOWN_KIND')).not.toContain('\u001b')
})
