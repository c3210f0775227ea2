import { describe, expect, test } from 'vitest'
import { type EndpointSettings, endpointsOf } from '../../../src/adapters/binance/endpoints.js'
import { InputMistake } from '../../../src/base/mistakes.js'

describe('where the exchange is', () => {
  test.each(['production', 'demo'])('%s is spoken to over TLS alone, at hosts of the exchange', (name) => {
    const { restUrl, streamUrl, archiveUrl } = endpointsOf(name)
    expect(restUrl).toMatch(/^https:\/\/[a-z-]+\.binance\.com$/)
    expect(streamUrl).toMatch(/^wss:\/\/[a-z-]+\.binance\.com$/)
    expect(archiveUrl).toBe('https://data.binance.vision')
  })

  test.each([
    ['https://fapi.binance.com', 'production'],
    ['https://FAPI.binance.com/', 'production'],
    ['https://fapi.binance.com.', 'production'],
    ['https://demo-fapi.binance.com', 'demo'],
  ])('%s is called %s, so that no other name passes a gate', (text, name) => {
    expect(endpointsOf(text)).toBe(endpointsOf(name))
  })

  test.each([
    ['http://127.0.0.1:8090', 'ws://127.0.0.1:8090'],
    ['http://localhost:8090/', 'ws://localhost:8090'],
    ['http://[::1]:8090', 'ws://[::1]:8090'],
    ['https://127.0.0.1', 'wss://127.0.0.1'],
  ])('%s of this machine serves REST, and its streams at %s', (text, streamUrl) => {
    const origin = text.replace(/\/$/, '')
    const urls = { restUrl: origin, accountUrl: origin, streamUrl, archiveUrl: origin }
    expect(endpointsOf(text)).toEqual({ name: origin, ...urls })
  })

  test('a host that was allowed by its name is spoken to over TLS', () => {
    const settings = { allowedHosts: ['exchange.example'] }
    expect(endpointsOf('https://exchange.example', settings).streamUrl).toBe('wss://exchange.example')
    expect(() => endpointsOf('http://exchange.example', settings)).toThrow('expected https')
  })

  test.each<[string, EndpointSettings]>([
    ['https://exchange.example', {}],
    ['https://fapi.binance.com.evil.example', {}],
    ['https://127.0.0.1.evil.example', {}],
    ['https://localhost.evil.example', { allowedHosts: ['evil.example'] }],
    ['http://fapi.binance.com', {}],
    ['https://fapi.binance.com:8443', {}],
    ['https://fstream.binance.com', { allowedHosts: ['fstream.binance.com'] }],
    ['https://testnet.binancefuture.com', {}],
    ['ws://127.0.0.1:8090', {}],
    ['ftp://127.0.0.1', {}],
    ['http://127.0.0.1/fapi', {}],
    ['http://127.0.0.1/?a=b', {}],
    ['Production', {}],
    ['', {}],
  ])('%s with %j is refused', (text, settings) => {
    expect(() => endpointsOf(text, settings)).toThrow(InputMistake)
  })

  test('a password in the address is refused without being shown', () => {
    const text = 'http://somebody:hunter2hunter2@127.0.0.1'
    expect(() => endpointsOf(text)).toThrow(InputMistake)
    expect(() => endpointsOf(text)).not.toThrow('hunter2')
  })
})
