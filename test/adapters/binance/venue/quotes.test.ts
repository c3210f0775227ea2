import { describe, expect, test } from 'vitest'
import { ScriptedVenue } from './scripted-venue.js'

const book = (u: number, change = {}) =>
  ({
    kind: 'frame',
    stream: 'btcusdt@bookTicker',
    data: {
      e: 'bookTicker',
      s: 'BTCUSDT',
      u,
      b: '60000.00',
      B: '5.000',
      a: '60000.10',
      A: '4.000',
      E: 1_000 + u,
      T: 1_000 + u,
      ...change,
    },
  }) as const

const mark = (E: number, p = '60000.50000000') =>
  ({ kind: 'frame', stream: 'btcusdt@markPrice@1s', data: { e: 'markPriceUpdate', s: 'BTCUSDT', p, E, T: 0 } }) as const

describe('quotes', () => {
  test('come when best bid, best ask and mark are all known, stamped with the later', () => {
    const venue = ScriptedVenue.ready()
    venue.market(book(1))
    expect(venue.of('quote')).toEqual([])
    venue.market(mark(1_500))
    expect(venue.of('quote').map(({ quote }) => quote)).toEqual([
      {
        symbol: 'BTCUSDT',
        bid: '60000',
        bidQuantity: '5',
        ask: '60000.1',
        askQuantity: '4',
        mark: '60000.5',
        timestampMs: 1_500,
      },
    ])
  })

  test('that are stale are not repeated, and none comes of a half that is dark', () => {
    const venue = ScriptedVenue.ready()
    venue.market(mark(1_000))
    venue.market(book(5))
    venue.market(book(5))
    venue.market(book(4))
    venue.market(mark(1_000))
    expect(venue.of('quote')).toHaveLength(1)
    venue.market({ kind: 'dark', streams: ['btcusdt@markPrice@1s'] })
    venue.market(book(6))
    expect(venue.of('quote')).toHaveLength(1)
    venue.market(mark(2_000))
    expect(venue.of('quote')).toHaveLength(2)
  })

  test('of a book with one side there are none', () => {
    const venue = ScriptedVenue.ready()
    venue.market(mark(1_000))
    venue.market(book(5, { B: '0.000' }))
    expect(venue.of('quote')).toEqual([])
  })
})

test.each([
  ['57600', 'acknowledged'],
  ['57599.9', 'rejected'],
  ['62400', 'acknowledged'],
  ['62400.1', 'rejected'],
])('a limit of %s by a mark of 60000 and a band of 4 %% is %s: the exchange looks at one side only', (price, kind) => {
  const venue = ScriptedVenue.ready()
  venue.market(mark(1_000, '60000.00'))
  venue.told.length = 0
  venue.submit('s1', { type: 'LIMIT', price })
  expect(venue.told).toMatchObject([{ kind, ...(kind === 'rejected' && { code: 'PRICE_BAND' }) }])
})
