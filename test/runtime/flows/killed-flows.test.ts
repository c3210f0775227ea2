import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { flowTasks } from '../../../src/core/flows/flow-graphs.js'
import { FLOWS, type FlowName, type FlowRecord, type FlowRow } from '../../../src/ports/vocabulary/flows.js'
import { runDate } from '../../../src/runtime/flows/run-date.js'
import { Died, FlowRig, mortalStore } from '../../support/flow-rig.js'
import type { Behaviour, FlowScript } from '../../support/scripted-flow.js'

describe.each(FLOWS)('%s, whose process is killed', (flow) => {
  it('after any write and run again makes each effect once, and ends as if nothing had been', async () => {
    const whole = await killed(flow, [])
    const writes = whole.rig.store.written.length
    for (let at = 1; at < writes; at++) {
      const { rig, row } = await killed(flow, [at])
      expect(row.status, `after write ${at}`).toBe('SUCCESS')
      expect(namesMade(rig), `after write ${at}`).toEqual(namesMade(whole.rig))
      expect(row.summary).toEqual(whole.row.summary)
    }
  })

  it('at every boundary of its tasks runs again what looks at the world, and nothing else that succeeded', async () => {
    for (const [at, { name }] of flowTasks(flow).entries()) {
      const rig = new FlowRig(flow)
      // The row, FLOW_STARTED, and of each task before it what it writes, up to its success.
      const { records } = await new FlowRig(flow).process()
      const boundary = records.findIndex((record) => record.kind === 'TASK_SUCCESS' && record.task === name)
      await life(rig, boundary + 2)
      rig.scripted.called.length = 0
      await life(rig)
      const before = flowTasks(flow).slice(0, at + 1)
      const again = before.filter(({ name }) => name === 'probe_grid' || name === 'read_posture')
      const rest = flowTasks(flow).slice(at + 1)
      const expected = flowTasks(flow).filter((task) => again.includes(task) || rest.includes(task))
      expect(rig.scripted.called, `after ${name}`).toEqual(expected.map((task) => task.name))
    }
  })

  it('between an effect and its record makes the effect again with the same key, which a sink takes once', async () => {
    const effects = (await killed(flow, [])).rig.scripted.made.length
    for (let at = 1; at <= effects; at++) {
      const rig = new FlowRig(flow)
      await life(rig, Number.POSITIVE_INFINITY, at)
      const { row } = (await life(rig))!
      expect([row.status, rig.scripted.made.length], `after effect ${at}`).toEqual(['SUCCESS', effects])
    }
  })
})

test.each([
  ['closed', 'HIBERNATE', 'APEX', 'HIBERNATED'],
  ['let through', 'APEX', 'HIBERNATE', 'SUCCESS'],
] as const)('what the gate %s in %s stays so, though the process that comes after a kill reads %s', async (...of) => {
  const [, before, after, status] = of
  const rig = new FlowRig('supervised-day')
  rig.scripted.posture = before
  const isPassed = ({ kind, ...record }: FlowRecord) =>
    'task' in record && record.task === 'run_day' && (kind === 'TASK_SKIPPED' || kind === 'TASK_SUCCESS')
  const whole = new FlowRig('supervised-day')
  whole.scripted.posture = before
  await life(rig, (await whole.process()).records.findIndex(isPassed) + 2)
  rig.scripted.posture = after
  rig.scripted.called.length = 0
  expect((await life(rig))!.row.status).toBe(status)
  expect(rig.scripted.called).not.toContain('run_day')
})

test('a flow that is killed any number of times, anywhere, whatever its tasks do, keeps its laws', async () => {
  const kills = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FLOWS), scripts(), fc.boolean(), kills, async (flow, script, sleeps, at) => {
      const { rig, row } = await killed(flow, at, script, sleeps)
      const records = await rig.store.records(rig.date)
      const keys = records.flatMap((record) => (record.kind === 'EFFECT' ? [record.key] : []))
      expect(new Set(keys).size).toBe(keys.length)
      expect(rig.scripted.made.map(({ key }) => key).sort()).toEqual([...keys].sort())
      expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1))
      expect(successesTwice(records)).toEqual([])
      expect(records.at(-1)).toMatchObject({ kind: 'FLOW_FINISHED', outcome: row.status })
    }),
    { numRuns: 80 },
  )
})

/** A date in one process after another, each killed after so many writes, until one ends. */
async function killed(
  flow: FlowName,
  kills: readonly number[],
  script: FlowScript = {},
  sleeps = false,
): Promise<{ readonly rig: FlowRig; readonly row: FlowRow }> {
  const rig = new FlowRig(flow, script)
  if (sleeps) rig.scripted.posture = 'HIBERNATE'
  for (const at of kills) await life(rig, at)
  return { rig, row: (await life(rig))!.row }
}

/** A process. @param dieAfter writes. @param dieAtEffect the effect, of all that were ever made, that it makes and then dies. */
async function life(rig: FlowRig, dieAfter = Number.POSITIVE_INFINITY, dieAtEffect = Number.POSITIVE_INFINITY) {
  const store = mortalStore(rig.store, dieAfter)
  const work = rig.work()
  let isDead = false
  const apply: typeof work.apply = async (effect) => {
    await work.apply(effect)
    isDead = rig.scripted.made.length === dieAtEffect
    // Whoever is dead does not answer.
    if (isDead) await new Promise(() => undefined)
  }
  const stop = new AbortController()
  const run = runDate(rig.date, { ...work, apply }, rig.turn({ store, stop: stop.signal }))
  if (dieAtEffect === Number.POSITIVE_INFINITY) return rig.throughTime(run)
  void run.catch(() => undefined)
  while (!isDead) await new Promise<void>((resolve) => setImmediate(resolve))
  stop.abort(new Died())
  await run
  return null
}

function scripts(): fc.Arbitrary<FlowScript> {
  const names = [...new Set(FLOWS.flatMap((flow) => flowTasks(flow).map(({ name }) => name)))]
  const how = fc.constantFrom<Behaviour[]>(['ok', 70], ['error', 50], ['fatal', 50], ['hang', 0])
  const tries = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant<Behaviour>(['ok', 0]) }, how), { maxLength: 4 })
  return fc.dictionary(fc.constantFrom(...names), tries, { maxKeys: 4 })
}

/** Tasks that succeeded twice, though nothing of them has to be looked at again. */
function successesTwice(records: readonly FlowRecord[]): readonly string[] {
  const names = records.flatMap((record) => (record.kind === 'TASK_SUCCESS' ? [record.task] : []))
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  return twice.filter((name) => name !== 'probe_grid' && name !== 'read_posture')
}

function namesMade(rig: FlowRig): readonly string[] {
  return rig.scripted.made.map(({ name }) => name)
}
