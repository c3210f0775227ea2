import { expect, it } from 'vitest'
import { isRepeatable } from '../../../src/core/harness/repeatable.js'
import type { Skill } from '../../../src/core/harness/skill-call.js'
import { v1Graph, v1Registry, v1Skills } from '../../../src/core/harness/v1.js'
import { HANDED, playOf } from '../../support/skill-plays.js'

it.each(v1Graph.tasks)('$skillRef gives the same when it is handed the same (SK-4)', (task) => {
  const { registration } = v1Registry().skill(task.skillRef)!
  const handed = { ...HANDED, outputs: { T3: { kept: ['bel1'], dropped: [] } } }
  expect(isRepeatable(v1Skills[task.skillRef]!, { registration, task, handed })).toBe(true)
})

it.each<[string, boolean, () => Skill]>([
  ['counts its calls', false, () => counting()],
  ['counts them in a promise', false, () => later(counting())],
  ['puts out what it is handed', true, () => (input) => ({ output: input.taskId, effects: [] })],
  ['does so in a promise', true, () => later((input) => ({ output: input.taskId, effects: [] }))],
  ['throws', false, () => () => fail()],
  ['breaks its promise', false, () => later(() => fail())],
])('a skill that %s is repeatable: %s', async (_, expected, skill) => {
  const { registration, task } = playOf(() => ({ output: null, effects: [] }))
  expect(await isRepeatable({ run: skill(), output: 'json' }, { registration, task, handed: HANDED })).toBe(expected)
})

function counting(): Skill {
  let calls = 0
  return () => ({ output: calls++, effects: [] })
}

function later(skill: Skill): Skill {
  return async (input, signal) => skill(input, signal)
}

function fail(): never {
  throw new Error('out of luck')
}
