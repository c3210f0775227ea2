import { describe, expect, it, test } from 'vitest'
import { builtFlow } from '../../../src/core/flows/built-flow.js'
import { FLOW_STALENESS_MS, flowGate, postureFault } from '../../../src/core/flows/flow-gate.js'
import { POSTURES } from '../../../src/ports/vocabulary/market.js'

const NOW_MS = Date.UTC(2026, 2, 21)
const RUN_DAY = builtFlow('supervised-day').find(({ task }) => task.name === 'run_day')!
const WRITE_RESULT = builtFlow('supervised-day').find(({ task }) => task.name === 'write_result')!
const read = (posture: unknown, ageMs = 0) => ({ posture, timestampMs: NOW_MS - ageMs })

describe('the gate of run_day', () => {
  it.each(POSTURES.map((posture) => [posture, posture === 'HIBERNATE' ? 'closed' : 'open'] as const))(
    'in %s is %s',
    (posture, kind) => {
      expect(flowGate(RUN_DAY, read(posture), NOW_MS)).toEqual({ kind })
    },
  )

  it('goes by a posture of 300 s, and by none that is older', () => {
    expect(flowGate(RUN_DAY, read('APEX', FLOW_STALENESS_MS), NOW_MS).kind).toBe('open')
    expect(flowGate(RUN_DAY, read('APEX', FLOW_STALENESS_MS + 1), NOW_MS)).toEqual({
      kind: 'unsound',
      message: 'posture: expected an age of 300000 ms or less, found 300001 ms',
    })
  })

  it('closes no other task', () => {
    expect(flowGate(WRITE_RESULT, read('HIBERNATE'), NOW_MS)).toEqual({ kind: 'open' })
  })
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['no object', 'APEX'],
  ['no posture', { timestampMs: NOW_MS }],
  ['a posture that there is not', read('SLEEP')],
  ['no time', { posture: 'APEX' }],
  ['a time ahead of the clock', read('APEX', -1_001)],
])('no run goes by a posture that is %s', (_, output) => {
  expect(flowGate(RUN_DAY, output, NOW_MS).kind).toBe('unsound')
  expect(postureFault(output, NOW_MS)).toMatch(/^posture: /)
})
