import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDecimal, UnknownWords } from '../../../../src/adapters/binance/streams/payload.js'
import {
  readBookTicker,
  readDepthUpdate,
  readMarkPrice,
  readMarkPrices,
} from '../../../../src/adapters/binance/streams/quote-payloads.js'
import { streamFacts } from '../../../../src/adapters/binance/streams/stream-names.js'
import {
  readAggregateTrade,
  readContractInfo,
  readForceOrder,
  readKline,
} from '../../../../src/adapters/binance/streams/trade-payloads.js'
import { type RecordedFrame, recordedFrames } from './recorded-frames.js'

const words = new UnknownWords()

/** By the event's own name. */
const READERS: Readonly<Record<string, (data: unknown) => unknown>> = {
  bookTicker: readBookTicker,
  depthUpdate: readDepthUpdate,
  markPriceUpdate: readMarkPrice,
  aggTrade: readAggregateTrade,
  kline: readKline,
  forceOrder: (data) => readForceOrder(data, words),
  contractInfo: (data) => readContractInfo(data, words),
}

function rowsOf({ data }: RecordedFrame): Record<string, unknown>[] {
  return (Array.isArray(data) ? data : [data]) as Record<string, unknown>[]
}

const FILES: [string, Record<string, number>][] = [
  ['gct-market.jsonl', { read: 10, foreign: 2 }],
  ['binance-net.jsonl', { read: 8, 'not for us': 16 }],
  ['polyoxide.jsonl', { read: 3 }],
  ['ccxt.jsonl', { 'not for us': 3 }],
  ['cryptofeed.txt.gz', { read: 1_535 }],
]

describe('frames that others recorded', () => {
  it.each(FILES)('of %s are all read, or of events that nobody here reads', (file, expected) => {
    const counts: Record<string, number> = {}
    for (const frame of recordedFrames(file)) {
      for (const row of rowsOf(frame)) {
        const read = READERS[row.e as string]?.(row)
        expect(read, frame.text).not.toBe('malformed')
        const how = read === undefined ? 'not for us' : read === 'foreign' ? 'foreign' : 'read'
        counts[how] = (counts[how] ?? 0) + 1
      }
    }
    expect(counts).toEqual(expected)
  })

  it.each(FILES.slice(0, 3))('of %s come from streams whose names are known, by the path that serves them', (file) => {
    for (const { stream } of recordedFrames(file).filter(({ stream }) => stream !== '123'))
      expect(streamFacts(stream!), stream).toBeDefined()
  })

  it('hold no word that is not known', () => {
    expect(words.view()).toEqual({})
  })
})

function recorded(stream: string): unknown {
  return recordedFrames('gct-market.jsonl').find((frame) => frame.stream === stream)!.data
}

describe('what a payload says', () => {
  it.each<[string, unknown, unknown]>([
    [
      'the best bid and ask',
      readBookTicker(recorded('btcusdt@bookTicker')),
      {
        symbol: 'BTCUSDT',
        updateId: 11747004261523,
        bid: '85999.90',
        bidQuantity: '15.739',
        ask: '86000.00',
        askQuantity: '4.613',
        transactionMs: 1791283218109,
        eventMs: 1791283218110,
      },
    ],
    [
      'the mark price',
      readMarkPrice(recorded('btcusdt@markPrice@1s')),
      {
        symbol: 'BTCUSDT',
        mark: '86026.40000000',
        index: '86059.26913043',
        fundingRate: '-0.00003629',
        nextFundingMs: 1791302400000,
        eventMs: 1791283239000,
      },
    ],
    [
      'changes of a book',
      readDepthUpdate(recorded('btcusdt@depth@100ms')),
      {
        symbol: 'BTCUSDT',
        firstUpdateId: 11747004259049,
        lastUpdateId: 11747004264789,
        previousUpdateId: 11747004258972,
        bids: [
          ['85999.80', '0.381'],
          ['85999.70', '0'],
        ],
        asks: [['86000.10', '0.702']],
        transactionMs: 1791283218171,
        eventMs: 1791283218172,
      },
    ],
    [
      'trades of a taker',
      readAggregateTrade(recorded('btcusdt@aggTrade')),
      {
        symbol: 'BTCUSDT',
        aggregateId: 3476465318,
        price: '86000.00',
        quantity: '4.577',
        firstTradeId: 8149533714,
        lastTradeId: 8149533773,
        aggressor: 'SELL',
        tradeMs: 1791283227688,
        eventMs: 1791283227690,
      },
    ],
    [
      'a bar',
      readKline(recorded('btcusdt@kline_1m')),
      {
        symbol: 'BTCUSDT',
        interval: '1m',
        openMs: 1791283200000,
        closeMs: 1791283259999,
        open: '85999.90',
        high: '86000.10',
        low: '85999.80',
        close: '86000.00',
        baseVolume: '5.427',
        quoteVolume: '466721.74700',
        takerBuyBaseVolume: '2.897',
        takerBuyQuoteVolume: '249142.00000',
        trades: 92,
        isClosed: true,
        eventMs: 1791283227688,
      },
    ],
    [
      'a liquidation',
      readForceOrder(recorded('btcusdt@forceOrder'), words),
      {
        symbol: 'BTCUSDT',
        side: 'SELL',
        orderPrice: '85910.10',
        averagePrice: '86012.30',
        quantity: '0.042',
        filledQuantity: '0.042',
        status: 'FILLED',
        tradeMs: 1791285205175,
        eventMs: 1791285206184,
      },
    ],
    [
      'a contract',
      readContractInfo(recorded('!contractInfo'), words),
      {
        symbol: 'BTCUSDT',
        contractType: 'PERPETUAL',
        status: 'TRADING',
        onboardMs: 1569398400000,
        deliveryMs: 4133404800000,
        bracketsChanged: true,
        eventMs: 1669356423908,
      },
    ],
  ])('is taken over: %s', (_, read, said) => {
    expect(read).toEqual(said)
  })

  it('of a symbol that is margined in coins is foreign, wherever its type stands', () => {
    expect(readForceOrder(recorded('!forceOrder@arr'), words)).toBe('foreign')
    expect(readMarkPrices(recorded('!markPrice@arr@1s'))).toMatchObject({
      prices: [{ symbol: 'BTCUSDT' }],
      malformed: 0,
    })
  })

  it('is that no funding is scheduled where its time is 0, and none is paid where the rate is empty', () => {
    const dated = { e: 'markPriceUpdate', E: 1, s: 'BTCUSDT_261225', p: '1', i: '', P: '1', r: '', T: 0, st: 1 }
    expect(readMarkPrice(dated)).toEqual({
      symbol: 'BTCUSDT_261225',
      mark: '1',
      index: null,
      fundingRate: null,
      nextFundingMs: null,
      eventMs: 1,
    })
  })

  it('of all symbols is read row by row: one that cannot be read takes no other with it', () => {
    const rows = recorded('!markPrice@arr@1s') as unknown[]
    expect(readMarkPrices([null, ...rows, { s: 'X' }])).toMatchObject({
      prices: [{ symbol: 'BTCUSDT' }],
      malformed: 2,
    })
    expect(readMarkPrices({})).toEqual({ prices: [], malformed: 1 })
  })
})

describe('a word that is not known', () => {
  it('is counted and stands for itself nowhere', () => {
    const heard = new UnknownWords()
    const info = { ...(recorded('!contractInfo') as object), cs: 'ON_HOLIDAY', ct: 'EVERLASTING' }
    expect(readContractInfo(info, heard)).toMatchObject({ status: 'UNKNOWN', contractType: 'UNKNOWN' })
    readContractInfo(info, heard)
    expect(heard.view()).toEqual({ 'contractInfo.cs ON_HOLIDAY': 2, 'contractInfo.ct EVERLASTING': 2 })
  })

  it('fills no memory, however many there are and however long', () => {
    const heard = new UnknownWords()
    for (let i = 0; i < 1_000; i++) heard.known(`${i}${'x'.repeat(1_000)}`, { field: 'f', of: new Set<string>() })
    const kept = Object.keys(heard.view())
    expect(kept.length).toBe(100)
    expect(Math.max(...kept.map(({ length }) => length))).toBeLessThan(50)
  })
})

describe('a payload in which any field is anything', () => {
  const samples = recordedFrames('gct-market.jsonl').flatMap(rowsOf)
  const anything = fc.oneof(fc.anything(), fc.constantFrom('1e5', '', '-', '0x10', ' 1', Number.NaN, 1.5, -2, null))

  it('is read, foreign or malformed, and never an error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(20), anything, fc.boolean(), (sample, at, value, isInner) => {
        const changed = structuredClone(sample)
        const inner = (changed.o ?? changed.k) as Record<string, unknown> | undefined
        const target = isInner && inner !== undefined ? inner : changed
        const keys = Object.keys(target).filter((key) => key !== 'e')
        target[keys[at % keys.length]!] = value
        const read = READERS[changed.e as string]!(changed)
        expect(typeof read === 'object' || read === 'malformed' || read === 'foreign').toBe(true)
      }),
    )
    for (const reader of Object.values(READERS))
      fc.assert(fc.property(fc.anything(), (data) => reader(data) !== undefined))
  })

  it('is malformed without any of what is read of it', () => {
    const optional = new Set(['i', 'r', 'ct', 'cs', 'bks', 'X', 'st', 'ps', 'ap', 'P', 'nq', 'e'])
    for (const sample of samples.filter(({ e, st }) => e !== 'forceOrder' && e !== 'kline' && st === 1)) {
      for (const key of Object.keys(sample).filter((key) => !optional.has(key))) {
        const { [key]: _, ...rest } = sample
        const read = READERS[sample.e as string]!(rest)
        expect(read, `${sample.e} without ${key}`).toBe('malformed')
      }
    }
  })
})

it.each([
  ['0', true],
  ['-0.5', true],
  ['86000.00', true],
  ['1e5', false],
  ['', false],
  ['.5', false],
  ['5.', false],
  [' 5', false],
  [5, false],
])('%j is a decimal of the wire: %s', (text, is) => {
  expect(isDecimal(text)).toBe(is)
})
