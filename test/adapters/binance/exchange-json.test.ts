import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExchangeJson } from '../../../src/adapters/binance/exchange-json.js'

test('an id that a number cannot hold comes as its digits', () => {
  expect(
    parseExchangeJson('{"orderId": 8389765519000000001, "ids":[8389765519000000001,7],"t":1591702613943}'),
  ).toEqual({
    orderId: '8389765519000000001',
    ids: ['8389765519000000001', 7],
    t: 1591702613943,
  })
})

test('digits within a text, and decimals, are left as they are', () => {
  const text =
    '{"msg":"order [8389765519000000001], id: \\"8389765519000000001\\"","x":0.1234567890123456789,"y":1234567890123456.5}'
  expect(parseExchangeJson(`[8389765519000000001,${text}]`)).toEqual(['8389765519000000001', JSON.parse(text)])
})

test('everything else is read as JSON is', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.stringify(parseExchangeJson(text)).replace(/"(-?\d{16,})"/g, '$1')).toBe(
        JSON.stringify(JSON.parse(text)).replace(/"(-?\d{16,})"/g, '$1'),
      )
    }),
  )
})
