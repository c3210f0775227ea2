import { afterEach, describe, expect, it } from 'vitest'
import type { FlowScheduler, FlowTurn, HeldTurn, ScheduledFlow } from '../../src/ports/flow-scheduler.js'
import type { FlowKey } from '../../src/ports/vocabulary/flows.js'
import { leaveTime, until } from '../support/until.js'

/** A place where schedulers of several processes meet. */
export interface SchedulerPlace {
  open(): Promise<{ readonly scheduler: FlowScheduler; close(): Promise<void> }>
}

const KEY: FlowKey = { flow: 'paper-day', colour: 'blue' }
const FLOW: ScheduledFlow = { ...KEY, schedule: { kind: 'daily', at: '00:05', catchUp: 'all' } }
const OTHER: ScheduledFlow = { ...FLOW, colour: 'green' }

/** What every adapter of the {@link FlowScheduler} port holds to. */
export function flowSchedulerContract(name: string, makePlace: () => SchedulerPlace | Promise<SchedulerPlace>): void {
  describe(`the flow scheduler contract: ${name}`, () => {
    const opened: { close(): Promise<void> }[] = []
    afterEach(async () => {
      for (const open of opened.splice(0)) await open.close()
    })
    async function schedulers(count: number): Promise<readonly FlowScheduler[]> {
      const place = await makePlace()
      const all = await Promise.all(Array.from({ length: count }, () => place.open()))
      opened.push(...all)
      return all.map(({ scheduler }) => scheduler)
    }

    it('a turn is given for every flow when a scheduler starts', async () => {
      const [scheduler] = await schedulers(1)
      const given = new Set<string>()
      await scheduler!.start([FLOW, OTHER], async ({ flow, colour }) => void given.add(`${flow} ${colour}`))
      await until(() => given.size === 2)
      await scheduler!.stop()
      expect([...given].sort()).toEqual(['paper-day blue', 'paper-day green'])
    })

    it('a turn that is held is nobody else’s, and is named; when it is released the next has a higher fence', async () => {
      const [one, other] = await schedulers(2)
      const held = await taken(one!)
      expect(await other!.acquire(KEY)).toMatchObject({ kind: 'busy', owner: held.owner })
      expect(await other!.lease(KEY)).toMatchObject({ owner: held.owner, fence: held.fence })
      await held.release()
      expect(await other!.lease(KEY)).toBe(null)
      const next = await taken(other!)
      expect(next.fence).toBeGreaterThan(held.fence)
      await next.release()
    })

    it('turns of other keys are not held with it', async () => {
      const [one, other] = await schedulers(2)
      const held = await taken(one!)
      const green = await other!.acquire({ ...KEY, colour: 'green' })
      expect(green.kind).toBe('held')
      await held.release()
      await (green as HeldTurn).release()
    })

    it('who waits for a turn has it when the other releases it', async () => {
      const [one, other] = await schedulers(2)
      const held = await taken(one!)
      const waiting = other!.acquire(KEY, { waitMs: 600_000 })
      await held.release()
      const next = await waiting
      expect(next.kind).toBe('held')
      await (next as HeldTurn).release()
    })

    it('two schedulers that are started at once never have one turn at the same time', async () => {
      const pair = await schedulers(2)
      let atWork = 0
      let most = 0
      const fences: number[] = []
      const turn = async ({ fence }: FlowTurn) => {
        most = Math.max(most, ++atWork)
        fences.push(fence)
        await leaveTime(20)
        atWork--
      }
      await Promise.all(pair.map((scheduler) => scheduler.start([FLOW], turn)))
      await until(() => fences.length >= 2)
      for (const scheduler of pair) await scheduler.stop()
      expect(most).toBe(1)
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b))
    })

    it('stopping waits for the turn that is on, and gives no more', async () => {
      const [scheduler] = await schedulers(1)
      let begun = 0
      let ended = 0
      let finish = () => {}
      await scheduler!.start([FLOW], async () => {
        begun++
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        ended++
      })
      await until(() => begun === 1)
      const stopped = scheduler!.stop()
      finish()
      await stopped
      expect([begun, ended]).toEqual([1, 1])
    })

    it('a turn that throws is over', async () => {
      const [one, other] = await schedulers(2)
      let thrown = false
      await one!.start([FLOW], async () => {
        thrown = true
        throw new Error('of the turn')
      })
      await until(() => thrown)
      const next = await other!.acquire(KEY, { waitMs: 600_000 })
      expect(next.kind).toBe('held')
      await (next as HeldTurn).release()
    })
  })
}

async function taken(scheduler: FlowScheduler): Promise<HeldTurn> {
  const turn = await scheduler.acquire(KEY, { waitMs: 600_000 })
  if (turn.kind !== 'held') throw new Error(`held by ${turn.owner}`)
  return turn
}
