import { expect, it } from 'vitest'
import { LATENESS, Lateness } from '../../../../src/adapters/binance/streams/lateness.js'

const { behindMs, lastingMs, lastingMsMax } = LATENESS

it('lasts too long when every frame of that time was too old, and not a moment before', () => {
  const lateness = new Lateness()
  lateness.heard(behindMs + 1, 1_000)
  lateness.heard(behindMs + 1, 1_000 + lastingMs)
  expect(lateness.isTooLong(1_000 + lastingMs - 1)).toBe(false)
  expect(lateness.isTooLong(1_000 + lastingMs)).toBe(true)
  lateness.heard(behindMs, 1_000 + lastingMs)
  expect(lateness.isTooLong(10 * lastingMs)).toBe(false)
})

it('is given twice the time after each new connection that is late again, up to a limit, until a frame is in time', () => {
  const lateness = new Lateness()
  const waits: number[] = []
  let nowMs = 0
  const wait = () => {
    lateness.startOver()
    lateness.heard(behindMs + 1, nowMs)
    let waitedMs = 0
    while (!lateness.isTooLong(nowMs + waitedMs)) waitedMs += lastingMs
    nowMs += waitedMs
    lateness.renewed()
    return waitedMs / lastingMs
  }
  for (let i = 0; i < 9; i++) waits.push(wait())
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64])
  expect(64 * lastingMs).toBe(lastingMsMax)
  lateness.heard(0, nowMs)
  expect(wait()).toBe(1)
})
