import { describe, expect, test } from 'vitest'
import { DECISION_DEFAULTS, type DecisionSettings } from '../../../src/core/decision/settings.js'
import { EXECUTION_DEFAULTS, type ExecutionSettings } from '../../../src/core/execution/settings.js'
import { decisionAtSpeed, executionAtSpeed } from '../../../src/core/session/limits-at-speed.js'

const BUILD = '0123456789abcdef'
const decision: DecisionSettings = {
  ...DECISION_DEFAULTS,
  instruments: [],
  build: BUILD,
  idPrefix: 'P',
  initialBalanceUsd: '25000',
}
const execution: ExecutionSettings = { ...EXECUTION_DEFAULTS, instruments: [], build: BUILD }

describe('the limits of two processes', () => {
  test.each([0.5, 1, 5])('are as specified at %s times real time', (speed) => {
    expect(decisionAtSpeed(decision, speed)).toEqual(decision)
    expect(executionAtSpeed(execution, speed)).toEqual(execution)
  })

  test('are ten times as wide at fifty times, and what happens at intervals keeps its pace', () => {
    const link = {
      ...DECISION_DEFAULTS.link,
      heartbeatsMissedMs: 25_000,
      roundTripMaxMs: 10_000,
      silentMaxMs: 50_000,
      clockSkewMaxMs: 300_000,
    }
    expect(decisionAtSpeed(decision, 50)).toEqual({
      ...decision,
      link,
      timings: {
        ...decision.timings,
        proposalDelayMaxMs: 10_000,
        intentWaitMaxMs: 20_000,
        permissionDelayMaxMs: 4_500,
        outcomeWaitMaxMs: 300_000,
      },
      market: { lagMaxMs: 20_000, scanAgeMaxMs: 100_000, freshLagMaxMs: 5_000, freshForMs: 60_000 },
    })
    expect(executionAtSpeed(execution, 50)).toEqual({
      ...execution,
      link,
      timings: {
        ...execution.timings,
        permissionMaxMs: 5_000,
        orderDelayMaxMs: 10_000,
        answerMaxMs: 30_000,
        submitValidMs: 50_000,
        truthAgeMaxMs: 100_000,
        truthDelayMaxMs: 20_000,
        lostDwellMs: 300_000,
        watchGraceMs: 10_000,
      },
    })
  })

  test('leave a permission less time to reach the disk than the other side waits for it, at every speed', () => {
    for (const speed of [1, 6, 7.3, 20, 50]) {
      const { permissionDelayMaxMs } = decisionAtSpeed(decision, speed).timings
      expect(permissionDelayMaxMs).toBeLessThan(executionAtSpeed(execution, speed).timings.permissionMaxMs)
    }
  })
})
