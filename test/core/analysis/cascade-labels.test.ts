import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CascadeLabels, labelCascades } from '../../../src/core/analysis/cascade-labels.js'
import type { TimedFigures } from '../../../src/core/analysis/timed-figures.js'

type Timed = readonly (readonly [tsMs: number, figure: number | string])[]

const MINUTE_MS = 60_000
const PRICED: Timed = Array.from({ length: 1_000 }, (_, i) => [i * 5_000, '100'])

function labelled(openInterest: Timed, liquidations: readonly number[], marks: Timed = PRICED): CascadeLabels {
  return labelCascades({ coin: 'BTC', openInterest: columns(openInterest), liquidations, marks: columns(marks) })
}

function columns(figures: Timed): TimedFigures {
  return { tsMs: figures.map(([tsMs]) => tsMs), figures: figures.map(([, figure]) => `${figure}`) }
}

describe('a cascade starts', () => {
  it('with a fall of exactly a tenth, in exact decimals', () => {
    expect(
      labelled(
        [
          [0, '1.1'],
          [1_000, '0.99'],
        ],
        [0, 1_000],
      ).labels,
    ).toHaveLength(1)
    expect(
      labelled(
        [
          [0, '1.0000000000000000001'],
          [1_000, '0.9000000000000000001'],
        ],
        [0, 1_000],
      ).labels,
    ).toEqual([])
  })

  it('within a minute and not later', () => {
    expect(
      labelled(
        [
          [0, 100],
          [60_000, 90],
        ],
        [0, 1_000],
      ).labels,
    ).toHaveLength(1)
    expect(
      labelled(
        [
          [0, 100],
          [60_001, 90],
        ],
        [0, 1_000],
      ).labels,
    ).toEqual([])
  })

  it('with two liquidations by the time of the fall and not with those that follow it', () => {
    expect(
      labelled(
        [
          [0, 100],
          [1_000, 90],
        ],
        [0, 1_001],
      ).labels,
    ).toEqual([])
    expect(
      labelled(
        [
          [0, 100],
          [1_000, 90],
          [2_000, 90],
        ],
        [0, 1_001],
      ).labels,
    ).toHaveLength(1)
    expect(
      labelled(
        [
          [10, 100],
          [1_000, 90],
        ],
        [9, 1_000],
      ).labels,
    ).toEqual([])
  })

  it('at the first snapshot from which it fell so far', () => {
    expect(
      labelled(
        [
          [0, 100],
          [10_000, 100],
          [20_000, 89],
        ],
        [10_000, 11_000],
      ).labels[0],
    ).toMatchObject({
      startTsMs: 0,
      oiDropPct: '11.000000',
    })
  })

  it('of nothing that was 0 before', () => {
    expect(
      labelled(
        [
          [0, 0],
          [1_000, 0],
        ],
        [0, 1],
      ).labels,
    ).toEqual([])
  })
})

describe('a cascade runs', () => {
  const fall: Timed = [
    [0, 100],
    [10_000, 90],
    [70_000, 85],
    [600_000, 10],
  ]

  it('on while liquidations follow within a minute, and has the waves that came so', () => {
    const [label] = labelled(fall, [0, 10_000, 70_000, 100_000]).labels
    expect(label).toMatchObject({ endTsMs: 100_000, liquidationCount: 4, waveCount: 2, oiDropPct: '15.000000' })
    expect(label!.waves.map(({ startTsMs }) => startTsMs)).toEqual([0, 70_000])
  })

  it('to the fall that made it where nothing follows within a minute', () => {
    expect(labelled(fall, [0, 1, 70_001]).labels[0]).toMatchObject({ endTsMs: 10_000, liquidationCount: 2 })
  })

  it('for half an hour at most', () => {
    const chain = Array.from({ length: 100 }, (_, i) => i * 59_000)
    expect(
      labelled(
        [
          [0, 100],
          [59_000, 90],
        ],
        chain,
      ).labels[0]!.endTsMs,
    ).toBe(30 * 59_000)
    const minutes = Array.from({ length: 40 }, (_, i) => i * MINUTE_MS)
    expect(
      labelled(
        [
          [0, 100],
          [60_000, 90],
        ],
        minutes,
      ).labels[0]!.endTsMs,
    ).toBe(30 * MINUTE_MS)
  })

  it('before the next is looked for after its end', () => {
    const { labels } = labelled(
      [
        [0, 100],
        [1_000, 80],
        [2_000, 60],
        [200_000, 60],
        [201_000, 50],
      ],
      [0, 1, 2, 200_000, 200_001],
    )
    expect(labels.map(({ cascadeId, startTsMs }) => [cascadeId, startTsMs])).toEqual([
      [1, 0],
      [2, 200_000],
    ])
  })
})

describe('a wave of a cascade', () => {
  it('has taken what the open interest lost between its ends, of that at the start of the cascade, and less than 0 where it rose', () => {
    const openInterest: Timed = [
      [0, 200],
      [1_000, 180],
      [40_000, 180],
      [41_000, 190],
    ]
    const [label] = labelled(openInterest, [0, 1_000, 40_000, 41_000]).labels
    expect(label!.waves.map(({ oiDropPct }) => oiDropPct)).toEqual(['10.000000', '-5.000000'])
  })

  it('is rounded half to even in the sixth decimal', () => {
    const openInterest: Timed = [
      [0, '200'],
      [1_000, '179.999999'],
    ]
    expect(labelled(openInterest, [0, 1_000]).labels[0]!.oiDropPct).toBe('10.000000')
    expect(
      labelled(
        [
          [0, '200'],
          [1_000, '179.999997'],
        ],
        [0, 1_000],
      ).labels[0]!.oiDropPct,
    ).toBe('10.000002')
  })
})

describe('the price of a cascade', () => {
  const fall: Timed = [
    [10_000, 100],
    [11_000, 90],
  ]
  const forced = [10_000, 11_000]

  it('is the last mark of five seconds at most, and none that came after', () => {
    expect(
      labelled(fall, forced, [
        [5_000, '7.50'],
        [11_000, 8],
      ]).labels[0],
    ).toMatchObject({ priceStart: '7.50', priceEnd: '8' })
    expect(
      labelled(fall, forced, [
        [4_999, 7],
        [11_000, 8],
      ]),
    ).toEqual({ labels: [], unpriced: 1 })
    expect(
      labelled(fall, forced, [
        [10_001, 7],
        [11_000, 8],
      ]),
    ).toEqual({ labels: [], unpriced: 1 })
    expect(
      labelled(fall, forced, [
        [10_000, 7],
        [11_001, 8],
      ]).labels[0],
    ).toMatchObject({ priceEnd: '7' })
  })

  const OUTCOMES: readonly (readonly [law: string, prices: readonly number[], outcome: string | undefined])[] = [
    ['moved on is a continuation', [100, 98, 97.4], 'CONTINUATION'],
    ['moved back is a reversal', [100, 98, 98.6], 'REVERSAL'],
    ['moved back up to a rise is a continuation of it', [100, 102, 102.6], 'CONTINUATION'],
    ['moved by half a percent of the first price is neutral', [100, 98, 98.5], 'NEUTRAL'],
    ['that had not moved in it is neutral', [100, 100, 110], 'NEUTRAL'],
    ['that is not known afterwards has no outcome', [100, 98], undefined],
  ]
  it.each(OUTCOMES)('%s', (_, [start, end, after], outcome) => {
    const marks: Timed = [[10_000, start!], [11_000, end!], ...(after === undefined ? [] : [[311_000, after] as const])]
    const [label] = labelled(fall, forced, marks).labels
    expect(label!.outcome).toBe(outcome)
    expect('outcome' in label!).toBe(outcome !== undefined)
    expect('price5minAfter' in label!).toBe(outcome !== undefined)
  })
})

it('the order in which snapshots, liquidations and marks come does not matter', () => {
  const fall: Timed = [
    [0, 100],
    [10_000, 90],
  ]
  expect(labelled([...fall].reverse(), [10_000, 0], [...PRICED].reverse())).toEqual(labelled(fall, [0, 10_000]))
})

it('numbers stand for their own digits', () => {
  const [openInterest, marks] = [
    { tsMs: [0, 1_000], figures: [1.1, 0.99] },
    { tsMs: [0], figures: [0.1] },
  ]
  const { labels } = labelCascades({ coin: 'ETH', openInterest, liquidations: [0, 1_000], marks })
  expect(labels[0]).toMatchObject({ coin: 'ETH', oiDropPct: '10.000000', priceEnd: '0.1' })
})

it('cascades start where every pair of snapshots, looked at one by one, says so', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 80, max: 120 })), {
    maxLength: 60,
  })
  const forced = fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(steps, forced, (moves, liquidations) => {
      let tsMs = 0
      const openInterest = moves.map(([stepMs, figure]): readonly [number, number] => {
        tsMs += stepMs
        return [tsMs, figure]
      })
      const { labels } = labelled(openInterest, liquidations)
      expect(labels.map(({ startTsMs, endTsMs }) => [startTsMs, endTsMs])).toEqual(
        lookedAtOneByOne(openInterest, liquidations),
      )
    }),
    { numRuns: 300 },
  )
})

it('a million snapshots, sixty thousand a minute, are looked through once', () => {
  const length = 1_000_000
  const tsMs = Float64Array.from({ length }, (_, i) => i)
  // Pairs within a minute are 6 · 10^10; the fall is half of what makes a cascade.
  const figures = Float64Array.from({ length }, (_, i) => 1e9 * (1 + 0.025 * Math.sin(i / 10_000)))
  const marks = { tsMs: [], figures: [] }
  const { labels, unpriced } = labelCascades({
    coin: 'BTC',
    openInterest: { tsMs, figures },
    liquidations: tsMs,
    marks,
  })
  expect([labels, unpriced]).toEqual([[], 0])
})

function lookedAtOneByOne(openInterest: readonly (readonly [number, number])[], liquidations: readonly number[]) {
  const found: [number, number][] = []
  let after = Number.NEGATIVE_INFINITY
  for (const [startMs, from] of openInterest) {
    if (startMs <= after) continue
    const fallen = openInterest.find(
      ([tsMs, figure]) =>
        tsMs > startMs &&
        tsMs - startMs <= 60_000 &&
        (from - figure) * 10 >= from &&
        liquidations.filter((ms) => ms >= startMs && ms <= tsMs).length >= 2,
    )
    if (fallen === undefined) continue
    let endMs = fallen[0]
    for (const ms of [...liquidations].sort((a, b) => a - b))
      if (ms > endMs && ms - endMs <= 60_000 && ms - startMs <= 1_800_000) endMs = ms
    found.push([startMs, endMs])
    after = endMs
  }
  return found
}
