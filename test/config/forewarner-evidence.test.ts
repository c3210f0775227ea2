import { describe, expect, it } from 'vitest'
import { tradesCsv } from '../../src/cli/backtest/trades-table.js'
import { reportJson } from '../../src/cli/shell/report-json.js'
import { parseEvidence } from '../../src/config/forewarner-evidence.js'
import { sampleReport } from '../support/sample-report.js'

const report = sampleReport()
const expected = report.trades.map(({ exitTimeMs, net, capitalBefore, leverageCeiling }) => ({
  exitTimeMs,
  net,
  capitalBefore,
  leverageCeiling,
}))

describe('a forewarner’s evidence', () => {
  it('is the same from the CSV of a run as from its JSON', () => {
    expect(parseEvidence(reportJson(report), 'run.json')).toEqual(expected)
    expect(parseEvidence(tradesCsv(report.trades), 't.csv')).toEqual(expected)
  })

  it('reads past a quoted comma', () => {
    const trades = [{ ...report.trades[0]!, asset: 'A,"B"' }]
    expect(parseEvidence(tradesCsv(trades), 't.csv')).toEqual(expected.slice(0, 1))
  })

  it('is the same with a byte order mark and with the line ends of any system', () => {
    const csv = tradesCsv(report.trades)
    for (const end of ['\r\n', '\r']) {
      expect(parseEvidence(`\uFEFF${csv.replaceAll('\n', end)}`, 't.csv')).toEqual(expected)
    }
    expect(parseEvidence(`\uFEFF${reportJson(report)}`, 'run.json')).toEqual(expected)
  })

  it.each([
    ['x.json', '{"trades": 5}', 'x.json: expected a report of --json with its trades, found none'],
    ['x.json', '{"trades": [', 'x.json:1:13: cannot read trades: '],
    [
      'x.json',
      '{"trades": [{"exitTimeMs": null, "net": 1, "capitalBefore": 1, "leverageCeiling": 1}]}',
      'x.json: trades[0].exitTimeMs: expected a time, found null',
    ],
    [
      't.csv',
      'net,exit_time\n1,2025-05-09\n',
      "t.csv:1: expected a column 'capital_before', found none\nt.csv:1: expected a column 'leverage_ceiling', found none",
    ],
    [
      't.csv',
      'exit_time,net,capital_before,leverage_ceiling\n2025-05-09,x,1,0\n',
      't.csv:2:12: net: expected a number, found "x"\nt.csv:2:16: leverage_ceiling: expected a number above 0, found "0"',
    ],
    [
      't.csv',
      'exit_time,net,capital_before,leverage_ceiling\n,1,1,1\n',
      't.csv:2:1: exit_time: expected a time, found ""',
    ],
    [
      't.csv',
      'exit_time,net,capital_before,leverage_ceiling\n2025-05-09,0x10,1,1\n',
      't.csv:2:12: net: expected a number, found "0x10"',
    ],
  ])('%s %j is refused at its place', (file, text, message) => {
    expect(() => parseEvidence(text, file)).toThrow(message)
  })
})
