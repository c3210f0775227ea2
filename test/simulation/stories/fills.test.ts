import { expect, test } from 'vitest'
import { ENTERS_AT_MS, fault, Story } from './story.js'

/** A book so thin that entries and exits fill in parts. */
const THIN = fault('venue-thin-book', ENTERS_AT_MS - 3_000, 30_000, { amount: 0.01 })

function entryFills(story: Story): number {
  return story.fills.filter(({ clientOrderId }) => clientOrderId.endsWith('.e')).length
}

test('F2: fills that the venue tells again after a restart count once', () => {
  const story = new Story(
    fault('venue-duplicate-stream', ENTERS_AT_MS, 20_000),
    fault('crash', ENTERS_AT_MS + 300, 1_000, { amount: 0 }),
  )
  story.to(ENTERS_AT_MS + 25_000).agrees()
  expect(story.world.faults.counts()['venue-duplicate-stream']).toBeGreaterThan(0)
  expect(story.recordedQuantity).toBe(story.venueQuantity)
  story.closes()
})

test.each([0, 1, 2, 3, 4, 5, 6, 8])(
  'F4: a fill is applied or not known at all, wherever the process dies (after %i effects)',
  (effects) => {
    const story = new Story(
      fault('crash', ENTERS_AT_MS + 60, 2_000, { amount: effects }),
      fault('venue-lost-stream', ENTERS_AT_MS, 3_000),
    )
    story.to(ENTERS_AT_MS + 20_000).agrees()
    expect(story.recordedQuantity).toBe(story.venueQuantity)
    story.closes()
  },
)

test('F5: an order that says filled before its fills come makes no fill of its own', () => {
  const story = new Story(fault('venue-late-stream', ENTERS_AT_MS, 5_000, { amount: 4_000 }))
  story.to(ENTERS_AT_MS + 20_000).agrees()
  expect(story.recordedQuantity).toBe(story.venueQuantity)
  expect(story.world.oracle.unreported()).toEqual([])
  story.closes()
})

test('F11: partial fills that never come by the stream are found in the truth', () => {
  const story = new Story(THIN, fault('venue-lost-stream', ENTERS_AT_MS - 100, 10_000)).to(ENTERS_AT_MS + 10_000)
  expect(entryFills(story)).toBeGreaterThan(1)
  story.agrees()
  expect(story.recordedQuantity).toBe(story.venueQuantity)
  expect(story.world.oracle.unreported()).toEqual([])
  story.closes()
})
