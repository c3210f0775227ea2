import {
  type HarnessBundle,
  PERMISSIONS,
  REGIME_BEHAVIORS,
  REGIME_BIASES,
  STATE_OBJECTS,
} from '../../ports/vocabulary/harness.js'
import { POSTURES } from '../../ports/vocabulary/market.js'

export type FieldType =
  | { readonly kind: 'name'; readonly names: readonly string[] }
  | { readonly kind: 'boolean' }
  /** 0 … 1. */
  | { readonly kind: 'fraction' }
  | { readonly kind: 'count' }

/** What gates can read, and nothing else: the state objects' own judgements, no market. Source: spec "Conditions", the table of paths. */
export interface ConditionField {
  readonly type: FieldType
  /** Undefined: it is not known. */
  read(bundle: HarnessBundle, factorImplemented: boolean): string | number | boolean | undefined
  /** Whether its object says it. A factor layer that does not speak says nothing, whatever follows from its silence. */
  has(bundle: HarnessBundle): boolean
}

const BOOLEAN = { kind: 'boolean' } as const
const FRACTION = { kind: 'fraction' } as const
const COUNT = { kind: 'count' } as const

export const CONDITION_FIELDS: ReadonlyMap<string, ConditionField> = new Map([
  ['regime.behavior', field({ kind: 'name', names: REGIME_BEHAVIORS }, ({ regime }) => regime?.behavior)],
  ['regime.bias', field({ kind: 'name', names: REGIME_BIASES }, ({ regime }) => regime?.bias)],
  ['regime.confidence', field(FRACTION, ({ regime }) => regime?.confidence)],
  ['regime.isStable', field(BOOLEAN, ({ regime }) => regime?.isStable)],
  ['factor.sizeMultiplier', factorField(FRACTION, (factor) => factor.sizeMultiplier, { bypassed: 1, silent: 0 })],
  ...PERMISSIONS.map((name): [string, ConditionField] => [
    `factor.permitted.${name}`,
    factorField(BOOLEAN, (factor) => factor.permitted[name] === true, { bypassed: true, silent: false }),
  ]),
  ['signals.count', field(COUNT, ({ signals }) => signals?.signals.length)],
  ['beliefs.count', field(COUNT, ({ beliefs }) => beliefs?.beliefs.length)],
  ['beliefs.minConviction', field(FRACTION, (bundle) => extreme(Math.min, bundle))],
  ['beliefs.maxConviction', field(FRACTION, (bundle) => extreme(Math.max, bundle))],
  ['posture.posture', field({ kind: 'name', names: POSTURES }, ({ posture }) => posture?.posture)],
])

export const CONDITION_OBJECTS: ReadonlySet<string> = new Set(STATE_OBJECTS)

function field(
  type: FieldType,
  read: (bundle: HarnessBundle) => string | number | boolean | null | undefined,
): ConditionField {
  return { type, read: (bundle) => read(bundle) ?? undefined, has: (bundle) => read(bundle) != null }
}

function factorField<T extends number | boolean>(
  type: FieldType,
  read: (factor: NonNullable<HarnessBundle['factor']>) => T,
  absent: { readonly bypassed: T; readonly silent: T },
): ConditionField {
  return {
    type,
    read: ({ factor }, isImplemented) =>
      factor == null ? (isImplemented ? absent.silent : absent.bypassed) : read(factor),
    has: ({ factor }) => factor != null,
  }
}

function extreme(of: (...values: number[]) => number, { beliefs }: HarnessBundle): number | undefined {
  if (beliefs == null || beliefs.beliefs.length === 0) return undefined
  return beliefs.beliefs.reduce((found, { conviction }) => of(found, conviction), beliefs.beliefs[0]!.conviction)
}
