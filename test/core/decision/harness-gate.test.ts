import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HarnessGate } from '../../../src/core/decision/harness-gate.js'
import type { HarnessCycle } from '../../../src/core/decision/recorded-harness.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { DecisionSettings } from '../../../src/core/decision/settings.js'
import type { SkillImplementation } from '../../../src/core/harness/skill-call.js'
import { v1Skills } from '../../../src/core/harness/v1.js'
import { modeOf } from '../../../src/core/mode/mode.js'
import type { HarnessBelief, HarnessMode, HarnessSignal } from '../../../src/ports/vocabulary/harness.js'
import { observedOf, quiet } from '../../support/observed.js'
import { type Script, ScriptedStrategy, type Wish } from '../../support/scripted-strategy.js'
import { decisionSettings, TwoSides } from './two-sides.js'

const ENTRY: Wish = {
  type: 'ENTRY',
  symbol: 'BTCUSDT',
  direction: -1,
  notionalUsd: 5000,
  price: 50_000,
  reason: 'SIGNAL',
}
const ALWAYS: Script = (_, { held, pending }) => (held === null && pending === null ? [ENTRY] : [])

function started(wish: Partial<Wish> = {}, harness: DecisionSettings['harness'] = { mode: 'live' }): TwoSides {
  const script: Script = (bar, state) => ALWAYS(bar, state).map((entry) => ({ ...entry, ...wish }))
  return TwoSides.ready(() => [new ScriptedStrategy('blue', script)], decisionSettings({ harness }))
}

function bars(sides: TwoSides, count: number): void {
  for (let i = 0; i < count; i++) sides.bar()
}

function cyclesOf(records: readonly DecisionRecord[]): readonly HarnessCycle[] {
  return records.flatMap((record) => (record.type === 'cycle' ? (record.harness ?? []) : []))
}

function cycles(sides: TwoSides): readonly HarnessCycle[] {
  return cyclesOf(sides.decisionDisk.records)
}

function missed(sides: TwoSides) {
  return sides.decisionDisk.records.flatMap((record) => ('missed' in record ? (record.missed ?? []) : []))
}

function entered(sides: TwoSides): boolean {
  return sides.said('execution').includes('ENTRY_INTENT')
}

describe('a candidate that the harness releases', () => {
  it('carries belief, signal, regime and permission to the holding, the action, the intent and both journals', () => {
    const sides = started()
    bars(sides, 2)
    const [{ cycle, actions, outcome, bundle }] = cycles(sides) as [HarnessCycle]
    const provenance = {
      beliefId: `${cycle}/belief-0`,
      signalId: `${cycle}/signal-0`,
      regimeStateId: `${cycle}/regime`,
      permission: `${cycle}/factor`,
    }
    expect({ outcome, actions }).toEqual({ outcome: 'COMPLETE', actions: [provenance] })
    expect(bundle.signals!.signals).toEqual([
      { signalId: provenance.signalId, regimeStateId: provenance.regimeStateId },
    ])
    expect(sides.decisionSide.state.holding).toMatchObject({ provenance })
    for (const type of ['APPROVED_ACTION', 'ENTRY_INTENT']) {
      const { text } = sides.sent.find((message) => message.type === type)!
      expect(JSON.parse(text).body).toMatchObject({ provenance })
    }
    expect(sides.executionDisk.records.find(({ type }) => type === 'entryIntent')).toMatchObject({ provenance })
  })
})

describe('the state of a cycle', () => {
  it.each<[string, Partial<TwoSides['market']>, number, object]>([
    ['BULLISH from a mean vel_div of 0.002 on', { velDiv: 0.002 }, 6, { bias: 'BULLISH' }],
    ['BEARISH from -0.002 on', { velDiv: -0.002 }, 6, { bias: 'BEARISH' }],
    ['NEUTRAL below', { velDiv: 0.0019 }, 6, { bias: 'NEUTRAL' }],
    ['NEUTRAL where a signal is missing', { velDiv: Number.NaN }, 6, { bias: 'NEUTRAL' }],
    ['sure where the data are good', { dataQuality: 0.9 }, 6, { confidence: 1 }],
    ['not sure where they are not', { dataQuality: 0.899 }, 6, { confidence: 0 }],
    ['sure where nobody says how good they are', {}, 6, { confidence: 1 }],
    ['UNDEFINED where nobody observes', {}, 6, { behavior: 'UNDEFINED' }],
    ['stable at the fifth update of a posture', {}, 5, { isStable: true }],
    ['not stable before', {}, 4, { isStable: false }],
  ])('has a regime that is %s', (_, market, count, regime) => {
    const sides = started({ confidence: 0 })
    sides.market = { velDiv: 0, posture: 'APEX', ...market }
    bars(sides, count)
    expect(cycles(sides).at(-1)!.bundle.regime).toMatchObject(regime)
  })

  it('is of the last hundred bars alone', () => {
    const sides = started({ confidence: 0 })
    sides.market = { velDiv: 1, dataQuality: 0, posture: 'APEX' }
    bars(sides, 3)
    sides.market = { velDiv: 0, dataQuality: 1, posture: 'APEX' }
    bars(sides, 99)
    expect(cycles(sides).at(-1)!.bundle.regime).toMatchObject({ confidence: 0.99, bias: 'BULLISH' })
    bars(sides, 1)
    expect(cycles(sides).at(-1)!.bundle.regime).toMatchObject({ confidence: 1, bias: 'NEUTRAL' })
    expect(sides.decisionSide.state.harness.scans).toHaveLength(100)
  })

  it('has a signal and a belief for each candidate, with the confidence of its signal, and cannot be changed', () => {
    const sides = started({ confidence: 0.75 })
    bars(sides, 1)
    const { bundle } = cycles(sides)[0]!
    const beliefs: readonly HarnessBelief[] = bundle.beliefs!.beliefs
    const signals: readonly HarnessSignal[] = bundle.signals!.signals
    expect(beliefs).toMatchObject([{ signalId: signals[0]!.signalId, conviction: 0.75, permissions: ['open'] }])
    expect(bundle.posture).toMatchObject({ posture: 'APEX' })
  })

  it('has the behaviour that all candidates are observed to have', () => {
    const gate = new HarnessGate({ mode: 'live' }, MEMORY)
    const candidates = ['BTCUSDT', 'ETHUSDT'].map((symbol) => mandate(symbol))
    const seen = (first: 'TRENDING' | 'RANGING') => ({
      ...observedOf(quiet('BTCUSDT'), quiet('ETHUSDT')),
      symbols: {
        BTCUSDT: { ...quiet('BTCUSDT'), regime: reading(first) },
        ETHUSDT: { ...quiet('ETHUSDT'), regime: reading('RANGING') },
      },
    })
    const behaviour = (first: 'TRENDING' | 'RANGING') =>
      gate.judge({ ...situation(candidates), observation: seen(first) }).record!.bundle.regime!.behavior
    expect([behaviour('RANGING'), behaviour('TRENDING')]).toEqual(['MEAN_REVERTING_LOW_VOL', 'UNDEFINED'])
  })
})

describe('nothing is entered', () => {
  it.each<[string, (sides: TwoSides) => void, Partial<Wish>, string, string]>([
    [
      'in an EVENT_LOCK',
      (sides) => sides.conditions({ regimeEvent: 'EVENT_LOCK' }),
      {},
      'COMPLETE',
      'the harness skipped T3: GATE',
    ],
    [
      'while fewer than half of the scans are good: the cycle is DEGRADED',
      (sides) => {
        sides.market = { velDiv: 0, dataQuality: 0.5, posture: 'APEX' }
      },
      {},
      'DEGRADED',
      "the harness's cycle is DEGRADED: LOW_CONFIDENCE regime",
    ],
    [
      'on a signal that is hardly believed in',
      () => {},
      { confidence: 0.49 },
      'COMPLETE',
      'the harness dropped its belief: BELOW_CONVICTION',
    ],
  ])('%s', (_, change, wish, outcome, detail) => {
    const sides = started(wish)
    change(sides)
    bars(sides, 3)
    expect(cycles(sides).every((cycle) => cycle.outcome === outcome && cycle.actions.length === 0)).toBe(true)
    expect(missed(sides)[0]).toMatchObject({ reason: 'REJECT_NO_PERMISSION', detail })
    expect(sides.said('decision')).toEqual([])
  })

  it('where /status forbids it: the factor layer denies `open`, and the entry is missed for what /status says', () => {
    const sides = started()
    sides.command('decision', { command: 'reduce-only', reason: 'a test' } as never)
    bars(sides, 2)
    expect(cycles(sides)[0]).toMatchObject({
      outcome: 'COMPLETE',
      actions: [],
      bundle: { factor: { permitted: { open: false }, sizeMultiplier: 1 } },
    })
    expect(missed(sides)[0]).toMatchObject({ reason: 'REJECT_MODE_REDUCE_ONLY' })
  })

  it('in a kill: the size is zero, and the cycle DEGRADED', () => {
    const sides = started()
    sides.command('decision', { command: 'kill', reason: 'a test' } as never)
    bars(sides, 2)
    expect(cycles(sides)[0]).toMatchObject({ outcome: 'DEGRADED', bundle: { factor: { sizeMultiplier: 0 } } })
    expect(missed(sides)[0]).toMatchObject({ reason: 'REJECT_MODE_KILL' })
  })

  it.each([0.5, 0.9, 1])('but what is at least half believed in is: %s', (confidence) => {
    const sides = started({ confidence })
    bars(sides, 2)
    expect(entered(sides)).toBe(true)
  })
})

it('an exit is never held back, whatever the regime', () => {
  const exit: Wish = { type: 'EXIT', symbol: 'BTCUSDT', price: 50_000, reason: 'MAX_HOLD' }
  const script: Script = ({ bar }, { held }) => (bar === 1 ? [ENTRY] : bar > 3 && held !== null ? [exit] : [])
  const sides = TwoSides.ready(() => [new ScriptedStrategy('blue', script)], decisionSettings())
  bars(sides, 3)
  expect(sides.decisionSide.state.position).not.toBeNull()
  sides.conditions({ regimeEvent: 'EVENT_LOCK' })
  bars(sides, 3)
  expect(sides.decisionSide.state.position).toBeNull()
})

it('in shadow the orders are those of a market in which the harness lets everything pass, and its cycles are on record', () => {
  const said = (mode: HarnessMode, quality: number) => {
    const sides = started({}, { mode })
    sides.market = { velDiv: 0, dataQuality: quality, posture: 'APEX' }
    bars(sides, 4)
    return { said: sides.said('decision'), outcomes: cycles(sides).map(({ outcome }) => outcome) }
  }
  const passed = said('live', 1)
  const shadowed = said('shadow', 0)
  expect(shadowed.said).toEqual(passed.said)
  expect(shadowed.outcomes).toContain('DEGRADED')
  expect(said('live', 0).said).toEqual([])
})

describe('a skill that overrides what another layer has denied', () => {
  const harness = { mode: 'live', skills: { ...v1Skills, emit_actions: overriding() } } as const

  it('halts the harness: /status is a Kill until an operator resumes, also in the next process', () => {
    const sides = started({ confidence: 0.1 }, harness)
    bars(sides, 1)
    expect(cycles(sides)[0]).toMatchObject({
      outcome: 'HALTED',
      halt: { reason: 'OVERRIDE of the skill emit_actions in T4' },
    })
    const reasons = () => modeOf(sides.decisionSide.modeInputs()).reasons
    expect(reasons()).toEqual(['KILL_HARNESS_VIOLATION'])
    expect(sides.said('decision')).toEqual([])
    sides.kill('decision')
    sides.start('decision')
    sides.run(7000)
    expect(reasons()).toEqual(['KILL_HARNESS_VIOLATION'])
    const before = cycles(sides).length
    bars(sides, 2)
    expect(cycles(sides)).toHaveLength(before)
    sides.command('decision', { command: 'resume', reason: 'the skill was mended' } as never)
    bars(sides, 2)
    expect(reasons()).not.toContain('KILL_HARNESS_VIOLATION')
    expect(cycles(sides).length).toBeGreaterThan(before)
    expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
  })

  it('stays quarantined after the resume, and after a restart: its cycles are DEGRADED', () => {
    const sides = started({ confidence: 0.1 }, harness)
    bars(sides, 1)
    expect(sides.decisionSide.state.harness.held).toMatchObject([{ skillId: 'emit_actions', state: 'QUARANTINED' }])
    sides.kill('decision')
    sides.start('decision')
    sides.run(7000)
    sides.command('decision', { command: 'resume', reason: 'the skill was mended' } as never)
    bars(sides, 3)
    expect(cycles(sides).at(-1)).toMatchObject({ outcome: 'DEGRADED', actions: [] })
    expect(missed(sides).at(-1)!.detail).toBe("the harness's cycle is DEGRADED: T4 did not come to its end")
  })

  it('closes a position that is open', () => {
    const wish = (bar: number): Wish => ({
      ...ENTRY,
      ...(bar > 2 ? { symbol: 'ETHUSDT', price: 2000, confidence: 0.1 } : {}),
    })
    const script: Script = ({ bar }) => (bar === 1 || bar === 4 ? [wish(bar)] : [])
    const skills = { ...v1Skills, emit_actions: overriding() }
    const sides = TwoSides.ready(
      () => [new ScriptedStrategy('blue', script)],
      decisionSettings({ harness: { mode: 'live', skills } }),
    )
    bars(sides, 3)
    expect(sides.decisionSide.state.position?.state).toBe('OPEN')
    bars(sides, 3)
    expect(sides.decisionSide.state.position).toBeNull()
  })

  it('in shadow is told of, and nothing more', () => {
    const sides = started({ confidence: 0.1 }, { ...harness, mode: 'shadow' })
    bars(sides, 2)
    expect(cycles(sides)[0]).toMatchObject({ mode: 'shadow' })
    expect(modeOf(sides.decisionSide.modeInputs()).mode).toBe('Active')
    expect(entered(sides)).toBe(true)
  })
})

it('a record’s audit is that of the same cycle on the recorded state again, with the next numbers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom<HarnessMode>('live', 'shadow'),
      (confidences, quality, mode) => {
        const candidates = confidences.map((confidence) => ({ ...mandate('BTCUSDT'), confidence }))
        const memory = { ...MEMORY, audited: 17, scans: [{ velDiv: null, dataQuality: quality }] }
        const judge = () => new HarnessGate({ mode }, memory).judge({ ...situation(candidates), memory })
        const [first, second] = [judge(), judge()]
        expect(second.record).toEqual(first.record)
        expect(first.record!.audit.map(({ seq }) => seq)).toEqual(first.record!.audit.map((_, index) => 18 + index))
        const isDegraded = quality < 0.9
        const orders = mode === 'shadow' || isDegraded ? 0 : confidences.filter((each) => each >= 0.5).length
        expect(first.released.size).toBe(orders)
      },
    ),
  )
})

/** One that makes an order of every belief there is. */
function overriding(): SkillImplementation {
  return {
    ...v1Skills.emit_actions!,
    run: (input) => {
      const { regime, factor, beliefs } = input.state
      const orders = beliefs!.beliefs.map(({ beliefId, signalId }) => ({
        beliefId,
        signalId,
        regimeStateId: regime!.stateId,
        permission: factor!.permissionId!,
      }))
      return { output: orders, effects: orders.map((payload) => ({ resource: 'orders' as const, payload })) }
    },
  }
}

const MEMORY = {
  takenInMs: 1_700_000_000_000,
  scans: [{ velDiv: 0, dataQuality: 1 }],
  postures: ['APEX'],
  audited: 0,
  last: null,
  halt: null,
  held: [],
}

function mandate(symbol: string) {
  const timestampMs = MEMORY.takenInMs
  return { ...ENTRY, symbol, strategyId: 'blue', authority: 1, timestampMs }
}

function situation(candidates: readonly ReturnType<typeof mandate>[]) {
  return {
    cycle: 't-c1',
    nowMs: MEMORY.takenInMs,
    memory: MEMORY,
    posture: 'APEX' as const,
    candidates,
    gate: { reject: null, detail: '', mode: { mode: 'Active', reasons: [] } } as const,
  }
}

function reading(regime: 'TRENDING' | 'RANGING') {
  return { regime, reason: 'CRITERIA_MET', metrics: {} } as const
}
