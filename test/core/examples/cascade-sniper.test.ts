import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CascadeSniper,
  type EntryMode,
  type SniperPhase,
  type SniperState,
  TRIGGER_ELSEWHERE_USD,
  TRIGGERS_USD,
  triggerUsd,
} from '../../../src/core/examples/cascade-sniper.js'
import type { PolicyMandate, PolicyPosition } from '../../../src/core/examples/policy.js'
import { frozen } from './frozen.js'
import { AT_MS, proximityOf, type Seen, sniperInput } from './inputs.js'

const TRIGGERS = { triggers: TRIGGERS_USD, triggerElsewhere: TRIGGER_ELSEWHERE_USD }

function sniper(mode: EntryMode = 'ABSORPTION_REVERSAL'): CascadeSniper {
  return new CascadeSniper({ mode, ...TRIGGERS })
}

const CLUSTER = proximityOf({ count: 4, long: 200_000, short: 20_000 })
const BURST = { long: 60_000, short: 0 }
/** Net buying of 80 % of 10,000 USD, 2 s after the last liquidation. */
const BUYERS: Seen = { flow: { buy: 9_000, sell: 1_000 }, msSinceLiquidation: 2_000 }

const TRIGGERED: SniperState = {
  phase: 'TRIGGERED',
  trigger: { atMs: AT_MS, liquidated: 1, atRisk: null, isUsed: false },
}
const ABSORBING: SniperState = { ...TRIGGERED, phase: 'ABSORBING' }
const EXHAUSTED: SniperState = { ...TRIGGERED, phase: 'EXHAUSTED' }
const PRIMED: SniperState = { phase: 'PRIMED', trigger: null }

interface Evaluated {
  readonly state: SniperState
  readonly mandates: readonly PolicyMandate[]
}

function evaluate(
  state: SniperState,
  seen: Seen,
  { ms = 0, symbol = 'BTCUSDT', mode, position }: Partial<Circumstances> = {},
): Evaluated {
  return sniper(mode).evaluate(state, sniperInput(symbol, AT_MS + ms, seen, position))
}

interface Circumstances {
  readonly ms: number
  readonly symbol: string
  readonly mode: EntryMode
  readonly position: PolicyPosition
}

describe('the phase of a symbol', () => {
  const none = sniper().initial
  const rows: readonly [what: string, from: SniperState, seen: Seen, to: SniperPhase, ms?: number][] = [
    ['nothing is seen', none, {}, 'NONE'],
    ['a cluster is near', none, { proximity: CLUSTER }, 'PRIMED'],
    [
      'a cluster is near and a burst comes at once: one transition',
      none,
      { proximity: CLUSTER, burst: BURST },
      'PRIMED',
    ],
    ['a cluster of one position', none, { proximity: proximityOf({ count: 1, long: 200_000, short: 0 }) }, 'NONE'],
    ['a cluster of 99,999 USD', none, { proximity: proximityOf({ count: 4, long: 99_999, short: 0 }) }, 'NONE'],
    ['a cluster of 100,000 USD', none, { proximity: proximityOf({ count: 2, long: 100_000, short: 0 }) }, 'PRIMED'],
    ['64.9 % on one side', none, { proximity: proximityOf({ count: 4, long: 649_000, short: 351_000 }) }, 'NONE'],
    ['65 % on one side', none, { proximity: proximityOf({ count: 4, long: 650_000, short: 350_000 }) }, 'PRIMED'],
    ['0.51 % off on average', none, { proximity: proximityOf({ count: 4, long: 2e5, short: 0 }, 0.0051) }, 'NONE'],
    ['0.5 % off on average', none, { proximity: proximityOf({ count: 4, long: 2e5, short: 0 }, 0.005) }, 'PRIMED'],
    ['a burst where no position is known', none, { burst: BURST }, 'TRIGGERED'],
    ['a burst of both sides where no position is known', none, { burst: { long: 64_000, short: 36_000 } }, 'NONE'],
    ['a burst of 65 % where no position is known', none, { burst: { long: 65_000, short: 35_000 } }, 'TRIGGERED'],
    ['a burst where positions are known, none near', none, { burst: BURST, knowsPositions: true }, 'NONE'],
    ['the cluster is gone', PRIMED, { knowsPositions: true }, 'NONE'],
    ['the cluster is gone as the burst comes', PRIMED, { burst: BURST, knowsPositions: true }, 'NONE'],
    ['the cluster stays', PRIMED, { proximity: CLUSTER }, 'PRIMED'],
    ['a burst below the trigger', PRIMED, { proximity: CLUSTER, burst: { long: 49_999, short: 0 } }, 'PRIMED'],
    ['a burst of the trigger', PRIMED, { proximity: CLUSTER, burst: { long: 25_000, short: 25_000 } }, 'TRIGGERED'],
    ['nothing after the trigger', TRIGGERED, {}, 'TRIGGERED', 30_000],
    ['nothing for more than 30 s', TRIGGERED, {}, 'EXHAUSTED', 30_001],
    ['buyers, 2 s after the last liquidation', TRIGGERED, BUYERS, 'ABSORBING', 5_000],
    ['buyers, 1,999 ms after it', TRIGGERED, { ...BUYERS, msSinceLiquidation: 1_999 }, 'TRIGGERED', 5_000],
    ['buyers of 4,999 USD', TRIGGERED, { ...BUYERS, flow: { buy: 4_999, sell: 0 } }, 'TRIGGERED', 5_000],
    ['net buying below 30 %', TRIGGERED, { ...BUYERS, flow: { buy: 6_490, sell: 3_510 } }, 'TRIGGERED', 5_000],
    ['net buying of 30 %', TRIGGERED, { ...BUYERS, flow: { buy: 6_500, sell: 3_500 } }, 'ABSORBING', 5_000],
    ['sellers, who go with it', TRIGGERED, { ...BUYERS, flow: { buy: 1_000, sell: 9_000 } }, 'TRIGGERED', 5_000],
    ['buyers, and nobody knows when the last one was', TRIGGERED, { flow: BUYERS.flow! }, 'TRIGGERED', 5_000],
    ['a book of 1.5 times the value at risk', TRIGGERED, { proximity: CLUSTER, depthUsd: 330_000 }, 'ABSORBING', 5_000],
    ['a book of less', TRIGGERED, { proximity: CLUSTER, depthUsd: 329_999 }, 'TRIGGERED', 5_000],
    ['absorbing for 40 s', ABSORBING, {}, 'ABSORBING', 40_000],
    ['absorbing for more than 40 s', ABSORBING, {}, 'EXHAUSTED', 40_001],
    ['exhausted for 60 s', EXHAUSTED, {}, 'EXHAUSTED', 60_000],
    ['exhausted for more than 60 s', EXHAUSTED, { burst: BURST }, 'NONE', 60_001],
  ]
  it.each(rows)('%s', (_, from, seen, to, ms = 0) => {
    expect(evaluate(from, seen, { ms }).state.phase).toBe(to)
  })

  it('is absorbing once half of the positions at risk are gone, all of them included', () => {
    const from = { ...TRIGGERED, trigger: { ...TRIGGERED.trigger!, atRisk: 4 } }
    const left = (count: number) => evaluate(from, { proximity: proximityOf({ count, long: 9_000, short: 0 }) }).state
    expect([left(3).phase, left(2).phase]).toEqual(['TRIGGERED', 'ABSORBING'])
    expect(evaluate(from, { knowsPositions: true }).state.phase).toBe('ABSORBING')
    expect(evaluate(from, {}).state.phase).toBe('TRIGGERED')
  })

  it('follows sellers where shorts were liquidated', () => {
    const from = { ...TRIGGERED, trigger: { ...TRIGGERED.trigger!, liquidated: -1 as const } }
    expect(evaluate(from, { ...BUYERS, flow: { buy: 1_000, sell: 9_000 } }).state.phase).toBe('ABSORBING')
  })
})

describe('an entry against the cascade', () => {
  it.each([
    [1, BURST],
    [-1, { long: 0, short: 60_000 }],
  ] as const)('goes with those who were liquidated (%i), once per trigger', (direction, burst) => {
    const flow = direction === 1 ? { buy: 9_000, sell: 1_000 } : { buy: 1_000, sell: 9_000 }
    const triggered = evaluate(sniper().initial, { burst })
    const absorbing = evaluate(triggered.state, { flow, msSinceLiquidation: 3_000 }, { ms: 4_000 })
    const again = evaluate(absorbing.state, { flow, msSinceLiquidation: 4_000 }, { ms: 5_000 })
    expect(triggered.mandates).toEqual([])
    expect(absorbing.mandates).toEqual([{ type: 'ENTRY', direction, reason: 'ABSORPTION_REVERSAL' }])
    expect(again.mandates).toEqual([])
  })

  it('waits while the book is thin, and is made when it is deep, for as long as the cascade is absorbed', () => {
    const thin = evaluate(ABSORBING, { proximity: CLUSTER, depthUsd: 329_999 }, { ms: 20_000 })
    expect(thin.mandates).toEqual([])
    expect(evaluate(thin.state, { proximity: CLUSTER, depthUsd: 330_000 }, { ms: 40_000 }).mandates).toHaveLength(1)
  })

  it('is not made by an evaluation that comes long after the one before', () => {
    expect(evaluate(TRIGGERED, BUYERS, { ms: 3_600_000 })).toMatchObject({
      state: { phase: 'ABSORBING' },
      mandates: [],
    })
  })
})

describe('an entry with the cascade', () => {
  const mode = 'CASCADE_MOMENTUM'

  it('goes against those who are liquidated, at the trigger or within 10 s of it', () => {
    const triggered = evaluate(sniper().initial, { burst: BURST }, { mode })
    expect(triggered.mandates).toEqual([{ type: 'ENTRY', direction: -1, reason: mode }])
    expect(evaluate(triggered.state, {}, { mode, ms: 1_000 }).mandates).toEqual([])
    expect(evaluate(TRIGGERED, {}, { mode, ms: 10_000 }).mandates).toHaveLength(1)
    expect(evaluate(TRIGGERED, {}, { mode, ms: 10_001 }).mandates).toEqual([])
  })

  it('is made while the book is thin, and where nobody knows', () => {
    const primed = (depthUsd: number) => evaluate(PRIMED, { proximity: CLUSTER, burst: BURST, depthUsd }, { mode })
    expect(primed(176_000).mandates).toHaveLength(1)
    expect(primed(176_001).mandates).toEqual([])
  })
})

describe('an exit', () => {
  const held: PolicyPosition = { symbol: 'BTCUSDT', direction: 1, state: 'held' }

  it.each([
    ['TRIGGERED', TRIGGERED, 'ABSORPTION_REVERSAL', undefined],
    ['ABSORBING', ABSORBING, 'ABSORPTION_REVERSAL', undefined],
    ['ABSORBING', ABSORBING, 'CASCADE_MOMENTUM', 'CASCADE_ABSORBED'],
    ['EXHAUSTED', EXHAUSTED, 'ABSORPTION_REVERSAL', 'CASCADE_EXHAUSTED'],
    ['NONE', sniper().initial, 'ABSORPTION_REVERSAL', 'CASCADE_EXHAUSTED'],
  ] as const)('in %s is said at every evaluation until it is done', (_, state, mode, reason) => {
    const { mandates } = evaluate(state, {}, { mode, position: held, ms: 1_000 })
    expect(mandates).toEqual(reason === undefined ? [] : [{ type: 'EXIT', reason }])
  })

  it('is said of no position that is asked for only, or of another symbol; nor is another entry', () => {
    for (const position of [
      { ...held, state: 'asked' as const },
      { ...held, symbol: 'ETHUSDT' },
    ]) {
      expect(evaluate(EXHAUSTED, {}, { position }).mandates).toEqual([])
      expect(evaluate(TRIGGERED, BUYERS, { position })).toMatchObject({
        state: { phase: 'ABSORBING', trigger: { isUsed: false } },
        mandates: [],
      })
    }
  })
})

it('an observation that has failed changes nothing and wants nothing', () => {
  const input = sniperInput('BTCUSDT', AT_MS + 90_000, BUYERS, { symbol: 'BTCUSDT', direction: 1, state: 'held' })
  const failed = { ...input, snapshot: { ...input.snapshot, status: 'FAILED' as const } }
  expect(sniper().evaluate(ABSORBING, failed)).toEqual({ state: ABSORBING, mandates: [] })
})

it.each([
  ['BTCUSDT', 50_000],
  ['ETHUSDC', 30_000],
  ['SOL', 2_300],
  ['1000PEPEUSDT', 1_000],
  ['1000BONKUSDT', 500],
  ['OPUSDT', 2_000],
  ['1INCHUSDT', 10_000],
  ['BTCDOMUSDT', 10_000],
])('the trigger of %s is %i USD', (symbol, usd) => {
  expect(triggerUsd(symbol, { mode: 'ABSORPTION_REVERSAL', ...TRIGGERS })).toBe(usd)
})

const seen: fc.Arbitrary<Seen> = fc.record(
  {
    proximity: fc.constantFrom(CLUSTER, proximityOf({ count: 2, long: 20_000, short: 0 })),
    burst: fc.constantFrom(BURST, { long: 0, short: 60_000 }, { long: 1_000, short: 0 }),
    flow: fc.record({ buy: fc.integer({ min: 0, max: 10_000 }), sell: fc.integer({ min: 0, max: 10_000 }) }),
    msSinceLiquidation: fc.integer({ min: 0, max: 60_000 }),
    depthUsd: fc.integer({ min: 0, max: 500_000 }),
    knowsPositions: fc.boolean(),
  },
  { requiredKeys: [] },
)
const script = fc.array(fc.record({ seen, ms: fc.integer({ min: 1, max: 30_000 }) }), { maxLength: 40 })
const modes = fc.constantFrom<EntryMode>('ABSORPTION_REVERSAL', 'CASCADE_MOMENTUM')

it('a trigger makes at most one entry, whatever is seen after it', () => {
  fc.assert(
    fc.property(script, modes, (steps, mode) => {
      let { initial: state } = sniper(mode)
      let nowMs = AT_MS
      const entered = new Set<number>()
      for (const next of steps) {
        nowMs += next.ms
        const answer = sniper(mode).evaluate(state, sniperInput('BTCUSDT', nowMs, next.seen))
        state = answer.state
        if (answer.mandates.length === 0) continue
        expect(answer.mandates).toHaveLength(1)
        expect(entered).not.toContain(state.trigger!.atMs)
        entered.add(state.trigger!.atMs)
      }
    }),
  )
})

it('the same is answered to the same, and nothing that is handed in is changed', () => {
  fc.assert(
    fc.property(script, modes, (steps, mode) => {
      const [one, other] = [sniper(mode), sniper(mode)]
      let state = frozen(one.initial)
      let nowMs = AT_MS
      for (const next of steps) {
        nowMs += next.ms
        const input = frozen(sniperInput('BTCUSDT', nowMs, next.seen))
        const answer = one.evaluate(state, input)
        expect(other.evaluate(structuredClone(state), structuredClone(input))).toEqual(answer)
        expect(one.stateCheck(JSON.parse(JSON.stringify(answer.state)), '$')).toEqual([])
        state = frozen(answer.state)
      }
    }),
  )
})
