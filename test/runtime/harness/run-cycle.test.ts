import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openFileSink } from '../../../src/adapters/audit/effect-sinks.js'
import { openAuditTrail, readAuditTrail } from '../../../src/adapters/audit/file-audit-trail.js'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import type { AuditTrail } from '../../../src/ports/audit-trail.js'
import type { AuditEvent } from '../../../src/ports/vocabulary/harness.js'
import { runCycle } from '../../../src/runtime/harness/run-cycle.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { arbitraryCycle, NOW_MS } from '../../support/arbitrary-cycles.js'
import { memoryPorts, optionsOf } from '../../support/harness-rig.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { cycleOptions, PlayedSkills, playCycle } from '../../support/played-cycle.js'
import { until } from '../../support/until.js'

const folder = temporaryFolder()

const statusOf = (result: Awaited<ReturnType<typeof runCycle>>, task: string) =>
  result.tasks.find((end) => end.task === task)

describe('the time of a skill', () => {
  const at = async (answersAfterMs: number) => {
    const { records, made, ports } = memoryPorts()
    const { clock } = ports
    let signal: AbortSignal | undefined
    const run = runCycle(
      optionsOf([{ name: 'a', timeoutMs: 1_000, sideEffects: ['report'] }, { name: 'b' }], {
        a: async (_, given) => {
          signal = given
          await clock.sleep(answersAfterMs)
          return 'late or not'
        },
      }),
      ports,
    )
    await until(() => signal !== undefined)
    while (clock.waiting > 0) {
      clock.step(clock.nextDueMs()!)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { result: await run, records, made, isAborted: signal!.aborted }
  }

  it('may be used to the last millisecond', async () => {
    const { result, isAborted } = await at(1_000)
    expect([result.outcome, statusOf(result, 'a')?.status, isAborted]).toEqual(['COMPLETE', 'SUCCESS', false])
  })

  it('ends with TIMEOUT: the skill is told by its signal, the cycle goes on, and what is answered later changes nothing', async () => {
    const { result, records, made, isAborted } = await at(1_001)
    expect(statusOf(result, 'a')).toEqual({ task: 'a', status: 'FAILED', reason: 'TIMEOUT' })
    expect([statusOf(result, 'b')?.status, isAborted, made]).toEqual(['SUCCESS', true, []])
    expect(records.at(-1)?.kind).toBe('CYCLE_FINISHED')
  })

  it('ends for a skill that never answers', async () => {
    const { result } = await at(2 ** 40)
    expect(statusOf(result, 'a')).toMatchObject({ reason: 'TIMEOUT' })
  })

  it("ends on the machine's own clock too", async () => {
    const { ports } = memoryPorts(systemClock)
    let signal: AbortSignal | undefined
    const never = (_: unknown, given: AbortSignal): Promise<unknown> => {
      signal = given
      return new Promise(() => undefined)
    }
    const timestampMs = systemClock.epochMs()
    const result = await runCycle(
      optionsOf([{ name: 'a', timeoutMs: 1 }], { a: never }, { bundle: { timestampMs } }),
      ports,
    )
    expect([statusOf(result, 'a'), signal?.aborted]).toEqual([{ task: 'a', status: 'FAILED', reason: 'TIMEOUT' }, true])
  })

  it('counts for one that never lets go of the thread', async () => {
    const { ports } = memoryPorts()
    const slow = (ms: number) => () => ports.clock.runTo(ports.clock.epochMs() + ms)
    const tasks = [
      { name: 'a', timeoutMs: 5 },
      { name: 'b', timeoutMs: 5 },
    ]
    const result = await runCycle(optionsOf(tasks, { a: slow(5), b: slow(6) }), ports)
    expect(result.tasks.map(({ status }) => status)).toEqual(['SUCCESS', 'FAILED'])
  })
})

it('a skill that throws, now or later, fails its task with what it threw', async () => {
  const { records, ports } = memoryPorts()
  const now = () => {
    throw new Error('at once')
  }
  const later = async () => {
    throw new Error('in a while')
  }
  await runCycle(optionsOf([{ name: 'a' }, { name: 'b' }], { a: now, b: later }), ports)
  const ends = records.filter(({ kind }) => kind === 'TASK_FINISHED')
  expect(ends).toMatchObject([
    { reason: 'ERROR', message: 'at once' },
    { reason: 'ERROR', message: 'in a while' },
  ])
})

describe('a harness that cannot do its part', () => {
  it('halts where an effect has nowhere to go', async () => {
    const { records, ports } = memoryPorts()
    const result = await runCycle(optionsOf([{ name: 'a', sideEffects: ['ledger'] }], {}), { ...ports, sinks: {} })
    expect([result.outcome, result.machine]).toEqual(['HALTED', 'HALTED'])
    expect(records).toContainEqual(
      expect.objectContaining({ kind: 'HARNESS_ERROR', message: expect.stringContaining('ledger') }),
    )
  })

  it('sets its mark before it records why, so that a crash between them leaves it halted', async () => {
    const { records, ports } = memoryPorts()
    const haltedAt: (number | undefined)[] = []
    const trail: AuditTrail = {
      ...spread(ports.trail),
      async append(cycle, atMs, event) {
        if (event.kind === 'HARNESS_VIOLATION') haltedAt.push((await ports.haltMark.read())?.atMs)
        return await ports.trail.append(cycle, atMs, event)
      },
    }
    await runCycle(optionsOf([{ name: 'a' }], { a: () => 'overrides' }), { ...ports, trail })
    expect(haltedAt).toEqual([NOW_MS])
    expect(await ports.haltMark.read()).toEqual({ atMs: NOW_MS, cycle: 'c', reason: 'a: OVERRIDE in a' })
    expect(records.at(-1)).toMatchObject({ kind: 'CYCLE_FINISHED', outcome: 'HALTED' })
  })

  it('does nothing after a record that cannot be made durable, and lets its skills go', async () => {
    const { made, ports } = memoryPorts()
    let signal: AbortSignal | undefined
    let called = 0
    const trail = {
      ...spread(ports.trail),
      append: async (cycle: string, atMs: number, event: AuditEvent) => {
        if (event.kind === 'TASK_FINISHED') throw new Error('the disk is full')
        return await ports.trail.append(cycle, atMs, event)
      },
    }
    const skills = {
      a: async () => {
        await until(() => signal !== undefined)
        return null
      },
      b: (_: unknown, given: AbortSignal) => {
        signal = given
        return new Promise(() => undefined)
      },
      c: () => called++,
    }
    const tasks = [{ name: 'a' }, { name: 'b' }, { name: 'c', dependsOn: ['a'], sideEffects: ['report' as const] }]
    const run = runCycle(optionsOf(tasks, skills, { parallelism: 2 }), { ...ports, trail })
    await expect(run).rejects.toThrow('the disk is full')
    expect([signal?.aborted, called, made]).toEqual([true, 0, []])
  })
})

const spread = (trail: AuditTrail): AuditTrail => ({
  append: (...record) => trail.append(...record),
  records: (cycle) => trail.records(cycle),
  close: () => trail.close(),
})

describe('several skills at work at once', () => {
  it('are at work at the same time', async () => {
    const { ports } = memoryPorts()
    let atWork = 0
    let most = 0
    const meets = async () => {
      most = Math.max(most, ++atWork)
      await until(() => most === 3)
      atWork--
    }
    const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name }))
    const result = await runCycle(
      optionsOf(tasks, { a: meets, b: meets, c: meets, d: meets }, { parallelism: 3 }),
      ports,
    )
    expect([result.outcome, most]).toEqual(['COMPLETE', 3])
  })

  it('are told by their signals when one before them halts the cycle, and what they answer then changes nothing', async () => {
    const { records, made, ports } = memoryPorts()
    let signal: AbortSignal | undefined
    let answer: (value: unknown) => void = () => undefined
    const skills = {
      a: async () => {
        await until(() => signal !== undefined)
        return 'mutates'
      },
      b: (_: unknown, given: AbortSignal) => {
        signal = given
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    }
    const tasks = [{ name: 'a' }, { name: 'b', sideEffects: ['report' as const] }]
    const result = await runCycle(optionsOf(tasks, skills, { parallelism: 2 }), ports)
    expect([result.tasks.map(({ status }) => status), signal?.aborted]).toEqual([['FAILED', 'BLOCKED'], true])
    const before = records.length
    answer('too late')
    await new Promise((resolve) => setImmediate(resolve))
    expect([records.length, made]).toEqual([before, []])
  })
})

describe('a cycle with its trail and its effects in files, that dies at any record', () => {
  const open = async (name: string) => {
    const path = (file: string) => join(folder.path, name, file)
    const { trail } = await openAuditTrail(path('audit.jsonl'))
    const [sink, orders] = [await openFileSink(path('effects.jsonl')), await openFileSink(path('orders.jsonl'))]
    const { ports } = memoryPorts(new VirtualTime(NOW_MS))
    const sinks = {
      audit_log: sink,
      grid_state: sink,
      pnl_log: sink,
      ledger: sink,
      heartbeat: sink,
      report: sink,
      orders,
    }
    const close = async () => {
      for (const file of [trail, sink, orders]) await file.close()
    }
    return { ports: { ...ports, trail, sinks }, close, records: () => readAuditTrail(path('audit.jsonl')) }
  }

  /** Dies when it is asked for record `dieAt`: before it is written, or after. */
  const mortal = (trail: AuditTrail, dieAt: number, isWritten: boolean): AuditTrail => {
    let asked = 0
    return {
      ...spread(trail),
      async append(cycle, atMs, event) {
        if (++asked < dieAt) return await trail.append(cycle, atMs, event)
        if (asked === dieAt && isWritten) await trail.append(cycle, atMs, event)
        throw new Error('died')
      },
    }
  }

  it('ends, when it is run again, as one that did not die: every effect and every order once', async () => {
    let life = 0
    await fc.assert(
      fc.asyncProperty(
        arbitraryCycle({ isMild: true }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.constantFrom(1, 3),
        async (played, dieAt, isWritten, parallelism) => {
          // Skills of a rerun know what the trail knows of them.
          const calm = Object.entries(played.behaviours!).map(([name, { result }]) => [
            name,
            { result: result === 'ok' ? result : ('error' as const) },
          ])
          const cycle = { ...played, behaviours: Object.fromEntries(calm) }
          const options = () => ({ ...cycleOptions(cycle, new PlayedSkills(cycle)), parallelism })
          const name = `${life++}`
          const first = await open(name)
          const died = await runCycle(options(), {
            ...first.ports,
            trail: mortal(first.ports.trail, dieAt, isWritten),
          }).catch(() => 'died')
          await first.close()
          const second = await open(name)
          const result = await runCycle(options(), second.ports)
          const { events, result: whole } = playCycle(cycle)
          expect(result).toEqual(whole)
          if (died !== 'died') expect(died).toEqual(whole)
          const keys = (all: readonly AuditEvent[], kind: string) =>
            all.flatMap((event) => (event.kind === kind && 'key' in event ? [event.key] : []))
          for (const kind of ['EFFECT', 'RELEASED'])
            expect(keys(await second.records(), kind)).toEqual(keys(events, kind))
          await second.close()
        },
      ),
      { numRuns: 60 },
    )
  })
})
