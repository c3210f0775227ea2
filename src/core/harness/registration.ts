import {
  EFFECT_RESOURCES,
  type LedgerEntry,
  PERMISSIONS,
  type SkillRegistration,
  STATE_OBJECTS,
  type StateObjectName,
} from '../../ports/vocabulary/harness.js'
import { isAuthorised } from './ledger.js'

/** Why a skill is not registered, in the order in which it is looked at. */
export type RegistrationRefused =
  | 'BAD_ID'
  | 'BAD_VERSION'
  | 'NO_TASK_TYPES'
  | 'UNKNOWN_STATE'
  | 'UNKNOWN_PERMISSION'
  | 'UNKNOWN_EFFECT'
  | 'LAYER_NOT_DECLARED'
  | 'DUPLICATE'
  | 'NO_LEDGER_ENTRY'

/** The layer that an object comes from: a skill that reads the one declares the other. Source: spec "Skills". */
export const LAYER_OF: Readonly<Record<StateObjectName, string>> = {
  regime: 'L6',
  factor: 'L6.5',
  signals: 'L8',
  beliefs: 'L9',
  macro: 'L5.5',
  flow: 'L5.7',
  posture: 'L11',
}

/** SK-5: what is wrong with a registration; undefined: nothing. Source: execution harness contract §7; spec "Skills". */
export function registrationRefused(
  registration: SkillRegistration,
  known: {
    /** Whether this id and version are in the registry, in whatever state. */
    readonly isRegistered: (skill: SkillRegistration) => boolean
    readonly ledger: readonly LedgerEntry[]
  },
): RegistrationRefused | undefined {
  if (!SKILL_ID.test(registration.skillId)) return 'BAD_ID'
  if (!SEMANTIC_VERSION.test(registration.skillVersion)) return 'BAD_VERSION'
  if (registration.taskTypes.length === 0) return 'NO_TASK_TYPES'
  if (!areOf(STATE_OBJECTS, registration.requiredInputs)) return 'UNKNOWN_STATE'
  if (!areOf(PERMISSIONS, registration.requiresPermissions)) return 'UNKNOWN_PERMISSION'
  if (!areOf(EFFECT_RESOURCES, registration.sideEffects)) return 'UNKNOWN_EFFECT'
  if (!areOf(registration.layerDependencies, layersOf(registration.requiredInputs))) return 'LAYER_NOT_DECLARED'
  if (known.isRegistered(registration)) return 'DUPLICATE'
  if (!isAuthorised(known.ledger, registration)) return 'NO_LEDGER_ENTRY'
  return undefined
}

/** The layers that a skill depends on which reads these objects. */
export function layersOf(objects: readonly StateObjectName[]): readonly string[] {
  return objects.map((name) => LAYER_OF[name])
}

/** As the name of a task, and dots: an id becomes part of audit records and of commands. */
const SKILL_ID = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/

/** semver.org, 2.0.0. */
const SEMANTIC_VERSION =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

function areOf(known: readonly string[], names: readonly string[]): boolean {
  return names.every((name) => known.includes(name))
}
