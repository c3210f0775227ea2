import { InputMistake, type Problem } from './mistakes.js'
import { nearestName } from './suggest.js'
import { isDate } from './utc-date.js'

/** What is wrong with a value, by the path that leads to it; nothing where nothing is. Paths are those of the caller's code. */
export type Check = (value: unknown, path: string) => readonly Problem[]

/** A check for every field: one that is added to the type fails to compile until it has one. */
export type Checks<T> = { readonly [K in keyof T]-?: Check }

/**
 * Refuses what a public function was called with, all that is wrong at once. For constructors and other doors that a program
 * goes through once, not for hot paths.
 *
 * @throws InputMistake whose problems name the argument by its path (`settings.parameters.fraction`), what was expected and
 * what was found.
 */
export function refuse(...found: readonly (readonly Problem[])[]): void {
  const problems = found.flat()
  if (problems.length > 0) throw new InputMistake(problems)
}

const NOTHING: readonly Problem[] = []

/** A check of one's own; `expected` in words. */
export function that(expected: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => (holds(value) ? NOTHING : [argumentProblem(path, expected, shown(value))])
}

export function argumentProblem(path: string, expected: string, found: string): Problem {
  return { place: path, message: `expected ${expected}, found ${found}` }
}

/** Text that says something. */
export const text = that('text', (value) => typeof value === 'string' && value !== '')
export const anyText = that('text', (value) => typeof value === 'string')
/** A build of the program: SHA-256 of its code, the first 16 hex digits. */
export const build = matching('16 lower-case hex digits', /^[0-9a-f]{16}$/)
export const flag = that('true or false', (value) => typeof value === 'boolean')
export const callback = that('a function', (value) => typeof value === 'function')
/** Trading direction. */
export const direction = that('-1 (short) or 1 (long)', (value) => value === -1 || value === 1)
/** A UTC date `YYYY-MM-DD`. */
export const date = that('a date YYYY-MM-DD', (value) => typeof value === 'string' && isDate(value))
/** A whole number of milliseconds. */
export const milliseconds = number({ min: 0, integer: true })

export function matching(expected: string, pattern: RegExp): Check {
  return that(expected, (value) => typeof value === 'string' && pattern.test(value))
}

export function oneOf(...values: readonly (string | number)[]): Check {
  const names = values.map((value) => (typeof value === 'number' ? String(value) : `'${value}'`))
  const expected = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  return that(expected, (value) => values.includes(value as string | number))
}

export function number({
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
  above,
  integer = false,
}: {
  readonly min?: number
  readonly above?: number
  readonly max?: number
  readonly integer?: boolean
} = {}): Check {
  const from = above === undefined ? (min === Number.NEGATIVE_INFINITY ? '' : ` from ${min}`) : ` above ${above}`
  const to = max === Number.POSITIVE_INFINITY ? (from.startsWith(' from') ? ' on' : '') : ` to ${max}`
  return that(
    `${integer ? 'an integer' : 'a finite number'}${from}${to}`,
    (value) =>
      typeof value === 'number' &&
      (integer ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value >= min &&
      value <= max &&
      (above === undefined || value > above),
  )
}

/** An exact decimal as text. */
export function decimal(sign: 'above zero' | 'above zero and below 1' | 'of zero or more'): Check {
  return that(
    `a decimal ${sign} as text, such as '0.001'`,
    (value) =>
      typeof value === 'string' &&
      /^\d{1,20}(\.\d{1,18})?$/.test(value) &&
      (sign === 'of zero or more' || /[1-9]/.test(value)) &&
      (sign !== 'above zero and below 1' || /^0+\./.test(value)),
  )
}

export function optional(check: Check): Check {
  return (value, path) => (value === undefined ? NOTHING : check(value, path))
}

export function nullable(check: Check): Check {
  return (value, path) => (value === null ? NOTHING : check(value, path))
}

export function listOf(check: Check, { min = 0 }: { readonly min?: number } = {}): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return [argumentProblem(path, 'a list', shown(value))]
    if (value.length < min) return [argumentProblem(path, `at least ${min}`, String(value.length))]
    return value.flatMap((item, i) => check(item, `${path}[${i}]`))
  }
}

/**
 * An object with these fields, and with whatever else the caller's own has. A field that is missing while another one is
 * spelled nearly so is said to be misspelled.
 */
export function fields<T>(checks: Checks<T>): Check {
  const known = Object.keys(checks)
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [argumentProblem(path, `an object with ${known.join(', ')}`, shown(value))]
    }
    const given = value as Readonly<Record<string, unknown>>
    const strangers = Object.keys(value).filter((name) => !known.includes(name))
    return Object.entries<Check>(checks).flatMap(([name, check]) => {
      const problems = check(given[name], path === '' ? name : `${path}.${name}`)
      const misspelled = given[name] === undefined ? nearestName(name, strangers) : undefined
      if (misspelled === undefined) return problems
      return problems.map((problem) => ({ ...problem, message: `${problem.message}; there is a '${misspelled}'` }))
    })
  }
}

/** An object with the fields of `model`, of one kind but for the exceptions: timings, limits. */
export function each(model: object, check: Check, exceptions: Readonly<Record<string, Check>> = {}): Check {
  const checks = Object.keys(model).map((name) => [name, exceptions[name] ?? check])
  return fields<Readonly<Record<string, unknown>>>(Object.fromEntries(checks))
}

/** What has the methods of a port or a class; `what` in words. */
export function having(what: string, ...methods: readonly string[]): Check {
  return (value, path) => {
    const found = (value ?? {}) as Readonly<Record<string, unknown>>
    const missing = methods.filter((name) => typeof found[name] !== 'function')
    if (missing.length === 0) return NOTHING
    const lacks = typeof value === 'object' && value !== null ? `an object without ${missing.join(', ')}` : shown(value)
    return [argumentProblem(path, what, lacks)]
  }
}

/** A value in few words: a caller's object may be of any size, refer to itself, or hold what JSON has no word for. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing'
    case 'string':
      return value.length <= 60 ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, 56))}…`
    case 'function':
      return 'a function'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `a list of ${value.length}`
      return ArrayBuffer.isView(value) ? `${value.constructor.name} of ${(value as Uint8Array).length}` : 'an object'
    default:
      return String(value)
  }
}
