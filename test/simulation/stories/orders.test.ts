import { expect, test } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { ENTERS_AT_MS, fault, Story, SYMBOL } from './story.js'

const DURING_ENTRY = ENTERS_AT_MS - 10

test('F1: a submit that timed out and was accepted is asked about, never sent again', () => {
  const story = new Story(fault('venue-timeout-done', DURING_ENTRY, 500)).to(ENTERS_AT_MS + 20_000).agrees()
  expect(story.orders('e')).toHaveLength(1)
  expect(story.world.faults.counts()['venue-timeout-done']).toBeGreaterThan(0)
  expect(story.recordedQuantity).toBe(story.venueQuantity)
  expect(story.venueQuantity).not.toBe('0')
  story.closes()
})

test('F1: a submit that timed out and never arrived is given up once the venue can no longer accept it', () => {
  const story = new Story(fault('venue-timeout-lost', DURING_ENTRY, 500)).to(ENTERS_AT_MS + 20_000).agrees()
  expect(story.orders('e')).toHaveLength(0)
  expect(story.recordedQuantity).toBe('0')
  story.closes()
})

test('F1: a submit that arrives after its time is refused by the venue, so giving it up was right', () => {
  const late = fault('venue-late-arrival', DURING_ENTRY, 300, { amount: 14_000 })
  const story = new Story(late).to(ENTERS_AT_MS + 25_000).agrees()
  expect(story.orders('e')).toHaveLength(0)
  expect(story.recordedQuantity).toBe('0')
  story.closes()
})

test('F18: while the fate of an order is unknown nothing else is placed, however many bars pass', () => {
  const story = new Story(fault('venue-disconnect', ENTERS_AT_MS + 15, 25_000)).to(ENTERS_AT_MS + 24_000)
  expect(story.orders('e').length + story.orders('x').length).toBeLessThanOrEqual(1)
  story.to(ENTERS_AT_MS + 40_000).agrees()
  expect(story.orders('e').length).toBeLessThanOrEqual(1)
  story.closes()
})

test('F19: protective orders that are rejected are placed again, and the position is watched meanwhile', () => {
  const rejected = fault('venue-reject', ENTERS_AT_MS + 90, 8_000)
  const story = new Story(rejected).to(ENTERS_AT_MS + 30_000).agrees()
  expect(story.world.faults.counts()['venue-reject']).toBeGreaterThan(1)
  for (const kind of ['t', 's']) {
    expect(story.orders(kind).filter(({ status }) => status === 'ACKNOWLEDGED')).toHaveLength(1)
  }
  story.closes()
})

test('F19: a stop that the venue does not trigger is acted on here', () => {
  const story = new Story(fault('venue-reject', ENTERS_AT_MS + 90, 4_000)).to(ENTERS_AT_MS + 2_000)
  expect(story.venueQuantity).not.toBe('0')
  story.world.market.jump(SYMBOL, -0.12)
  story.to(ENTERS_AT_MS + 20_000)
  expect(story.venueQuantity).toBe('0')
  story.agrees().closes()
})

test('F20: what is permitted is ordered to the last lot, and what is closed leaves no dust', () => {
  const story = new Story().to(ENTERS_AT_MS + 5_000)
  const [entry] = story.orders('e')
  expect(entry!.filledQuantity).toBe(entry!.quantity)
  // 12,345 USD at 3,000 in lots of 0.01, which binary fractions do not have.
  expect(new Exact(entry!.quantity).mod('0.01').isZero()).toBe(true)
  expect(story.recordedQuantity).toBe(entry!.quantity)
  story.closes()
})
