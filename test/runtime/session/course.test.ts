import { expect, it } from 'vitest'
import { type CourseParts, runCourse } from '../../../src/runtime/session/course.js'
import type { SessionStep } from '../../../src/runtime/session/session-steps.js'
import { paceOf } from '../../../src/runtime/time/pace.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

const START_MS = Date.UTC(2026, 0, 5)
/** A live market without bars is told as stale from then on. */
const STALE_MS = 10_000

const STEP: SessionStep = {
  date: '2026-01-05',
  bar: {
    bar: 0,
    timestampMs: START_MS + 5_000,
    symbols: ['BTCUSDT'],
    prices: Float64Array.of(90_000),
    ...{ velDiv: 0, volOk: true, posture: 'APEX' },
  },
} as SessionStep

/** Milliseconds from the last bar to the end of the course. */
async function waitAfterLastBar(settled: Pick<CourseParts, 'isSettled'>): Promise<number> {
  const pace = paceOf(new VirtualTime(START_MS))
  const course = { steps: [STEP], pace, bar: () => {}, dayEnded: () => {}, ...settled }
  const { finished, bars, atMs } = await runCourse(course, new AbortController().signal)
  expect([finished, bars]).toEqual([true, 1])
  return atMs - STEP.bar.timestampMs
}

it('a course whose last bar led to nothing more ends before its market would be told as stale', async () => {
  expect(await waitAfterLastBar({ isSettled: () => true })).toBeLessThan(STALE_MS)
})

it('a course waits for what its last bar led to, and goes no further than where nobody knows', async () => {
  let looks = 0
  const inAWhile = await waitAfterLastBar({ isSettled: () => ++looks === 2 })
  const never = await waitAfterLastBar({ isSettled: () => false })
  const unknown = await waitAfterLastBar({})
  expect(looks).toBe(2)
  expect(inAWhile).toBeGreaterThan(STALE_MS)
  expect(inAWhile).toBeLessThan(unknown)
  expect(never).toBe(unknown)
})
