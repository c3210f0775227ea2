import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { entryRefusal, modeOf } from '../../../src/core/mode/mode.js'
import { checkStatus } from '../../../src/core/status/check.js'
import { statusOf } from '../../../src/core/status/status.js'
import { executorState, type HostFacts, type RecentFacts, sessionState } from '../../../src/core/status/system-state.js'
import type { HostConditions } from '../../../src/ports/sides.js'
import { STATUS_REGISTRIES } from '../../../src/ports/vocabulary/status.generated.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'
import { decisionSettings, TwoSides } from '../decision/two-sides.js'

const RECENT: RecentFacts = {
  reconcileLastOkAtMs: null,
  drawdownPct: 0,
  nakedExposureEvents24h: 0,
  http429Count5m: 0,
  sessionTerminations5m: 0,
}

/** Before any side was. */
const STARTED_AT_MS = 1_699_999_999_000

function host(nowMs: number): HostFacts {
  const identity = { strategyId: 'blue', configHash: '0123456789abcdef', buildId: 'fedcba9876543210' }
  return {
    nowMs,
    startedAtMs: STARTED_AT_MS,
    ...identity,
    loopLagMs: 0,
    journals: [{ depth: 0, capacity: 8, failures: 0 }],
  }
}

function conditions(conditions: Partial<HostConditions>) {
  return { kind: 'conditions', conditions } as const
}

const STEPS: Readonly<Record<string, (sides: TwoSides) => void>> = {
  bar: (sides) => sides.bar(),
  wait: (sides) => sides.run(700),
  silence: (sides) => sides.run(11_000),
  restartDecision: (sides) => {
    sides.kill('decision')
    // A process takes its time to start: two never do at one moment.
    sides.run(1)
    sides.start('decision')
  },
  restartExecution: (sides) => {
    sides.kill('execution')
    // A process takes its time to start: two never do at one moment.
    sides.run(1)
    sides.start('execution')
  },
  cut: (sides) => {
    sides.carries = () => false
    sides.run(3000)
  },
  mend: (sides) => {
    sides.carries = () => true
  },
  kill: (sides) => sides.command('decision', { command: 'kill', reason: 'law' }),
  killThere: (sides) => sides.command('execution', { command: 'kill', reason: 'law' }),
  reduceThere: (sides) => sides.command('execution', { command: 'reduce-only', reason: 'law' }),
  resume: (sides) => {
    sides.command('decision', { command: 'resume', reason: 'law' })
    sides.command('execution', { command: 'resume', reason: 'law' })
  },
  maintained: (sides) => sides.command('decision', { command: 'maintenance-on', reason: 'law' }),
  maintainedThere: (sides) => sides.command('execution', { command: 'maintenance-on', reason: 'law' }),
  maintainedNoMore: (sides) => {
    sides.command('decision', { command: 'maintenance-off', reason: 'law' })
    sides.command('execution', { command: 'maintenance-off', reason: 'law' })
  },
  diskFilling: (sides) => sides.give('decision', conditions({ diskUsedPct: 90 })),
  diskFillingThere: (sides) => sides.give('execution', conditions({ diskUsedPct: 96 })),
  diskCleared: (sides) => {
    sides.give('decision', conditions({ diskUsedPct: 50 }))
    sides.give('execution', conditions({ diskUsedPct: 50 }))
  },
  stalledThere: (sides) => sides.give('execution', conditions({ isLoopStalled: true })),
  steadyThere: (sides) => sides.give('execution', conditions({ isLoopStalled: false })),
  gap: (sides) => sides.feedGap('BOOK', 'law'),
  full: (sides) => sides.give('decision', { kind: 'journalPressure', full: true }),
  drained: (sides) => sides.give('decision', { kind: 'journalPressure', full: false }),
  fullThere: (sides) => sides.give('execution', { kind: 'journalPressure', full: true }),
  drainedThere: (sides) => sides.give('execution', { kind: 'journalPressure', full: false }),
}

/** When the execution side last cleared a latch; null before the first time. */
function unlatchedAtMs({ executionDisk }: TwoSides): number | null {
  return executionDisk.appended.findLast(({ type }) => type === 'unlatched')?.atMs ?? null
}

const enters = () => [
  new ScriptedStrategy('blue', ({ prices }, { held, pending }) =>
    held !== null || pending !== null
      ? []
      : [{ symbol: 'BTCUSDT', type: 'ENTRY', direction: 1, notionalUsd: 1000, price: prices[0]!, reason: 'LAW' }],
  ),
]

test('whatever happens to the sides, /status says Active exactly while their gates let an entry through, and keeps its contract', () => {
  const modes = new Set<string>()
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 12 }), (steps) => {
      const sides = TwoSides.ready(enters, decisionSettings())
      for (const step of ['bar', ...steps]) {
        STEPS[step]!(sides)
        const { decisionSide: decision, executionSide: execution, nowMs } = sides
        sides.give('decision', { kind: 'time' })
        sides.give('execution', { kind: 'time' })
        const together = statusOf(sessionState({ decision, execution, host: host(nowMs), recent: RECENT }))
        const isOpenHere = [null, 'REJECT_POSITION_EXISTS'].includes(decision.openPermission().reject)
        const isOpenThere = entryRefusal(modeOf(execution.modeInputs())) === undefined
        expect(together.trading_mode === 'Active').toBe(isOpenHere && isOpenThere)
        const apart = statusOf(sessionState({ decision, host: host(nowMs), recent: RECENT }))
        expect(apart.trading_mode === 'Active').toBe(isOpenHere)
        const conditions = decisionSettings().conditions
        const recent = { ...RECENT, reconcileLastOkAtMs: unlatchedAtMs(sides) }
        const parts = { execution, limits: EXECUTION_TIMINGS, conditions, host: host(nowMs), recent }
        const there = statusOf(executorState(parts))
        expect(there.trading_mode === 'Active').toBe(isOpenThere)
        for (const status of [together, apart, there]) expect(checkStatus(status, { exact: true })).toEqual([])
        modes.add(together.trading_mode)
      }
    }),
    { numRuns: 60 },
  )
  expect([...modes].sort()).toEqual([...STATUS_REGISTRIES.trading_modes].sort())
}, 60_000)

test('what keeps the execution side from opening is known to the other within a heartbeat, over the link alone', () => {
  const sides = TwoSides.ready(enters)
  sides.bar()
  sides.command('execution', { command: 'reduce-only', reason: 'law' })
  sides.run(1100)
  const { decisionSide: decision, nowMs } = sides
  expect(statusOf(sessionState({ decision, host: host(nowMs), recent: RECENT })).mode_reasons).toEqual([
    'REDUCEONLY_OPERATOR',
  ])
  expect(decision.openPermission()).toMatchObject({ reject: 'REJECT_MODE_REDUCE_ONLY' })
})
