import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { primitivesText } from '../../../src/cli/observe/primitives-text.js'
import { summaryText } from '../../../src/cli/observe/summary-text.js'
import { tableText } from '../../../src/cli/observe/table-text.js'
import type { ObservationSummary } from '../../../src/cli/observe/tally.js'
import type { ObservationEvent } from '../../../src/ports/vocabulary/observation-events.js'
import { PRIMITIVE_NAMES } from '../../../src/ports/vocabulary/primitives.js'
import { cascading, OBSERVED_MS, observedOf, quiet } from '../../support/observed.js'

const PLAIN = createColors(false)

describe('the table of an observation', () => {
  it('has a row of each symbol in 100 columns, whatever is known', () => {
    const observed = observedOf(cascading('BTCUSDT', 96_123.4), cascading('PEPEUSDT', 0.00000512), quiet('ETHUSDT'))
    const lines = tableText({ observed, beside: 'accepted 12,345, refused 6' }, PLAIN).split('\n')
    expect(lines).toEqual([
      '2026-01-05 12:00:00.000 UTC  accepted 12,345, refused 6',
      'symbol         price    regime      z  liquidated         cascade  tr/s   bid/ask      zones    OI%',
      'BTCUSDT      96123.4  TRENDING  -10.0   L1.2M S9k  LIQUIDATING 14  12.5  1.2M/99k  B-12 D-80  -12.3',
      'PEPEUSDT  0.00000512  TRENDING  -10.0   L1.2M S9k  LIQUIDATING 14  12.5  1.2M/99k  B-12 D-80  -12.3',
      'ETHUSDT            -   no data      -           -               -     -         -          -      -',
      '',
    ])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('leaves out those of which least is heard where there is no room, and says how many', () => {
    const observed = observedOf(quiet('AUSDT'), cascading('BUSDT', 1), quiet('CUSDT'))
    const lines = tableText({ observed, rows: 1, beside: '' }, PLAIN).trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['2026-01-05', 'symbol', 'BUSDT', 'and'])
    expect(lines.at(-1)).toBe('and 2 more')
  })

  it.each([
    [0.0123, '+1.2'],
    [-0.0004, '0.0'],
    [-0.1, '-10.0'],
  ])('shows a change of the open interest of %d as %s percent', (change, text) => {
    const of = cascading('BTCUSDT', 1)
    const regime = { ...of.regime, metrics: { openInterestChange5mFrac: change } }
    const lines = tableText({ observed: observedOf({ ...of, regime }), beside: '' }, PLAIN)
      .trimEnd()
      .split('\n')
    expect(lines.at(-1)!.split(/ +/).at(-1)).toBe(text)
  })

  it('says that an observation has failed', () => {
    const observed = { ...observedOf(), status: 'FAILED' as const }
    expect(tableText({ observed, beside: '' }, PLAIN)).toMatch(/^FAILED {2}2026-01-05/)
  })
})

describe('what is known of one symbol', () => {
  const text = primitivesText({ observed: observedOf(cascading('BTCUSDT', 96_123.4)), symbol: 'BTCUSDT' }, PLAIN)

  it('names each of the 24 primitives, in 100 columns, absent ones too', () => {
    for (const [i, name] of PRIMITIVE_NAMES.entries()) expect(text).toMatch(new RegExp(`^ ?${i + 1} ${name} `, 'm'))
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
    expect(text).toMatch(/^ 1 zonePenetration +absent$/m)
  })

  it.each([
    'velocity -3 quote/s',
    'timeDeltaSec 40 s',
    'voidIntervalsMs of 1 interval',
    'bidSize 1234567 base',
    'totalVolumeUsd 1250000 USD',
    'interactionsPerHour 480 /h',
    'cascadeStartMs 11:59:10.000 UTC',
    'liquidationZ -10 sigma',
    'msSinceLiquidation 900 ms',
    'price 96123.4 quote',
  ])('has units: %s', (says) => {
    expect(text).toContain(says)
  })

  it('puts what is absent together where there is no room for a line of each', () => {
    const observed = observedOf(cascading('BTCUSDT', 96_123.4))
    const lines = primitivesText({ observed, symbol: 'BTCUSDT', linesMax: 23 }, PLAIN).trimEnd().split('\n')
    expect(lines.filter((line) => / absent$/.test(line))).toEqual([])
    expect(lines.findLast((line) => line.startsWith('   absent: '))).toContain('openInterestDirectionalBias')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('says where a symbol is not there', () => {
    expect(primitivesText({ observed: observedOf(), symbol: 'BTCUSDT' }, PLAIN)).toContain(
      'nothing is known of BTCUSDT',
    )
  })
})

const DUPLICATE: ObservationEvent = {
  ...{ kind: 'TRADE', symbol: 'BTCUSDT', tsMs: OBSERVED_MS, venueId: 7 },
  ...{ price: 1, baseQty: 1, side: 'BUY' },
}

const SUMMARY: ObservationSummary = {
  ...{ status: 'UNINITIALIZED', firstMs: OBSERVED_MS, lastMs: OBSERVED_MS + 60_000, advances: 61, cadenceMs: 1_000 },
  symbols: ['BTCUSDT'],
  counters: {
    intervalsProcessed: 60,
    accepted: { TRADE: 1_234, MARK_PRICE: 61 },
    refused: { 'TRADE:DUPLICATE': 2, 'TRADE:TOO_OLD': 1, 'LIQUIDATION:NON_FINITE': 1 },
    evicted: { expired: 0, ringEvicted: 734 },
    noted: { sideValidated: 9 },
  },
  firstRefused: [{ kind: 'TRADE', reason: 'DUPLICATE', event: DUPLICATE }],
  promoted: {
    count: 3,
    farthest: {
      ...{ seq: 9, symbol: 'BTCUSDT', tsMs: OBSERVED_MS + 5_000, price: 96_000, quoteQty: 1_200_000, side: 'SELL' },
      sigmaDistance: 8.12,
    },
  },
  regimes: { BTCUSDT: { TRENDING: 1, RANGING: 1, VOLATILE: 0, UNKNOWN: 2 } },
  lookEveryMs: 10_000,
}

describe('the summary of an observation', () => {
  it('says what was taken, what was refused and by what, what left, and how long which regime was', () => {
    expect(
      summaryText(SUMMARY, PLAIN),
    ).toBe(`2026-01-05 12:00:00.000 UTC … 2026-01-05 12:01:00.000 UTC, 1 symbol, 61 advances of 1 s
status      UNINITIALIZED: no failure seen

events       accepted  refused
LIQUIDATION         0        1
MARK_PRICE         61        0
TRADE           1,234        3

refused
LIQUIDATION:NON_FINITE 1
TRADE:DUPLICATE 2
  first: ${JSON.stringify(DUPLICATE)}
TRADE:TOO_OLD 1

gone        ringEvicted 734
noted       sideValidated 9
promoted    3 trades
            the farthest, 8.1 sigma: BTCUSDT SELL 1.2M USD at 96000.0, 2026-01-05 12:00:05.000 UTC

regime, each 10 s  TRENDING  RANGING  VOLATILE  UNKNOWN
BTCUSDT              25.0 %   25.0 %     0.0 %   50.0 %
`)
  })

  it('says why an observation has failed', () => {
    const failed = { ...SUMMARY, status: 'FAILED', failureReason: 'TIME_REGRESSION' } as const
    expect(summaryText(failed, PLAIN)).toContain('FAILED: TIME_REGRESSION')
  })

  it('says that there was nothing', () => {
    expect(summaryText({ ...SUMMARY, firstMs: null, lastMs: null }, PLAIN)).toBe(
      'Nothing was observed: there was no advance.\n',
    )
  })
})
