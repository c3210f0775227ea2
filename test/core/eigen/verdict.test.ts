import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixed } from '../../../src/core/eigen/exact/fixed-point.js'
import { Scanner } from '../../../src/core/eigen/scanner.js'
import { isOpen, storedVelDiv } from '../../../src/core/eigen/verdict.js'
import { priceStream } from '../../support/price-streams.js'

/** The engine's comparisons, as it writes them. */
const VERDICTS: readonly { readonly threshold: number; readonly verdict: (velDiv: number) => boolean }[] = [
  { threshold: -0.075, verdict: (velDiv) => velDiv <= -0.075 },
  { threshold: -0.05, verdict: (velDiv) => velDiv <= -0.05 },
  { threshold: -0.035, verdict: (velDiv) => velDiv <= -0.035 },
  { threshold: -0.02, verdict: (velDiv) => velDiv < -0.02 },
  { threshold: 0.01, verdict: (velDiv) => velDiv > 0.01 },
  { threshold: 0.02, verdict: (velDiv) => velDiv >= 0.02 },
  { threshold: 0.025, verdict: (velDiv) => velDiv >= 0.025 },
  { threshold: 0.04, verdict: (velDiv) => velDiv >= 0.04 },
  { threshold: 0.06, verdict: (velDiv) => velDiv >= 0.06 },
]

const point = (value: bigint) => ({ low: value - 1n, high: value + 1n })

interface Step {
  /** Every how many symbols one moves. */
  readonly every: number
  readonly move: number
  readonly nudge?: number
}

describe('the stored vel_div', () => {
  it.each(VERDICTS)(
    'lies on the exact side of $threshold, in the nearest float64 there, whatever the rule includes',
    (row) => {
      const { threshold, verdict } = row
      const literal = fixed(threshold)
      expect(storedVelDiv(point(literal))).toBe(threshold)
      for (const beside of [1n << 4n, 1n << 100n, 1n << 400n, 1n << 500n]) {
        for (const [exact, above] of [
          [literal - beside, false],
          [literal + beside, true],
        ] as const) {
          const stored = storedVelDiv(point(exact))
          // A hair above or below the literal the engine would say what it says a tenth above or below.
          expect(verdict(stored)).toBe(verdict(threshold + (above ? 1e-6 : -1e-6)))
          expect([stored > threshold, stored < threshold]).toEqual([above, !above])
          const step = Math.abs(threshold) * 2 ** -52
          expect(Math.abs(stored - threshold)).toBeLessThanOrEqual(step)
        }
      }
    },
  )

  it('is the nearest float64 away from thresholds', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (value) => {
        fc.pre(Math.abs(value) > 1e-100 && VERDICTS.every(({ threshold }) => threshold !== value))
        return storedVelDiv(point(fixed(value))) === value
      }),
    )
  })
})

describe('an open verdict', () => {
  it.each(VERDICTS)('is one whose bound reaches $threshold', ({ threshold }) => {
    expect(isOpen(threshold, 0)).toBe(true)
    expect(isOpen(threshold + 1e-9, 2e-9)).toBe(true)
    expect(isOpen(threshold - 1e-9, 2e-9)).toBe(true)
    expect(isOpen(threshold + 1e-9, 1e-10)).toBe(false)
    expect(isOpen(threshold - 1e-9, Infinity)).toBe(true)
  })

  it('is none where vel_div is undefined', () => {
    expect(isOpen(NaN, NaN)).toBe(false)
  })
})

describe('prices made so that vel_div falls beside a threshold', () => {
  const symbols = 10
  const names = Array.from({ length: symbols }, (_, i) => `S${i}`)
  const stamp = { scanNumber: 1, timestampNs: 1n }
  const rows = priceStream('market', { symbols, steps: 753, seed: 21 })
  const scanner = new Scanner(names, 'auto')
  for (const row of rows.slice(0, -1)) scanner.push(row, stamp)
  const snapshot = scanner.snapshot()

  /** A last step in which some of the symbols move by `move`, the second one by `nudge` more: apart, or all together. */
  function scan(precision: 'float64' | 'auto' | '512', { every, move, nudge = 0 }: Step) {
    const last = rows
      .at(-2)!
      .map((price, i) => price * (1 + (i % every === 0 ? move : 0)) * (1 + (i === 1 ? nudge : 0)))
    return Scanner.restore({ ...snapshot, precision }).push(last, stamp)!
  }

  /** The move, to the last bit, at which `velDiv` passes the threshold. */
  function crossing(threshold: number, every: number, [low, high]: readonly [number, number]): number {
    const velDiv = (move: number) => scan('float64', { every, move }).velDiv
    const rising = velDiv(high) > velDiv(low)
    let [from, to] = [low, high]
    for (;;) {
      const middle = (from + to) / 2
      if (middle <= from || middle >= to) return from
      if (velDiv(middle) < threshold === rising) from = middle
      else to = middle
    }
  }

  /** Neighbouring sampled moves between which `velDiv` passes the threshold. */
  function bracket(threshold: number, every: number): readonly [number, number] | undefined {
    let before = { move: 0, below: true }
    for (let move = 1e-6; move < 0.1; move *= 1.2) {
      const below = scan('float64', { every, move }).velDiv < threshold
      if (before.move > 0 && below !== before.below) return [before.move, move]
      before = { move, below }
    }
    return undefined
  }

  it.each(VERDICTS)(
    'get the exact verdict: $threshold',
    ({ threshold, verdict }) => {
      const every = threshold < 0 ? 2 : 1
      const around = bracket(threshold, every)
      expect(around).toBeDefined()
      const move = crossing(threshold, every, around!)
      for (const nudge of [0, 1e-15, -1e-15, 3e-14]) {
        const quick = scan('float64', { every, move, nudge })
        expect(Math.abs(quick.velDiv - threshold)).toBeLessThan(1e-11)
        const decided = scan('auto', { every, move, nudge })
        const exact = scan('512', { every, move, nudge })
        expect(decided.escalated).toBe(Math.abs(quick.velDiv - threshold) <= quick.velDivBound)
        expect(verdict(decided.velDiv)).toBe(verdict(exact.velDiv))
        expect(decided.velDiv).not.toBe(threshold)
        // At the crossing itself float64 cannot tell.
        if (nudge === 0) expect(decided.escalated).toBe(true)
        if (decided.escalated) expect(decided.velDiv).toBe(exact.velDiv)
        expect(quick.escalated).toBe(false)
      }
    },
    120_000,
  )
})
