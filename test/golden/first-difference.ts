import { closeTo } from '../support/golden.js'

/** Floats of the golden vectors agree within this, relative. */
const TOLERANCE = 1e-9

/** Fields of `expected.json` that say something about the vectors themselves. */
const NOT_COMPARED = new Set(['name', 'about', 'rows', 'rows_cols', 'fragile'])

/**
 * The first field of `expected` that `actual` has otherwise: discrete values exactly, floats within 1e-9 relative.
 * Fields that only `actual` has are not looked at.
 */
export function firstDifference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return differs(path, expected, actual)
    for (let i = 0; i < Math.min(expected.length, actual.length); i++) {
      const difference = firstDifference(expected[i], actual[i], `${path}[${i}]`)
      if (difference !== undefined) return difference
    }
    return expected.length === actual.length ? undefined : differs(`${path}.length`, expected.length, actual.length)
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null) return differs(path, expected, actual)
    for (const [key, value] of Object.entries(expected)) {
      if (path === '' && NOT_COMPARED.has(key)) continue
      const difference = firstDifference(
        value,
        (actual as Record<string, unknown>)[key],
        path === '' ? key : `${path}.${key}`,
      )
      if (difference !== undefined) return difference
    }
    return undefined
  }
  if (typeof expected === 'number' && typeof actual === 'number') {
    return close(expected, actual) ? undefined : differs(path, expected, actual)
  }
  return expected === actual ? undefined : differs(path, expected, actual)
}

export function close(expected: number, actual: number): boolean {
  if (Number.isInteger(expected) && Number.isInteger(actual)) return expected === actual
  return closeTo(actual, expected, TOLERANCE)
}

function differs(path: string, expected: unknown, actual: unknown): string {
  return `${path}: expected ${show(expected)}, found ${show(actual)}`
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
