import { describe, expect, it } from 'vitest'
import type { AuditTrail } from '../../src/ports/audit-trail.js'
import type { AuditEvent, AuditRecord } from '../../src/ports/vocabulary/harness.js'

/** A place where an audit trail lies, seen from outside. */
export interface TrailPlace {
  open(): Promise<AuditTrail>
  /** The records that are there for whoever opens it next. */
  records(): Promise<readonly AuditRecord[]>
}

/** What every adapter of the {@link AuditTrail} port holds to. */
export function auditTrailContract(name: string, makePlace: () => TrailPlace): void {
  describe(`the audit trail contract: ${name}`, () => {
    it('records are numbered from 1 over all cycles and all openings of a trail', async () => {
      const place = makePlace()
      for (let opening = 0; opening < 3; opening++) {
        const trail = await place.open()
        for (const cycle of ['a', 'b']) {
          const { seq } = await trail.append(cycle, opening, GATE)
          expect(seq).toBe(opening * 2 + (cycle === 'a' ? 1 : 2))
        }
        await trail.close()
      }
      expect((await place.records()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    })

    it('a record is there for others once its append resolves', async () => {
      const place = makePlace()
      const trail = await place.open()
      for (let at = 1; at <= 5; at++) {
        const record = await trail.append('c', at, { kind: 'CYCLE_DEGRADED', cause: `täsk\n${at}` })
        expect((await place.records()).at(-1)).toEqual(record)
      }
      await trail.close()
    })

    it('records that are appended together keep the order in which they came', async () => {
      const place = makePlace()
      const trail = await place.open()
      const appended = await Promise.all(Array.from({ length: 100 }, (_, at) => trail.append('c', at, GATE)))
      expect(appended.map(({ seq }) => seq)).toEqual(appended.map((_, at) => at + 1))
      expect(await place.records()).toEqual(appended)
      await trail.close()
    })

    it('a cycle has its own records, in order, and none before it began', async () => {
      const place = makePlace()
      const before = await place.open()
      for (let at = 0; at < 12; at++) await before.append('abc'[at % 3]!, at, GATE)
      await before.close()
      const trail = await place.open()
      await trail.append('b', 12, GATE)
      expect((await trail.records('b')).map(({ seq, cycle }) => [seq, cycle])).toEqual(
        [2, 5, 8, 11, 13].map((seq) => [seq, 'b']),
      )
      expect(await trail.records('d')).toEqual([])
      await trail.close()
    })

    it.each(EVENTS.map((event) => [event.kind, event] as const))(
      'a record comes back as it was: %s',
      async (_, event) => {
        const trail = await makePlace().open()
        const record = await trail.append('c', 1_774_051_200_000, event)
        expect(record).toEqual({ seq: 1, atMs: 1_774_051_200_000, cycle: 'c', ...event })
        expect(await trail.records('c')).toEqual([record])
        await trail.close()
      },
    )
  })
}

const GATE: AuditEvent = { kind: 'GATE', index: 0, value: 'TRUE' }

/** One of each kind. */
export const EVENTS: readonly AuditEvent[] = [
  { kind: 'CYCLE_STARTED', graph: 'g', bundleHash: 'ff', mode: 'live' },
  { kind: 'CYCLE_RESUMED', graph: 'g', bundleHash: 'ff', mode: 'shadow' },
  { kind: 'VALIDATED', verdict: 'DEGRADE', findings: [['LOW_CONFIDENCE', 'regime']] },
  { kind: 'CYCLE_DEGRADED', cause: 'VALIDATION' },
  { kind: 'GATE', index: 1, value: 'UNKNOWN' },
  { kind: 'TASK_SKIPPED', task: 't', reason: 'STALE', bundleHash: 'ff' },
  { kind: 'TASK_STARTED', task: 't', taskId: 'aa' },
  { kind: 'EFFECT', key: 'aa/0/orders', payload: { quantity: '0.1', legs: [1, null] } },
  { kind: 'SKILL_VIOLATION', skill: 's', violation: 'LAYER_BYPASS', action: 'QUARANTINE', task: 't' },
  { kind: 'HARNESS_VIOLATION', skill: 's', violation: 'OVERRIDE', action: 'QUARANTINE', task: 't' },
  { kind: 'HARNESS_ERROR', task: null, message: 'no room' },
  { kind: 'TASK_FINISHED', task: 't', status: 'SUCCESS', output: { rows: [1, 2] } },
  { kind: 'TASK_REPLAYED', task: 't', status: 'SKIPPED' },
  { kind: 'TASK_BLOCKED', task: 't', blockers: ['u'] },
  { kind: 'RELEASED', key: 'aa/0/orders' },
  { kind: 'CYCLE_FINISHED', outcome: 'COMPLETE' },
]
