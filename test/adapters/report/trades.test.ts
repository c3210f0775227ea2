import { describe, expect, test } from 'vitest'
import { equityCurve } from '../../../src/adapters/report/equity-curve.js'
import { shownText } from '../../../src/adapters/report/html.js'
import { packTrades, pageData, TRADE_FIELDS, unpackTrades } from '../../../src/adapters/report/page-data.js'
import { tradeColumns } from '../../../src/adapters/report/trade-columns.js'
import { tradesCsv } from '../../../src/adapters/report/trade-csv.js'
import { type TradeFilter, TradeQuery } from '../../../src/adapters/report/trade-query.js'
import {
  hostileReport,
  longReport,
  reportWithoutTimestamps,
  reportWithoutTrades,
  ruinedReport,
  sampleReport,
} from '../../support/sample-report.js'

const ANY: TradeFilter = { asset: '', reason: '', outcome: '', words: '' }
const IN_ORDER = { key: 'number', sort: 'ascending' } as const

describe('trades on their way into the page', () => {
  test.each([
    ['real', sampleReport()],
    ['no', reportWithoutTrades()],
    ['hostile', hostileReport()],
    ['timeless', reportWithoutTimestamps()],
  ])('%s trades come back the same to ten significant digits', (_, { trades }) => {
    const unpacked = unpackTrades(JSON.parse(JSON.stringify(packTrades(trades))))
    expect(unpacked).toHaveLength(trades.length)
    for (const [i, trade] of trades.entries()) {
      for (const field of TRADE_FIELDS) {
        const [before, after] = [trade[field], unpacked[i]![field]]
        if (typeof before === 'number')
          expect(Math.abs(Number(after) - before)).toBeLessThanOrEqual(Math.abs(before) * 1e-9)
        else expect(after).toBe(typeof before === 'string' ? shownText(before) : before)
      }
    }
  })

  test('every field of a trade is packed', () => {
    const trade = { ...sampleReport().trades[0]!, gapMs: 600_000 }
    expect([...TRADE_FIELDS].sort()).toEqual(Object.keys(trade).sort())
    expect(unpackTrades(packTrades([trade, sampleReport().trades[1]!])).map(({ gapMs }) => gapMs)).toEqual([
      600_000,
      undefined,
    ])
  })

  test('the axis is time where every trade has one, else bars', () => {
    expect(pageData(sampleReport()).axis).toBe('time')
    expect(pageData(reportWithoutTimestamps())).toMatchObject({ axis: 'bar', axisStart: 0, axisEnd: 36_342 })
    const report = sampleReport()
    const oneWithout = report.trades.map((trade, i) => (i === 7 ? { ...trade, exitTimeMs: null } : trade))
    expect(pageData({ ...report, trades: oneWithout }).axis).toBe('bar')
  })
})

describe('the equity curve', () => {
  test.each([
    ['sample', sampleReport()],
    ['long', longReport(900, 60)],
    ['ruined', ruinedReport()],
    ['timeless', reportWithoutTimestamps()],
  ])('%s: ends at the final capital and reaches the reported drawdowns, with and without edge', (_, report) => {
    const curve = equityCurve({ ...pageData(report), trades: report.trades })
    expect(curve.capital.at(-1)).toBe(report.finalCapital)
    expect(curve.capitalWithoutEdge.at(-1)! / report.initialCapital - 1).toBeCloseTo(report.figuresWithoutEdge.roi, 9)
    expect(-Math.min(...curve.drawdown)).toBeCloseTo(report.figures.maxDrawdown, 9)
    expect(-Math.min(...curve.drawdownWithoutEdge)).toBeCloseTo(report.figuresWithoutEdge.maxDrawdown, 9)
    expect(curve.equity.at(-1)).toBeCloseTo(report.markToMarket.finalEquity, 4)
    expect(-Math.min(...curve.drawdownOfEquity)).toBeCloseTo(report.markToMarket.maxDrawdown, 9)
    expect(curve.trade.filter((trade) => trade >= 0)).toEqual(report.trades.map((_, trade) => trade))
    for (let i = 1; i < curve.x.length; i++) expect(curve.x[i]).toBeGreaterThanOrEqual(curve.x[i - 1]!)
  })

  test('without trades it is a flat line from start to end', () => {
    const report = reportWithoutTrades()
    const curve = equityCurve({ ...pageData(report), trades: [] })
    expect(curve.capital).toEqual([25_000, 25_000])
    expect(curve.x[1]! - curve.x[0]!).toBe(3 * 86_400_000)
    expect(curve.drawdown).toEqual([0, 0])
    expect(curve.equity).toEqual([25_000, 25_000])
  })
})

describe('the trade list', () => {
  const { trades } = sampleReport()
  const columns = tradeColumns('time')
  const query = new TradeQuery(trades, columns)

  test('filters by asset, reason, result and words, all at once', () => {
    const filter: TradeFilter = { asset: 'SUIUSDT', reason: 'FIXED_TP', outcome: 'win', words: 'short 2025-05' }
    const expected = trades.filter((trade) => trade.asset === 'SUIUSDT' && trade.reason === 'FIXED_TP' && trade.net > 0)
    const selected = query.select(filter, IN_ORDER)
    expect(selected.length).toBeGreaterThan(0)
    expect(selected.length).toBeLessThan(trades.length)
    expect(selected.map((i) => trades[i])).toEqual(
      expected.filter(
        (trade) => new Date(trade.exitTimeMs!).getUTCMonth() === 4 || new Date(trade.entryTimeMs!).getUTCMonth() === 4,
      ),
    )
  })

  test('wins and losses part the list; a net of exactly zero is a loss', () => {
    const withZero = [...trades, { ...trades[0]!, net: 0 }]
    const parted = new TradeQuery(withZero, columns)
    const wins = parted.select({ ...ANY, outcome: 'win' }, IN_ORDER)
    const losses = parted.select({ ...ANY, outcome: 'loss' }, IN_ORDER)
    expect(wins.length + losses.length).toBe(withZero.length)
    expect(losses).toContain(withZero.length - 1)
  })

  test('words are found in any order and case', () => {
    expect(query.select({ ...ANY, words: '#12' }, IN_ORDER)[0]).toBe(11)
    expect(query.select({ ...ANY, words: 'tp layer' }, IN_ORDER)).toEqual(
      query.select({ ...ANY, words: 'LAYERUSDT fixed_TP' }, IN_ORDER),
    )
    expect(query.select({ ...ANY, words: 'no such thing' }, IN_ORDER)).toEqual([])
  })

  test.each(columns.map((column) => [column.key, column] as const))('sorts by %s both ways', (key, column) => {
    for (const sort of ['ascending', 'descending'] as const) {
      const selected = query.select(ANY, { key, sort })
      expect(new Set(selected).size).toBe(trades.length)
      for (let k = 1; k < selected.length; k++) {
        const [a, b] = [selected[k - 1]!, selected[k]!]
        const [before, after] = [column.value(trades[a]!, a)!, column.value(trades[b]!, b)!]
        if (before === after) expect(a).toBeLessThan(b)
        else expect(before < after).toBe(sort === 'ascending')
      }
    }
  })

  test('absent values come last either way', () => {
    const [first, second] = [trades[0]!, trades[1]!]
    const holed = new TradeQuery([{ ...first, exitTimeMs: null }, second], columns)
    expect(holed.select(ANY, { key: 'exit', sort: 'ascending' })).toEqual([1, 0])
    expect(holed.select(ANY, { key: 'exit', sort: 'descending' })).toEqual([1, 0])
  })

  test('totals of the whole list are the report’s figures', () => {
    const { figures, costs } = sampleReport()
    const totals = query.totals(query.select(ANY, IN_ORDER))
    expect(totals.count).toBe(figures.trades)
    expect(totals.net).toBeCloseTo(costs.net, 6)
    expect(totals.winRate).toBeCloseTo(figures.winRate, 12)
    expect(totals.profitFactor).toBeCloseTo(figures.profitFactor!, 9)
    expect(query.totals([])).toEqual({ count: 0, net: 0, winRate: 0, profitFactor: 0 })
  })
})

describe('the CSV download', () => {
  test('has the selected trades in order, each with its number and every field', () => {
    const { trades } = sampleReport()
    const lines = tradesCsv(trades, [4, 0]).trimEnd().split('\r\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]!.split(',')).toEqual(['number', ...TRADE_FIELDS, 'entryTime', 'exitTime'])
    expect(lines[1]).toMatch(/^5,ADAUSDT,-1,MAX_HOLD,/)
    expect(lines[2]).toMatch(/^1,XLMUSDT,.*,2025-05-10T06:54:00.000Z,2025-05-10T08:54:00.000Z$/)
  })

  test.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['@cmd', `'@cmd`],
    ['a,b', '"a,b"'],
    ['two\nlines', '"two\nlines"'],
  ])('an asset named %j is quoted and is no formula', (asset, field) => {
    const trade = { ...sampleReport().trades[0]!, asset }
    expect(tradesCsv([trade], [0])).toContain(`\r\n1,${field},-1,`)
  })
})
