import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Engine } from '../../../src/core/engine/engine.js'
import {
  CHAMPION_HASH,
  DEFAULT_PARAMETERS,
  PARAMETER_NAMES,
  PARAMETER_RANGES,
  parameterProblems,
  parametersHash,
} from '../../../src/core/engine/parameters.js'
import { atStep, BAR_COUNTS, barsOf, CHAMPION_STEP_MS, secondsOf } from '../../../src/core/engine/time-parameters.js'

describe('bar counts', () => {
  it('are every whole parameter but the seed', () => {
    const whole = PARAMETER_NAMES.filter((name) => PARAMETER_RANGES[name]?.integer && name !== 'seed')
    expect([...BAR_COUNTS].sort()).toEqual(whole.sort())
  })

  it('of the champion are 500 s, 600 s and 35 s at its step', () => {
    expect(secondsOf(DEFAULT_PARAMETERS, CHAMPION_STEP_MS)).toEqual({
      lookback: 500,
      max_hold_bars: 600,
      dc_lookback_bars: 35,
    })
  })
})

describe('the champion at bars of 0.1 s', () => {
  const converted = atStep(DEFAULT_PARAMETERS, { fromMs: CHAMPION_STEP_MS, toMs: 100 })

  it('has counts of the same times, which are legal', () => {
    expect(converted).toEqual({ ...DEFAULT_PARAMETERS, lookback: 5_000, max_hold_bars: 6_000, dc_lookback_bars: 350 })
    expect(parameterProblems(converted)).toEqual([])
  })

  it('is not the champion, and is again after the way back', () => {
    expect(parametersHash(converted)).not.toBe(CHAMPION_HASH)
    expect(parametersHash(atStep(converted, { fromMs: 100, toMs: CHAMPION_STEP_MS }))).toBe(CHAMPION_HASH)
  })
})

describe('an engine at bars of 0.1 s', () => {
  it('keeps as many prices as it looks back, over a snapshot too', () => {
    const parameters = atStep(DEFAULT_PARAMETERS, { fromMs: CHAMPION_STEP_MS, toMs: 100 })
    const engine = new Engine(parameters, 25_000)
    engine.addAssets(['BTCUSDT'])
    engine.beginDay({ date: '2026-01-05' })
    for (let bar = 0; bar < 1_000; bar++) engine.step({ velDiv: 0, prices: [1 + bar], volOk: true })
    const { prices } = JSON.parse(JSON.stringify(engine.snapshot())) as { prices: number[][] }
    expect(prices[0]).toEqual(Array.from({ length: 351 }, (_, i) => 650 + i))
    expect(Engine.restore(engine.snapshot()).snapshot()).toEqual(engine.snapshot())
  })
})

describe('a time that the step does not divide', () => {
  it.each([
    [35, 10_000, 4],
    [34.999, 10_000, 3],
    [500, 60_000, 8],
    [1, 60_000, 1],
    [0, 60_000, 0],
    [0.7, 100, 7],
  ])('of %d s at bars of %d ms is %d bars', (seconds, stepMs, bars) => {
    const times = { lookback: seconds, max_hold_bars: seconds, dc_lookback_bars: seconds }
    expect(new Set(Object.values(barsOf(times, stepMs)))).toEqual(new Set([bars]))
  })
})

describe('the way to another step and back', () => {
  it('changes nothing where the other step divides the first', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 600 }), (bars, toMs, times) => {
        const counts = { lookback: bars, max_hold_bars: bars, dc_lookback_bars: bars }
        const fromMs = toMs * times
        const there = barsOf(secondsOf(counts, fromMs), toMs)
        expect(there.lookback).toBe(bars * times)
        expect(barsOf(secondsOf(there, toMs), fromMs)).toEqual(counts)
      }),
    )
  })
})
