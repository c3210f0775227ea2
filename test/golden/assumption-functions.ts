import { AssumptionRegistry } from '../../src/core/assumptions/assumption-registry.js'
import { CalibratedParameter } from '../../src/core/assumptions/calibrated-parameter.js'
import { componentSafety } from '../../src/core/assumptions/component-safety.js'
import { SystemRegimeTracker } from '../../src/core/assumptions/system-regime.js'
import type { AssumptionStatus } from '../../src/ports/vocabulary/assumptions.js'

const DAY_MS = 86_400_000

/** Runs of a test, a second apart; `trail`: what was read after each, `status`: what is read now. */
export function assumptionRunCase(
  [results]: readonly [readonly boolean[]],
  { startMs = 0, nowMs = startMs }: { readonly startMs?: number; readonly nowMs?: number } = {},
): unknown {
  const registry = new AssumptionRegistry<boolean>(
    [
      {
        name: 'a',
        description: '',
        category: 'model',
        testId: 'a',
        revalidateAfterMs: 7 * DAY_MS,
        invalidationAction: '',
        affectedComponents: [],
      },
    ],
    { a: (passed) => ({ passed, detail: '' }) },
  )
  const trail = results.map((passed, i) => {
    const atMs = startMs + i * 1_000
    registry.apply(registry.test('a', passed, atMs)!)
    return registry.reading('a', atMs).status
  })
  const { status, consecutiveFailures } = registry.reading('a', nowMs)
  return { trail, status, consecutiveFailures }
}

export function componentSafetyCase([statuses, isLive = false]: readonly [
  readonly AssumptionStatus[],
  boolean?,
]): unknown {
  return componentSafety(statuses, { isLive })
}

export function driftCase([values, expectedMean, expectedStd]: readonly [readonly number[], number, number]): unknown {
  const parameter = new CalibratedParameter({
    name: 'a',
    value: expectedMean,
    unit: '',
    calibratedAtMs: 0,
    samples: 0,
    source: '',
    expectedMean,
    expectedStd,
  })
  for (const value of values) parameter.observe(value)
  const { healthStatus, observations, observedMean, observedStd, driftPct, zMean, stdDriftPct, cusumPos, cusumNeg } =
    parameter.reading
  return { healthStatus, n: observations, observedMean, observedStd, driftPct, zMean, stdDriftPct, cusumPos, cusumNeg }
}

export function systemRegimeCase([wins]: readonly [readonly boolean[]]): unknown {
  const tracker = new SystemRegimeTracker()
  return wins.map((isWin) => tracker.closed(isWin))
}
