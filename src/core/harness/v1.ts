import { assert } from '../../base/assert.js'
import type {
  HarnessBelief,
  HarnessGraph,
  HarnessSignal,
  HarnessTask,
  LedgerEntry,
  OrderProvenance,
  SkillEffect,
  SkillResult,
  StateObjectName,
} from '../../ports/vocabulary/harness.js'
import { isBlocked, MIN_CONVICTION } from './order-provenance.js'
import { SHIPPED_LEDGER } from './shipped-ledger.generated.js'
import type { HandedState, SkillImplementation, SkillInput } from './skill-call.js'
import { type SkillRecord, SkillRegistry } from './skill-registry.js'
import { V1_REGISTRATIONS } from './v1-registrations.js'
import { HARNESS_LIMITS } from './validation.js'

/** The smallest graph that respects every constraint: validate the state, check the regime, filter the beliefs, emit actions. Source: execution harness contract §6; spec "v1". */
export const v1Graph: HarnessGraph = {
  graph: 'v1',
  tasks: [
    task('T1', 'validate_state', ['regime', 'signals', 'beliefs'], []),
    task('T2', 'check_regime', ['regime'], ['T1']),
    task('T3', 'filter_beliefs', ['regime', 'signals', 'beliefs'], ['T2']),
    task('T4', 'emit_actions', ['regime', 'signals', 'beliefs'], ['T3']),
  ],
  // A gate for each task of the rest: what depends on a skipped task runs.
  gates: ['T3', 'T4'].map((ifTrue) => ({
    condition: "regime.behavior != 'EVENT_LOCK' and not (regime.behavior == 'UNDEFINED' and regime.confidence < 0.5)",
    ifTrue,
    ifFalse: 'SKIP',
  })),
}

/** The skills of {@link v1Graph}, by id: pure functions of what they are handed. */
export const v1Skills: Readonly<Record<string, SkillImplementation>> = {
  validate_state: {
    run: validateState,
    output: {
      fields: {
        regimeStateId: 'string',
        signalsStateId: 'string',
        beliefsStateId: 'string',
        isConfident: 'boolean',
      },
    },
  },
  check_regime: {
    run: checkRegime,
    output: { fields: { behavior: 'string', bias: 'string', confidence: 'number', isBlocked: 'boolean' } },
  },
  filter_beliefs: {
    run: filterBeliefs,
    output: {
      fields: {
        kept: { arrayOf: 'string' },
        dropped: {
          arrayOf: {
            fields: {
              beliefId: 'string',
              reason: { oneOf: ['NO_SIGNAL', 'NO_REGIME', 'PERMISSION_DENIED', 'BELOW_CONVICTION'] },
            },
          },
        },
      },
    },
  },
  emit_actions: {
    run: emitActions,
    output: {
      arrayOf: {
        fields: { beliefId: 'string', signalId: 'string', regimeStateId: 'string', permission: 'string' },
      },
    },
  },
}

/** The registry of {@link v1Skills}, all of them authorised but for those that the record of a process before holds. */
export function v1Registry(record?: SkillRecord, ledger: readonly LedgerEntry[] = SHIPPED_LEDGER): SkillRegistry {
  const registry = new SkillRegistry(ledger, record)
  for (const registration of V1_REGISTRATIONS) {
    const registered = registry.register(registration)
    assert('state' in registered, `${registration.skillId} is registered by the ledger`)
    if (registered.state === 'REGISTERED') registry.authorise(registration)
  }
  return registry
}

/** Why a belief goes no further: the first that holds. */
export type DropReason = 'NO_SIGNAL' | 'NO_REGIME' | 'PERMISSION_DENIED' | 'BELOW_CONVICTION'

/** What T3 puts out: ids of beliefs. */
export interface FilteredBeliefs {
  readonly kept: readonly string[]
  readonly dropped: readonly { readonly beliefId: string; readonly reason: DropReason }[]
}

/** What T4 puts out, an action for each belief that is left: in live mode each is an order. */
export type V1Action = OrderProvenance

function task(
  name: string,
  taskType: string,
  requiredState: readonly StateObjectName[],
  dependsOn: readonly string[],
): HarnessTask {
  const registration = V1_REGISTRATIONS.find(({ skillId }) => skillId === taskType)!
  return {
    name,
    taskType,
    skillRef: taskType,
    requiredState,
    requiredPermissions: [],
    dependsOn,
    inputs: {},
    timeoutMs: 30_000,
    outputSchema: registration.outputSchema,
    sideEffects: registration.sideEffects,
    critical: true,
    minConfidence: null,
    retries: 0,
    idempotent: true,
  }
}

/** T1. That all is there and nothing is stale has been seen by the harness before: this says what of. */
function validateState({ state: { regime, signals, beliefs } }: SkillInput): SkillResult {
  const output = {
    regimeStateId: regime!.stateId,
    signalsStateId: signals!.stateId,
    beliefsStateId: beliefs!.stateId,
    isConfident: regime!.confidence >= HARNESS_LIMITS.minThreshold,
  }
  return { output, effects: [] }
}

/** T2. The gates of T3 and T4 ask the same of the state. */
function checkRegime({ state: { regime } }: SkillInput): SkillResult {
  const { behavior, bias, confidence } = regime!
  return { output: { behavior, bias, confidence, isBlocked: isBlocked({ behavior, confidence }) }, effects: [] }
}

/** T3. */
function filterBeliefs({ state }: SkillInput): SkillResult {
  const { signals, beliefs } = declared(state)
  const known = new Map(signals.signals.map((signal) => [signal.signalId, signal]))
  const looked = beliefs.beliefs.map((belief) => ({
    beliefId: belief.beliefId,
    reason: dropReasonOf(belief, known.get(belief.signalId), state),
  }))
  const output = {
    kept: looked.flatMap(({ beliefId, reason }) => (reason === undefined ? [beliefId] : [])),
    dropped: looked.filter(({ reason }) => reason !== undefined),
  }
  return { output, effects: [] }
}

function dropReasonOf(
  belief: HarnessBelief,
  signal: HarnessSignal | undefined,
  state: HandedState,
): DropReason | undefined {
  const { regime, factor } = declared(state)
  if (signal === undefined) return 'NO_SIGNAL'
  if (signal.regimeStateId !== regime.stateId) return 'NO_REGIME'
  const isPermitted = belief.permissions.every((permission) => factor.permitted[permission])
  if (factor.permissionId === null || !isPermitted) return 'PERMISSION_DENIED'
  return belief.conviction < MIN_CONVICTION ? 'BELOW_CONVICTION' : undefined
}

/** T4. Regime, signal, belief and permission travel with every action. */
function emitActions({ state, outputs, mode }: SkillInput): SkillResult {
  const { regime, factor, beliefs } = declared(state)
  const kept = new Set((outputs.T3 as FilteredBeliefs | undefined)?.kept)
  const { permissionId } = factor
  if (permissionId === null) return { output: [], effects: [] }
  const actions = beliefs.beliefs
    .filter(({ beliefId }) => kept.has(beliefId))
    .map(
      ({ beliefId, signalId }): V1Action => ({
        beliefId,
        signalId,
        regimeStateId: regime.stateId,
        permission: permissionId,
      }),
    )
  const effects = actions.flatMap((action): SkillEffect[] => [
    { resource: 'audit_log', payload: action },
    ...(mode === 'live' ? [{ resource: 'orders' as const, payload: action }] : []),
  ])
  return { output: actions, effects }
}

/** What T3 and T4 declare: the harness calls neither unless it is there. */
function declared({ regime, factor, signals, beliefs }: HandedState) {
  return { regime: regime!, factor: factor!, signals: signals!, beliefs: beliefs! }
}
