import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../../src/adapters/binance/rest/errors.js'
import { limitsOf } from '../../../../src/adapters/binance/rest/rate-limits.js'
import { readDepthUpdate } from '../../../../src/adapters/binance/streams/quote-payloads.js'
import { SymbolCatalogue } from '../../../../src/adapters/binance/venue/symbol-catalogue.js'
import { DepthBook } from '../../../../src/core/orderbook/depth-book.js'
import type { DepthSnapshot } from '../../../../src/ports/vocabulary/depth.js'
import { INSTRUMENT } from '../../../../src/ports/vocabulary/instrument.js'
import { recordedFrames } from '../streams/recorded-frames.js'

interface Row {
  readonly symbol: string
  readonly status: string
  readonly pricePrecision: number
  readonly quantityPrecision: number
}

interface Answer {
  readonly title: string
  readonly body: string
}

const FOLDER = 'fixtures/binance/rest'

function textOf(file: string): string {
  const bytes = readFileSync(`${FOLDER}/${file}`)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd()
}

function linesOf<Line>(file: string): Line[] {
  return textOf(file)
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** `https://host/path -> seconds: {…}`, by path and query. */
const CRYPTOFEED: readonly Answer[] = textOf('cryptofeed.txt.gz')
  .split('\n')
  .map((line) => {
    const title = line.slice('https://fapi.binance.com'.length, line.indexOf(' -> '))
    return { title, body: line.slice(line.indexOf('{')) }
  })

const ANSWERS: readonly Answer[] = [
  ...linesOf<{ file: string; path: string; query: string; response: unknown }>('recorded-public.jsonl.gz').map(
    ({ file, path, query, response }) => ({ title: `${file} ${path}?${query}`, body: JSON.stringify(response) }),
  ),
  ...linesOf<{ name: string; response: unknown }>('binance-net.jsonl').map(({ name, response }) => ({
    title: name,
    body: JSON.stringify(response),
  })),
  ...Object.entries(JSON.parse(textOf('official-sdk.json')) as Record<string, unknown>).map(([title, response]) => ({
    title,
    body: JSON.stringify(response),
  })),
  ...CRYPTOFEED,
]

describe('every answer of the REST API that somebody has recorded or documented', () => {
  test('is there: none of the recordings has been cut', () => {
    expect(ANSWERS).toHaveLength(28 + 45 + 43 + 5)
  })

  test.each(ANSWERS)('$title is read whole', ({ title, body }) => {
    const judgement = judge({ kind: 'httpAnswer', httpId: 1, status: 200, headers: {}, body })
    if (title.includes('BTCUSD_201225'))
      expect(judgement).toMatchObject({ kind: 'refused', error: { code: -1121, rejectCode: 'UNKNOWN_SYMBOL' } })
    else expect(judgement).toEqual({ kind: 'done', value: JSON.parse(body, longAsText) })
  })
})

describe('the whole listing of 2021', () => {
  const info = JSON.parse(CRYPTOFEED.find(({ title }) => title === '/fapi/v1/exchangeInfo')!.body) as {
    readonly symbols: readonly Row[]
  }
  const catalogue = new SymbolCatalogue()
  catalogue.takeExchangeInfo(info)

  test('is read to its last symbol, and its limits with it', () => {
    const nothing = { weight1m: 0, orders10s: 0, orders1m: 0 }
    expect(limitsOf(info, nothing)).toEqual({ weight1m: 2_400, orders10s: 300, orders1m: 1_200 })
    expect(info.symbols.length).toBeGreaterThan(100)
    expect(catalogue.size).toBe(info.symbols.length)
    for (const { symbol } of info.symbols) expect(INSTRUMENT(catalogue.get(symbol), symbol), symbol).toEqual([])
  })

  test('has what trades as tradable, and nothing else', () => {
    const kindOf = (status: string) => (status === 'TRADING' ? 'TRADING' : expect.not.stringMatching('TRADING'))
    for (const { symbol, status } of info.symbols) expect(catalogue.get(symbol)!.status).toEqual(kindOf(status))
  })

  test('has a book in which orders rest that are older than its tick: only the precision of prices holds them all', () => {
    expect(catalogue.get('CTKUSDT')!.tickSize).toBe('0.001')
    expect(snapshotOf('CTKUSDT').bids).toContainEqual(['0.50579', '100'])
  })

  test.each(['SUSHIUSDT', 'AKROUSDT', 'KEEPUSDT', 'CTKUSDT'])(
    'with the snapshot and the diffs that were recorded beside it gives a book of %s that never breaks',
    (symbol) => {
      const { pricePrecision, quantityPrecision } = info.symbols.find((each) => each.symbol === symbol)!
      const book = new DepthBook({ priceDecimals: pricePrecision, quantityDecimals: quantityPrecision })
      const snapshot = snapshotOf(symbol)
      let diffs = 0
      for (const { stream, data } of recordedFrames('cryptofeed.txt.gz')) {
        if (stream !== `${symbol.toLowerCase()}@depth@100ms`) continue
        const update = readDepthUpdate(data)
        if (typeof update === 'string') throw new Error(`a diff of ${symbol} is ${update}`)
        const { firstUpdateId: U, lastUpdateId: u, previousUpdateId: pu, bids: b, asks: a } = update
        const effects = book.diff({ U, u, pu, b, a }, diffs++)
        const asked = effects.find(({ type }) => type === 'requestSnapshot')
        if (asked?.type === 'requestSnapshot') book.snapshot({ ...snapshot, requestId: asked.requestId }, diffs)
      }
      expect(diffs).toBeGreaterThan(50)
      expect(book.isLive).toBe(true)
      expect(book.counters).toMatchObject({ gaps: 0, crossed: 0, malformed: 0 })
      expect(book.bids.count + book.asks.count).toBeGreaterThan(1_000)
    },
  )
})

function snapshotOf(symbol: string): Omit<DepthSnapshot, 'requestId'> {
  const title = `/fapi/v1/depth?symbol=${symbol}&limit=1000`
  return JSON.parse(CRYPTOFEED.find((answer) => answer.title === title)!.body)
}

/** Ids of sixteen digits may be more than a number holds. */
function longAsText(_: string, value: unknown): unknown {
  return typeof value === 'number' && value >= 1e15 ? `${value}` : value
}
