import { expect, it } from 'vitest'
import { factorLayer } from '../../../src/core/harness/factor-layer.js'

const FACTOR = { stateId: 'f1', timestampMs: 1, permitted: { open: true, value: false }, sizeMultiplier: 0.25 }

it('a factor layer that speaks permits what it names, and denies everything else', () => {
  for (const isImplemented of [true, false])
    expect(factorLayer(FACTOR, isImplemented)).toEqual({
      voice: 'SPOKEN',
      permissionId: 'f1',
      permitted: { open: true, reduce: false, momentum: false, value: false, quality: false },
      sizeMultiplier: 0.25,
    })
})

it.each([null, undefined])('a factor layer that is not implemented permits everything: %s', (factor) => {
  expect(factorLayer(factor, false)).toEqual({
    voice: 'BYPASSED',
    permissionId: 'BYPASSED',
    permitted: { open: true, reduce: true, momentum: true, value: true, quality: true },
    sizeMultiplier: 1,
  })
})

it.each([null, undefined])('a factor layer that is implemented and silent denies everything: %s', (factor) => {
  expect(factorLayer(factor, true)).toEqual({
    voice: 'SILENT',
    permissionId: null,
    permitted: { open: false, reduce: false, momentum: false, value: false, quality: false },
    sizeMultiplier: 0,
  })
})
