import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { FLOW_SCHEDULES } from '../../../src/core/flows/flow-graphs.js'
import { dueAtMs } from '../../../src/core/flows/schedule.js'
import type { FlowKey, FlowRow } from '../../../src/ports/vocabulary/flows.js'
import { runDueTurn } from '../../../src/runtime/flows/due-turn.js'
import type { FlowTask, FlowWork } from '../../../src/runtime/flows/flow-work.js'
import type { DateTurn } from '../../../src/runtime/flows/run-date.js'
import { MemoryFlowStore } from '../../support/memory-flow-store.js'

const PAPER: FlowKey = { flow: 'paper-day', colour: 'green' }
const SCHEDULE = FLOW_SCHEDULES['paper-day']

describe('a turn', () => {
  it('of a new flow runs the newest date alone, and those that follow it from then on', async () => {
    const desk = new Desk('2026-03-21T00:05:00Z')
    expect(await desk.turn()).toEqual(['2026-03-20 SUCCESS'])
    desk.nowMs = Date.parse('2026-03-24T09:00:00Z')
    expect(await desk.turn()).toEqual(['2026-03-21 SUCCESS', '2026-03-22 SUCCESS', '2026-03-23 SUCCESS'])
    expect([await desk.store.since(PAPER), await desk.turn()]).toEqual(['2026-03-20', []])
  })

  it('ends at the first date that fails: what comes after it begins with its capital', async () => {
    const desk = new Desk('2026-03-24T00:05:00Z', '2026-03-20')
    desk.failing.add('2026-03-21')
    expect(await desk.turn()).toEqual(['2026-03-20 SUCCESS', '2026-03-21 FAILED'])
    desk.failing.clear()
    expect(await desk.turn()).toEqual(['2026-03-21 SUCCESS', '2026-03-22 SUCCESS', '2026-03-23 SUCCESS'])
  })

  it('says of a date that failed for the third time that it is left to an operator, and goes on without it', async () => {
    const desk = new Desk('2026-03-22T00:05:00Z', '2026-03-20')
    desk.failing.add('2026-03-20')
    for (const exhausted of [[], [], ['2026-03-20']]) {
      expect(await desk.turn()).toEqual(['2026-03-20 FAILED'])
      expect(desk.last!.exhausted).toEqual(exhausted)
    }
    expect(await desk.turn()).toEqual(['2026-03-21 SUCCESS'])
    expect(desk.last!.exhausted).toEqual(['2026-03-20'])
  })

  it('says which dates are too old to be made up for', async () => {
    const desk = new Desk('2026-04-20T00:05:00Z', '2026-04-04')
    expect(await desk.turn()).toHaveLength(14)
    expect(desk.last!.expired).toEqual(['2026-04-04', '2026-04-05'])
  })

  it('runs what falls due while it is at work', async () => {
    const desk = new Desk('2026-03-21T00:05:00Z')
    desk.during = () => {
      desk.nowMs = Date.parse('2026-03-22T00:05:00Z')
    }
    expect(await desk.turn()).toEqual(['2026-03-20 SUCCESS', '2026-03-21 SUCCESS'])
  })

  it('leaves out what an operator waives while it is at work', async () => {
    const desk = new Desk('2026-03-23T00:05:00Z', '2026-03-20')
    desk.during = () => desk.store.put(waived('2026-03-21'))
    expect(await desk.turn()).toEqual(['2026-03-20 SUCCESS', '2026-03-22 SUCCESS'])
  })

  it.each([
    ['lost', 'LOST'],
    ['stop', 'STOPPED'],
  ])('begins no other date once it is %s, and says so', async (why, end) => {
    const desk = new Desk('2026-03-23T00:05:00Z', '2026-03-20')
    const controller = new AbortController()
    desk.during = () => controller.abort()
    expect(await desk.turn({ [why]: controller.signal })).toEqual([`2026-03-20 ${end}`])
    const written = desk.store.written.length
    expect(await desk.turn({ [why]: controller.signal })).toEqual([`2026-03-20 ${end}`])
    expect(desk.store.written).toHaveLength(written)
  })

  it('with a clock that is set back runs nothing that is done', async () => {
    const desk = new Desk('2026-03-23T00:05:00Z', '2026-03-20')
    await desk.turn()
    desk.nowMs = Date.parse('2026-03-21T12:00:00Z')
    expect(await desk.turn()).toEqual([])
  })
})

test('over any turns, clocks and failures no date is done twice, each turn goes from old to new, and none is tried too often', async () => {
  const step = fc.record({
    hours: fc.integer({ min: -72, max: 24 * 20 }),
    failing: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }),
    dieAfter: fc.option(fc.integer({ min: 0, max: 5 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const desk = new Desk('2026-03-01T00:05:00Z')
      for (const { hours, failing, dieAfter } of steps) {
        desk.nowMs += hours * 3_600_000
        desk.failing.clear()
        for (const day of failing) desk.failing.add(new Date(desk.nowMs - day * 86_400_000).toISOString().slice(0, 10))
        // A turn whose lease is lost in the middle of a date leaves what a process leaves that died there.
        const controller = new AbortController()
        let dates = 0
        desk.during = () => {
          if (dates++ === dieAfter) controller.abort()
        }
        const before = new Map((await desk.store.rows(PAPER)).map((row) => [row.stamp, row]))
        const stamps = (await desk.turn({ lost: controller.signal })).map((said) => said.slice(0, 10))
        expect(stamps).toEqual([...new Set(stamps)].sort())
        expect(stamps.length).toBeLessThanOrEqual(14)
        for (const stamp of stamps) {
          expect(dueAtMs(SCHEDULE, stamp)).toBeLessThanOrEqual(desk.nowMs)
          const row = before.get(stamp)
          expect(row?.status === 'FAILED' && row.attempts >= 3, stamp).toBe(false)
        }
      }
      expect(new Set(desk.done).size).toBe(desk.done.length)
      for (const [, applied] of desk.made) expect(applied).toBe(1)
    }),
    { numRuns: 60 },
  )
})

/** A flow whose days succeed at once, or fail, by a clock that anybody may set. */
class Desk {
  readonly store = new MemoryFlowStore()
  readonly failing = new Set<string>()
  /** Dates whose run reached its last task, each time. */
  readonly done: string[] = []
  /** How often each effect was made. */
  readonly made = new Map<string, number>()
  /** Happens while a date's day is run. */
  during: () => unknown = () => undefined
  nowMs: number
  last: Awaited<ReturnType<typeof runDueTurn>> | undefined
  private fence = 0

  constructor(
    now: string,
    private readonly since?: string,
  ) {
    this.nowMs = Date.parse(now)
  }

  async turn(more: Partial<DateTurn> = {}): Promise<readonly string[]> {
    if (this.since !== undefined) await this.store.setSince(PAPER, this.since)
    const never = new AbortController().signal
    const clock = {
      nowMs: () => this.nowMs,
      epochMs: () => this.nowMs,
      sleep: () => new Promise<void>(() => undefined),
    }
    const turn = { store: this.store, fence: ++this.fence, owner: 'here:1', clock, lost: never, stop: never, ...more }
    this.last = await runDueTurn(PAPER, SCHEDULE, () => this.work(), turn)
    return this.last.runs.map(({ row, end }) => `${row.stamp} ${end}`)
  }

  private work(): FlowWork {
    const nothing: FlowTask = async () => ({ output: null, effects: [] })
    return {
      tasks: {
        ...{ load_config: nothing, load_day: nothing, restore_capital: nothing },
        run_day: async ({ date }) => {
          await this.during()
          if (this.failing.has(date.stamp)) throw new Error('it was to fail')
          return { output: null, effects: [] }
        },
        write_state: async () => ({ output: null, effects: [{ name: 'pnl', resource: 'pnl_log', payload: null }] }),
        log_pnl: async ({ date }) => {
          this.done.push(date.stamp)
          return { output: null, effects: [] }
        },
      },
      apply: async ({ key }) => void this.made.set(key, (this.made.get(key) ?? 0) + 1),
    }
  }
}

function waived(stamp: string): FlowRow {
  return {
    ...{ ...PAPER, stamp, status: 'WAIVED', attempts: 0, fence: 0, owner: 'operator' },
    ...{ atMs: 0, startedAtMs: null, detail: 'no data', summary: null },
  }
}
