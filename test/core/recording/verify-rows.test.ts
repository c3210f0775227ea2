import { expect, test } from 'vitest'
import { NumberSet } from '../../../src/core/recording/number-set.js'
import { RowsVerification } from '../../../src/core/recording/verify-rows.js'
import type {
  FrameRow,
  KlineRow,
  MarketRows,
  MarketTable,
  RecordingFacts,
  TradeRow,
} from '../../../src/ports/market-recording.js'

const NOON_MS = Date.UTC(2026, 0, 5, 12)
const FACTS: RecordingFacts = {
  stepMs: 5_000,
  books: 'partial',
  scales: { BTCUSDT: { priceDecimals: 1, quantityDecimals: 3 } },
}

function verified(table: MarketTable, time: string, rows: readonly MarketRows[MarketTable][], facts = FACTS) {
  const verification = new RowsVerification({ table, date: '2026-01-05', time, facts }, new NumberSet())
  for (const row of rows) verification.take(row)
  return { summary: verification.summary(), findings: verification.findings() }
}

function frame(n: number, with_: Partial<FrameRow> = {}): FrameRow {
  const ms = NOON_MS + n
  const levels = { bids: [['1.0', '1']] as const, asks: [['1.1', '1']] as const }
  return { n, E_ms: ms, received_ms: ms, symbol: 'BTCUSDT', U: n, u: n, pu: n, ...levels, ...with_ }
}

function trade(n: number, venueId: number, with_: Partial<TradeRow> = {}): TradeRow {
  const ms = NOON_MS + n
  const of = { symbol: 'BTCUSDT', side: 'BUY', price: 60_000, base_qty: 0.1 } as const
  return { n, T_ms: ms, received_ms: ms, ...of, venue_id: venueId, ...with_ }
}

const TRADES: readonly (readonly [string, readonly TradeRow[], readonly string[]])[] = [
  ['nothing, where each follows on the one before it', [trade(1, 7), trade(2, 8), trade(3, 9)], []],
  [
    'nothing of two symbols, each of which counts by itself',
    [trade(1, 7), trade(2, 1, { symbol: 'ETHUSDT' }), trade(3, 8), trade(4, 2, { symbol: 'ETHUSDT' })],
    [],
  ],
  [
    'a gap, with how many are missing',
    [trade(1, 7), trade(2, 11), trade(3, 13)],
    ['warning trade-gap: row 2 of BTCUSDT is trade 11 behind trade 7: 3 are missing, and 1 more'],
  ],
  [
    'a trade twice, or behind a later one',
    [trade(1, 7), trade(2, 7), trade(3, 5)],
    ['error trade-order: row 2 of BTCUSDT is trade 7 behind trade 7, and 1 more'],
  ],
  [
    'a price or a quantity that is none',
    [trade(1, 7, { price: 0 }), trade(2, 8, { base_qty: -1 })],
    ['error non-positive: row 1 of BTCUSDT is of 0.1 base units at a price of 0, and 1 more'],
  ],
]

test.each(TRADES)('of trades there is found %s', (_, rows, expected) => {
  const { findings } = verified('trades', 'T_ms', rows)
  expect(findings.map(({ severity, check, message }) => `${severity} ${check}: ${message}`)).toEqual(expected)
})

function kline(n: number, with_: Partial<KlineRow> = {}): KlineRow {
  const times = { open_ms: NOON_MS, close_ms: NOON_MS + 299_999, received_ms: NOON_MS + 300_000 }
  const of = { symbol: 'BTCUSDT', interval: '5m', open: 10, high: 12, low: 9, close: 11, base_volume: 0 } as const
  return { n, ...times, ...of, ...with_ }
}

const KLINES: readonly (readonly [string, readonly KlineRow[], readonly string[]])[] = [
  ['nothing of what is one', [kline(1), kline(2, { interval: '30m', close_ms: NOON_MS + 1_799_999 })], []],
  ['a price of 0', [kline(1, { low: 0 })], ['error non-positive']],
  ['a volume below 0', [kline(1, { base_volume: -1 })], ['error non-positive']],
  ['a high below its close', [kline(1, { high: 10 })], ['error candle']],
  ['a low above its open', [kline(1, { low: 10.5 })], ['error candle']],
  ['a time that is none of its interval', [kline(1, { close_ms: NOON_MS + 300_000 })], ['error candle']],
  ['an interval that nobody asks for', [kline(1, { interval: '1h' as '5m' })], ['error candle']],
]

test.each(KLINES)('of candles there is found %s', (_, rows, expected) => {
  const { findings } = verified('klines', 'close_ms', rows)
  expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual(expected)
})

test('trades of a date follow on those of the date before', () => {
  const venueIds = new Map<string, number>()
  const next = (date: '2026-01-05' | '2026-01-06', row: TradeRow) => {
    const rows = new RowsVerification({ table: 'trades', date, time: 'T_ms', facts: FACTS }, new NumberSet(), venueIds)
    rows.take(row)
    return rows.findings().map(({ check }) => check)
  }
  expect(next('2026-01-05', trade(1, 7))).toEqual([])
  expect(next('2026-01-06', trade(2, 9, { T_ms: NOON_MS + 86_400_000 }))).toEqual(['trade-gap'])
})

const closing = (n: number, ms: number) => ({ n, t_ms: ms, closed_at_ms: ms })

test('rows as they should be are summed up and nothing is found', () => {
  const { summary, findings } = verified('frames', 'E_ms', [frame(1), frame(2), frame(3)])
  expect(findings).toEqual([])
  expect(summary).toEqual({
    ...{ table: 'frames', date: '2026-01-05', rows: 3, symbols: 1 },
    ...{ fromMs: NOON_MS + 1, untilMs: NOON_MS + 3 },
  })
})

const FRAMES: readonly (readonly [string, readonly FrameRow[], string])[] = [
  ['a row before its predecessor', [frame(2), frame(1)], 'error order: row 1 comes after row 2'],
  ['a row twice', [frame(1), frame(1), frame(1)], 'error duplicate: there are two rows 1, and 1 more'],
  ['a row of another date', [frame(1, { E_ms: 0 })], 'error outside-date: row 1 is of 1970-01-01T00:00:00.000Z'],
  [
    'a symbol without a scale',
    [frame(1, { symbol: 'ETHUSDT' })],
    'error unknown-scale: row 1 is of ETHUSDT, whose decimals recording.json does not tell',
  ],
  [
    'a crossed book, its levels in any order',
    [
      frame(1, {
        bids: [
          ['0.9', '1'],
          ['1.2', '1'],
        ],
      }),
    ],
    'warning crossed: row 1 of BTCUSDT has a best bid of 1.2 and a best ask of 1.1',
  ],
]

test.each(FRAMES)('%s is found', (_, rows, expected) => {
  const { findings } = verified('frames', 'E_ms', rows)
  expect(findings.map(({ severity, check, message }) => `${severity} ${check}: ${message}`)).toEqual([expected])
})

test('a side without levels, a lost book and changes of a whole book are not crossed', () => {
  const rows = [frame(1, { asks: [] }), frame(2, { bids: null, asks: null, U: null, u: null, pu: null })]
  expect(verified('frames', 'E_ms', rows).findings).toEqual([])
  const change = [frame(1, { bids: [['2', '0']] })]
  expect(verified('frames', 'E_ms', change, { ...FACTS, books: 'diffs' }).findings).toEqual([])
})

test('levels that could not be read when they came are not crossed', () => {
  const odd = [null, 7, [], ['x', '1']] as unknown as FrameRow['bids']
  expect(verified('frames', 'E_ms', [frame(1, { bids: odd })]).findings).toEqual([])
})

test('a bar that is closed twice, or after a later one, is found', () => {
  const rows = [closing(1, NOON_MS + 5_000), closing(2, NOON_MS + 5_000), closing(3, NOON_MS)]
  expect(verified('closings', 't_ms', rows).findings.map(({ check }) => check)).toEqual(['duplicate', 'time-order'])
})

test('times that the exchange stamps may go back', () => {
  expect(verified('frames', 'E_ms', [frame(1, { E_ms: NOON_MS + 9 }), frame(2)]).findings).toEqual([])
})
