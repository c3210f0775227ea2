import { found } from '../../base/mistakes.js'
import type { EffectResource, SkillEffect } from '../../ports/vocabulary/harness.js'
import { frozenJson, NotJson } from './frozen-json.js'
import type { SkillFinding } from './violations.js'

/** What a skill promises to put out, and nothing besides. */
export type OutputShape =
  /** Any plain JSON. */
  | 'json'
  | 'string'
  | 'number'
  | 'boolean'
  | { readonly oneOf: readonly string[] }
  | { readonly arrayOf: OutputShape }
  | { readonly orNull: OutputShape }
  /** All of them, and no other. */
  | { readonly fields: Readonly<Record<string, OutputShape>> }

/** A copy of what a skill returned, frozen; or what it was caught at. Source: execution harness contract §7; spec "Skills", SK-3. */
export function readResult(
  value: unknown,
  declared: { readonly output: OutputShape; readonly sideEffects: readonly EffectResource[] },
): { readonly output: unknown; readonly effects: readonly SkillEffect[] } | SkillFinding {
  let result: unknown
  try {
    result = frozenJson(value, 'what it returned')
  } catch (error) {
    return {
      violation: 'UNDECLARED_OUTPUT',
      message: error instanceof NotJson ? error.message : 'what it returned cannot be read',
    }
  }
  const difference = shapeDifference(RESULT, result, 'what it returned')
  if (difference !== undefined) return { violation: 'UNDECLARED_OUTPUT', message: difference }
  const { output, effects } = result as { output: unknown; effects: readonly SkillEffect[] }
  const undeclared = effects.find(({ resource }) => !declared.sideEffects.includes(resource))
  if (undeclared !== undefined) {
    const allowed = declared.sideEffects.length === 0 ? 'no effect' : declared.sideEffects.join(', ')
    return { violation: 'UNDECLARED_EFFECT', message: `expected ${allowed}, found ${found(undeclared.resource)}` }
  }
  const wrong = shapeDifference(declared.output, output, 'its output')
  return wrong === undefined ? { output, effects } : { violation: 'UNDECLARED_OUTPUT', message: wrong }
}

const RESULT: OutputShape = {
  fields: { output: 'json', effects: { arrayOf: { fields: { resource: 'string', payload: 'json' } } } },
}

/** The first place where plain JSON has not the shape; undefined: it has. */
export function shapeDifference(shape: OutputShape, value: unknown, path: string): string | undefined {
  if (shape === 'json') return undefined
  if (typeof shape === 'string') return typeof value === shape ? undefined : differs(path, shape, value)
  if ('oneOf' in shape)
    return typeof value === 'string' && shape.oneOf.includes(value)
      ? undefined
      : differs(path, shape.oneOf.join(' or '), value)
  if ('orNull' in shape) return value === null ? undefined : shapeDifference(shape.orNull, value, path)
  if ('arrayOf' in shape) {
    if (!Array.isArray(value)) return differs(path, 'an array', value)
    return first(value, (child, index) => shapeDifference(shape.arrayOf, child, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return differs(path, 'an object', value)
  const surplus = Object.keys(value).find((name) => !Object.hasOwn(shape.fields, name))
  if (surplus !== undefined) return `${path}.${surplus} is not declared`
  const fields = value as Readonly<Record<string, unknown>>
  return first(Object.entries(shape.fields), ([name, field]) =>
    Object.hasOwn(fields, name)
      ? shapeDifference(field, fields[name], `${path}.${name}`)
      : `${path}.${name} is missing`,
  )
}

function first<T>(values: readonly T[], differenceOf: (value: T, index: number) => string | undefined) {
  for (const [index, value] of values.entries()) {
    const difference = differenceOf(value, index)
    if (difference !== undefined) return difference
  }
  return undefined
}

function differs(path: string, expected: string, value: unknown): string {
  return `${path}: expected ${expected}, found ${found(value)}`
}
