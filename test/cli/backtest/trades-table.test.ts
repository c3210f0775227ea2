import { describe, expect, it } from 'vitest'
import { TRADE_COLUMNS, tradeColumns, tradesCsv } from '../../../src/cli/backtest/trades-table.js'
import { sampleReport } from '../../support/sample-report.js'

const { trades } = sampleReport()

describe('trades as CSV', () => {
  it('has a header and one line per trade, every line with every column', () => {
    const lines = tradesCsv(trades).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines).toHaveLength(trades.length + 1)
    for (const line of lines) expect(line.split(',')).toHaveLength(TRADE_COLUMNS.length)
  })

  it('keeps every digit', () => {
    const names = TRADE_COLUMNS.map((column) => column.name)
    const [, ...lines] = tradesCsv(trades).trimEnd().split('\n')
    for (const [i, line] of lines.entries()) {
      const cells = line.split(',')
      expect(Number(cells[names.indexOf('net')])).toBe(trades[i]!.net)
      expect(Number(cells[names.indexOf('entry_price')])).toBe(trades[i]!.entryPrice)
      expect(cells[names.indexOf('reason')]).toBe(trades[i]!.reason)
    }
  })

  it('leaves absent values empty and quotes what needs quotes', () => {
    const odd = { ...trades[0]!, asset: 'A,"B"', ars: null, entryTimeMs: null }
    const line = tradesCsv([odd]).split('\n')[1]!
    expect(line).toMatch(/^"A,""B""",short,,2/)
  })

  it('leaves nothing that a spreadsheet runs, and numbers as they are', () => {
    const odd = { ...trades[0]!, asset: '=HYPERLINK("x")', reason: '@cmd' as never, net: -1.5 }
    const line = tradesCsv([odd]).split('\n')[1]!
    expect(line).toMatch(/^"'=HYPERLINK\(""x""\)",.*,'@cmd,.*,-1\.5,/)
  })

  it('has what only confirmed fills have where they were confirmed', () => {
    const columns = tradeColumns('bar-price')
    expect(tradeColumns('simulated')).toBe(TRADE_COLUMNS)
    expect(columns.map(({ name }) => name)).toEqual([
      ...TRADE_COLUMNS.map(({ name }) => name),
      'quantity',
      'funding_usd',
    ])
    const confirmed = { ...trades[0]!, quantity: 0.123, fundingUsd: -1.5 }
    expect(tradesCsv([confirmed], columns).split('\n')[1]).toMatch(/,0\.123,-1\.5$/)
  })

  it('without trades is the header alone', () => {
    expect(tradesCsv([])).toBe(`${TRADE_COLUMNS.map((column) => column.name).join(',')}\n`)
  })
})
