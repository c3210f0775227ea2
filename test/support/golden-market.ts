import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { caseDifference } from '../golden/golden-cases.js'
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
export function marketDifference(expected: unknown, found: unknown, tolerance: number): string | undefined {
  return caseDifference(expected, found, { relative: tolerance, absolute: tolerance })
}
