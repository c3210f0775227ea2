import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isSymbolName } from '../../src/base/symbol-name.js'

describe('a column holds prices by its name', () => {
  test.each([
    'BTCUSDT',
    ' BTCUSDT ',
    'btcusdt',
    'kPEPEUSDT',
    '1000PEPEUSDT',
    '币安人生USDT',
    'BTC-USD',
    'BTC/USDT:USDT',
    'BTCUSD_PERP',
    'ETH-PERP',
    'BTCUSDT_250627',
    'BTC_250627',
    'ETHBTC',
    'BTCTRY',
    'HIGH/USDT',
    'BTCFDUSD',
  ])('%j', (name) => {
    expect(isSymbolName(name)).toBe(true)
  })

  test('where it is in the packaged universe or has packaged trading rules', () => {
    const { symbols } = JSON.parse(readFileSync('configs/universe.json', 'utf8')) as { symbols: string[] }
    const rules = JSON.parse(readFileSync('configs/instruments.json', 'utf8')) as { symbols: Record<string, unknown> }
    for (const symbol of [...symbols, ...Object.keys(rules.symbols)])
      expect([symbol, isSymbolName(symbol)]).toEqual([symbol, true])
  })
})

describe('a column holds no prices by its name', () => {
  test.each([
    'Unnamed: 0',
    '__index_level_0__',
    'index',
    'level_0',
    'row_nr',
    'open_time',
    'volume',
    'volume_usd',
    'BTCUSDT volume',
    'BTCUSDT_volume',
    'VOLUME_USDT',
    'open_interest_usdt',
    'close_usd',
    'market_cap_usd',
    'oi_usdt',
    'total_value_usd',
    'entry',
    'month',
    'BTC',
    'USDT',
    'instability_300',
    'x_202513',
    '',
    '0',
    '🚀USDT',
  ])('%j', (name) => {
    expect(isSymbolName(name)).toBe(false)
  })
})
