import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { CASE_FUNCTIONS } from './case-functions.js'

/** A file of cases: what a function of this name answers to these arguments. */
export interface CaseFile {
  readonly tolerance?: number
  readonly relTolerance?: number
  readonly absTolerance?: number
  readonly cases: readonly GoldenCase[]
}

export interface GoldenCase {
  readonly id: string
  readonly fn: string
  readonly args: unknown
  /** Arguments by name, besides the others. */
  readonly options?: unknown
  readonly expected: unknown
  readonly tolerance?: number
}

/** The cases of a file, which may be packed (`.gz`); undefined when it holds none. */
export function caseFile(path: string): CaseFile | undefined {
  const bytes = readFileSync(path)
  const json = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Partial<CaseFile> | null
  const isOne = Array.isArray(json?.cases) && json.cases.length > 0 && json.cases.every((one) => isCase(one))
  return isOne ? (json as CaseFile) : undefined
}

/** What a case gives otherwise than expected: undefined when nothing, `skipped` when nobody has registered its function. */
export async function caseOutcome(
  file: CaseFile,
  golden: GoldenCase,
): Promise<{ difference: string | undefined } | 'skipped'> {
  if (!Object.hasOwn(CASE_FUNCTIONS, golden.fn)) return 'skipped'
  const tolerance = {
    relative: golden.tolerance ?? file.tolerance ?? file.relTolerance ?? 0,
    absolute: golden.tolerance ?? file.tolerance ?? file.absTolerance ?? 0,
  }
  try {
    const found = await CASE_FUNCTIONS[golden.fn]!(golden.args, golden.options)
    return { difference: caseDifference(golden.expected, found, tolerance) }
  } catch (error) {
    return { difference: `it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` }
  }
}

interface Tolerance {
  readonly relative: number
  readonly absolute: number
}

/** The first place where two answers differ. null is absent, integers are exact, and NaN and infinities travel as texts. */
export function caseDifference(
  expected: unknown,
  found: unknown,
  tolerance: Tolerance,
  path = 'expected',
): string | undefined {
  if (isAbsent(expected)) return isAbsent(found) ? undefined : differs(path, expected, found)
  if (typeof found === 'number') return agrees(expected, found, tolerance) ? undefined : differs(path, expected, found)
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return differs(path, expected, found)
    return firstOf(expected.keys(), (i) => caseDifference(expected[i], found[i], tolerance, `${path}[${i}]`))
  }
  if (typeof expected === 'object') {
    if (typeof found !== 'object' || isAbsent(found) || Array.isArray(found)) return differs(path, expected, found)
    const [one, other] = [expected as Record<string, unknown>, found as Record<string, unknown>]
    const keys = new Set([...Object.keys(one), ...Object.keys(other)])
    return firstOf(keys, (key) => caseDifference(one[key], other[key], tolerance, `${path}.${key}`))
  }
  return expected === found ? undefined : differs(path, expected, found)
}

function firstOf<T>(places: Iterable<T>, differenceAt: (place: T) => string | undefined): string | undefined {
  for (const place of places) {
    const difference = differenceAt(place)
    if (difference !== undefined) return difference
  }
  return undefined
}

function agrees(expected: unknown, found: number, { relative, absolute }: Tolerance): boolean {
  if (typeof expected === 'string') return !Number.isFinite(found) && expected === String(found)
  if (typeof expected !== 'number') return false
  if (expected === found) return true
  if (Number.isInteger(expected) && Number.isInteger(found)) return false
  const size = Math.max(Math.abs(expected), Math.abs(found))
  return Math.abs(expected - found) <= Math.max(absolute, relative * size)
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function isCase(value: unknown): boolean {
  return typeof (value as GoldenCase | null)?.id === 'string' && typeof (value as GoldenCase).fn === 'string'
}

function differs(path: string, expected: unknown, found: unknown): string {
  return `${path}: expected ${shown(expected)}, found ${shown(found)}`
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
