import { describe, expect, it, test } from 'vitest'
import type { FlowStore } from '../../../src/ports/flow-store.js'
import type { FlowRow } from '../../../src/ports/vocabulary/flows.js'
import { type DateTurn, runDate } from '../../../src/runtime/flows/run-date.js'
import { FlowRig, mortalStore } from '../../support/flow-rig.js'
import type { Behaviour } from '../../support/scripted-flow.js'

describe('the ledger of a date', () => {
  it('says that it runs before anything of it does, and then how it ended', async () => {
    const rig = new FlowRig('paper-day', { run_day: [['ok', 5_000]] })
    const told: string[] = []
    const listener = {
      begun: (_: unknown, row: FlowRow | null) => void told.push(row!.status),
      ended: (row: FlowRow) => void told.push(row.status),
    }
    const startedAtMs = rig.time.epochMs()
    const { end, row } = (await rig.throughTime(runDate(rig.date, rig.work(), rig.turn({ listener }))))!
    const [first] = rig.store.written
    const of = { ...rig.date, attempts: 1, fence: 1, owner: 'here:1', startedAtMs, detail: null }
    expect(first).toEqual({ ...of, status: 'RUNNING', atMs: startedAtMs, summary: null })
    expect(row).toEqual({ ...of, status: 'SUCCESS', atMs: startedAtMs + 5_000, summary: { tasks: 6 } })
    expect([end, told]).toEqual(['SUCCESS', ['RUNNING', 'SUCCESS']])
    expect(await rig.store.rows(rig.date)).toEqual([row])
  })

  it('says of a date that hibernated that it did', async () => {
    const rig = new FlowRig('supervised-day')
    rig.scripted.posture = 'HIBERNATE'
    const { end, row } = await run(rig)
    expect([end, row.status, row.detail]).toEqual(['HIBERNATED', 'HIBERNATED', null])
    expect(rig.scripted.called).not.toContain('run_day')
  })

  it('says of a date that failed what went wrong', async () => {
    const { end, row } = await run(new FlowRig('paper-day', { load_day: Array<Behaviour>(3).fill(['error', 0]) }))
    const detail = 'load_day: load_day failed as it was told'
    expect([end, row.status, row.detail, row.summary]).toEqual(['FAILED', 'FAILED', detail, null])
  })

  it('counts the runs that were begun, whatever became of them', async () => {
    const rig = new FlowRig('paper-day', { run_day: [['error', 0]] })
    await run(rig, { store: mortalStore(rig.store, 4) })
    await run(rig)
    const { row } = await run(rig)
    expect([row.attempts, row.status]).toEqual([3, 'SUCCESS'])
  })
})

test.each(['SUCCESS', 'HIBERNATED', 'WAIVED'] as const)(
  'a date that is %s is not run, and said to be',
  async (status) => {
    const rig = new FlowRig('paper-day')
    const { row } = await run(rig)
    const known = { ...row, status }
    await rig.store.put(known)
    const before = rig.store.written.length
    const again = await run(rig)
    expect(again).toEqual({ end: status === 'WAIVED' ? 'WAIVED' : 'DONE', row: known, result: null })
    expect(rig.store.written).toHaveLength(before)
  },
)

test('a date that was done when its process died gets its row, and nothing of it runs again', async () => {
  const rig = new FlowRig('paper-day')
  await run(rig)
  const records = rig.store.written.length - 2
  const other = new FlowRig('paper-day')
  expect(await run(other, { store: mortalStore(other.store, records + 1) })).toBe(null)
  const [calls, made] = [other.scripted.called.length, other.scripted.made.length]
  const { end, row } = await run(other)
  expect([end, row.status, row.summary]).toEqual(['SUCCESS', 'SUCCESS', { tasks: 6 }])
  expect([other.scripted.called.length, other.scripted.made.length]).toEqual([calls, made])
})

describe('a turn that ends', () => {
  it.each<['lost' | 'stop', string]>([
    ['lost', 'LOST'],
    ['stop', 'STOPPED'],
  ])('because it is %s leaves the date as it was, to go on from there: %s', async (why, end) => {
    const rig = new FlowRig('paper-day', { run_day: [['hang', 0]] })
    const controller = new AbortController()
    rig.time.after(50, () => controller.abort())
    const ended = await run(rig, { [why]: controller.signal })
    expect([ended.end, rig.store.written.at(-1)!]).toMatchObject([end, { kind: 'ATTEMPT', task: 'run_day' }])
    const [row] = await rig.store.rows(rig.date)
    expect([row!.status, (await run(rig, { fence: 2 })).end]).toEqual(['RUNNING', 'SUCCESS'])
  })

  it.each(['lost', 'stop'] as const)('before it began (%s) has written nothing', async (why) => {
    const rig = new FlowRig('paper-day')
    await run(rig, { [why]: AbortSignal.abort() })
    expect(rig.store.written).toEqual([])
  })

  it('because another has written is lost, and changes nothing of what the other wrote', async () => {
    const rig = new FlowRig('paper-day')
    const other = await run(rig, { fence: 7 })
    await rig.store.put({ ...other.row, status: 'RUNNING' })
    const ended = await run(rig, { fence: 6 })
    expect(ended.end).toBe('LOST')
    expect((await rig.store.rows(rig.date))[0]).toMatchObject({ fence: 7, status: 'RUNNING' })
  })
})

test('what the store throws is thrown: nobody goes on without a ledger', async () => {
  const rig = new FlowRig('paper-day')
  const put: FlowStore['put'] = async () => {
    throw new Error('the disk is full')
  }
  const store = Object.assign(Object.create(rig.store), { put }) as FlowStore
  await expect(run(rig, { store })).rejects.toThrow('the disk is full')
})

async function run(rig: FlowRig, more: Partial<DateTurn> = {}) {
  return (await rig.throughTime(runDate(rig.date, rig.work(), rig.turn(more))))!
}
