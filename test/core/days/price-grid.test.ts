import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonStep, onSteps, parseStep, stepText, unfit } from '../../../src/core/days/price-grid.js'
import type { BarStep, SymbolDay } from '../../../src/ports/klines.js'

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const
const archive = (ms: number, place = 'a.zip'): BarStep => ({ ms, source: 'archive', place })
const table = (ms: number, place = 't.csv:2'): BarStep => ({ ms, source: 'table', place })

describe('the step of an input', () => {
  it.each<[string, BarStep[], number]>([
    ['of archives is their interval', [archive(MINUTE)], MINUTE],
    ['of tables is what holds all their times', [table(5 * SECOND)], 5 * SECOND],
    ['of both is the archives’ where the tables’ bars are fewer', [archive(MINUTE), table(5 * MINUTE)], MINUTE],
    ['of both is theirs where it is the same', [table(MINUTE), archive(MINUTE)], MINUTE],
  ])('%s', (_, steps, expected) => {
    expect(commonStep(steps)).toBe(expected)
  })

  it.each<[string, BarStep[], string, string]>([
    [
      'archives of two intervals',
      [archive(5 * MINUTE, '5.zip'), archive(MINUTE, '1.zip')],
      'bars of one step',
      '1m (1.zip) and 5m (5.zip)',
    ],
    [
      'a table finer than the archives',
      [archive(MINUTE), table(20 * SECOND)],
      'bars of one step',
      '20s (t.csv:2) and 1m (a.zip)',
    ],
    [
      'a table on another grid',
      [archive(2 * MINUTE), table(3 * MINUTE)],
      'bars of one step',
      '2m (a.zip) and 3m (t.csv:2)',
    ],
    ['times that jitter', [table(7)], 'times on a common step of a second or more', 'one beside it (t.csv:2)'],
  ])('is refused for %s', (_, steps, expected, found) => {
    expect(commonStep(steps)).toEqual({ expected, found })
  })

  it('may be asked for where every bar fits in', () => {
    expect(unfit([archive(MINUTE), table(0.5)], 5 * MINUTE)).toBeUndefined()
    expect(unfit([archive(MINUTE), table(0.5)], 30 * SECOND)).toEqual(archive(MINUTE))
  })
})

describe('bars put together to longer steps', () => {
  const day = (bars: readonly (readonly [seconds: number, close: number])[]): SymbolDay => ({
    openTimesMs: Float64Array.from(bars, ([seconds]) => seconds * SECOND),
    closes: Float64Array.from(bars, ([, close]) => close),
    duplicates: 0,
  })

  it('have the last close of each step, and none where there was no bar', () => {
    const seconds = day([
      [0, 10],
      [1, 11],
      [4, 12],
      [7, 13],
      [15, 14],
      [19, 15],
    ])
    expect(onSteps(seconds, 5 * SECOND)).toEqual(
      day([
        [0, 12],
        [5, 13],
        [15, 15],
      ]),
    )
  })

  it('are what they were when they lie on the steps', () => {
    const minutes = day([
      [0, 1],
      [60, 2],
      [180, 3],
    ])
    expect(onSteps(minutes, MINUTE)).toBe(minutes)
  })

  it('do not depend on the steps in between', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 599 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(times, (seconds) => {
        const bars = day(seconds.sort((a, b) => a - b).map((second) => [second, second + 1]))
        expect(onSteps(onSteps(bars, 5 * SECOND), MINUTE)).toEqual(onSteps(bars, MINUTE))
      }),
    )
  })
})

describe('a step in writing', () => {
  it.each([
    ['1s', SECOND],
    ['5s', 5 * SECOND],
    ['1m', MINUTE],
    ['15m', 15 * MINUTE],
    ['4h', 4 * HOUR],
    ['1d', DAY],
  ])('%s', (text, ms) => {
    expect(parseStep(text)).toBe(ms)
    expect(stepText(ms)).toBe(text)
  })

  it.each(['', '5', 's', '0s', '7s', '5 s', '1.5m', '-1m', '2d', '1w', '1M'])('%j is none', (text) => {
    expect(parseStep(text)).toBeUndefined()
  })
})
