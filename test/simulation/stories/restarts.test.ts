import { expect, test } from 'vitest'
import { SIDES } from '../fault-plan.js'
import { simulate } from '../simulation.js'
import { ENTERS_AT_MS, fault, Story } from './story.js'

test.each(SIDES)('F3: a warm restart of the %s side changes no position and makes up no fill', (side) => {
  const story = new Story(fault('crash', ENTERS_AT_MS + 10_000, 3_000, { side, amount: 0 })).to(ENTERS_AT_MS + 9_000)
  const held = story.venueQuantity
  const known = story.fills.length
  expect(held).not.toBe('0')
  story.to(ENTERS_AT_MS + 25_000).agrees()
  expect(story.venueQuantity).toBe(held)
  expect(story.recordedQuantity).toBe(held)
  expect(story.fills).toHaveLength(known)
  story.closes()
})

test('F6: orders that were working when the process was killed are known after it, and not placed again', () => {
  const story = new Story(fault('crash', ENTERS_AT_MS + 10_000, 3_000, { amount: 0 })).to(ENTERS_AT_MS + 9_000)
  const working = [...story.orders('t'), ...story.orders('s')].map(({ clientOrderId }) => clientOrderId)
  expect(working).toHaveLength(2)
  story.to(ENTERS_AT_MS + 25_000).agrees()
  const after = [...story.orders('t'), ...story.orders('s')].map(({ clientOrderId }) => clientOrderId)
  expect(after).toEqual(working)
  story.closes()
})

test('F7: identifiers are the same from run to run, through restarts and reconciliation', () => {
  const plan = [
    { ...fault('crash', 16_000, 2_000, { amount: 4 }), id: 1 },
    { ...fault('venue-lost-stream', 14_000, 20_000), id: 2 },
    { ...fault('crash', 40_000, 2_000, { side: 'decision', amount: 3 }), id: 3 },
  ]
  const hashes = [1, 2].map(() => simulate({ seed: 5, minutes: 3, plan }).traceHash)
  expect(hashes[0]).toBe(hashes[1])
})

test('F8: reconciliation converges after everything was lost at once, an old position included', () => {
  const story = new Story(
    fault('crash-both', ENTERS_AT_MS + 150, 40_000),
    fault('venue-lost-stream', ENTERS_AT_MS, 45_000),
    fault('venue-disconnect', ENTERS_AT_MS + 30_000, 20_000),
  )
  story.to(ENTERS_AT_MS + 51_000).agrees()
  expect(story.recordedQuantity).toBe(story.venueQuantity)
  story.closes()
})
