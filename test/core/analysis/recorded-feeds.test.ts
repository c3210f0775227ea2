import { expect, it } from 'vitest'
import { RecordedFeeds } from '../../../src/core/analysis/recorded-feeds.js'

const ORDER = { n: 1, T_ms: 1_000, received_ms: 1_005, symbol: 'BTCUSDT', side: 'SELL' } as const

it.each`
  price  | base_qty | order_qty    | valueUsd | what
  ${100} | ${2}     | ${5}         | ${200}   | ${'filled'}
  ${0}   | ${0}     | ${5}         | ${450}   | ${'not filled yet'}
  ${0}   | ${0}     | ${undefined} | ${0}     | ${'not filled, of a recording that keeps no ordered quantity'}
`('a liquidation that was $what is worth $valueUsd', ({ price, base_qty, order_qty, valueUsd }) => {
  const feeds = new RecordedFeeds()
  feeds.liquidation({ ...ORDER, price, order_price: 90, base_qty, ...(order_qty !== undefined && { order_qty }) })
  expect(feeds.bySymbol.get('BTCUSDT')!.liquidations.map((each) => each.valueUsd)).toEqual([valueUsd])
})
