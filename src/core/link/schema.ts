import { unreachable } from '../../base/assert.js'
import { clipped } from '../../base/clipped.js'

/**
 * The small language in which messages are described: one description, from which the core checks and the JSON Schemas
 * under `specs/messages` are written. `kind` of a field; what is not said is not allowed.
 */
export type Schema =
  | { readonly kind: 'decimal'; readonly sign: 'any' | 'notNegative' | 'positive' }
  | { readonly kind: 'text'; readonly pattern: string }
  /** Free text of at most so many characters. */
  | { readonly kind: 'prose'; readonly charactersMax: number }
  | { readonly kind: 'integer'; readonly min: number }
  | { readonly kind: 'number' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'one of'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'nullable'; readonly of: Schema }
  | { readonly kind: 'array'; readonly of: Schema; readonly itemsMax: number }
  | ObjectSchema

export interface ObjectSchema {
  readonly kind: 'object'
  readonly required: Readonly<Record<string, Schema>>
  readonly optional: Readonly<Record<string, Schema>>
}

/** Plain notation without trailing zeros or a negative zero. */
export const DECIMAL_PATTERNS = {
  any: '^(?!-0$)-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$',
  notNegative: '^(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$',
  positive: '^(?!0$)(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$',
} as const

/** 40 digits, a sign and a point. */
export const DECIMAL_LENGTH_MAX = 42

/** The first thing wrong with a value: where, what was expected, what was found. Undefined when nothing is. */
export type Check = (value: unknown, path: string) => string | undefined

/** Compiles a description once; the check allocates nothing when all is well. */
export function checkOf(schema: Schema): Check {
  switch (schema.kind) {
    case 'decimal': {
      const what = `a ${schema.sign === 'any' ? '' : `${schema.sign} `}decimal`
      const fits = patternTest(DECIMAL_PATTERNS[schema.sign])
      return (value, path) =>
        typeof value === 'string' && value.length <= DECIMAL_LENGTH_MAX && fits(value)
          ? undefined
          : wrong(path, what, value)
    }
    case 'text': {
      const fits = patternTest(schema.pattern)
      return (value, path) =>
        typeof value === 'string' && fits(value) ? undefined : wrong(path, schema.pattern, value)
    }
    case 'prose':
      return (value, path) =>
        typeof value === 'string' && hasAtMost(value, schema.charactersMax)
          ? undefined
          : wrong(path, `text of at most ${schema.charactersMax} characters`, value)
    case 'integer':
      return (value, path) =>
        Number.isSafeInteger(value) && (value as number) >= schema.min
          ? undefined
          : wrong(path, `an integer of at least ${schema.min}`, value)
    case 'number':
      return (value, path) => (Number.isFinite(value) ? undefined : wrong(path, 'a number', value))
    case 'boolean':
      return (value, path) => (typeof value === 'boolean' ? undefined : wrong(path, 'true or false', value))
    case 'one of': {
      const values = new Set<unknown>(schema.values)
      return (value, path) => (values.has(value) ? undefined : wrong(path, schema.values.join(' or '), value))
    }
    case 'nullable': {
      const check = checkOf(schema.of)
      return (value, path) => (value === null ? undefined : check(value, path))
    }
    case 'array': {
      const check = checkOf(schema.of)
      return (value, path) => {
        if (!Array.isArray(value) || value.length > schema.itemsMax) {
          return wrong(path, `an array of at most ${schema.itemsMax}`, value)
        }
        for (let i = 0; i < value.length; i++) {
          const problem = check(value[i], `${path}[${i}]`)
          if (problem !== undefined) return problem
        }
        return undefined
      }
    }
    case 'object':
      return objectCheck(schema)
    default:
      return unreachable(schema)
  }
}

/** Whether a text fits; a field mostly says what it said last, which is not matched again. */
function patternTest(source: string): (text: string) => boolean {
  const pattern = new RegExp(source)
  let fitting: string | undefined
  return (text) => {
    if (text === fitting) return true
    if (!pattern.test(text)) return false
    fitting = text
    return true
  }
}

function objectCheck({ required, optional }: ObjectSchema): Check {
  const checks = new Map<string, Check>()
  for (const [key, schema] of Object.entries({ ...required, ...optional })) checks.set(key, checkOf(schema))
  const requiredKeys = Object.keys(required)
  const isWhole = wholeTest([...checks], requiredKeys.length)
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, 'an object', value)
    const fields = value as Readonly<Record<string, unknown>>
    if (isWhole(fields)) return undefined
    for (const key of requiredKeys) {
      if (!Object.hasOwn(fields, key)) return `${path}.${key}: expected, not found`
    }
    for (const key of Object.keys(fields)) {
      const check = checks.get(key)
      if (check === undefined) return `${path}.${shown(key)}: not expected`
      const problem = check(fields[key], `${path}.${key}`)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

/**
 * Whether an object has nothing wrong: in one walk over the fields that it may have, the required ones first. Where and what
 * is wrong is looked for only when something is.
 */
function wholeTest(
  checks: readonly (readonly [string, Check])[],
  requiredCount: number,
): (fields: Readonly<Record<string, unknown>>) => boolean {
  return (fields) => {
    let found = 0
    for (let i = 0; i < checks.length; i++) {
      const [key, check] = checks[i]!
      const field = fields[key]
      if (field === undefined) {
        if (i < requiredCount) return false
      } else {
        if (check(field, '') !== undefined) return false
        found++
      }
    }
    return found === Object.keys(fields).length
  }
}

/** Characters are code points, as JSON Schema counts them. */
function hasAtMost(text: string, charactersMax: number): boolean {
  return text.length <= charactersMax || (text.length <= 2 * charactersMax && [...text].length <= charactersMax)
}

function wrong(path: string, expected: string, found: unknown): string {
  return `${path}: expected ${expected}, found ${shown(JSON.stringify(found) ?? 'nothing')}`
}

/** What a stranger sent may be of any length; what is said of it is not. */
function shown(text: string): string {
  return clipped(text, 80)
}
