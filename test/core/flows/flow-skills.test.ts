import { expect, it } from 'vitest'
import { flowTasks } from '../../../src/core/flows/flow-graphs.js'
import { flowRegistrations } from '../../../src/core/flows/flow-skills.js'
import { SHIPPED_LEDGER } from '../../../src/core/harness/shipped-ledger.generated.js'
import { SkillDesk } from '../../../src/core/harness/skill-desk.js'
import { SkillRegistry } from '../../../src/core/harness/skill-registry.js'
import { FLOWS } from '../../../src/ports/vocabulary/flows.js'

it.each(FLOWS)('every task of %s has a skill of its own that the ledger authorises and that may do it', (flow) => {
  const registry = new SkillRegistry(SHIPPED_LEDGER)
  for (const registration of flowRegistrations(flow)) {
    expect(registry.register(registration)).toEqual({ state: 'REGISTERED' })
    expect(registry.authorise(registration)).toMatchObject({ state: 'ACTIVE' })
  }
  const implementation = { run: () => ({ output: null, effects: [] }), output: 'json' } as const
  const tasks = flowTasks(flow)
  const skills = Object.fromEntries(tasks.map(({ skillRef }) => [skillRef, implementation]))
  const desk = new SkillDesk({ registry, skills })
  expect(tasks.filter((task) => !desk.isAvailable(task))).toEqual([])
})

it('without its entry no registry takes the skill of a task', () => {
  const registry = new SkillRegistry(SHIPPED_LEDGER.filter(({ skillId }) => skillId !== 'paper-day.run_day'))
  const refused = flowRegistrations('paper-day').filter((registration) => 'refused' in registry.register(registration))
  expect(refused.map(({ skillId }) => skillId)).toEqual(['paper-day.run_day'])
})
