import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exact } from '../../src/base/exact.js'
import { DEFAULT_INSTRUMENTS, loadInstruments } from '../../src/config/instruments.js'
import { FIXTURE_DAYS, readDays } from '../support/price-tables.js'

describe('the packaged rules', () => {
  const table = loadInstruments()

  test('list the packaged universe and the symbols of the bundled days', async () => {
    const universe = JSON.parse(readFileSync('configs/universe.json', 'utf8')) as { symbols: string[] }
    const [day] = await readDays(`${FIXTURE_DAYS}/2025-05-10.parquet`)
    const unlisted = [...universe.symbols, ...day!.assets].filter((symbol) => !table.listed.has(symbol))
    expect(unlisted).toEqual([])
  })

  test('every recorded price is a multiple of its tick', async () => {
    const days = await readDays(`${FIXTURE_DAYS}/2025-05-12.parquet`)
    const off: string[] = []
    for (const day of days) {
      day.assets.forEach((symbol, i) => {
        const decimals = new Exact(table.instrument(symbol).tickSize).decimalPlaces()
        for (const price of day.prices[i]!) {
          if (Number.isFinite(price) && Number(price.toFixed(decimals)) !== price) off.push(`${symbol} ${price}`)
        }
      })
    }
    expect(off).toEqual([])
  })

  test('say what a symbol differs in and default the rest', () => {
    expect(table.instrument('BTCUSDT', 'PAPER')).toEqual({
      identity: { symbol: 'BTCUSDT', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
      status: 'TRADING',
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      maxQuantity: '120',
      minNotionalUsd: '100',
      priceBand: '0.05',
      maxLeverage: 20,
      maintenanceMarginRate: '0.025',
    })
    expect(table.instrument('NEWUSDT')).toMatchObject({
      identity: { symbol: 'NEWUSDT', exchange: 'BINANCE_USDM' },
      tickSize: '0.0000001',
      lotSize: '0.001',
      minNotionalUsd: '5',
    })
  })
})

describe('rules that are refused', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dolphin-instruments-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  const good = JSON.parse(readFileSync(DEFAULT_INSTRUMENTS, 'utf8')) as Record<string, unknown>
  const rules = good.default as Record<string, unknown>

  function refusalOf(text: string): string {
    const path = join(folder, 'rules.json')
    writeFileSync(path, text)
    try {
      loadInstruments(path)
    } catch (error) {
      return (error as Error).message.replaceAll(path, 'rules.json')
    }
    return 'accepted'
  }

  test.each<[string, unknown, string]>([
    ['not an object', [], 'rules.json: expected an object, found []'],
    ['an unknown key', { ...good, simbols: {} }, "rules.json: simbols: no such key; did you mean 'symbols'?"],
    ['no venue', { ...good, exchange: undefined }, 'rules.json: exchange: expected a name, found nothing'],
    ['no symbols', { ...good, symbols: [] }, 'rules.json: symbols: expected an object, found []'],
    [
      'a number for a decimal',
      { ...good, symbols: { A: { tickSize: 0.1 } } },
      'rules.json: symbols.A.tickSize: expected a decimal above zero as text, such as "0.001", found 0.1',
    ],
    [
      'zero',
      { ...good, symbols: { A: { lotSize: '0.0' } } },
      'rules.json: symbols.A.lotSize: expected a decimal above zero as text, such as "0.001", found "0.0"',
    ],
    [
      'a quantity off the lot',
      { ...good, symbols: { A: { minQuantity: '0.0015' } } },
      'rules.json: symbols.A.minQuantity: expected a multiple of the lot 0.001, found "0.0015"',
    ],
    [
      'a largest quantity below the smallest',
      { ...good, symbols: { A: { lotSize: '1', maxQuantity: '0.5' } } },
      'rules.json: symbols.A.maxQuantity: expected at least the smallest quantity 1, found "0.5"',
    ],
    [
      'leverage below one',
      { ...good, symbols: { A: { maxLeverage: 0 } } },
      'rules.json: symbols.A.maxLeverage: expected a number from 1 to 1000, found 0',
    ],
    [
      'a default that lacks a rule, and every other mistake beside it',
      { ...good, default: { ...rules, priceBand: undefined }, symbols: { A: { lotsize: '1' } } },
      'rules.json: default.priceBand: expected a decimal above zero as text, such as "0.001", found nothing\n' +
        "rules.json: symbols.A.lotsize: no such key; did you mean 'lotSize'?",
    ],
  ])('rules are refused where they are wrong: %s', (_, document, message) => {
    expect(refusalOf(JSON.stringify(document))).toBe(message)
  })

  test('rules that are no JSON are refused at their place', () => {
    expect(refusalOf('{')).toMatch(/^rules\.json:1:2: cannot read trading rules: /)
  })
})
