import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { type SummaryOptions, summaryText } from '../../../src/cli/backtest/text.js'
import { duration, percent, signedPercent, signedUsd, table, usd } from '../../../src/cli/shell/figures-text.js'
import { markedColours, terminalText } from '../../../src/cli/shell/terminal.js'
import type { BacktestReport } from '../../../src/ports/vocabulary/report.js'
import {
  flawlessReport,
  longReport,
  reportWithoutTrades,
  ruinedReport,
  sampleReport,
} from '../../support/sample-report.js'

const plain = createColors(false)
const everything = { byAsset: true, byDay: true, written: [{ what: 'report', path: 'run.html' }] }

function summary(report: BacktestReport, options: Partial<SummaryOptions> = {}): string {
  return summaryText(report, { colours: plain, ...options })
}

/** The cells of the line that begins with `label`. */
function row(text: string, label: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith(label))
  return line === undefined ? [] : line.trim().split(/ {2,}/)
}

const reports: [string, BacktestReport][] = [
  ['the real run', sampleReport()],
  ['no trade', reportWithoutTrades()],
  ['no day', { ...reportWithoutTrades(0), from: null, to: null }],
  ['only wins', flawlessReport()],
  ['ruin', ruinedReport()],
  ['many trades', longReport(3000, 90)],
  ['cost-free fills', sampleReport({ fills: 'bar-price' })],
]

describe('the bar step of a run whose bar counts were converted', () => {
  const said = (seconds: number) => {
    const report = sampleReport()
    return row(summary({ ...report, settings: { ...report.settings, convert_bars: seconds } }), 'Bar step')[1]
  }

  it('is said to be so, or not to be what was said', () => {
    const { barSeconds } = sampleReport()
    expect(said(barSeconds!)).toContain('(bar counts converted from 5 s)')
    expect(said(0.1)).toContain('(NOT the 0.1 s of --convert-bars)')
  })
})

describe('the summary', () => {
  it.each(reports)('of %s is at most 100 columns wide, without trailing blanks or NaN', (_, report) => {
    for (const line of summary(report, everything).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(100)
      expect(line).toBe(line.trimEnd())
      expect(line).not.toMatch(/NaN|undefined|null|Infinity/)
    }
  })

  it.each(reports)('of %s is the same with colours, apart from the colours', (_, report) => {
    const coloured = terminalText(summary(report, { ...everything, colours: markedColours() }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for.
    expect(coloured.replaceAll(/\x1b\[\d+m/g, '').replaceAll(/ +$/gm, '')).toBe(summary(report, everything))
  })

  it('shows every figure with and without the simulated edge', () => {
    const report = sampleReport()
    const text = summary(report)
    const capital = usd(report.initialCapital * (1 + report.figuresWithoutEdge.roi))
    expect(row(text, 'Final capital')).toEqual(['Final capital', usd(report.finalCapital), capital])
    for (const label of ['ROI', 'Profit factor', 'Win rate', 'Max drawdown', 'Sharpe', 'Trades']) {
      expect(row(text, label)).toHaveLength(3)
    }
    expect(row(text, 'ROI')[1]).toBe(signedPercent(report.figures.roi))
    expect(row(text, 'ROI')[2]).toBe(signedPercent(report.figuresWithoutEdge.roi))
  })

  it('holds every report against buy-and-hold, and is silent where no asset had a price', () => {
    const text = summary(sampleReport())
    expect(text).toContain('Buy and hold    BTCUSDT: 25,900.00, ROI +3.60 %, drawdown 8.10 %, Sharpe 0.74')
    expect(summary(sampleReport({ baseline: null }))).not.toContain('Buy and hold')
  })

  it('says what the longest hold means in time, or that it cannot', () => {
    const report = sampleReport({ barSeconds: 5, maxHoldSeconds: 600 })
    expect(summary(report)).toContain('5 s; the longest hold of 120 bars is 10 min')
    expect(summary({ ...report, barSeconds: null, maxHoldSeconds: null })).toContain('unknown (no timestamps)')
  })

  it('an infinite profit factor is ∞; without trades there is none, and no cost table', () => {
    expect(row(summary(flawlessReport()), 'Profit factor')[1]).toBe('∞')
    const empty = summary(reportWithoutTrades())
    expect(row(empty, 'Profit factor')).toEqual(['Profit factor', '-', '-'])
    expect(empty).toContain('No trade was closed.')
    expect(row(empty, 'Costs')).toEqual([])
  })

  it('a recording that is too short for any signal says so, where no trade was closed', () => {
    const hint = 'A recording that began cold has no vel_div, and so no entry, before its step 752'
    const none = { ...reportWithoutTrades(), openPosition: null }
    expect(summary({ ...none, bars: 751 })).toContain(`${hint}: here are 751.`)
    expect(summary({ ...none, bars: 752 })).not.toContain(hint)
    expect(summary(sampleReport({ bars: 100 }))).not.toContain(hint)
  })

  it('research carries a banner with every drifted parameter; the champion carries its name', () => {
    const drift = ['fraction: 0.2 -> 0.15', 'max_hold_bars: 120 -> 60']
    const text = summary(sampleReport({ research: true, drift }))
    expect(text).toContain('RESEARCH')
    for (const line of drift) expect(text).toContain(line)
    expect(summary(sampleReport())).not.toContain('RESEARCH')
    expect(summary(sampleReport())).toContain(`${sampleReport().hashes.champion} (champion)`)
  })

  it('cost-free fills carry a banner, and figures that have no counterpart without an edge', () => {
    const text = summary(sampleReport({ fills: 'bar-price' }))
    expect(text).toMatch(/COST-FREE +whole lots filled at bar prices/)
    expect(row(text, 'USD from')).toEqual([`USD from ${usd(sampleReport().initialCapital)}`, 'cost-free'])
    expect(row(text, 'ROI')).toHaveLength(2)
    expect(summary(sampleReport())).not.toContain('COST-FREE')
  })

  it('tables of assets and days come when asked for, one line each', () => {
    const report = sampleReport()
    expect(summary(report)).not.toContain(report.days[0]!.date.concat('  '))
    const text = summary(report, { byAsset: true, byDay: true })
    for (const day of report.days) expect(row(text, `${day.date}  `)[0]).toBe(day.date)
    for (const asset of report.assets) expect(row(text, `${asset.key} `)[1]).toBe(String(asset.trades))
  })

  it('days left out, the open position, the gates in use and written files are named', () => {
    const text = summary(
      sampleReport({
        skippedDays: [{ date: '2025-05-11', file: 'd/2025-05-11.parquet', error: 'd/2025-05-11.parquet: broken' }],
        openPosition: ruinedReport().openPosition,
        settings: {
          factors: 'ab12',
          forewarner: 'monte-carlo',
          vol_gate: 'p60',
          posture: 'STALKER',
          order_book: 'cd34',
        },
      }),
      { written: [{ what: 'trades', path: 'out/trades.csv' }] },
    )
    expect(text).toContain('1 day left out')
    expect(text).toContain('d/2025-05-11.parquet: broken')
    expect(text).toContain('Still open: ')
    expect(text).toContain('forewarner 26 OK, 0 ORANGE, 0 RED · order book · posture STALKER · volatility gate p60')
    expect(text).toContain('out/trades.csv')
  })
})

describe('numbers', () => {
  it.each([
    [usd(0), '0.00'],
    [usd(-0.001), '0.00'],
    [usd(1234.5), '1,234.50'],
    [usd(-12_345_678.9), '-12,345,679'],
    [signedUsd(5), '+5.00'],
    [signedUsd(0.001), '0.00'],
    [signedUsd(-5), '-5.00'],
    [percent(0.12345), '12.35 %'],
    [signedPercent(0.5), '+50.00 %'],
    [signedPercent(-0.000001), '0.00 %'],
    [duration(0), '0 s'],
    [duration(0.25), '0.25 s'],
    [duration(1.5), '1.5 s'],
    [duration(28.8), '28.8 s'],
    [duration(59.6), '59.6 s'],
    [duration(60.4), '1 min'],
    [duration(90), '1 min 30 s'],
    [duration(3234), '54 min'],
    [duration(3599), '1 h'],
    [duration(7200), '2 h'],
    [duration(90_000), '1 d 1 h'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected)
  })

  it('a table aligns its columns whatever their widths', () => {
    const lines = table(
      ['a', 'long head'],
      [
        ['longer', '1'],
        ['b', '1234567890'],
      ],
      { head: (text) => text },
    )
    expect(lines).toEqual(['a        long head', 'longer           1', 'b       1234567890'])
  })
})
