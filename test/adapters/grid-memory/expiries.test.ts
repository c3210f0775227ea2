import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Expiries, type Expiry } from '../../../src/adapters/grid-memory/expiries.js'
import type { Timer } from '../../../src/ports/clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

describe('what expires', () => {
  it('expires once, when it is due and not before, unless it was called off, and with one timer at most', () => {
    const deed = fc.oneof(
      fc.record({ op: fc.constant('add' as const), ms: fc.nat(20) }),
      fc.record({ op: fc.constant('call off' as const), which: fc.nat(50) }),
      fc.record({ op: fc.constant('pass' as const), ms: fc.nat(8) }),
      fc.record({ op: fc.constantFrom('rest' as const, 'go' as const) }),
    )
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 200, size: 'max' }), (deeds) => {
        const time = new VirtualTime(1_000)
        const expiries = new Expiries(time)
        const waiting: { readonly expiry: Expiry }[] = []
        let isGoing = false
        const add = (ms: number): void => {
          const one = {
            expiry: expiries.after(ms, () => {
              expect(time.epochMs()).toBeGreaterThanOrEqual(one.expiry.dueMs)
              const at = waiting.indexOf(one)
              expect(at).toBeGreaterThanOrEqual(0)
              waiting.splice(at, 1)
            }),
          }
          waiting.push(one)
        }
        for (const deed of deeds) {
          if (deed.op === 'add') add(deed.ms)
          else if (deed.op === 'call off') {
            const [one] = waiting.splice(deed.which % Math.max(1, waiting.length), 1)
            if (one !== undefined) expiries.callOff(one.expiry)
          } else if (deed.op === 'pass') time.runTo(time.epochMs() + deed.ms)
          else {
            isGoing = deed.op === 'go'
            if (isGoing) expiries.go()
            else expiries.rest()
          }
          expect(time.waiting).toBeLessThanOrEqual(isGoing ? 1 : 0)
          if (isGoing) time.runTo(time.epochMs())
          const overdue = waiting.filter(({ expiry }) => expiry.dueMs <= time.epochMs())
          if (isGoing) expect(overdue).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('expires in time when a later one far from it in the heap was called off', () => {
    const time = new VirtualTime(0)
    const expiries = new Expiries(time)
    const expired: number[] = []
    // As they lie in the heap: the last one, due early, takes the place of the one below 10.
    const inHeap = [1, 10, 2, 11, 12, 5, 3, 20, 21, 22, 23, 7, 8, 9, 6]
    const all = new Map(inHeap.map((ms) => [ms, expiries.after(ms, () => expired.push(ms))]))
    expiries.go()
    expiries.callOff(all.get(11)!)
    time.runTo(6)
    expect(expired).toEqual([1, 2, 3, 5, 6])
    time.runTo(30)
    expect(expired).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10, 12, 20, 21, 22, 23])
  })

  it('waits on when a timer comes early, as one does whose clock was set back', () => {
    let nowMs = 1_000
    const asked: (() => void)[] = []
    const timer: Timer = {
      epochMs: () => nowMs,
      at(_, callback) {
        asked.push(callback)
        return () => {}
      },
    }
    const expiries = new Expiries(timer)
    expiries.go()
    let expired = 0
    expiries.after(10, () => expired++)
    nowMs = 900
    asked.shift()!()
    expect(expired).toBe(0)
    nowMs = 1_010
    asked.shift()!()
    expect(expired).toBe(1)
    expect(asked).toEqual([])
  })
})
