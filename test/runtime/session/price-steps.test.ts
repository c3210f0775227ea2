import { describe, expect, it } from 'vitest'
import { Scanner } from '../../../src/core/eigen/scanner.js'
import { DEFAULT_PARAMETERS } from '../../../src/core/engine/parameters.js'
import type { PriceSource, PriceStep } from '../../../src/ports/prices.js'
import { priceSteps } from '../../../src/runtime/session/price-steps.js'
import type { SessionStep } from '../../../src/runtime/session/session-steps.js'
import { priceStream } from '../../support/price-streams.js'

const SYMBOLS = Array.from({ length: 12 }, (_, i) => `S${i}USDT`)
const MINUTE_NS = 60_000_000_000n
const START_NS = BigInt(Date.parse('2026-03-01T15:00:00Z')) * 1_000_000n
/** From 15:00 on, so that funding settles at 16:00 and at midnight, where a day begins. */
const STEPS = 900

/** At one step no symbol has a price: that step is none. */
const WITHOUT_PRICES = 7
const STREAM = priceStream('market', { symbols: SYMBOLS.length, steps: STEPS, seed: 3 })

function pricesAt(step: number): Float64Array {
  return step === WITHOUT_PRICES ? new Float64Array(SYMBOLS.length).fill(Number.NaN) : STREAM[step]!
}

const source: PriceSource = {
  symbols: SYMBOLS,
  async *steps(signal) {
    const prices = new Float64Array(SYMBOLS.length)
    for (let step = 0; step < STEPS; step++) {
      signal?.throwIfAborted()
      prices.set(pricesAt(step))
      const priceStep: PriceStep = { timestampNs: START_NS + BigInt(step) * MINUTE_NS, prices, missing: 0 }
      yield priceStep
    }
  },
}

async function all(): Promise<SessionStep[]> {
  const steps: SessionStep[] = []
  for await (const step of priceSteps(source, { posture: 'APEX', parameters: DEFAULT_PARAMETERS })) steps.push(step)
  return steps
}

describe('the steps of a session out of prices', () => {
  it('have the prices as they came, a number each, and the signal that a scanner finds in them', async () => {
    const steps = await all()
    const given = Array.from({ length: STEPS }, (_, step) => step).filter((step) => step !== WITHOUT_PRICES)
    const scanner = new Scanner(SYMBOLS)
    expect(steps.map(({ bar }) => bar.bar)).toEqual(given.map((_, i) => i))
    expect(steps.map(({ bar }) => [...bar.prices])).toEqual(given.map((step) => [...pricesAt(step)]))
    expect(steps.map(({ bar }) => bar.velDiv)).toEqual(
      given.map((step, i) => scanner.push(pricesAt(step), { scanNumber: i, timestampNs: 0n })!.velDiv),
    )
    expect(Number.isNaN(steps[700]!.bar.velDiv)).toBe(true)
    expect(Number.isNaN(steps.at(-1)!.bar.velDiv)).toBe(false)
  })

  it('begin each day anew, with its warm-up, and say when funding has settled', async () => {
    const steps = await all()
    const midnight = steps.findIndex(({ date }) => date === '2026-03-02')
    expect(steps.filter(({ bar }) => bar.day !== undefined).map(({ bar }) => [bar.bar, bar.day?.date])).toEqual([
      [0, '2026-03-01'],
      [midnight, '2026-03-02'],
    ])
    expect([99, 100, midnight + 99, midnight + 100].map((i) => steps[i]!.bar.volOk)).toEqual([false, true, false, true])
    expect(steps.flatMap(({ fundedAtMs }) => fundedAtMs ?? [])).toEqual([
      Date.parse('2026-03-01T16:00:00Z'),
      Date.parse('2026-03-02T00:00:00Z'),
    ])
  })

  it('go on from a bar with its number, its day and its warm-up, and a settlement that was missed', async () => {
    const steps = await all()
    const [last] = steps.filter(({ bar }) => bar.timestampMs === Date.parse('2026-03-01T15:50:00Z'))
    const { bar, timestampMs } = last!.bar
    const from = { bar, barAtMs: timestampMs, dayBars: bar + 1, atMs: timestampMs }
    const after: PriceSource = {
      symbols: SYMBOLS,
      async *steps(signal) {
        for await (const step of source.steps(signal))
          if (step.timestampNs >= BigInt(Date.parse('2026-03-01T16:30:00Z')) * 1_000_000n) yield step
      },
    }
    const on: SessionStep[] = []
    for await (const step of priceSteps(after, { posture: 'APEX', parameters: DEFAULT_PARAMETERS }, undefined, from))
      on.push(step)
    expect(on[0]).toMatchObject({ date: '2026-03-01', fundedAtMs: Date.parse('2026-03-01T16:00:00Z') })
    expect(on[0]!.bar.day).toBeUndefined()
    expect(on.map((step) => step.bar.bar)).toEqual(on.map((_, i) => bar + 1 + i))
    const warm = on.findIndex((step) => step.bar.volOk)
    expect(on[warm]!.bar.bar).toBe(100)
  })
})
