import { unreachable } from '../../base/assert.js'
import { clipped } from '../../base/clipped.js'
import type { Description, Fields } from './document-schema.js'

/** Why a document was refused: the first thing wrong with it. */
export interface Refusal {
  /** From the document's name down: `exf_latest.sources.dvol.age_s`. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** In one line, for a log. */
export function sayRefusal({ path, expected, found }: Refusal): string {
  return `${path}: expected ${expected}, found ${found}`
}

/** The first thing wrong with a value, its path beginning below the value; undefined when nothing is. */
export type Check = (value: unknown) => Refusal | undefined

/** Compiles a description once. It allocates nothing when all is well. */
export function checkOf(schema: Description): Check {
  switch (schema.kind) {
    case 'number':
      return numberCheck(schema)
    case 'integer': {
      const { min, max } = schema
      const expected = max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer ${min} to ${max}`
      return (value) =>
        Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
          ? undefined
          : wrong(expected, value)
    }
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : wrong('true or false', value))
    case 'text': {
      const pattern = new RegExp(schema.pattern, 'u')
      return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : wrong(schema.is, value))
    }
    case 'prose':
      return (value) => (typeof value === 'string' ? undefined : wrong('text', value))
    case 'one of': {
      const values = new Set<unknown>(schema.values)
      return (value) => (values.has(value) ? undefined : wrong(schema.values.join(' or '), value))
    }
    case 'nullable': {
      const check = checkOf(schema.of)
      return (value) => (value === null ? undefined : check(value))
    }
    case 'list':
      return listCheck(schema)
    case 'record': {
      const check = checkOf(schema.of)
      return (value) => {
        if (!isObject(value)) return wrong('an object', value)
        for (const key of Object.keys(value)) {
          const refusal = check(value[key])
          if (refusal !== undefined) return within(`.${clipped(key, 40)}`, refusal)
        }
        return undefined
      }
    }
    case 'opaque':
      return (value) => (isObject(value) ? undefined : wrong('an object', value))
    case 'object':
      return objectCheck(schema)
    default:
      return unreachable(schema)
  }
}

function numberCheck({ min, max, above }: Extract<Description, { kind: 'number' }>): Check {
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(min === undefined ? [] : [`of at least ${min}`]),
    ...(max === undefined ? [] : [`of at most ${max}`]),
  ]
  const expected = ['a number', bounds.join(' and ')].filter((part) => part !== '').join(' ')
  const least = min ?? Number.NEGATIVE_INFINITY
  const most = max ?? Number.POSITIVE_INFINITY
  const floor = above ?? Number.NEGATIVE_INFINITY
  return (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most && value > floor
      ? undefined
      : wrong(expected, value)
}

function listCheck({ of, itemsMin, itemsMax }: Extract<Description, { kind: 'list' }>): Check {
  const check = checkOf(of)
  const expected = itemsMin === 0 ? `a list of at most ${itemsMax}` : `a list of ${itemsMin} to ${itemsMax}`
  return (value) => {
    if (!Array.isArray(value) || value.length < itemsMin || value.length > itemsMax) return wrong(expected, value)
    for (let i = 0; i < value.length; i++) {
      const refusal = check(value[i])
      if (refusal !== undefined) return within(`[${i}]`, refusal)
    }
    return undefined
  }
}

function objectCheck({ required, optional }: { readonly required: Fields; readonly optional: Fields }): Check {
  const requiredChecks = Object.entries(required).map(([key, of]) => [key, checkOf(of)] as const)
  const optionalChecks = Object.entries(optional).map(([key, of]) => [key, checkOf(of)] as const)
  return (value) => {
    if (!isObject(value)) return wrong('an object', value)
    for (const [key, check] of requiredChecks) {
      const refusal = check(value[key])
      if (refusal !== undefined) return within(`.${key}`, refusal)
    }
    for (const [key, check] of optionalChecks) {
      const field = value[key]
      const refusal = field === undefined ? undefined : check(field)
      if (refusal !== undefined) return within(`.${key}`, refusal)
    }
    return undefined
  }
}

/**
 * What a description knows of a value that has passed its check, in the description's order. Compiled once: a description that
 * is walked anew for each value costs more than the JSON of it, on the way of every scan.
 */
export function takerOf(schema: Description): (value: unknown) => unknown {
  return takerUnlessWhole(schema) ?? ((value) => value)
}

/** Undefined where the value itself is all that is known. */
function takerUnlessWhole(schema: Description): ((value: unknown) => unknown) | undefined {
  switch (schema.kind) {
    case 'prose':
      return (value) => clipped(value as string, schema.charactersMax)
    case 'nullable': {
      const take = takerUnlessWhole(schema.of)
      return take && ((value) => (value === null ? null : take(value)))
    }
    case 'list': {
      const take = takerUnlessWhole(schema.of)
      return (value) => (take === undefined ? [...(value as readonly unknown[])] : (value as unknown[]).map(take))
    }
    case 'record': {
      const take = takerUnlessWhole(schema.of)
      // A key `__proto__` stays a key, either way.
      if (take === undefined) return (value) => ({ ...(value as object) })
      return (value) =>
        Object.fromEntries(Object.entries(value as object).map(([key, field]) => [key, take(field)] as const))
    }
    case 'object':
      return objectTaker(schema)
    default:
      return undefined
  }
}

function objectTaker({ required, optional }: { readonly required: Fields; readonly optional: Fields }) {
  const keys = [...Object.keys(required), ...Object.keys(optional)]
  const takers = keys.map((key) => takerUnlessWhole((required[key] ?? optional[key])!))
  return (value: unknown): unknown => {
    const fields = value as Readonly<Record<string, unknown>>
    const known: Record<string, unknown> = {}
    for (let i = 0; i < keys.length; i++) {
      const field = fields[keys[i]!]
      if (field === undefined) continue
      const take = takers[i]
      known[keys[i]!] = take === undefined ? field : take(field)
    }
    return known
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function within(step: string, { path, expected, found }: Refusal): Refusal {
  return { path: step + path, expected, found }
}

function wrong(expected: string, found: unknown): Refusal {
  return { path: '', expected, found: shown(found) }
}

/** What a stranger wrote may be of any length and depth; what is said of it is not. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(clipped(value, 60))
  if (Array.isArray(value)) return `a list of ${value.length}`
  return isObject(value) ? 'an object' : String(value)
}
