import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

describe('virtual time', () => {
  it('lets things happen in order of time, and those of one moment in the order in which they were asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }), (times) => {
        const time = new VirtualTime(0)
        const happened: { at: number; i: number; nowMs: number }[] = []
        for (const [i, at] of times.entries()) time.at(at, () => happened.push({ at, i, nowMs: time.epochMs() }))
        time.runTo(20)
        const expected = times.map((at, i) => ({ at, i, nowMs: at })).toSorted((a, b) => a.at - b.at || a.i - b.i)
        expect(happened).toEqual(expected)
        expect(time.events).toBe(times.length)
      }),
    )
  })

  it('stops at the moment it is run to, and not before what comes of that moment', () => {
    const time = new VirtualTime(100)
    const happened: string[] = []
    time.at(110, () => {
      happened.push('due')
      time.at(50, () => happened.push('at once, after it'))
      time.at(111, () => happened.push('later'))
    })
    time.runTo(110)
    expect(happened).toEqual(['due', 'at once, after it'])
    expect(time.epochMs()).toBe(110)
    time.runTo(111)
    expect(happened.at(-1)).toBe('later')
  })

  it('forgets what was called off', () => {
    const time = new VirtualTime(0)
    let happened = false
    const callOff = time.at(5, () => {
      happened = true
    })
    callOff()
    time.runTo(10)
    expect({ happened, events: time.events }).toEqual({ happened: false, events: 0 })
  })

  it('takes one thing a step, and comes to the end that is asked for when nothing is left before it', () => {
    const time = new VirtualTime(0)
    const happened: number[] = []
    for (const at of [7, 3]) time.at(at, () => happened.push(at))
    expect([time.step(5), time.epochMs(), happened]).toEqual([true, 3, [3]])
    expect([time.step(5), time.epochMs(), happened]).toEqual([false, 5, [3]])
    expect([time.step(7), time.epochMs(), happened]).toEqual([true, 7, [3, 7]])
  })

  it('says when the next thing is due, whatever was called off before it', () => {
    const time = new VirtualTime(100)
    expect(time.nextDueMs()).toBeUndefined()
    const callOff = time.after(5, () => {})
    time.after(9, () => {})
    expect(time.nextDueMs()).toBe(105)
    callOff()
    expect(time.nextDueMs()).toBe(109)
  })

  it('lets whoever sleeps wake in time, or be woken by a signal', async () => {
    const time = new VirtualTime(0)
    const stop = new AbortController()
    const woken: string[] = []
    const asleep = [
      time.sleep(0).then(() => woken.push('at once')),
      time.sleep(20).then(() => woken.push(`at ${time.nowMs()}`)),
      time.sleep(30, stop.signal).catch((reason: Error) => woken.push(reason.message)),
    ]
    await asleep[0]
    time.runTo(20)
    await asleep[1]
    stop.abort(new Error('stopped'))
    await asleep[2]
    expect(woken).toEqual(['at once', 'at 20', 'stopped'])
    await expect(time.sleep(1, stop.signal)).rejects.toThrow('stopped')
  })
})
