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
})
