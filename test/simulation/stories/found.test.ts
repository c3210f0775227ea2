import { expect, test } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { decisionRecovery } from '../sides.js'
import { ENTERS_AT_MS, fault, Story, SYMBOL } from './story.js'

/** What the simulator found in the sides themselves, once, each as the smallest scenario. */

/** The execution side dies right after it has asked for permission, before its intent is on the disk. */
function afterLostIntent(): Story {
  const story = new Story().to(ENTERS_AT_MS)
  const { execution } = story.world
  for (let ms = 1; execution.side!.state.entry === null; ms++) story.to(ENTERS_AT_MS + ms)
  story.world.restart('execution', 3_000)
  return story.to(ENTERS_AT_MS + 1_000)
}

test('an entry whose intent died with the process is given up in time', () => {
  const story = afterLostIntent()
  expect(story.world.decision.side!.state.holding?.permissionId).toMatch(/^sim-\d+\.p$/)
  story.agrees()
  expect(story.world.execution.side!.state.symbol).not.toBe(SYMBOL)
  expect(story.world.decision.side!.state.position).toBeNull()
  story.closes()
})

test('an entry that was lost while an exit was ordered is given up, too', () => {
  const story = afterLostIntent()
  story.world.command('decision', { command: 'flatten', reason: 'the story' })
  story.agrees().closes()
})

test.each(['0.1', '1', '1.7'])(
  'a position that %s times itself was traded against by hand is closed wholly',
  (times) => {
    const story = new Story().to(ENTERS_AT_MS + 5_000)
    const quantity = new Exact(story.venueQuantity).times(times).toNearest('0.01').toFixed()
    story.world.venue.foreign({ symbol: SYMBOL, side: 'SELL', quantity })
    story.to(ENTERS_AT_MS + 40_000).agrees()
    expect(story.venueQuantity).toBe('0')
    expect(story.world.execution.side!.state.foreign).toEqual({})
  },
)

test('fills of an exit that left when the journal had failed are booked once, at their own prices', () => {
  const story = new Story(fault('disk-full', ENTERS_AT_MS + 4_900, 8_000)).to(ENTERS_AT_MS + 5_000)
  story.world.command('decision', { command: 'flatten', reason: 'the story' })
  story
    .to(ENTERS_AT_MS + 30_000)
    .agrees()
    .closes()
})

test('an exit that filled in parts while no journal kept it is known as ours after the restart', () => {
  const story = new Story(
    fault('venue-thin-book', ENTERS_AT_MS + 2_000, 30_000, { amount: 0.02 }),
    fault('disk-fsync-failure', ENTERS_AT_MS + 4_900, 3_000),
  ).to(ENTERS_AT_MS + 5_000)
  story.world.command('decision', { command: 'flatten', reason: 'the story' })
  story.to(ENTERS_AT_MS + 6_500)
  expect(story.fills.filter(({ clientOrderId }) => clientOrderId.includes('.x')).length).toBeGreaterThan(1)
  story.world.restart('execution', 500)
  story
    .to(ENTERS_AT_MS + 60_000)
    .agrees()
    .closes()
})

test.each([
  ['the venue was disconnected', fault('venue-disconnect', ENTERS_AT_MS + 10_000, 15_000)],
  ['the process was down', fault('crash', ENTERS_AT_MS + 10_000, 15_000, { amount: 0 })],
])('funding that settled while %s is found in the truth and counted once', (_while, outage) => {
  const story = new Story(outage).to(ENTERS_AT_MS + 30_000).agrees()
  expect(Number(story.world.venue.truth().fundingUsd)).not.toBe(0)
  story.closes()
})

test('an exit is no repeat of one that died with the process before it was on the disk', () => {
  const startMs = 1_767_225_600_000
  const ids = [0, 60_000].map((laterMs) => {
    const side = decisionRecovery('00000000000000aa', () => []).side()
    side.handle({ kind: 'start', nowMs: startMs + laterMs })
    side.handle({ kind: 'command', nowMs: startMs + laterMs, command: { command: 'flatten', reason: 'the story' } })
    return side.state.exit?.exitId
  })
  expect(ids[0]).toBeDefined()
  expect(ids[1]).not.toBe(ids[0])
})
