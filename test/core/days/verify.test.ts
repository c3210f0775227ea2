import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/core/days/finding.js'
import { synthesizeDay } from '../../../src/core/days/synthesize.js'
import { verifyDay } from '../../../src/core/days/verify.js'
import type { DayColumns } from '../../../src/ports/days.js'

const BARS = 1_440
const SPEC = { seed: 3, start: '2026-01-01', bars: BARS, assets: 3, missingRate: 0 }
const MINUTE = 60_000_000_000n
const clean = synthesizeDay(SPEC, 0)
const NAN = Number.NaN

/** A copy that a test may damage. */
function copy(): DayColumns {
  return {
    ...clean,
    timestampNs: clean.timestampNs!.slice(),
    scanNumber: clean.scanNumber!.slice(),
    velDiv: clean.velDiv.slice(),
    eigen: Object.fromEntries(Object.entries(clean.eigen).map(([name, column]) => [name, column.slice()])),
    prices: clean.prices.map((column) => column.slice()),
  }
}

/** The rows that `keep` lets through, timestamps and all. */
function rows(keep: (row: number) => boolean): DayColumns {
  const pick = <T extends Float64Array | BigInt64Array>(column: T): T =>
    column.filter((_: unknown, row: number) => keep(row)) as T
  return {
    ...clean,
    bars: pick(clean.velDiv).length,
    timestampNs: pick(clean.timestampNs!),
    scanNumber: pick(clean.scanNumber!),
    velDiv: pick(clean.velDiv),
    eigen: Object.fromEntries(Object.entries(clean.eigen).map(([name, column]) => [name, pick(column)])),
    prices: clean.prices.map(pick),
  }
}

function damaged(damage: (day: ReturnType<typeof copy>) => void): DayColumns {
  const day = copy()
  damage(day)
  return day
}

const withoutTimes = (): DayColumns => {
  const { timestampNs: _, ...day } = copy()
  return day
}

/** Damage, and every finding it must lead to as `severity check column row count`. */
const DAMAGES: [string, () => DayColumns, string[]][] = [
  ['nothing', copy, []],
  ['no bars at all', () => rows(() => false), ['warning no-bars - - 1']],
  ['no timestamps', withoutTimes, ['info no-timestamps timestamp - 1']],
  [
    'two times swapped',
    () => damaged(({ timestampNs: t }) => ([t![10], t![11]] = [t![11]!, t![10]!])),
    ['error timestamp-order timestamp 11 1'],
  ],
  [
    'repeated times',
    () => damaged(({ timestampNs: t }) => t!.fill(t![20]!, 21, 24)),
    ['error timestamp-order timestamp 21 3'],
  ],
  [
    'missing times',
    () => damaged(({ timestampNs: t }) => t!.fill(-(2n ** 63n), 5, 9)),
    ['error timestamp-missing timestamp 5 4'],
  ],
  [
    'a day moved by two minutes',
    () => damaged(({ timestampNs: t }) => t!.set(t!.map((time) => time + 2n * MINUTE))),
    ['error timestamp-outside-day timestamp 1439 2'],
  ],
  [
    'ten bars cut out',
    () => rows((row) => row < 100 || row >= 110),
    ['warning gap timestamp 100 10', 'warning scan-number scan_number 100 10'],
  ],
  ['the head missing', () => rows((row) => row >= 200), ['warning short-day timestamp - 200']],
  ['the tail missing', () => rows((row) => row < 1_005), ['warning short-day timestamp - 435']],
  ['one bar missing at the end', () => rows((row) => row < BARS - 1), []],
  [
    'scan numbers that fall back',
    () => damaged(({ scanNumber: s }) => s!.fill(5n, 700, 702)),
    ['warning scan-number scan_number 700 2', 'warning scan-number scan_number 702 697'],
  ],
  [
    'corrupt vel_div',
    () => damaged(({ velDiv }) => velDiv.set(velDiv.map((value, row) => (row < 948 ? value : value + 2e-9)))),
    ['error vel-div-mismatch vel_div 948 492'],
  ],
  ['vel_div off by rounding only', () => damaged(({ velDiv }) => (velDiv[5] = velDiv[5]! + 9e-10)), []],
  [
    'vel_div lost where the velocities are there',
    () => damaged(({ velDiv }) => (velDiv[7] = NAN)),
    ['error vel-div-mismatch vel_div 7 1', 'warning vel-div-undefined vel_div 7 1'],
  ],
  [
    'an infinite vel_div',
    () => damaged(({ velDiv }) => (velDiv[9] = Number.NEGATIVE_INFINITY)),
    ['error vel-div-mismatch vel_div 9 1', 'error vel-div-infinite vel_div 9 1'],
  ],
  [
    'windows that fill',
    () => damaged(({ velDiv, eigen }) => [velDiv, eigen.v750_lambda_max_velocity!].map((c) => c.fill(NAN, 0, 300))),
    ['info vel-div-undefined vel_div 0 300'],
  ],
  [
    'a scanner that was down',
    () => damaged(({ velDiv, eigen }) => [velDiv, eigen.v50_lambda_max_velocity!].map((c) => c.fill(NAN, 50, 60))),
    ['warning vel-div-undefined vel_div 50 10'],
  ],
  [
    'an unbelievable velocity',
    () =>
      damaged(({ velDiv, eigen: { v50_lambda_max_velocity: v50, v750_lambda_max_velocity: v750 } }) => {
        v50![33] = 1.22
        velDiv[33] = v50![33]! - v750![33]!
      }),
    ['warning vel-div-outlier vel_div 33 1'],
  ],
  ['no velocities', () => ({ ...copy(), eigen: {} }), ['info vel-div-unchecked vel_div - 1']],
  ['no assets', () => ({ ...copy(), assets: [], prices: [] }), ['warning no-assets - - 1']],
  [
    'a price of zero, a negative and an infinite one',
    () => damaged(({ prices: [btc] }) => [0, -1, Number.POSITIVE_INFINITY].map((value, i) => (btc![40 + i] = value))),
    ['error price-invalid BTCUSDT 40 3'],
  ],
  [
    'a few prices missing',
    () => damaged(({ prices }) => prices[1]!.fill(NAN, 100, 105)),
    ['info price-missing ETHUSDT 100 5'],
  ],
  [
    'a feed that died',
    () => damaged(({ prices }) => prices[1]!.fill(NAN, 900)),
    ['warning price-missing ETHUSDT 900 540'],
  ],
  [
    'an asset without any price',
    () => damaged(({ prices }) => prices[2]!.fill(NAN)),
    ['warning price-missing SOLUSDT 0 1440'],
  ],
  [
    'a bad tick',
    () => damaged(({ prices }) => (prices[2]![77] = prices[2]![77]! * 1.5)),
    ['warning price-jump SOLUSDT 77 2'],
  ],
  ['a frozen price', () => damaged(({ prices }) => prices[0]!.fill(96_000)), ['warning price-constant BTCUSDT 0 1440']],
]

const shown = ({ severity, check, column = '-', row, count }: Finding) =>
  `${severity} ${check} ${column} ${row ?? '-'} ${count}`

describe('verifyDay', () => {
  it.each(DAMAGES)('finds %s, and nothing else', (_, day, expected) => {
    expect(verifyDay(day()).findings.map(shown)).toEqual(expected)
  })

  it('finds any single corrupted vel_div, wherever it is', () => {
    const offset = fc.double({ min: 1.1e-9, max: 2, noNaN: true }).chain((size) => fc.constantFrom(size, -size))
    fc.assert(
      fc.property(fc.nat(BARS - 1), offset, (row, by) => {
        const [finding] = verifyDay(damaged(({ velDiv }) => (velDiv[row] = velDiv[row]! + by))).findings
        expect([finding?.check, finding?.row, finding?.count]).toEqual(['vel-div-mismatch', row, 1])
      }),
    )
  })

  it('counts every bar of every gap', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: BARS - 2 }), { maxLength: 60 }), (lost) => {
        const gone = new Set(lost)
        const gaps = verifyDay(rows((row) => !gone.has(row))).findings.filter(({ check }) => check === 'gap')
        expect(gaps.reduce((sum, gap) => sum + gap.count, 0)).toBe(lost.length)
        expect(gaps.length).toBeLessThanOrEqual(11)
      }),
    )
  })

  it('tolerates one bar less at the ends, the mark of times stamped at the close, at any step', () => {
    const short = (bars: number) => {
      const day = synthesizeDay({ ...SPEC, bars: 96 }, 0)
      const columns = { ...day, bars, timestampNs: day.timestampNs!.subarray(0, bars) }
      return verifyDay(columns)
        .findings.filter(({ check }) => check === 'short-day')
        .map(shown)
    }
    expect(short(95)).toEqual([])
    expect(short(94)).toEqual(['warning short-day timestamp - 2'])
  })

  it('takes the limits it is given', () => {
    const day = damaged(({ prices }) => (prices[0]![7] = prices[0]![7]! * 1.1))
    expect(verifyDay(day).findings).toEqual([])
    expect(verifyDay(day, { maxJump: 0.05, maxVelDiv: 0.5 }).findings.map(shown)).toEqual([
      'warning price-jump BTCUSDT 7 2',
    ])
  })

  it('sums the day up', () => {
    const { summary } = verifyDay(rows((row) => row >= 3 && row < 1_400))
    expect(summary.coverage).toEqual({ stepNs: 6e10, expectedBars: 1_440, missingBefore: 3, missingAfter: 40 })
    expect(summary.firstPrices).toEqual(clean.prices.map((column) => column[3]))
    expect(summary.lastPrices).toEqual(clean.prices.map((column) => column[1_399]))
  })
})

it('a day without any vel_div says that a scan needs 10 symbols, where it has fewer', () => {
  const of = (assets: number) => {
    const day = synthesizeDay({ ...SPEC, assets }, 0)
    const messages = verifyDay({ ...day, velDiv: day.velDiv.map(() => NAN) }).findings.map(({ message }) => message)
    return messages.find((message) => message.startsWith('no vel_div'))
  }
  expect(of(9)).toBe('no vel_div on any bar: a scan needs prices of 10 symbols, found 9')
  expect(of(10)).toBe('no vel_div on any bar')
})
