import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shown } from '../../../src/base/arguments.js'
import {
  CHAMPION,
  CHAMPION_HASH,
  DEFAULT_PARAMETERS,
  drift,
  type EngineParameters,
  expectation,
  PARAMETER_NAMES,
  PARAMETER_RANGES,
  type ParameterName,
  parameterProblems,
  parametersHash,
} from '../../../src/core/engine/parameters.js'

/** Another legal value of a parameter. */
function otherValue(name: ParameterName): EngineParameters[ParameterName] {
  const value = DEFAULT_PARAMETERS[name]
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return 'relative'
  if (name === 'vel_div_threshold') return -0.019
  if (name === 'vel_div_extreme') return -0.051
  return value > 0 ? Math.max(PARAMETER_RANGES[name]!.min, Number.isInteger(value) ? value - 1 : value / 2) : 1
}

const changed = (name: ParameterName): EngineParameters => ({ ...DEFAULT_PARAMETERS, [name]: otherValue(name) })

describe('the champion', () => {
  test('its hash is the frozen one', () => {
    expect(CHAMPION_HASH).toBe('5245d5d61c9542db')
    expect(parametersHash(DEFAULT_PARAMETERS)).toBe(CHAMPION_HASH)
  })

  test('it is frozen, legal, and has no drift', () => {
    expect(Object.isFrozen(CHAMPION)).toBe(true)
    expect(Object.isFrozen(DEFAULT_PARAMETERS)).toBe(true)
    expect(parameterProblems(DEFAULT_PARAMETERS)).toEqual([])
    expect(drift(DEFAULT_PARAMETERS)).toEqual([])
  })
})

describe('any other value of any parameter', () => {
  test.each(PARAMETER_NAMES)('%s: another hash, one line of drift, and still legal', (name) => {
    const parameters = changed(name)
    expect(parametersHash(parameters)).not.toBe(CHAMPION_HASH)
    expect(drift(parameters)).toEqual([`${name}: ${DEFAULT_PARAMETERS[name]} -> ${parameters[name]}`])
    expect(parameterProblems(parameters)).toEqual([])
  })

  test('no two changes share a hash, and the order of keys does not matter', () => {
    const hashes = PARAMETER_NAMES.map((name) => parametersHash(changed(name)))
    expect(new Set(hashes).size).toBe(PARAMETER_NAMES.length)
    fc.assert(
      fc.property(fc.shuffledSubarray([...PARAMETER_NAMES], { minLength: PARAMETER_NAMES.length }), (names) => {
        const shuffled = Object.fromEntries(names.map((name) => [name, DEFAULT_PARAMETERS[name]]))
        expect(parametersHash(shuffled as unknown as EngineParameters)).toBe(CHAMPION_HASH)
      }),
      { numRuns: 20 },
    )
  })
})

describe('problems', () => {
  test.each(PARAMETER_NAMES)('%s: missing, of another type, not finite or out of range is one problem each', (name) => {
    const range = PARAMETER_RANGES[name]
    const illegal: unknown[] = [undefined, null, {}, [], 'no', Number.NaN, Number.POSITIVE_INFINITY]
    if (range === undefined) illegal.push(0, 1, 'true')
    else {
      illegal.push(true, String(DEFAULT_PARAMETERS[name]))
      illegal.push(below(range.min), above(range.max))
      if (range.integer) illegal.push(range.min + 0.5)
    }
    for (const value of illegal) {
      expect(parameterProblems({ ...DEFAULT_PARAMETERS, [name]: value })).toEqual([
        { name, expected: expectation(name), found: shown(value) },
      ])
    }
  })

  test.each(Object.keys(PARAMETER_RANGES) as ParameterName[])('%s: both ends of its range are legal', (name) => {
    const { min, max } = PARAMETER_RANGES[name]!
    for (const value of [min, max]) {
      const problems = parameterProblems({ ...DEFAULT_PARAMETERS, [name]: value })
      expect(problems.filter((problem) => problem.expected === expectation(name))).toEqual([])
    }
  })

  test('an unknown name is named, and every problem is told at once', () => {
    const { seed: _, ...rest } = DEFAULT_PARAMETERS
    expect(parameterProblems({ ...rest, sead: 42, fraction: 2 }).map(({ name, found }) => [name, found])).toEqual([
      ['sead', 'an unknown name'],
      ['fraction', '2'],
      ['seed', 'nothing'],
    ])
  })

  test.each([
    [-0.05, -0.05],
    [-0.05, -0.02],
  ])('a threshold of %f with an extreme of %f leaves no span', (threshold, extreme) => {
    const problems = parameterProblems({
      ...DEFAULT_PARAMETERS,
      vel_div_threshold: threshold,
      vel_div_extreme: extreme,
    })
    expect(problems).toEqual([
      { name: 'vel_div_extreme', expected: `a value below vel_div_threshold (${threshold})`, found: String(extreme) },
    ])
  })
})

function below(value: number): number {
  return value - Math.max(1e-9, Math.abs(value) * 1e-12)
}

function above(value: number): number {
  return value + Math.max(1e-9, Math.abs(value) * 1e-12)
}
