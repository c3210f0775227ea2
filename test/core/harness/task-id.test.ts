import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundleHash, taskId } from '../../../src/core/harness/task-id.js'
import { harnessBundle } from '../../support/harness-cases.js'

const BUNDLE = bundleHash(harnessBundle())
const idOf = (inputs: Readonly<Record<string, unknown>>, taskType = 'x', bundle = BUNDLE, graph = 'g') =>
  taskId({ taskType, inputs }, { bundle, graph })

/** The same value with its fields in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, turned(field)]),
  )
}

const drawnInputs = fc.dictionary(fc.string(), fc.jsonValue())

describe('the id of a task', () => {
  it('is 32 hex digits, of a bundle 64', () => {
    expect(idOf({})).toMatch(/^[0-9a-f]{32}$/)
    expect(BUNDLE).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the same for the same work on the same state, in whatever order inputs are written', () => {
    fc.assert(
      fc.property(drawnInputs, (inputs) => {
        expect(idOf(turned(inputs) as typeof inputs)).toBe(idOf(inputs))
      }),
    )
  })

  it('is another one for another type, graph, bundle or inputs', () => {
    const other = bundleHash(harnessBundle({ macro: null }))
    const ids = [idOf({}), idOf({}, 'y'), idOf({}, 'x', other), idOf({}, 'x', BUNDLE, 'h'), idOf({ a: null })]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('stands in a flow on its name, colour and date', () => {
    const day = { flow: 'paper-day', colour: 'blue', date: '2026-01-02' }
    expect(bundleHash({ ...day })).toBe(bundleHash({ date: day.date, colour: day.colour, flow: day.flow }))
    expect(bundleHash({ ...day, date: '2026-01-03' })).not.toBe(bundleHash(day))
  })
})
