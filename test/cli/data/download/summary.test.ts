import { describe, expect, it } from 'vitest'
import type { DownloadOptions } from '../../../../src/cli/data/download/options.js'
import { type DownloadSummary, type MissingDays, summaryText } from '../../../../src/cli/data/download/summary.js'

const SUMMARY: DownloadSummary = {
  ...{ symbols: 4, days: 12, there: 6, files: { archive: 4, rest: 0, kept: 2 }, bytes: 1_000, seconds: 2, missing: [] },
}

function missingLines(missing: readonly MissingDays[]): readonly string[] {
  const [, ...lines] = summaryText({ ...SUMMARY, missing }, { out: 'klines' } as DownloadOptions)
    .trimEnd()
    .split('\n')
  return lines
}

describe('what a download says', () => {
  it('names symbols that miss the same days for the same reason on one line, and others on their own', () => {
    const gone = { from: '2026-01-01', to: '2026-01-03', days: 3, why: 'not-listed' } as const
    expect(
      missingLines([
        { symbol: 'TRXUSDT', ...gone },
        { symbol: 'DOTUSDT', ...gone },
        { symbol: 'ETHUSDT', ...gone, from: '2026-01-03', days: 1 },
        { symbol: 'SOLUSDT', ...gone, why: 'unreachable', message: 'timeout' },
      ]),
    ).toEqual([
      'missing: TRXUSDT, DOTUSDT 2026-01-01 … 2026-01-03: not listed there',
      'missing: ETHUSDT 2026-01-03: not listed there',
      'missing: SOLUSDT 2026-01-01 … 2026-01-03: could not be fetched (timeout)',
    ])
  })
})
