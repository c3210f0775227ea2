import { expect, it } from 'vitest'
import { factorAddress, factorSources } from '../../../src/adapters/factors/factor-sources.js'

it('there are four sources, each of its own host', () => {
  const hosts = {
    exchange: 'https://fapi.binance.com',
    deribit: 'https://www.deribit.com',
    fearAndGreed: 'http://127.0.0.1:1',
  }
  expect(factorSources(hosts).map(({ name, host }) => [name, host])).toEqual([
    ['funding', 'fapi.binance.com'],
    ['dvol', 'www.deribit.com'],
    ['fng', '127.0.0.1:1'],
    ['taker', 'fapi.binance.com'],
  ])
})

it.each([
  ['https://www.deribit.com/', 'https://www.deribit.com'],
  ['http://127.0.0.1:8181/deribit/', 'http://127.0.0.1:8181/deribit'],
  ['http://[::1]:80', 'http://[::1]'],
  ['http://localhost:8181', 'http://localhost:8181'],
])('%s is an address', (text, address) => {
  expect(factorAddress(text, '--deribit-url')).toBe(address)
})

it.each([
  ['deribit', '--deribit-url: expected an address such as https://www.deribit.com, found "deribit"'],
  ['ftp://a', '--deribit-url: expected an address such as https://www.deribit.com, found "ftp://a"'],
  [
    'http://deribit.com',
    '--deribit-url: expected https for a host that is not this machine, found "http://deribit.com"',
  ],
  ['http://127.0.0.1.evil.com', '--deribit-url: expected https for a host that is not this machine'],
  ['https://u:secret@a.com', '--deribit-url: expected an address alone, found one with a user or a password'],
  ['https://a.com/?key=1', '--deribit-url: expected an address without a query, found "https://a.com/?key=1"'],
])('%s is none', (text, message) => {
  expect(() => factorAddress(text, '--deribit-url')).toThrow(message)
})
