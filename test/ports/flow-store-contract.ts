import { describe, expect, it } from 'vitest'
import { type FlowStore, StaleFence } from '../../src/ports/flow-store.js'
import type { FlowDate, FlowRow } from '../../src/ports/vocabulary/flows.js'

/** A place where a ledger lies, opened by several processes at a time. */
export interface LedgerPlace {
  open(): Promise<FlowStore>
}

const PAPER: FlowDate = { flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' }
const GREEN: FlowDate = { ...PAPER, colour: 'green' }

export function flowRow(row: Partial<FlowRow> = {}): FlowRow {
  return {
    ...PAPER,
    ...{ status: 'RUNNING', attempts: 1, fence: 1, owner: 'host:1', atMs: 5, startedAtMs: 5 },
    ...{ detail: null, summary: null },
    ...row,
  }
}

/** What every adapter of the {@link FlowStore} port holds to. */
export function flowStoreContract(name: string, makePlace: () => LedgerPlace | Promise<LedgerPlace>): void {
  describe(`the flow store contract: ${name}`, () => {
    it('a ledger that nobody has written has no rows, no records and no first stamp', async () => {
      const store = await (await makePlace()).open()
      expect([await store.rows(PAPER), await store.allRows(), await store.records(PAPER)]).toEqual([[], [], []])
      expect(await store.since(PAPER)).toBe(null)
      await store.close()
    })

    it('the newest row of a date is the one that counts, and rows come oldest date first, also for another process', async () => {
      const place = await makePlace()
      const [one, other] = [await place.open(), await place.open()]
      const rows = [
        flowRow({ stamp: '2026-03-22' }),
        flowRow({ stamp: '2026-03-21', fence: 1 }),
        flowRow({ stamp: '2026-03-22', status: 'SUCCESS', summary: { capital: 25_100.5 }, detail: 'ünd' }),
      ]
      for (const row of rows) await one.put(row)
      for (const store of [one, other]) {
        expect(await store.rows(PAPER)).toEqual([rows[1], rows[2]])
        await store.close()
      }
    })

    it('flows and configurations have ledgers of their own', async () => {
      const store = await (await makePlace()).open()
      await store.put(flowRow())
      await store.put(flowRow({ colour: 'green', fence: 7 }))
      await store.put(flowRow({ flow: 'forewarner', stamp: '2026-03-21T04', fence: 3 }))
      expect((await store.rows(GREEN)).map(({ fence }) => fence)).toEqual([7])
      expect((await store.allRows()).map(({ fence }) => fence).sort()).toEqual([1, 3, 7])
      await store.append(GREEN, 7, 1, { kind: 'FLOW_STARTED' })
      expect(await store.records(PAPER)).toEqual([])
      await store.close()
    })

    it('records of a date are numbered over all its attempts, and there for others when they resolve', async () => {
      const place = await makePlace()
      const first = await place.open()
      const started = await first.append(PAPER, 1, 10, { kind: 'FLOW_STARTED' })
      await first.close()
      const second = await place.open()
      const output = { posture: 'APEX', at: [1, null, 'ü\n'] }
      const success = await second.append(PAPER, 2, 20, { kind: 'TASK_SUCCESS', task: 'read_posture', output })
      expect([started.seq, success.seq]).toEqual([1, 2])
      const third = await place.open()
      expect(await third.records(PAPER)).toEqual([started, success])
      expect(success).toEqual({ kind: 'TASK_SUCCESS', task: 'read_posture', output, seq: 2, atMs: 20 })
      for (const store of [second, third]) await store.close()
    })

    it('whoever writes with a fence below the highest of the key is refused, and has changed nothing', async () => {
      const place = await makePlace()
      const [old, now] = [await place.open(), await place.open()]
      await old.put(flowRow({ fence: 4 }))
      await now.put(flowRow({ fence: 5, owner: 'host:2' }))
      await expect(old.put(flowRow({ fence: 4, status: 'SUCCESS' }))).rejects.toThrow(StaleFence)
      await expect(old.append(PAPER, 4, 1, { kind: 'FLOW_RESUMED' })).rejects.toThrow(StaleFence)
      expect(await now.records(PAPER)).toEqual([])
      expect(await now.rows(PAPER)).toEqual([flowRow({ fence: 5, owner: 'host:2' })])
      await old.put(flowRow({ colour: 'green', fence: 4 }))
      for (const store of [old, now]) await store.close()
    })

    it('an operator has no fence, and is never too late', async () => {
      const store = await (await makePlace()).open()
      await store.put(flowRow({ fence: 9, status: 'FAILED' }))
      const waived = flowRow({ fence: 0, status: 'WAIVED', owner: 'operator', startedAtMs: null })
      await store.put(waived)
      expect(await store.rows(PAPER)).toEqual([waived])
      await store.close()
    })

    it('the first stamp is set once', async () => {
      const place = await makePlace()
      const [one, other] = [await place.open(), await place.open()]
      await one.setSince(PAPER, '2026-03-20')
      await other.setSince(PAPER, '2026-03-21')
      expect([await one.since(PAPER), await other.since(PAPER)]).toEqual(['2026-03-20', '2026-03-20'])
      expect(await one.since(GREEN)).toBe(null)
      for (const store of [one, other]) await store.close()
    })

    it('records that several processes write at once are all there, each once', async () => {
      const place = await makePlace()
      const stores = await Promise.all([place.open(), place.open(), place.open()])
      await Promise.all(
        stores.flatMap((store, writer) =>
          Array.from({ length: 8 }, (_, at) =>
            store.put(flowRow({ stamp: `2026-0${writer + 1}-0${at + 1}`, detail: 'x'.repeat(500) })),
          ),
        ),
      )
      expect(await stores[0]!.rows(PAPER)).toHaveLength(24)
      for (const store of stores) await store.close()
    })
  })
}
