import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Scanner } from '../../../src/core/eigen/scanner.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { Scan } from '../../../src/ports/vocabulary/scan.js'
import { goldenDir } from '../../support/golden.js'
import { FIXTURE_DAYS, readDays } from '../../support/price-tables.js'

interface Expected {
  readonly rows: readonly [string, string, ...(number | null)[]][]
  readonly rows_cols: readonly string[]
}

const FIELDS: Record<string, (scan: Scan) => number> = {
  vel_div: (scan) => scan.velDiv,
  v50: (scan) => scan.windows[0].velocity,
  v150: (scan) => scan.windows[1].velocity,
  v300: (scan) => scan.windows[2].velocity,
  v750: (scan) => scan.windows[3].velocity,
  instability_50: (scan) => scan.windows[0].instability,
  instability_150: (scan) => scan.windows[1].instability,
}

let days: DayColumns[]

beforeAll(async () => {
  days = await readDays(FIXTURE_DAYS)
})

describe('the scanner on the recorded days', () => {
  it('agrees with all 650 golden check rows within 1e-9, undefined values included', () => {
    const expected = JSON.parse(readFileSync(`${goldenDir()}/real-may-2025/expected.json`, 'utf8')) as Expected
    const rows = new Map(
      expected.rows.map(([, time, ...values]) => [BigInt(Date.parse(time.replace(' ', 'T'))) * 1_000_000n, values]),
    )
    const scanner = new Scanner(days[0]!.assets)
    const wrong: string[] = []
    let checked = 0
    let scanNumber = 0
    for (const day of days) {
      const prices = new Float64Array(day.assets.length)
      for (let bar = 0; bar < day.bars; bar++) {
        const timestampNs = day.timestampNs![bar]!
        for (let i = 0; i < prices.length; i++) prices[i] = day.prices[i]![bar]!
        const scan = scanner.push(prices, { scanNumber: ++scanNumber, timestampNs })
        const values = rows.get(timestampNs)
        if (values === undefined) continue
        checked++
        for (const [i, value] of values.entries()) {
          const name = expected.rows_cols[i + 2]!
          const found = FIELDS[name]!(scan!)
          const agrees = value === null ? Number.isNaN(found) : Math.abs(found - value) <= 1e-9
          if (!agrees) wrong.push(`${timestampNs} ${name}: ${value} expected, ${found} found`)
        }
      }
    }
    expect(checked).toBe(650)
    expect(wrong).toEqual([])
  })
})
