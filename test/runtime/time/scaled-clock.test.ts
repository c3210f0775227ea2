import { describe, expect, it } from 'vitest'
import { clockTimer, parseScale, scaledClock, scaleText } from '../../../src/runtime/time/scaled-clock.js'
import { FakeClock } from '../../support/fake-clock.js'

describe('a scaled clock', () => {
  it('shows its epoch at the real moment it is tied to, and runs faster from there on, in every process alike', () => {
    const real = new FakeClock()
    const scale = { speed: 60, epochMs: 1_000_000, realEpochMs: real.epochMs() }
    const here = scaledClock(scale, real)
    expect(here.epochMs()).toBe(1_000_000)
    real.ms += 500
    expect(here.epochMs()).toBe(1_030_000)
    expect(scaledClock(scale, real).epochMs()).toBe(1_030_000)
  })

  it('divides a sleep by its speed', async () => {
    const real = new FakeClock()
    await scaledClock({ speed: 4, epochMs: 0, realEpochMs: 0 }, real).sleep(1_000)
    expect(real.sleeps).toEqual([250])
  })
})

describe('a scaled clock over one that calls back', () => {
  const waits: { readonly ms: number; readonly callback: () => void }[] = []
  let calledOff = 0
  const real = Object.assign(new FakeClock(), {
    after: (ms: number, callback: () => void) => {
      waits.push({ ms, callback })
      return () => calledOff++
    },
  })

  it('has its timers called back by that, so many times sooner, and calls them off there', () => {
    const clock = scaledClock({ speed: 4, epochMs: 1_000_000, realEpochMs: real.epochMs() }, real)
    let calls = 0
    const callOff = clockTimer(clock).at(1_001_000, () => calls++)
    expect(waits.map(({ ms }) => ms)).toEqual([250])
    expect(real.sleeps).toEqual([])
    waits[0]!.callback()
    callOff()
    expect([calls, calledOff]).toEqual([1, 1])
  })

  it('has none where the real one has none', () => {
    expect(scaledClock({ speed: 4, epochMs: 0, realEpochMs: 0 }, new FakeClock()).after).toBeUndefined()
  })
})

describe('a timer on a clock', () => {
  it('calls back once, after it was asked, even for a moment that has passed', async () => {
    const timer = clockTimer(new FakeClock())
    let calls = 0
    timer.at(0, () => calls++)
    expect(calls).toBe(0)
    await settled()
    expect(calls).toBe(1)
  })

  it('does not call back when it is called off, however late', async () => {
    const timer = clockTimer(new FakeClock())
    let calls = 0
    timer.at(0, () => calls++)()
    await settled()
    expect(calls).toBe(0)
  })

  it('tells whole milliseconds', () => {
    const real = new FakeClock()
    real.ms += 0.75
    expect(clockTimer(real).epochMs()).toBe(1_767_571_201_000)
  })
})

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

describe('the text of a scale', () => {
  it('gives back the scale', () => {
    const scale = { speed: 2.5, epochMs: 1_746_814_650_000, realEpochMs: 1_800_000_000_123 }
    expect(scaleText(scale)).toBe('2.5@1746814650000@1800000000123')
    expect(parseScale(scaleText(scale))).toEqual(scale)
  })

  it.each(['', '1', '1@2', '0@1@1', '1@0@1', '1@1@0', '-1@1@1', '1@1@1@1', '1e3@1@1', 'x@1@1'])(
    '%j is no scale',
    (text) => {
      expect(parseScale(text)).toBeUndefined()
    },
  )
})
