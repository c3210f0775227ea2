import { describe, expect, it } from 'vitest'
import { analyseOptions, type RawAnalyseOptions, rulesText } from '../../../src/cli/analyse/options.js'
import { CASCADE_RULES } from '../../../src/core/analysis/cascade-rules.js'

const options = (raw: RawAnalyseOptions, paths: readonly string[] = ['market/']) => analyseOptions(paths, raw)

describe('the options of dolphin analyse', () => {
  it('are the rules of the specification where nothing is typed', () => {
    expect(options({})).toEqual({
      ...{ paths: ['market/'], rules: CASCADE_RULES, pageCharts: 100 },
      ...{ calibrate: false, json: false, quiet: false, color: true },
    })
  })

  it('say every rule in force as it would be typed', () => {
    const typed = {
      ...{ oiDrop: '0.05', window: '90s', liquidations: '3', follow: '2m', longest: '1h', gap: '500ms' },
      ...{ waveSize: '2', markAge: '10s', neutral: '0.001' },
    }
    const { rules } = options(typed)
    expect(rulesText(rules)).toEqual({
      ...{ '--oi-drop': '0.05', '--window': '90s', '--liquidations': '3', '--follow': '2m', '--longest': '1h' },
      ...{ '--gap': '500ms', '--wave-size': '2', '--mark-age': '10s', '--neutral': '0.001' },
    })
  })

  it.each<[string, RawAnalyseOptions, RegExp]>([
    ['a drop in percent', { oiDrop: '10' }, /^--oi-drop: expected a number from 0\.0001 to 0\.99, found "10"/],
    ['a window without a unit', { window: '60' }, /^--window: expected a time such as 500ms, 10s, 5m or 2h/],
    ['half a liquidation', { liquidations: '1.5' }, /^--liquidations: expected an integer from 1 to 1000/],
    ['a wave of none', { waveSize: '0' }, /^--wave-size: expected an integer from 1/],
    ['an end before the start', { from: '2026-01-06', to: '2026-01-05' }, /^--to: expected a time after 2026-01-06/],
    [
      'cascades shorter than their window',
      { longest: '30s' },
      /^--longest: expected --window \(1m\) or more, found 30s/,
    ],
    ['an empty folder', { out: '' }, /^--out: expected a file, found ""/],
    ['a symbol twice', { symbols: 'A,A' }, /^--symbols: /],
  ])('refuse %s', (_, raw, message) => {
    expect(() => options(raw)).toThrow(message)
  })

  it('tell every mistake at once', () => {
    expect(() => options({ oiDrop: 'x', gap: 'y' }, [''])).toThrow(/--gap[\s\S]*--oi-drop[\s\S]*<recording/)
  })
})
