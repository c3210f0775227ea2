import { assert } from '../../base/assert.js'
import type { FlowName } from '../../ports/vocabulary/flows.js'
import type { HarnessTask, LedgerEntry, SkillRegistration } from '../../ports/vocabulary/harness.js'
import { layersOf } from '../harness/registration.js'
import { SHIPPED_LEDGER } from '../harness/shipped-ledger.generated.js'
import { SkillRegistry } from '../harness/skill-registry.js'
import { flowTasks } from './flow-graphs.js'

/**
 * The skills of a flow, all of them authorised by the ledger.
 *
 * Throws when one is not: a flow runs with all of its skills, or not at all (SK-5).
 */
export function flowRegistry(flow: FlowName, ledger: readonly LedgerEntry[] = SHIPPED_LEDGER): SkillRegistry {
  const registry = new SkillRegistry(ledger)
  for (const registration of flowRegistrations(flow)) {
    const registered = registry.register(registration)
    assert('state' in registered, `the ledger authorises ${registration.skillId}`)
    registry.authorise(registration)
  }
  return registry
}

/** The skills of a flow, as they are registered: each declares what its task declares, and has its own entry in docs/ledger.md. */
function flowRegistrations(flow: FlowName): readonly SkillRegistration[] {
  return flowTasks(flow).map(registrationOf)
}

function registrationOf(task: HarnessTask): SkillRegistration {
  const entry = SHIPPED_LEDGER.find(({ kind, skillId }) => kind === 'AUTHORIZE' && skillId === task.skillRef)
  return {
    skillId: task.skillRef,
    skillVersion: '1.0.0',
    taskTypes: [task.taskType],
    requiredInputs: task.requiredState,
    outputSchema: task.outputSchema,
    requiresPermissions: task.requiredPermissions,
    layerDependencies: layersOf(task.requiredState),
    sideEffects: task.sideEffects,
    author: 'DOLPHIN',
    // Without an entry no registry takes it.
    decisionLedgerRef: entry?.ref ?? 'none',
  }
}
