import { expect, it } from 'vitest'
import { flowTasks } from '../../../src/core/flows/flow-graphs.js'
import { flowRegistry } from '../../../src/core/flows/flow-skills.js'
import { SHIPPED_LEDGER } from '../../../src/core/harness/shipped-ledger.generated.js'
import { SkillDesk } from '../../../src/core/harness/skill-desk.js'
import { FLOWS } from '../../../src/ports/vocabulary/flows.js'

it.each(FLOWS)('every task of %s has a skill of its own that the ledger authorises and that may do it', (flow) => {
  const registry = flowRegistry(flow)
  expect(registry.all().map(({ state }) => state)).toEqual(flowTasks(flow).map(() => 'ACTIVE'))
  const implementation = { run: () => ({ output: null, effects: [] }), output: 'json' } as const
  const tasks = flowTasks(flow)
  const skills = Object.fromEntries(tasks.map(({ skillRef }) => [skillRef, implementation]))
  const desk = new SkillDesk({ registry, skills })
  expect(tasks.filter((task) => !desk.isAvailable(task))).toEqual([])
})

it('without its entry the skill of a task is not taken, and its flow cannot be run', () => {
  const ledger = SHIPPED_LEDGER.filter(({ skillId }) => skillId !== 'paper-day.run_day')
  expect(() => flowRegistry('paper-day', ledger)).toThrow('the ledger authorises paper-day.run_day')
})
