import { expect, it } from 'vitest'
import { steadyEpoch, systemClock } from '../../../src/adapters/clock/system-clock.js'

/** Real time, and by how much the wall clock is off it. */
function clocks() {
  const at = { realMs: 0, wallOffMs: 1_000_000 }
  const epochMs = steadyEpoch(
    () => Math.floor(at.realMs + at.wallOffMs),
    () => at.realMs + 77,
  )
  return { at, epochMs }
}

it('the system clock shows the wall clock for as long as that goes on, and after it was set forward', () => {
  const { at, epochMs } = clocks()
  for (const realMs of [0, 0.4, 0.9, 5, 5, 1000.7]) {
    at.realMs = realMs
    expect(epochMs()).toBe(1_000_000 + Math.floor(realMs))
  }
  at.wallOffMs += 3_600_000
  expect(epochMs()).toBe(4_601_000)
})

it('the system clock goes on at half the pace while the wall clock was set back, and never back', () => {
  const { at, epochMs } = clocks()
  at.realMs = 10_000
  expect(epochMs()).toBe(1_010_000)
  at.wallOffMs -= 5000
  expect(epochMs()).toBe(1_010_000)
  at.realMs = 14_000
  expect(epochMs()).toBe(1_012_000)
  at.realMs = 20_000
  expect(epochMs()).toBe(1_015_000)
  at.realMs = 30_000
  expect(epochMs()).toBe(1_025_000)
})

it('the system clock calls back once and never during the call, and not at all when that was called off', async () => {
  let calls = 0
  const callOff = systemClock.after!(1, () => calls--)
  await new Promise<void>((resolve) => {
    systemClock.after!(0, () => {
      calls++
      resolve()
    })
    expect(calls).toBe(0)
    callOff()
  })
  await systemClock.sleep(5)
  expect(calls).toBe(1)
})

it('the system clock waits longer than a timer of the platform can', async () => {
  let calls = 0
  const callOff = systemClock.after!(2 ** 31 + 1000, () => calls++)
  await systemClock.sleep(5)
  callOff()
  expect(calls).toBe(0)
})
