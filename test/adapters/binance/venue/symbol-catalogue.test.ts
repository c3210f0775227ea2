import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SymbolCatalogue } from '../../../../src/adapters/binance/venue/symbol-catalogue.js'
import { INSTRUMENT } from '../../../../src/ports/vocabulary/instrument.js'
import { listing } from './scripted-venue.js'

function recorded(name: string): { readonly symbols: readonly { readonly symbol: string }[] } {
  return JSON.parse(readFileSync(`fixtures/binance/rest/${name}.json`, 'utf8'))
}

function catalogueOf(...infos: unknown[]): SymbolCatalogue {
  const catalogue = new SymbolCatalogue()
  for (const info of infos) catalogue.takeExchangeInfo(info)
  return catalogue
}

describe('the symbol catalogue', () => {
  test.each(['exchange-info-2026-10', 'exchange-info-2025-08'])('reads every symbol of %s', (name) => {
    const info = recorded(name)
    const catalogue = catalogueOf(info)
    for (const { symbol } of info.symbols) {
      expect(INSTRUMENT(catalogue.get(symbol), symbol), symbol).toEqual([])
      expect(catalogue.get(symbol)!.identity.symbol).toBe(symbol)
    }
  })

  test('takes steps from filters, the stricter of both lots, and the band to the nearer side', () => {
    const catalogue = catalogueOf(listing())
    catalogue.takeBrackets([
      { symbol: 'BTCUSDT', brackets: [{ bracket: 1, initialLeverage: 125, maintMarginRatio: 0.004 }] },
    ])
    expect(catalogue.get('BTCUSDT')).toEqual({
      identity: { symbol: 'BTCUSDT', exchange: 'BINANCE_USDM', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
      status: 'TRADING',
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      maxQuantity: '120',
      minNotionalUsd: '50',
      priceBand: '0.04',
      maxLeverage: 125,
      maintenanceMarginRate: '0.004',
    })
  })

  test('knows what is recorded: a perpetual, metal, a Chinese name, one that settles, a quarterly', () => {
    const { symbols } = recorded('exchange-info-2026-10')
    const catalogue = catalogueOf({ symbols })
    const told = symbols.map(({ symbol }) => {
      const { status, identity } = catalogue.get(symbol)!
      return `${status} ${identity.contractType} ${identity.expiry}`
    })
    expect(told).toMatchInlineSnapshot(`
      [
        "TRADING PERPETUAL PERPETUAL",
        "HALTED PERPETUAL PERPETUAL",
        "TRADING PERPETUAL PERPETUAL",
        "SETTLING PERPETUAL PERPETUAL",
        "TRADING DATED 2026-12-25",
      ]
    `)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['a status that is not known', { status: 'FROZEN' }, 'HALTED'],
    ['a status without a value', { status: null }, 'HALTED'],
    ['a kind of contract that is not traded here', { contractType: 'TRADIFI_PERPETUAL' }, 'HALTED'],
    ['a halt', { status: 'TRADING_HALT' }, 'HALTED'],
    ['a settlement', { status: 'SETTLING' }, 'SETTLING'],
    ['the end', { status: 'CLOSE' }, 'DELISTED'],
    ['a rule that is not known', { filters: [...listing().symbols[0]!.filters, { filterType: 'NEW_RULE' }] }, 'HALTED'],
  ])('%s is not tradable', (_, change, status) => {
    expect(catalogueOf(listing(change)).get('BTCUSDT')?.status).toBe(status)
  })

  test.each<[string, unknown]>([
    ['no filters', listing({ filters: [] })],
    ['a tick of zero', listing({ filters: [{ filterType: 'PRICE_FILTER', tickSize: '0' }] })],
    ['filters that are none', listing({ filters: [null, 7, 'x'] })],
    ['symbols that are none', { symbols: [null, 7, {}] }],
    ['an answer that is none', '<html></html>'],
  ])('with %s a symbol is not listed', (_, info) => {
    expect(catalogueOf(info).get('BTCUSDT')).toBeUndefined()
  })

  test('takes a list of nothing for no listing: not everything is delisted at once', () => {
    const catalogue = catalogueOf(listing())
    expect(catalogue.takeExchangeInfo({ symbols: [] })).toEqual([])
    expect(catalogue.get('BTCUSDT')?.status).toBe('TRADING')
  })

  test('tells what differs from before, and of a symbol that is gone that it is delisted', () => {
    const catalogue = catalogueOf(listing())
    expect(catalogue.takeExchangeInfo(listing())).toEqual([])
    expect(catalogue.takeExchangeInfo(listing({ status: 'PRE_SETTLE' }))).toMatchObject([{ status: 'SETTLING' }])
    const another = listing({ symbol: 'ETHUSDT' })
    expect(catalogue.takeExchangeInfo(another)).toMatchObject([
      { identity: { symbol: 'ETHUSDT' } },
      { identity: { symbol: 'BTCUSDT' }, status: 'DELISTED' },
    ])
    expect(catalogue.takeExchangeInfo(another)).toEqual([])
  })
})
