import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { goldenDir } from './golden.js'

export interface MarketCase {
  readonly id: string
  readonly fn: string
  readonly args: unknown
  readonly expected: unknown
  readonly tolerance: number
}

/** The cases of one function in a market file, as `it.each` rows. */
export function marketCases(file: string, fn: string): readonly (readonly [string, MarketCase])[] {
  const { cases } = JSON.parse(readFileSync(join(goldenDir(), 'market', `${file}.json`), 'utf8')) as {
    readonly cases: readonly MarketCase[]
  }
  return cases.filter((entry) => entry.fn === fn).map((entry) => [entry.id, entry])
}

/** Where two documents differ first, as a path; numbers agree within `tolerance · max(1, |a|, |b|)`, absent is null. */
export function marketDifference(expected: unknown, found: unknown, tolerance: number, path = ''): string | undefined {
  if (typeof expected === 'number' && typeof found === 'number') {
    const isClose = Math.abs(expected - found) <= tolerance * Math.max(1, Math.abs(expected), Math.abs(found))
    return isClose ? undefined : differenceAt(path, expected, found)
  }
  if (typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)])
    for (const key of keys) {
      const difference = marketDifference(
        Reflect.get(expected, key),
        Reflect.get(found, key),
        tolerance,
        `${path}/${key}`,
      )
      if (difference !== undefined) return difference
    }
    return undefined
  }
  return (expected ?? null) === (found ?? null) ? undefined : differenceAt(path, expected, found)
}

function differenceAt(path: string, expected: unknown, found: unknown): string {
  return `${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`
}
