import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROBE, STATUS } from '../../../src/core/grid/watch-documents.js'

describe('the probe', () => {
  it('is read back to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (atMs) => {
        expect(PROBE.read(PROBE.write(atMs))).toEqual({ value: atMs })
      }),
    )
  })

  it.each<[string, number]>([
    ['1767225605.25', 1_767_225_605_250],
    ['1767225605', 1_767_225_605_000],
    ['2026-01-01T00:00:05+00:00', 1_767_225_605_000],
    ['2026-01-01 00:00:05', 1_767_225_605_000],
  ])('is taken from other writers as %s', (text, atMs) => {
    expect(PROBE.read(text)).toEqual({ value: atMs })
  })

  it.each(['', 'now', '{}', '-1', '1e9', '2026-02-30T00:00:00Z'])('is refused as %s', (text) => {
    expect(PROBE.read(text)).toMatchObject({ refused: { path: 'probe_ts', found: JSON.stringify(text) } })
  })
})

describe('the status document', () => {
  const file = new URL('../../../fixtures/status/healthy_active.json', import.meta.url)
  const healthy = JSON.parse(readFileSync(file, 'utf8'))

  it('is read as it was written', () => {
    expect(STATUS.read(STATUS.write(healthy))).toEqual({ value: healthy })
  })

  it('is refused with the field that breaks its contract', () => {
    expect(STATUS.read(JSON.stringify({ ...healthy, trading_mode: 'FAST' }))).toMatchObject({
      refused: { path: 'status.trading_mode' },
    })
    expect(STATUS.read('[]')).toHaveProperty('refused')
    expect(STATUS.read('{')).toEqual({ refused: { path: 'status', expected: 'JSON', found: '"{"' } })
  })
})
