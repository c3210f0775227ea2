import { describe, expect, test } from 'vitest'
import type { ImpulseResponse, SegmentProfiles } from '../../../src/core/selection/impulse-response.js'
import { impulseResponse, scalarProfiles } from '../../../src/core/selection/impulse-response.js'
import { rankAssets } from '../../../src/core/selection/selection.js'
import { simdProfiles } from '../../../src/core/selection/simd-profiles.js'
import type { Direction } from '../../../src/ports/vocabulary/market.js'
import { closeTo, goldenUnit } from '../../support/golden.js'
import { computeSegments } from '../../support/segments.js'

type Verdict = { readonly kept: Direction; readonly out: string | null; readonly fragile: boolean }
interface Responses {
  readonly '-1': ImpulseResponse
  readonly '1': ImpulseResponse
  readonly short: Verdict
  readonly long: Verdict
}
interface Row {
  readonly kind: string
  readonly prices: readonly number[]
  readonly absolute: Responses
  readonly relative: Responses
}

const { rows } = goldenUnit<{ readonly rows: readonly Row[] }>('irp')
const KERNELS: readonly [string, (capacity: number) => SegmentProfiles][] = [
  ['scalar', scalarProfiles],
  ['SIMD', simdProfiles],
]
const RETURNS = ['absolute', 'relative'] as const

describe.each(KERNELS)('the %s kernel', (_, kernel) => {
  test.each(RETURNS)(`golden: the metrics of ${rows.length} segments, both directions, %s`, (returns) => {
    const profiles = kernel(rows.length)
    computeSegments(
      profiles,
      rows.map((row) => row.prices),
      returns === 'relative',
    )
    rows.forEach((row, segment) => {
      for (const direction of [-1, 1] as const) {
        const expected = row[returns][`${direction}`]
        const found = impulseResponse(profiles, segment, direction, returns === 'relative')
        for (const metric of ['mfe', 'mae', 'efficiency', 'alignment', 'noise', 'latency', 'ars'] as const) {
          const place = `row ${segment} (${row.kind}), direction ${direction}, ${metric}: ${found[metric]}`
          expect(agrees(metric, found[metric], expected[metric]), `${place}, expected ${expected[metric]}`).toBe(true)
        }
      }
    })
  })

  test.each(RETURNS)('golden: what each regime keeps and what the filters let through, %s', (returns) => {
    const relative = returns === 'relative'
    const profiles = kernel(1)
    let checked = 0
    for (const row of rows) {
      computeSegments(profiles, [row.prices], relative)
      for (const [regime, direction] of [
        ['short', -1],
        ['long', 1],
      ] as const) {
        const { kept, out, fragile } = row[returns][regime]
        if (fragile) continue
        checked++
        const ranked = rankAssets(profiles, 1, { direction, relative, minAlignment: 0.45, pickable: () => true })
        expect(
          ranked.map((asset) => asset.kept),
          `${row.kind}, ${regime}`,
        ).toEqual(out === null ? [kept] : [])
      }
    }
    expect(checked).toBeGreaterThan(rows.length)
  })
})

/** A latency is a count; the other metrics are floats. */
function agrees(metric: keyof ImpulseResponse, found: number, expected: number): boolean {
  return metric === 'latency' ? found === expected : closeTo(found, expected)
}
