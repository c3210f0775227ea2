import { describe, expect, it } from 'vitest'
import type { AuditTrail } from '../../../src/ports/audit-trail.js'
import { Harness, type HarnessOptions } from '../../../src/runtime/harness/harness.js'
import { BUNDLE, NOW_MS } from '../../support/arbitrary-cycles.js'
import { harnessGraph } from '../../support/harness-cases.js'
import { memoryPorts, type Skill, skillsOf } from '../../support/harness-rig.js'

const options = (a: Skill = () => null, more: Partial<HarnessOptions> = {}): HarnessOptions => ({
  graph: harnessGraph([{ name: 'a' }]),
  mode: 'live',
  factorImplemented: false,
  skills: skillsOf({ a }),
  ...more,
})

describe('a machine over many cycles', () => {
  it('runs them one after the other, each once', async () => {
    const { records, ports } = memoryPorts()
    const harness = await Harness.open(options(), ports)
    for (const cycle of ['1', '2', '2']) {
      expect(await harness.run(cycle, BUNDLE)).toMatchObject({ kind: 'ran', result: { outcome: 'COMPLETE' } })
    }
    expect(records.filter(({ kind }) => kind === 'CYCLE_STARTED').map(({ cycle }) => cycle)).toEqual(['1', '2'])
  })

  it('refuses a second cycle while one runs', async () => {
    const harness = await Harness.open(
      options(async () => null),
      memoryPorts().ports,
    )
    const first = harness.run('1', BUNDLE)
    await expect(harness.run('2', BUNDLE)).rejects.toThrow('one cycle at a time')
    expect(await first).toMatchObject({ kind: 'ran' })
  })

  it('is not halted by a cycle that was', async () => {
    const harness = await Harness.open(
      options(() => 'mutates'),
      memoryPorts().ports,
    )
    expect(await harness.run('1', BUNDLE)).toMatchObject({ result: { outcome: 'HALTED', machine: 'IDLE' } })
    expect(harness.halt).toBeUndefined()
  })

  it('runs nothing more after an override, in no process, until an operator clears it', async () => {
    const { records, ports } = memoryPorts()
    const first = await Harness.open(
      options(() => 'overrides'),
      ports,
    )
    expect(await first.run('1', BUNDLE)).toMatchObject({ result: { outcome: 'HALTED', machine: 'HALTED' } })
    const halt = { atMs: NOW_MS, cycle: '1', reason: 'a: OVERRIDE in a' }
    const before = records.length
    const second = await Harness.open(options(), ports)
    for (const harness of [first, second]) {
      expect(harness.halt).toEqual(halt)
      expect(await harness.run('2', BUNDLE)).toEqual({ kind: 'refused', halt })
    }
    expect(records).toHaveLength(before)
    await second.clear()
    expect(await second.run('2', BUNDLE)).toMatchObject({ kind: 'ran', result: { outcome: 'COMPLETE' } })
    expect((await Harness.open(options(), ports)).halt).toBeUndefined()
  })

  it('is halted by a graph that is refused, again each time that somebody clears it and leaves the graph', async () => {
    const { records, ports } = memoryPorts()
    const harness = await Harness.open(options(undefined, { graph: harnessGraph([]) }), ports)
    for (const cycle of ['1', '2']) {
      expect(await harness.run(cycle, BUNDLE)).toMatchObject({ kind: 'refused', halt: { cycle } })
      expect(records.at(-1)).toMatchObject({ kind: 'HARNESS_ERROR', cycle, task: null })
      expect((await ports.haltMark.read())?.reason).toBe('graph: expected a task, found none')
      await harness.clear()
    }
  })

  it('is halted by a trail that cannot be written, in this process even where no mark can be set', async () => {
    const { ports } = memoryPorts()
    const full = async (): Promise<never> => {
      throw new Error('the disk is full')
    }
    const trail: AuditTrail = { append: full, records: async () => [], close: full }
    const marked = await Harness.open(options(), { ...ports, trail })
    await expect(marked.run('1', BUNDLE)).rejects.toThrow('the disk is full')
    expect(await ports.haltMark.read()).toEqual({ atMs: NOW_MS, cycle: '1', reason: 'the disk is full' })
    const haltMark = { read: async () => undefined, set: full, clear: full }
    const unmarked = await Harness.open(options(), { ...ports, trail, haltMark })
    await expect(unmarked.run('1', BUNDLE)).rejects.toThrow('the disk is full')
    expect(await unmarked.run('2', BUNDLE)).toMatchObject({ kind: 'refused' })
  })

  it('refuses a bundle under the name of a cycle that began with another, and is not halted by that', async () => {
    const { records, ports } = memoryPorts()
    const harness = await Harness.open(options(), ports)
    await harness.run('1', BUNDLE)
    const before = records.length
    const mistaken = harness.run('1', { ...BUNDLE, timestampMs: NOW_MS - 1 })
    await expect(mistaken).rejects.toThrow('cycle 1: expected the bundleHash that the cycle began with')
    expect([harness.halt, records.length]).toEqual([undefined, before])
    expect(await harness.run('2', BUNDLE)).toMatchObject({ kind: 'ran' })
  })

  it('is halted again by a cycle that had halted it', async () => {
    const { ports } = memoryPorts()
    const harness = await Harness.open(
      options(() => 'overrides'),
      ports,
    )
    await harness.run('1', BUNDLE)
    await harness.clear()
    expect(await harness.run('1', BUNDLE)).toMatchObject({ kind: 'ran', result: { machine: 'HALTED' } })
    expect(harness.halt?.reason).toBe('it had halted the machine before')
  })
})
