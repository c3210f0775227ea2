import type { HarnessBundle } from '../../ports/vocabulary/harness.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import { HARNESS_LIMITS, validateBundle } from '../harness/validation.js'
import type { FlowPlace } from './built-flow.js'

/** Age of a posture above which a flow does not go by it, ms. Source: spec "Flow runs". */
export const FLOW_STALENESS_MS = 300_000

/** What `read_posture` puts out. */
export interface PostureOutput {
  readonly posture: Posture
  /** UTC ms when it was made; null: a person said so, and it does not age. */
  readonly timestampMs: number | null
}

/** What a task's gates say of it; `unsound`: the state that its graph declares is not there, is none, or is too old. */
export type FlowGate = { readonly kind: 'open' | 'closed' } | { readonly kind: 'unsound'; readonly message: string }

/** Looks at the state of a place's graph as at that of a cycle, and then at the gates. @param posture output of `read_posture`. */
export function flowGate({ task, graph }: FlowPlace, posture: unknown, nowMs: number): FlowGate {
  const bundle = bundleOf(posture, nowMs)
  const fault = task.requiredState.length === 0 ? undefined : faultOf(bundle, nowMs)
  if (fault !== undefined) return { kind: 'unsound', message: fault }
  const isClosed = graph.gates.some((gate) => {
    const truth = gate.evaluate(bundle, false)
    return (truth !== 'TRUE' && gate.ifTrue === task.name) || (truth !== 'FALSE' && gate.ifFalse === task.name)
  })
  return { kind: isClosed ? 'closed' : 'open' }
}

/** Why nothing may go by what was read; undefined: nothing is wrong with it. */
export function postureFault(posture: unknown, nowMs: number): string | undefined {
  return faultOf(bundleOf(posture, nowMs), nowMs)
}

function bundleOf(output: unknown, nowMs: number): HarnessBundle {
  if (typeof output !== 'object' || output === null) return { timestampMs: nowMs, posture: null }
  const { posture, timestampMs } = output as PostureOutput
  const atMs = timestampMs === null ? nowMs : timestampMs
  return { timestampMs: nowMs, posture: { stateId: `posture-${atMs}`, posture, timestampMs: atMs } }
}

function faultOf(bundle: HarnessBundle, nowMs: number): string | undefined {
  const { verdict, findings, sentences } = validateBundle(bundle, {
    nowMs,
    required: ['posture'],
    factorImplemented: false,
    limits: { ...HARNESS_LIMITS, maxStalenessMs: FLOW_STALENESS_MS },
  })
  const wrong = findings.flatMap(([kind], i) => (kind === 'FACTOR_BYPASSED' ? [] : [sentences[i]!]))
  return verdict === 'EXECUTE' && wrong.length === 0 ? undefined : wrong.join('; ')
}
