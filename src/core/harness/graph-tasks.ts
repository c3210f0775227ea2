import { canonicalJson } from '../../base/canonical-json.js'
import { EFFECT_RESOURCES, type HarnessTask, PERMISSIONS, STATE_OBJECTS } from '../../ports/vocabulary/harness.js'
import { type GraphError, type GraphRefusal, refusal } from './graph-refusal.js'

export const TASK_TIMEOUT_MS_MAX = 3_600_000
export const TASK_RETRIES_MAX = 10

export function checkNames(tasks: readonly HarnessTask[]): GraphRefusal | undefined {
  const names = new Set<string>()
  for (const [index, { name }] of tasks.entries()) {
    if (typeof name !== 'string' || !NAME.test(name) || name === 'SKIP') {
      const message = `expected a name of a letter and up to 63 letters, digits, _ or -, and not SKIP, found ${said(name)}`
      return refusal('BAD_NAME', index, message)
    }
    if (names.has(name)) return refusal('DUPLICATE_NAME', name, 'expected each name once, found it twice')
    names.add(name)
  }
  return undefined
}

export function checkTasks(tasks: readonly HarnessTask[]): GraphRefusal | undefined {
  const names = new Set(tasks.map(({ name }) => name))
  const works = new Map<string, string>()
  for (const task of tasks) {
    for (const { error, findIn } of RULES) {
      const message = findIn(task, names)
      if (message !== undefined) return refusal(error, task.name, message)
    }
    const work = canonicalJson([task.taskType, task.inputs])
    const other = works.get(work)
    if (other !== undefined) {
      const message = `expected work of its own, found the type and the inputs of ${other}: both would have one task id`
      return refusal('DUPLICATE_TASK', task.name, message)
    }
    works.set(work, task.name)
  }
  return undefined
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

interface TaskRule {
  readonly error: GraphError
  /** What is wrong; undefined: nothing. */
  findIn(task: HarnessTask, names: ReadonlySet<string>): string | undefined
}

/** In the order in which they are looked at. Source: spec "Build". */
const RULES: readonly TaskRule[] = [
  {
    error: 'BAD_TIMEOUT',
    findIn: ({ timeoutMs }) => whole('timeoutMs', timeoutMs, { from: 1, to: TASK_TIMEOUT_MS_MAX }),
  },
  { error: 'BAD_RETRIES', findIn: ({ retries }) => whole('retries', retries, { from: 0, to: TASK_RETRIES_MAX }) },
  {
    error: 'RETRY_NOT_IDEMPOTENT',
    findIn: ({ retries, idempotent }) =>
      retries > 0 && idempotent !== true
        ? `expected no retries of what is not idempotent, found ${retries}`
        : undefined,
  },
  {
    error: 'BAD_CONFIDENCE',
    findIn: ({ minConfidence }) =>
      minConfidence == null || (typeof minConfidence === 'number' && minConfidence >= 0 && minConfidence <= 1)
        ? undefined
        : `minConfidence: expected 0 to 1, found ${said(minConfidence)}`,
  },
  { error: 'UNKNOWN_STATE', findIn: ({ requiredState }) => among('requiredState', requiredState, STATE_OBJECTS) },
  {
    error: 'UNKNOWN_PERMISSION',
    findIn: ({ requiredPermissions }) => among('requiredPermissions', requiredPermissions, PERMISSIONS),
  },
  { error: 'UNKNOWN_EFFECT', findIn: ({ sideEffects }) => among('sideEffects', sideEffects, EFFECT_RESOURCES) },
  {
    error: 'UNKNOWN_DEPENDENCY',
    findIn: ({ dependsOn }, names) => {
      const unknown = dependsOn.find((name) => !names.has(name))
      return unknown === undefined ? undefined : `dependsOn: expected names of tasks, found ${said(unknown)}`
    },
  },
]

function whole(field: string, value: number, { from, to }: { readonly from: number; readonly to: number }) {
  if (Number.isInteger(value) && value >= from && value <= to) return undefined
  return `${field}: expected a whole number from ${from} to ${to}, found ${said(value)}`
}

function among(field: string, found: readonly string[], known: readonly string[]): string | undefined {
  const unknown = found.find((word) => !known.includes(word))
  return unknown === undefined ? undefined : `${field}: expected ${known.join(', ')}, found ${said(unknown)}`
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
