import { describe, expect, it } from 'vitest'
import { step } from '../../../src/core/orderbook/bar-stall.js'

describe('bars', () => {
  it.each([
    [1_000, 15_000],
    [5_000, 15_000],
    [10_000, 30_000],
  ])('of %i ms stand still after %i ms without one', (stepMs, afterMs) => {
    const at = (silentMs: number) => step({ isStalled: false, silentMs, stepMs })
    expect(at(afterMs - 1)).toEqual({ isStalled: false })
    expect(at(afterMs)).toEqual({ isStalled: true, signal: 'BARS_STALLED' })
  })

  it('that stand still are told once, and once when they are back', () => {
    let isStalled = false
    const told: (string | undefined)[] = []
    for (const silentMs of [0, 14_000, 15_000, 16_000, 99_000, 10, 20, 15_000]) {
      const stepped = step({ isStalled, silentMs, stepMs: 5_000 })
      isStalled = stepped.isStalled
      told.push(stepped.signal)
    }
    const [no, stalled, back] = [undefined, 'BARS_STALLED', 'BARS_BACK']
    expect(told).toEqual([no, no, stalled, no, no, back, no, stalled])
  })
})
