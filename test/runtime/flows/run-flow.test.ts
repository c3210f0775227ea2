import { describe, expect, it, test } from 'vitest'
import { flowTasks } from '../../../src/core/flows/flow-graphs.js'
import { type FlowStore, StaleFence } from '../../../src/ports/flow-store.js'
import { FLOWS, type FlowName, type FlowRecord } from '../../../src/ports/vocabulary/flows.js'
import { TurnEnded } from '../../../src/runtime/flows/attempt.js'
import type { FlowEffect, FlowTaskInput, FlowTaskResult, FlowWork } from '../../../src/runtime/flows/flow-work.js'
import { type FlowResult, type FlowRun, runFlow } from '../../../src/runtime/flows/run-flow.js'
import { FlowRig } from '../../support/flow-rig.js'
import type { Behaviour } from '../../support/scripted-flow.js'

describe('each task of the source’s tables', () => {
  const rows = FLOWS.flatMap((flow) => flowTasks(flow).map((task) => [flow, task.name, task] as const))

  it.each(rows)('%s %s is tried as often as it may be, with pauses that double', async (flow, name, task) => {
    const { records } = await ran(flow, { [name]: Array<Behaviour>(task.retries + 1).fill(['error', 50]) })
    const tries = attemptsOf(records, name)
    const pauses = Array.from({ length: task.retries }, (_, retry) => 50 + 2 ** retry * 1_000)
    expect(tries.slice(1).map((atMs, i) => atMs - tries[i]!)).toEqual(pauses)
    expect(records.some((record) => record.kind === 'TASK_FAILED' && record.task === name)).toBe(true)
    expect(outcomeOf(records)).toBe(task.critical ? 'FAILED' : 'SUCCESS')
  })

  it.each(rows)('%s %s may take its time to the millisecond, and no longer', async (flow, name, task) => {
    const inTime = await ran(flow, { [name]: [['ok', task.timeoutMs]] })
    expect(inTime.records.filter(({ kind }) => kind === 'ATTEMPT_FAILED')).toEqual([])
    const late = await ran(flow, { [name]: [['ok', task.timeoutMs + 1]] })
    const failed = late.records.find(({ kind }) => kind === 'ATTEMPT_FAILED')!
    expect(failed).toMatchObject({ task: name, failure: 'timeout' })
    expect(failed.atMs - attemptsOf(late.records, name)[0]!).toBe(task.timeoutMs)
  })

  it.each(rows)('%s %s is not tried again after an error that a retry cannot mend', async (flow, name) => {
    const { records } = await ran(flow, { [name]: [['fatal', 50]] })
    expect(attemptsOf(records, name)).toHaveLength(1)
  })
})

describe('a task', () => {
  it('is handed its date, the signal of its time, and what the tasks before it put out, frozen', async () => {
    const seen: FlowTaskInput[] = []
    const rig = await play('forewarner', { assess: async (handed) => result(void seen.push(handed)) })
    const [handed] = seen
    expect(handed).toMatchObject({ date: rig.date, dryRun: false, outputs: { probe_grid: { of: 'probe_grid' } } })
    expect(handed!.signal.aborted).toBe(false)
    expect(Object.isFrozen(handed!.outputs.probe_grid)).toBe(true)
  })

  it('tells how far it is, and nothing once it is given up', async () => {
    const told: unknown[] = []
    const rig = new FlowRig('forewarner')
    const assess = async ({ progress }: FlowTaskInput) => {
      progress(1, 2, 'days')
      await rig.time.sleep(121_000)
      progress(2, 2, 'days')
      return result(1)
    }
    const listener = { progress: (_: unknown, ...said: unknown[]) => void told.push(said) }
    await rig.throughTime(runFlow({ ...runOf(rig, { assess }), listener }))
    expect(told).toEqual([1, 2, 3].map(() => ['assess', 1, 2, 'days']))
  })

  it('that gives an effect it has not declared fails for good, and none of its effects is made', async () => {
    const effects = [
      { name: 'report', resource: 'report', payload: 1 },
      { name: 'order', resource: 'orders', payload: 1 },
    ] as const
    const rig = await play('forewarner', { write_report: async () => ({ output: null, effects }) })
    expect(await failures(rig)).toEqual(['UNDECLARED_EFFECT: expected report of write_report, found orders'])
    expect(rig.scripted.made).toEqual([])
  })

  it.each([
    ['a number that JSON does not have', Number.NaN, 'assess is NaN'],
    ['a function', () => 1, 'assess is function'],
  ])('that puts out %s fails', async (_, output, message) => {
    expect(new Set(await failures(await play('forewarner', { assess: async () => result(output) })))).toEqual(
      new Set([message]),
    )
  })

  it('that nobody does fails for good, and says so', async () => {
    const rig = await play('forewarner', { assess: undefined as never })
    expect(await failures(rig)).toEqual(['expected work for the task assess, found none'])
  })
})

describe('an effect', () => {
  it('has the key of its task, the time of its attempt, and the fence of the turn', async () => {
    const rig = await play('paper-day', {})
    const { made } = rig.scripted
    const attempt = (await rig.store.records(rig.date)).find(
      (record) => record.kind === 'ATTEMPT' && record.task === 'write_state',
    )!
    expect(made.map(({ name }) => name)).toEqual(['pnl', 'state', 'line'])
    expect(made[0]).toMatchObject({ payload: { name: 'pnl' }, date: rig.date, fence: 1, atMs: attempt.atMs })
    const keys = made.map(({ key }) => key.replace(/^[0-9a-f]{32}/, 'id'))
    expect(keys).toEqual(['id/0/pnl_log', 'id/1/grid_state', 'id/0/pnl_log'])
    expect(new Set(made.map(({ key }) => key)).size).toBe(3)
  })

  it('that fails is tried again with its task, and those that are made are not', async () => {
    const rig = new FlowRig('paper-day')
    const applied: string[] = []
    const apply = async ({ name }: FlowEffect) => {
      applied.push(name)
      if (name === 'state' && applied.length < 3) throw new Error('the grid is away')
    }
    await rig.throughTime(runFlow(runOf(rig, {}, { apply })))
    expect(applied).toEqual(['pnl', 'state', 'state', 'line'])
    expect(await failures(rig)).toEqual(['the grid is away'])
  })

  it('that never answers is a timeout of its task, told by its signal, and tried again', async () => {
    const rig = new FlowRig('paper-day')
    const signals: AbortSignal[] = []
    const apply = ({ name, signal }: FlowEffect) =>
      name === 'state' && signals.push(signal) < 2 ? new Promise<void>(() => undefined) : Promise.resolve()
    const { outcome } = (await rig.throughTime(runFlow(runOf(rig, {}, { apply }))))!
    expect(outcome).toBe('SUCCESS')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    const effects = (await rig.store.records(rig.date)).filter(({ kind }) => kind === 'EFFECT')
    expect(effects).toHaveLength(3)
  })
})

describe('the posture', () => {
  it('that is too old is read again, and the day fails when it stays so', async () => {
    const rig = new FlowRig('supervised-day')
    const old = { posture: 'APEX', timestampMs: rig.time.epochMs() - 400_000 }
    await rig.throughTime(runFlow(runOf(rig, { read_posture: async () => result(old) })))
    expect(await failures(rig)).toHaveLength(3)
    expect((await failures(rig))[0]).toMatch(/^posture: expected an age of 300000 ms or less, found \d+ ms$/)
  })

  it('that has become too old when the engine would run does not let it run', async () => {
    const rig = new FlowRig('supervised-day')
    // As a machine that slept: the clock has gone on, and no timer has come.
    const restore = async () => result(rig.time.passOver(300_001))
    await rig.throughTime(runFlow(runOf(rig, { restore_capital: restore })))
    expect(rig.scripted.called).not.toContain('run_day')
    expect(await failures(rig)).toEqual(['posture: expected an age of 300000 ms or less, found 300001 ms'])
  })
})

test.each(FLOWS)('a dry run of %s keeps nothing, makes no effect, and is told as any other', async (flow) => {
  const rig = new FlowRig(flow)
  const { result, records } = await rig.process({ isDry: true })
  expect(result).toMatchObject({ outcome: 'DRY_RUN', failure: null, isNew: true })
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => i + 1))
  expect([rig.store.written, rig.scripted.made]).toEqual([[], []])
})

test('a date that is done is not run again, and says what came of it', async () => {
  const rig = new FlowRig('paper-day')
  const first = (await rig.process()).result
  const again = (await rig.process()).result
  expect(again).toEqual({ ...first, isNew: false })
})

describe('a run whose turn is over', () => {
  it('ends when the store says so, and writes nothing more', async () => {
    const rig = new FlowRig('paper-day')
    const { store } = rig
    const append: FlowStore['append'] = async (date, fence, atMs, event) => {
      if (event.kind === 'EFFECT') await store.append(date, 2, atMs, { kind: 'FLOW_RESUMED' })
      return store.append(date, fence, atMs, event)
    }
    const run = { ...runOf(rig, {}), store: Object.assign(Object.create(store), { append }) as FlowStore }
    await expect(rig.throughTime(runFlow(run))).rejects.toThrow(StaleFence)
    expect((await store.records(rig.date)).at(-1)!.kind).toBe('FLOW_RESUMED')
  })

  it('ends when a sink says so', async () => {
    const rig = new FlowRig('paper-day')
    const apply = async () => {
      throw new StaleFence('another wrote')
    }
    await expect(rig.throughTime(runFlow(runOf(rig, {}, { apply })))).rejects.toThrow(StaleFence)
    expect((await rig.store.records(rig.date)).at(-1)).toMatchObject({ kind: 'ATTEMPT', task: 'write_state' })
  })

  it.each<[string, Behaviour]>([
    ['a task', ['hang', 0]],
    ['a pause', ['error', 0]],
  ])('ends at once in the middle of %s, and writes nothing more', async (_, how) => {
    const rig = new FlowRig('paper-day', { load_day: [how] })
    const end = new AbortController()
    const beganMs = rig.time.epochMs()
    rig.time.after(500, () => end.abort('another has the turn'))
    const written = () => rig.store.written.length
    let before = 0
    rig.time.after(499, () => {
      before = written()
    })
    await expect(rig.throughTime(runFlow({ ...runOf(rig, {}), end: end.signal }))).rejects.toThrow(TurnEnded)
    expect([rig.time.epochMs() - beganMs, written()]).toEqual([500, before])
  })

  it('ends between two steps, and writes nothing more', async () => {
    const rig = new FlowRig('paper-day')
    const end = new AbortController()
    const recorded = (_: unknown, { kind }: FlowRecord) => {
      if (kind === 'TASK_SUCCESS') end.abort('another has the turn')
    }
    const run = { ...runOf(rig, {}), end: end.signal, listener: { recorded } }
    await expect(rig.throughTime(runFlow(run))).rejects.toThrow(TurnEnded)
    expect((await rig.store.records(rig.date)).at(-1)).toMatchObject({ kind: 'TASK_SUCCESS', task: 'load_config' })
  })
})

/** A run in which a task does something of its own, or nobody does it. */
async function play(flow: FlowName, tasks: FlowWork['tasks']): Promise<FlowRig> {
  const rig = new FlowRig(flow)
  await rig.throughTime(runFlow(runOf(rig, tasks)))
  return rig
}

function runOf(rig: FlowRig, tasks: FlowWork['tasks'], more: Partial<FlowWork> = {}): FlowRun {
  const work = rig.work()
  return {
    date: rig.date,
    work: { ...work, ...more, tasks: { ...work.tasks, ...tasks } },
    ...{ store: rig.store, fence: 1, clock: rig.time, end: new AbortController().signal },
    listener: { recorded: (_, record) => rig.scripted.recorded(record) },
  }
}

async function ran(
  flow: FlowName,
  script: Readonly<Record<string, readonly Behaviour[]>>,
): Promise<{ readonly records: readonly FlowRecord[]; readonly result: FlowResult | null }> {
  return new FlowRig(flow, script).process()
}

function attemptsOf(records: readonly FlowRecord[], task: string): readonly number[] {
  return records.flatMap((record) => (record.kind === 'ATTEMPT' && record.task === task ? [record.atMs] : []))
}

function outcomeOf(records: readonly FlowRecord[]): unknown {
  const last = records.at(-1)
  return last?.kind === 'FLOW_FINISHED' ? last.outcome : undefined
}

async function failures(rig: FlowRig): Promise<readonly string[]> {
  const records = await rig.store.records(rig.date)
  return records.flatMap((record) => (record.kind === 'ATTEMPT_FAILED' ? [record.message] : []))
}

function result(output: unknown): FlowTaskResult {
  return { output, effects: [] }
}
