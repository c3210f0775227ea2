import { expect, it } from 'vitest'
import type { RecordedBar } from '../../../src/core/decision/records.js'
import { JournalDays } from '../../../src/core/paper-record/journal-days.js'

const MIDNIGHT_MS = Date.UTC(2026, 8, 2)

function bar(atMs: number, prices: readonly (number | null)[], symbols?: readonly string[]): RecordedBar {
  const rest = { bar: 0, timestampMs: MIDNIGHT_MS + atMs, velDiv: -0.02, volOk: true, posture: 'APEX' as const }
  return { ...rest, prices, ...(symbols === undefined ? {} : { symbols }) }
}

it('bars become the columns of their UTC day, and a symbol that joins has no price before', () => {
  const days = new JournalDays()
  expect(days.take(bar(-10_000, [1, 2], ['AUSDT', 'BUSDT']))).toBeUndefined()
  expect(days.take(bar(-5_000, [1.5, null, 7], ['AUSDT', 'BUSDT', 'CUSDT']))).toBeUndefined()
  const first = days.take(bar(0, [3, 4, 5]))!
  expect(first).toMatchObject({ date: '2026-09-01', bars: 2, assets: ['AUSDT', 'BUSDT', 'CUSDT'] })
  expect(first.prices.map((column) => [...column])).toEqual([
    [1, 1.5],
    [2, Number.NaN],
    [Number.NaN, 7],
  ])
  expect([...first.timestampNs!]).toEqual([-10_000, -5_000].map((ms) => BigInt(MIDNIGHT_MS + ms) * 1_000_000n))
  const second = days.end()!
  expect(second).toMatchObject({ date: '2026-09-02', bars: 1, assets: ['AUSDT', 'BUSDT', 'CUSDT'] })
  expect(second.prices.map((column) => column[0])).toEqual([3, 4, 5])
  expect(days.end()).toBeUndefined()
})

it('a bar without a signal has none in its column', () => {
  const days = new JournalDays()
  days.take({ ...bar(0, [1], ['AUSDT']), velDiv: null })
  expect([...days.end()!.velDiv]).toEqual([Number.NaN])
})
