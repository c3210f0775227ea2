import fc from 'fast-check'
import {
  EFFECT_RESOURCES,
  type HarnessBundle,
  type HarnessGate,
  VIOLATIONS,
} from '../../src/ports/vocabulary/harness.js'
import type { Behaviour, PlayedCase, PlayedTask } from './played-cycle.js'

export const NOW_MS = 1_774_051_200_000

/** A bundle that is executed, without the objects of layers that are latent. */
export const BUNDLE: HarnessBundle = {
  timestampMs: NOW_MS,
  regime: {
    stateId: 'r1',
    timestampMs: NOW_MS - 500,
    behavior: 'TRENDING_NORMAL_VOL',
    bias: 'BEARISH',
    confidence: 0.9,
    isStable: true,
  },
  factor: { stateId: 'f1', timestampMs: NOW_MS - 400, permitted: { open: true, reduce: true }, sizeMultiplier: 1 },
}

const RESULTS = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'error', 'hang', ...VIOLATIONS, 'HARNESS_ERROR'] as const
/** Without what halts. */
const MILD_RESULTS = ['ok', 'ok', 'ok', 'error', 'hang', 'PERMISSION_BYPASS', 'LAYER_BYPASS'] as const

/** Graphs of up to nine tasks without a cycle, declared in any order, with skills that behave in any way. */
export function arbitraryCycle({ isMild = false }: { readonly isMild?: boolean } = {}): fc.Arbitrary<PlayedCase> {
  return fc
    .integer({ min: 1, max: 9 })
    .chain((count) =>
      fc.record({
        tasks: fc.tuple(...Array.from({ length: count }, (_, at) => arbitraryTask(at))),
        declared: fc.shuffledSubarray(
          Array.from({ length: count }, (_, at) => at),
          { minLength: count },
        ),
        gates: fc.array(arbitraryGate(count), { maxLength: 2 }),
        behaviours: fc.array(arbitraryBehaviour(isMild ? MILD_RESULTS : RESULTS), {
          minLength: count,
          maxLength: count,
        }),
        mode: fc.constantFrom('live' as const, 'live' as const, 'shadow' as const),
      }),
    )
    .map(({ tasks, declared, gates, behaviours, mode }) => ({
      graph: { graph: 'g', gates, tasks: declared.map((at) => tasks[at]!) },
      bundle: BUNDLE,
      nowMs: NOW_MS,
      mode,
      behaviours: Object.fromEntries(behaviours.map((behaviour, at) => [`t${at}`, behaviour])),
    }))
}

function arbitraryTask(at: number): fc.Arbitrary<PlayedTask> {
  const earlier = Array.from({ length: at }, (_, before) => `t${before}`)
  return fc.record({
    name: fc.constant(`t${at}`),
    // Nothing gets stale while skills hang.
    timeoutMs: fc.constant(10),
    skillRef: fc.constantFrom(`t${at}`, `t${at}`, 'shared'),
    dependsOn: fc.subarray(earlier, { maxLength: Math.min(at, 3) }),
    sideEffects: fc.subarray([...EFFECT_RESOURCES], { maxLength: 2 }),
    critical: fc.boolean(),
    requiredState: fc.constantFrom([], [], ['regime' as const], ['macro' as const]),
    requiredPermissions: fc.constantFrom([], [], [], ['open' as const], ['quality' as const]),
  })
}

function arbitraryGate(count: number): fc.Arbitrary<HarnessGate> {
  const name = fc.integer({ min: 0, max: count - 1 }).map((at) => `t${at}`)
  return fc
    .record({
      condition: fc.constantFrom('regime.isStable', 'not regime.isStable', 'has(macro)', "posture.posture == 'APEX'"),
      ifTrue: name,
      ifFalse: fc.oneof(fc.constant('SKIP'), name),
    })
    .map((gate) => (gate.ifTrue === gate.ifFalse ? { ...gate, ifFalse: 'SKIP' } : gate))
}

function arbitraryBehaviour(results: readonly Behaviour['result'][]): fc.Arbitrary<Behaviour> {
  return fc.record({ result: fc.constantFrom(...results) })
}
