import type { Mandate } from '../../ports/strategy.js'
import type {
  HarnessBundle,
  HarnessFactor,
  HarnessRegime,
  Permission,
  StateObject,
} from '../../ports/vocabulary/harness.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { BarObservation, RegimeReading } from '../../ports/vocabulary/observation.js'
import { type RegimeEvent, regimeStateOf } from '../analysis/regime-state.js'
import { frozenJson } from '../harness/frozen-json.js'
import type { OpenPermission } from '../mode/entry-gate.js'
import type { HarnessMemory } from './harness-memory.js'

/** What the harness is told at a bar. */
export interface HarnessSituation {
  /** Names the cycle and all of its state. */
  readonly cycle: string
  /** UTC ms. */
  readonly nowMs: number
  readonly memory: HarnessMemory
  readonly posture: Posture
  /** Mandates to enter, in the order in which they were issued. */
  readonly candidates: readonly Mandate[]
  readonly gate: OpenPermission
  /** As of the bar; absent: nobody observes. */
  readonly observation?: BarObservation | undefined
  /** Of a calendar or the operator. */
  readonly event?: RegimeEvent | undefined
}

/** The state of a cycle: assembled once, frozen through and through; the same situation makes the same. Source: spec "Harness inputs". */
export function harnessBundle(situation: HarnessSituation): HarnessBundle {
  const { cycle, memory, candidates, nowMs } = situation
  const named = (name: string): StateObject => ({ stateId: `${cycle}/${name}`, timestampMs: memory.takenInMs })
  const regime = { ...named('regime'), ...regimeOf(situation) }
  const bundle: HarnessBundle = {
    timestampMs: memory.takenInMs,
    regime,
    // The gate is asked at this moment.
    factor: { ...named('factor'), timestampMs: nowMs, ...factorOf(situation.gate) },
    signals: {
      ...named('signals'),
      signals: candidates.map((_, index) => ({ signalId: signalId(cycle, index), regimeStateId: regime.stateId })),
    },
    beliefs: {
      ...named('beliefs'),
      beliefs: candidates.map(({ confidence = SURE }, index) => ({
        beliefId: beliefId(cycle, index),
        signalId: signalId(cycle, index),
        conviction: confidence,
        permissions: OPENS,
      })),
    },
    posture: { ...named('posture'), posture: situation.posture },
  }
  return frozenJson(bundle, 'bundle') as HarnessBundle
}

/** Of a candidate, by its place among them. */
export function beliefId(cycle: string, index: number): string {
  return `${cycle}/belief-${index}`
}

function signalId(cycle: string, index: number): string {
  return `${cycle}/signal-${index}`
}

function regimeOf({
  memory,
  candidates,
  observation,
  event,
}: HarnessSituation): Omit<HarnessRegime, keyof StateObject> {
  return regimeStateOf({
    regime: commonReading(candidates, observation),
    scans: memory.scans.map(({ velDiv, dataQuality }) => ({ velDiv: velDiv ?? Number.NaN, dataQuality })),
    postures: memory.postures,
    event,
  })
}

/** How the markets of all candidates behave; where they differ, or one is not observed, nobody can say. */
function commonReading(candidates: readonly Mandate[], observation: BarObservation | undefined): RegimeReading {
  const readings = candidates.map(({ symbol }) => observation?.symbols[symbol]?.regime)
  const [first] = readings
  const isCommon = first !== undefined && readings.every((reading) => reading?.regime === first.regime)
  return isCommon ? first : NOT_OBSERVED
}

/** What risk and `/status` permit. That a position is held already is arbitration's to say: it knows which. */
function factorOf({ reject, mode }: OpenPermission): Pick<HarnessFactor, 'permitted' | 'sizeMultiplier'> {
  const open = reject === null || reject === 'REJECT_POSITION_EXISTS'
  const permitted = { open, reduce: true, momentum: true, value: true, quality: true }
  return { permitted, sizeMultiplier: mode.mode === 'Kill' ? 0 : 1 }
}

const OPENS: readonly Permission[] = ['open']
/** Of a strategy that does not say how sure it is. */
const SURE = 1
const NOT_OBSERVED: RegimeReading = { regime: 'UNKNOWN', reason: 'INSUFFICIENT_DATA', metrics: {} }
