import type { SkillRegistration } from '../../ports/vocabulary/harness.js'
import { layersOf } from './registration.js'

/** The skills of the graph v1, as they are registered. Source: execution harness contract §6, §7; docs/ledger.md. */
export const V1_REGISTRATIONS: readonly SkillRegistration[] = [
  registered('validate_state', 'D001', {
    requiredInputs: ['regime', 'signals', 'beliefs'],
    outputSchema: 'ValidatedState',
  }),
  registered('check_regime', 'D002', { requiredInputs: ['regime'], outputSchema: 'RegimeCheck' }),
  registered('filter_beliefs', 'D003', {
    requiredInputs: ['regime', 'factor', 'signals', 'beliefs'],
    outputSchema: 'FilteredBeliefs',
  }),
  registered('emit_actions', 'D004', {
    requiredInputs: ['regime', 'factor', 'signals', 'beliefs'],
    outputSchema: 'Action[]',
    sideEffects: ['audit_log', 'orders'],
  }),
]

function registered(
  skillId: string,
  decisionLedgerRef: string,
  declared: Pick<SkillRegistration, 'requiredInputs' | 'outputSchema'> & Partial<SkillRegistration>,
): SkillRegistration {
  return {
    skillId,
    skillVersion: '1.0.0',
    taskTypes: [skillId],
    requiresPermissions: [],
    layerDependencies: layersOf(declared.requiredInputs),
    sideEffects: [],
    author: 'DOLPHIN',
    decisionLedgerRef,
    ...declared,
  }
}
