import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExchangeClock } from '../../../../src/adapters/binance/rest/exchange-clock.js'

const START_MS = 1_000_000

describe('the clock of the exchange', () => {
  test('the answer that came back quickest counts, and its middle is the offset', () => {
    const clock = new ExchangeClock()
    for (const [atMs, thereMs, backMs] of [
      [0, 300, 10],
      [1_000, 10, 10],
      [2_000, 10, 300],
    ] as const) {
      ask(clock, { atMs: START_MS + atMs, thereMs, backMs, offsetMs: 5_000 })
    }
    expect(clock.offsetMs).toBeCloseTo(5_000, -1)
    expect(clock.uncertaintyMs).toBeLessThan(40)
  })

  test('whatever the ways take, the time of the exchange is between the two that are told', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2_000), fc.nat(2_000), fc.nat(5_000)), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        (questions, offsetMs) => {
          const clock = new ExchangeClock()
          let atMs = START_MS
          for (const [thereMs, backMs, afterMs] of questions) {
            ask(clock, { atMs, thereMs, backMs, offsetMs })
            atMs += thereMs + backMs + afterMs
          }
          const { earliestMs, latestMs } = clock.between(atMs)
          expect(earliestMs).toBeLessThanOrEqual(atMs + offsetMs)
          expect(latestMs).toBeGreaterThanOrEqual(atMs + offsetMs)
          expect(clock.between(clock.reachedMs(earliestMs)).earliestMs).toBe(earliestMs)
        },
      ),
    )
  })

  test('answers that contradict what was known replace it: somebody has set a clock', () => {
    const clock = new ExchangeClock()
    for (const atMs of [0, 100, 200]) ask(clock, { atMs: START_MS + atMs, thereMs: 1, backMs: 1, offsetMs: 0 })
    ask(clock, { atMs: START_MS + 20_000, thereMs: 100, backMs: 100, offsetMs: -3_000 })
    expect(Math.abs(clock.offsetMs! + 3_000)).toBeLessThan(5)
  })

  test('three questions are asked in a row, then one every twenty seconds', () => {
    const clock = new ExchangeClock()
    const times: number[] = []
    for (let atMs = START_MS; atMs < START_MS + 60_000; atMs += 100) {
      if (atMs < clock.nextDueMs()) continue
      times.push(atMs - START_MS)
      ask(clock, { atMs, thereMs: 50, backMs: 50, offsetMs: 0 })
    }
    expect(times).toEqual([0, 100, 200, 20_300, 40_400])
  })

  test('a clock that runs at half its pace is followed, a second behind at most', () => {
    const clock = new ExchangeClock()
    let worstMs = 0
    for (let realMs = 0; realMs < 60_000; realMs += 10) {
      const atMs = START_MS + realMs / 2
      if (atMs >= clock.nextDueMs()) ask(clock, { atMs, thereMs: 1, backMs: 1, offsetMs: realMs / 2 })
      const exchangeMs = START_MS + realMs
      const { earliestMs } = clock.between(atMs)
      expect(earliestMs).toBeLessThanOrEqual(exchangeMs)
      if (realMs > 45_000) worstMs = Math.max(worstMs, exchangeMs - earliestMs)
    }
    expect(worstMs).toBeLessThan(1_200)
  })

  test('a question that was lost is asked again, ever less soon, and at once when somebody needs it', () => {
    const clock = new ExchangeClock()
    const waits = [0, 1, 2, 3, 4, 5, 6, 7].map(() => {
      clock.asked()
      expect(clock.nextDueMs()).toBe(Number.POSITIVE_INFINITY)
      clock.lost(START_MS)
      return clock.nextDueMs() - START_MS
    })
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000])
    clock.remeasure()
    expect(clock.nextDueMs()).toBeLessThan(START_MS)
  })

  test('what was known is forgotten on demand, and nothing is asked twice at a time', () => {
    const clock = new ExchangeClock()
    ask(clock, { atMs: START_MS, thereMs: 1, backMs: 1, offsetMs: 0 })
    expect(clock.offsetKnown).toBe(true)
    clock.asked()
    clock.forget()
    expect(clock.offsetKnown).toBe(false)
    expect(clock.offsetMs).toBeUndefined()
    expect(clock.nextDueMs()).toBe(Number.POSITIVE_INFINITY)
  })
})

interface Question {
  readonly atMs: number
  readonly thereMs: number
  readonly backMs: number
  readonly offsetMs: number
}

function ask(clock: ExchangeClock, { atMs, thereMs, backMs, offsetMs }: Question): void {
  clock.asked()
  clock.answered({ sentMs: atMs, serverMs: atMs + thereMs + offsetMs, receivedMs: atMs + thereMs + backMs })
}
