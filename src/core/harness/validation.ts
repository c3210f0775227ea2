import {
  type HarnessBundle,
  type HarnessVerdict,
  STATE_OBJECTS,
  type StateObjectName,
} from '../../ports/vocabulary/harness.js'
import { bundleFault, objectFault } from './bundle-structure.js'

export interface ValidationLimits {
  /** Confidence of the regime below which a cycle is degraded, 0 … 1. */
  readonly minThreshold: number
  /** Age of a state object above which it is stale. */
  readonly maxStalenessMs: number
}

/** Source: spec "Validation"; execution.md "Harness inputs". */
export const HARNESS_LIMITS: ValidationLimits = { minThreshold: 0.5, maxStalenessMs: 10_000 }

/** How far ahead of the clock an object may be stamped. */
export const FUTURE_MS_MAX = 1_000

export type FindingKind =
  | 'INVALID'
  | 'REGIME_MISSING'
  | 'MISSING'
  | 'STALE'
  | 'FUTURE'
  | 'BELIEFS_EMPTY'
  | 'LOW_CONFIDENCE'
  | 'SIZE_ZERO'
  | 'FACTOR_BYPASSED'
  | 'FACTOR_SILENT'

export type Finding = readonly [FindingKind, 'bundle' | StateObjectName]

export interface Validation {
  readonly verdict: HarnessVerdict
  readonly findings: readonly Finding[]
  /** Of each finding what a person wants to read: the object, what was expected, what was found. */
  readonly sentences: readonly string[]
}

export interface ValidationContext {
  readonly nowMs: number
  /** Objects that the graph's tasks declare: nothing else is looked at, but the bundle and factor. */
  readonly required: readonly StateObjectName[]
  readonly factorImplemented: boolean
  readonly limits?: ValidationLimits
}

/** What a cycle makes of its state: all that is to be said, and the strongest verdict that follows. Source: spec "Validation". */
export function validateBundle(bundle: HarnessBundle, context: ValidationContext): Validation {
  const { required, limits = HARNESS_LIMITS } = context
  const declared = STATE_OBJECTS.filter((name) => name === 'factor' || required.includes(name))
  const found = new Findings()
  const fault = bundleFault(bundle)
  if (fault !== undefined) found.add('INVALID', 'bundle', fault)
  const sound = declared.filter((name) => {
    const object = bundle[name]
    const wrong = object == null ? undefined : objectFault(name, object)
    if (wrong !== undefined) found.add('INVALID', name, wrong)
    return wrong === undefined
  })
  for (const name of sound) {
    if (bundle[name] != null || name === 'factor' || name === 'beliefs') continue
    found.add(name === 'regime' ? 'REGIME_MISSING' : 'MISSING', name, 'expected one, found none')
  }
  if (fault === undefined) found.addAge('bundle', bundle.timestampMs, context)
  for (const name of sound) if (bundle[name] != null) found.addAge(name, bundle[name].timestampMs, context)
  judge(bundle, new Set(sound), { ...context, limits }, found)
  return { verdict: found.verdict, findings: found.list, sentences: found.sentences }
}

/** What the objects themselves say. */
function judge(
  { beliefs, regime, factor }: HarnessBundle,
  sound: ReadonlySet<StateObjectName>,
  { limits, factorImplemented }: ValidationContext & { readonly limits: ValidationLimits },
  found: Findings,
): void {
  if (sound.has('beliefs') && (beliefs == null || beliefs.beliefs.length === 0)) {
    found.add('BELIEFS_EMPTY', 'beliefs', 'nothing is believed, nothing is to be done')
  }
  if (sound.has('regime') && regime != null && regime.confidence < limits.minThreshold) {
    const { confidence } = regime
    found.add('LOW_CONFIDENCE', 'regime', `confidence: expected ${limits.minThreshold} or more, found ${confidence}`)
  }
  if (!sound.has('factor')) return
  if (factor == null) {
    if (factorImplemented) found.add('FACTOR_SILENT', 'factor', 'the factor layer says nothing: all is denied')
    else found.add('FACTOR_BYPASSED', 'factor', 'there is no factor layer: all is permitted')
  } else if (factor.sizeMultiplier === 0) {
    found.add('SIZE_ZERO', 'factor', 'sizeMultiplier: expected more than 0, found 0')
  }
}

class Findings {
  readonly list: Finding[] = []
  readonly sentences: string[] = []
  verdict: HarnessVerdict = 'EXECUTE'

  add(kind: FindingKind, object: Finding[1], sentence: string): void {
    this.list.push([kind, object])
    this.sentences.push(`${object}: ${sentence}`)
    const verdict = VERDICT_OF[kind]
    if (RANK.indexOf(verdict) < RANK.indexOf(this.verdict)) this.verdict = verdict
  }

  addAge(
    object: Finding[1],
    timestampMs: number,
    { nowMs, limits = HARNESS_LIMITS }: Pick<ValidationContext, 'nowMs' | 'limits'>,
  ): void {
    const ageMs = nowMs - timestampMs
    if (ageMs > limits.maxStalenessMs) {
      this.add('STALE', object, `expected an age of ${limits.maxStalenessMs} ms or less, found ${ageMs} ms`)
    } else if (ageMs < -FUTURE_MS_MAX) {
      this.add('FUTURE', object, `expected a time up to ${FUTURE_MS_MAX} ms ahead, found ${-ageMs} ms`)
    }
  }
}

const RANK: readonly HarnessVerdict[] = ['HALT', 'REJECT', 'SKIP', 'DEGRADE', 'EXECUTE']

const VERDICT_OF: Readonly<Record<FindingKind, HarnessVerdict>> = {
  INVALID: 'HALT',
  REGIME_MISSING: 'HALT',
  MISSING: 'EXECUTE',
  STALE: 'REJECT',
  FUTURE: 'REJECT',
  BELIEFS_EMPTY: 'SKIP',
  LOW_CONFIDENCE: 'DEGRADE',
  SIZE_ZERO: 'DEGRADE',
  FACTOR_BYPASSED: 'EXECUTE',
  FACTOR_SILENT: 'EXECUTE',
}
