import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataRefused } from '../../../src/base/mistakes.js'
import { SkillRegistry } from '../../../src/core/harness/skill-registry.js'
import type { AuditTrail } from '../../../src/ports/audit-trail.js'
import { runCycle } from '../../../src/runtime/harness/run-cycle.js'
import { keepSkillRecord, readSkillRecord } from '../../../src/runtime/harness/skill-record-file.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { BUNDLE_NOW_MS, builtGraph } from '../../support/harness-cases.js'
import { memoryPorts } from '../../support/harness-rig.js'
import { HANDED, LEDGER, playOf, registrationOf } from '../../support/skill-plays.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-skills-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the record of skills on disk', () => {
  const path = () => join(folder, 'harness', 'skills.json')

  it('holds nothing where there is no file', async () => {
    expect(await readSkillRecord(path())).toEqual({ held: [] })
  })

  it.each(['DEPRECATED', 'QUARANTINED', 'REMOVED'] as const)('keeps a skill %s over a restart', async (state) => {
    const before = registryOf()
    if (state === 'DEPRECATED') before.deprecate(registrationOf(), 'D002')
    else for (let time = 0; time < (state === 'REMOVED' ? 3 : 1); time++) caughtAndReleased(before, state)
    if (state === 'QUARANTINED') before.quarantine(registrationOf())
    await keepSkillRecord(path(), before.record())
    const after = registryOf(await readSkillRecord(path()))
    expect(after.skill('s')).toMatchObject({ state, violations: 0 })
    expect(after.record()).toEqual(before.record())
    expect(readdirSync(join(folder, 'harness'))).toEqual(['skills.json'])
  })

  it.each([
    ['empty', ''],
    ['cut', '{"schema":"dolphin.skills/1","held":['],
    ['null', 'null'],
    ['of another version', '{"schema":"dolphin.skills/2","held":[]}'],
    ['without a list', '{"schema":"dolphin.skills/1"}'],
    ['with a skill that has no state', '{"schema":"dolphin.skills/1","held":[{"skillId":"s","skillVersion":"1.0.0"}]}'],
    [
      'with a quarantine that leads nowhere',
      '{"schema":"dolphin.skills/1","held":[{"skillId":"s","skillVersion":"1.0.0","state":"QUARANTINED","before":null}]}',
    ],
  ])('is refused when it is %s: no quarantine is forgotten by accident', async (_, text) => {
    mkdirSync(join(folder, 'harness'))
    writeFileSync(path(), text)
    await expect(readSkillRecord(path())).rejects.toThrow(DataRefused)
    await expect(readSkillRecord(path())).rejects.toThrow('skills.json: expected a record of skills')
  })

  it('is refused when it cannot be read', async () => {
    mkdirSync(path(), { recursive: true })
    await expect(readSkillRecord(path())).rejects.toThrow('it is a folder')
  })
})

function caughtAndReleased(registry: SkillRegistry, until: string): void {
  registry.caught(registrationOf(), 'OVERRIDE')
  if (until === 'REMOVED') registry.release(registrationOf(), 'D003')
}

function registryOf(record?: ReturnType<SkillRegistry['record']>): SkillRegistry {
  const registry = new SkillRegistry(LEDGER, record)
  registry.register(registrationOf())
  registry.authorise(registrationOf())
  return registry
}

it('a quarantine is on disk before the record of its violation: a crash between them lets no skill go free', async () => {
  const path = join(folder, 'skills.json')
  const { desk, task, registry } = playOf(({ state }) => {
    Reflect.set(state, 'regime', null)
    return { output: null, effects: [] }
  })
  const { ports } = memoryPorts(new VirtualTime(BUNDLE_NOW_MS))
  const heldAt: unknown[] = []
  const append: AuditTrail['append'] = async (cycle, atMs, event) => {
    if (event.kind === 'SKILL_VIOLATION') heldAt.push((await readSkillRecord(path)).held)
    return await ports.trail.append(cycle, atMs, event)
  }
  const trail: AuditTrail = { append, records: async () => [], close: async () => {} }
  await runCycle(
    {
      cycle: '1',
      graph: builtGraph([{ ...task, dependsOn: [] }]),
      bundle: HANDED.bundle,
      mode: 'shadow',
      factorImplemented: true,
      skills: desk,
    },
    { ...ports, trail, keepSkills: () => keepSkillRecord(path, registry.record()) },
  )
  expect(heldAt).toEqual([[{ skillId: 's', skillVersion: '1.0.0', state: 'QUARANTINED', before: 'ACTIVE' }]])
})
