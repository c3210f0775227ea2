import { describe, expect, it } from 'vitest'
import { KnownTime } from '../../../src/cli/book/known-time.js'

describe('the time in which a book was known', () => {
  it.each<[string, readonly (readonly [ms: number, isKnown: boolean])[], number | null, number]>([
    ['is not told while no time has passed', [[5, true]], null, 0],
    [
      'is all of it when it was known from its first frame on',
      [
        [0, true],
        [7, true],
        [10, false],
      ],
      1,
      10,
    ],
    [
      'is the part until it was lost',
      [
        [0, true],
        [4, false],
        [10, false],
      ],
      0.4,
      10,
    ],
    [
      'counts no time that goes back',
      [
        [0, true],
        [10, false],
        [6, true],
        [20, true],
      ],
      1,
      20,
    ],
  ])('%s', (_, changes, share, spanMs) => {
    const known = new KnownTime()
    for (const [ms, isKnown] of changes) known.at(ms, isKnown)
    expect([known.share(), known.spanMs]).toEqual([share, spanMs])
  })
})
