import { expect, test } from 'vitest'
import { SIDES } from '../fault-plan.js'
import { ENTERS_AT_MS, fault, Story } from './story.js'

test('F17: a kill closes what is open and lets nothing open until it is taken back', () => {
  const story = new Story(fault('operator-kill', ENTERS_AT_MS + 5_000, 60_000)).to(ENTERS_AT_MS + 4_000)
  expect(story.venueQuantity).not.toBe('0')
  story.to(ENTERS_AT_MS + 20_000)
  expect(story.venueQuantity).toBe('0')
  for (const side of [story.world.decision.side!, story.world.execution.side!]) expect(side.state.mode).toBe('KILL')
  story
    .to(ENTERS_AT_MS + 66_000)
    .agrees()
    .closes()
})

test('F17: a kill with nothing open and no trades yet throws nothing and blocks the entry to come', () => {
  const story = new Story(fault('operator-kill', 2_000, 30_000)).to(ENTERS_AT_MS + 20_000)
  expect(story.orders('e')).toHaveLength(0)
  story.agrees().closes()
})

test('F17: a kill holds over a restart', () => {
  const story = new Story(
    fault('operator-kill', 5_000, 60_000),
    ...SIDES.map((side) => fault('crash', 8_000, 1_000, { side, amount: 0 })),
  ).to(ENTERS_AT_MS + 20_000)
  expect(story.orders('e')).toHaveLength(0)
  expect(story.world.execution.side!.state.mode).toBe('KILL')
  story.to(66_000).agrees().closes()
})

test.each(SIDES)('K: a %s side of another build takes the mode by its alert, and trades for no resume', (side) => {
  const story = new Story(fault('wrong-build', 3_000, 30_000, { side })).to(6_500)
  const modes = [story.world.decision.side!.state.mode, story.world.execution.side!.state.mode]
  expect(modes).toContain('REDUCE_ONLY')
  // The operator resumes without having looked; the bar of the entry comes and goes.
  story.to(ENTERS_AT_MS + 10_000)
  expect(story.world.decision.side!.state.mode).toBe('ACTIVE')
  expect(story.orders('e')).toHaveLength(0)
  story.to(40_000).agrees().closes()
})

test('K: a corrupt link raises an alert that acts: nothing opens until a person has looked', () => {
  const story = new Story(fault('link-corrupt', 3_000, 2_000)).to(6_000)
  expect(story.world.execution.side!.state.mode).toBe('REDUCE_ONLY')
  expect(story.world.execution.side!.linkState).toBe('LINK_CORRUPT')
  story.to(40_000).agrees().closes()
})

test('maintenance lets nothing open over kills, resumes and restarts, and ends by a person alone', () => {
  const story = new Story(
    fault('operator-maintenance', 2_000, 60_000, { side: 'decision' }),
    fault('operator-kill', 4_000, 3_000),
    fault('crash', 8_000, 1_000, { side: 'decision', amount: 0 }),
  ).to(ENTERS_AT_MS + 20_000)
  expect(story.orders('e')).toHaveLength(0)
  expect(story.world.decision.side!.state).toMatchObject({ mode: 'ACTIVE', isMaintained: true })
  story.to(70_000).agrees().closes()
})

test.each([
  ['margin that is nearly all bound', fault('venue-margin-bound', ENTERS_AT_MS + 5_000, 60_000, { amount: 0.97 })],
  ['a disk that is nearly full', fault('disk-filling', ENTERS_AT_MS + 5_000, 60_000, { amount: 96 })],
])('%s closes what is open, and what closes it is not forbidden', (_what, trouble) => {
  const story = new Story(trouble).to(ENTERS_AT_MS + 4_000)
  expect(story.venueQuantity).not.toBe('0')
  story.to(ENTERS_AT_MS + 25_000)
  expect(story.venueQuantity).toBe('0')
  // By its condition alone: nobody has to resume.
  for (const side of [story.world.decision.side!, story.world.execution.side!]) expect(side.state.mode).toBe('ACTIVE')
  story
    .to(ENTERS_AT_MS + 70_000)
    .agrees()
    .closes()
})
