import { describe, expect, it } from 'vitest'
import type { ForewarnerStatus } from '../../../../src/ports/vocabulary/trades.js'
import {
  Gates,
  type KnownBoost,
  type KnownPosture,
  POSTURE_AGE_MAX_MS,
} from '../../../../src/runtime/services/trader/gates.js'

const DAY = '2026-01-02'

class Said {
  postureSaid: KnownPosture | undefined = { posture: 'APEX', madeAtMs: 0 }
  boostSaid: KnownBoost | undefined
  forewarnerSaid: ForewarnerStatus | undefined
  nowMs = 0
  readonly gates: Gates

  constructor({ live = true } = {}) {
    this.gates = new Gates({
      sources: {
        posture: () => this.postureSaid,
        boost: () => this.boostSaid,
        forewarner: () => this.forewarnerSaid,
      },
      nowMs: live ? () => this.nowMs : undefined,
    })
  }
}

describe('a posture', () => {
  it.each([
    ['made now', 0, undefined],
    ['a minute old', POSTURE_AGE_MAX_MS, undefined],
    ['older than a minute', POSTURE_AGE_MAX_MS + 1, 'NO_POSTURE'],
    ['of more than a minute ahead', -POSTURE_AGE_MAX_MS - 1, 'NO_POSTURE'],
  ])('%s holds entries back or not: %s ms, %s', (_what, ageMs, hold) => {
    const said = new Said()
    said.nowMs = ageMs
    expect(said.gates.forBar(DAY, false).hold).toBe(hold)
  })

  it('that does not say when it was made counts as old by the clock, and is taken in a replay', () => {
    for (const [live, hold] of [
      [true, 'NO_POSTURE'],
      [false, undefined],
    ] as const) {
      const said = new Said({ live })
      said.postureSaid = { posture: 'APEX' }
      expect(said.gates.forBar(DAY, false).hold).toBe(hold)
    }
  })

  it('that cannot be read any more goes on for exits as it was last known', () => {
    const said = new Said()
    said.postureSaid = { posture: 'HIBERNATE', madeAtMs: 0 }
    said.gates.forBar(DAY, false)
    said.postureSaid = undefined
    expect(said.gates.forBar(DAY, false)).toEqual({ posture: 'HIBERNATE', hold: 'NO_POSTURE' })
  })

  it('that came between two bars and has grown old is the last known', () => {
    const said = new Said()
    said.gates.forBar(DAY, false)
    said.postureSaid = { posture: 'HIBERNATE', madeAtMs: 0 }
    said.nowMs = POSTURE_AGE_MAX_MS + 1
    expect(said.gates.forBar(DAY, false)).toEqual({ posture: 'HIBERNATE', hold: 'NO_POSTURE' })
  })

  it('that was never known forbids entries and ends nothing', () => {
    const said = new Said()
    said.postureSaid = undefined
    expect(said.gates.forBar(DAY, false)).toEqual({ posture: 'TURTLE', hold: 'NO_POSTURE' })
  })
})

it('a scan that is too old holds entries back', () => {
  expect(new Said().gates.forBar(DAY, true)).toEqual({ posture: 'APEX', hold: 'STALE_SCAN' })
})

describe('a boost', () => {
  it('of the day is what the day begins with, and no update of its first bar', () => {
    const said = new Said()
    said.boostSaid = { boost: 1.5, beta: 0.8, date: DAY }
    expect(said.gates.day(DAY)).toEqual({ date: DAY, boost: 1.5, beta: 0.8 })
    expect(said.gates.forBar(DAY, false).breaker).toBeUndefined()
  })

  it('of the day before is not what a day begins with', () => {
    const said = new Said()
    said.boostSaid = { boost: 1.5, beta: 0.8, date: '2026-01-01' }
    expect(said.gates.day(DAY)).toEqual({ date: DAY })
    expect(said.gates.forBar(DAY, false).breaker).toBeUndefined()
    expect(said.gates.boost).toEqual({ boost: 1, beta: 0 })
  })

  it('that comes within a day is parked and in force from the next bar on, once', () => {
    const said = new Said()
    said.gates.day(DAY)
    said.gates.forBar(DAY, false)
    said.boostSaid = { boost: 2, beta: 0.2, date: DAY }
    expect(said.gates.forBar(DAY, false).breaker).toEqual({ boost: 2, beta: 0.2 })
    expect(said.gates.forBar(DAY, false).breaker).toBeUndefined()
  })

  it('without a date is of whichever day it is', () => {
    const said = new Said()
    said.boostSaid = { boost: 1.2, beta: 0.2 }
    expect(said.gates.day(DAY)).toEqual({ date: DAY, boost: 1.2, beta: 0.2 })
  })
})

describe('a gate that moves after a bar was made', () => {
  it.each<[string, (said: Said) => void, string | undefined]>([
    ['nothing', () => {}, undefined],
    [
      'the same posture again, from elsewhere',
      (said) => (said.postureSaid = { posture: 'APEX', madeAtMs: 1 }),
      undefined,
    ],
    ['a posture', (said) => (said.postureSaid = { posture: 'STALKER', madeAtMs: 1 }), 'posture APEX -> STALKER'],
    ['a posture that is lost', (said) => (said.postureSaid = undefined), 'posture APEX -> unknown'],
    [
      'a boost of the day that follows',
      (said) => (said.boostSaid = { boost: 2, beta: 0, date: '2026-01-03' }),
      undefined,
    ],
    ['a boost', (said) => (said.boostSaid = { boost: 2, beta: 0 }), 'boost 1 -> 2'],
  ])('is told as it is: %s', (_what, change, detail) => {
    const said = new Said()
    said.gates.day(DAY)
    said.gates.forBar(DAY, false)
    said.gates.decided()
    change(said)
    expect(said.gates.moved()).toBe(detail)
    expect(said.gates.moves).toBe(detail === undefined ? 0 : 1)
  })

  it('is told once per bar', () => {
    const said = new Said()
    said.gates.forBar(DAY, false)
    said.gates.decided()
    said.postureSaid = { posture: 'TURTLE', madeAtMs: 0 }
    expect(said.gates.moved()).toBe('posture APEX -> TURTLE')
    expect(said.gates.moved()).toBeUndefined()
  })

  it('on the way of the bar to whoever decides it is told once that is done, and not before', () => {
    const said = new Said()
    said.gates.forBar(DAY, false)
    said.postureSaid = { posture: 'TURTLE', madeAtMs: 0 }
    expect(said.gates.moved()).toBeUndefined()
    said.gates.decided()
    expect(said.gates.moved()).toBe('posture APEX -> TURTLE')
  })
})

it('a RED forewarner is the verdict of the day that begins with it', () => {
  const said = new Said()
  said.forewarnerSaid = 'RED'
  expect(said.gates.day(DAY)).toEqual({ date: DAY, forewarner: 'RED' })
})

describe('a forewarner that comes to RED within a day', () => {
  it('holds entries back by the clock, and moves a gate; a replay goes by the verdict that its day began with', () => {
    for (const [live, hold, detail] of [
      [true, 'FOREWARNER_RED', 'forewarnerOpen true -> false'],
      [false, undefined, undefined],
    ] as const) {
      const said = new Said({ live })
      said.gates.day(DAY)
      said.gates.forBar(DAY, false)
      said.gates.decided()
      said.forewarnerSaid = 'RED'
      expect(said.gates.moved()).toBe(detail)
      expect(said.gates.forBar(DAY, false).hold).toBe(hold)
    }
  })

  it('is no news to a day that began with it', () => {
    const said = new Said()
    said.forewarnerSaid = 'RED'
    said.gates.day(DAY)
    expect(said.gates.forBar(DAY, false).hold).toBeUndefined()
    said.forewarnerSaid = 'OK'
    expect(said.gates.moved()).toBeUndefined()
  })
})
