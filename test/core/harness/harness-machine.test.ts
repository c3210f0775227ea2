import { expect, it, test } from 'vitest'
import { InvariantViolation } from '../../../src/base/invariant-violation.js'
import { HARNESS_EVENTS, nextHarnessState } from '../../../src/core/harness/harness-machine.js'
import { HARNESS_STATES } from '../../../src/ports/vocabulary/harness.js'

test.each([
  ['IDLE', 'INPUT', 'VALIDATE'],
  ['VALIDATE', 'STATE_VALID', 'BUILD_GRAPH'],
  ['VALIDATE', 'STATE_INVALID', 'IDLE'],
  ['VALIDATE', 'NOTHING_TO_DO', 'FINALIZE'],
  ['BUILD_GRAPH', 'GRAPH_BUILT', 'EXECUTE'],
  ['BUILD_GRAPH', 'GRAPH_REFUSED', 'HALTED'],
  ['EXECUTE', 'TASK_DONE', 'EXECUTE'],
  ['EXECUTE', 'TASK_FAILED', 'HANDLE_FAILURE'],
  ['EXECUTE', 'ALL_DONE', 'FINALIZE'],
  ['HANDLE_FAILURE', 'FAILURE_HANDLED', 'EXECUTE'],
  ['HANDLE_FAILURE', 'CYCLE_HALT', 'FINALIZE'],
  ['FINALIZE', 'FINALIZED', 'IDLE'],
  ['HALTED', 'OPERATOR_CLEAR', 'IDLE'],
] as const)('%s on %s is %s', (state, event, next) => {
  expect(nextHarnessState(state, event)).toBe(next)
})

it('an error of the harness halts it from anywhere, and nothing but an operator ends that', () => {
  for (const state of HARNESS_STATES) expect(nextHarnessState(state, 'HARNESS_ERROR')).toBe('HALTED')
  const others = HARNESS_EVENTS.filter((event) => event !== 'OPERATOR_CLEAR' && event !== 'HARNESS_ERROR')
  for (const event of others) expect(() => nextHarnessState('HALTED', event)).toThrow(InvariantViolation)
})

it('of all steps the machine has those of the table and no other', () => {
  const steps = HARNESS_STATES.flatMap((state) => HARNESS_EVENTS.map((event) => [state, event] as const))
  const possible = steps.filter(([state, event]) => {
    try {
      return nextHarnessState(state, event) !== undefined
    } catch (error) {
      if (error instanceof InvariantViolation) return false
      throw error
    }
  })
  expect(possible).toHaveLength(13 + HARNESS_STATES.length)
})
