import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MARKET_LIMITS } from '../../../src/core/decision/market-watch.js'
import { recordedObservation } from '../../../src/core/decision/recorded-observation.js'
import type { DecisionRecord, RecordedBar } from '../../../src/core/decision/records.js'
import { CascadeSniper, TRIGGER_ELSEWHERE_USD, TRIGGERS_USD } from '../../../src/core/examples/cascade-sniper.js'
import { PolicyStrategy } from '../../../src/core/examples/policy-strategy.js'
import { SNIPER_PRIMITIVES } from '../../../src/core/examples/sniper-reading.js'
import type { Strategy } from '../../../src/ports/strategy.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { atBars, ScriptedStrategy } from '../../support/scripted-strategy.js'
import { observed, type Seen, zoneOf } from '../examples/inputs.js'
import { BAR_MS, TwoSides } from './two-sides.js'

it('what a strategy sees is what a recovery will show it, bit for bit', () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0))
  fc.assert(
    fc.property(number, number, fc.array(fc.tuple(number, number), { maxLength: 3 }), (one, other, voidIntervalsMs) => {
      const seen = observed('BTCUSDT', { price: one, flow: { buy: other, sell: -0 } })
      const { primitives } = seen
      const traversalVoidSpan = { maxVoidSec: other, voidIntervalsMs }
      const whole: BarObservation = {
        status: 'FAILED',
        timestampMs: 0,
        failureReason: 'EXCEPTION',
        symbols: { BTCUSDT: { ...seen, primitives: { ...primitives, traversalVoidSpan } } },
      }
      const kept = recordedObservation(whole)
      expect(Object.is(kept.symbols.BTCUSDT!.market.flow10s.sellUsd, 0)).toBe(true)
      expect(JSON.parse(JSON.stringify(kept))).toStrictEqual(kept)
    }),
  )
})

it('a field that is undefined is not there', () => {
  const whole = { status: 'UNINITIALIZED', timestampMs: 1, symbols: {}, failureReason: undefined }
  expect(Object.keys(recordedObservation(whole as unknown as BarObservation))).toEqual([
    'status',
    'timestampMs',
    'symbols',
  ])
})

const BURST: Seen = { burst: { long: 60_000, short: 0 }, msSinceLiquidation: 100, zone: zoneOf() }
const BUYERS: Seen = { flow: { buy: 9_000, sell: 0 }, msSinceLiquidation: 5_000, zone: zoneOf() }

const SETTINGS = {
  ...{ id: 'sniper', authority: 0.5, notionalUsd: 5_000 },
  ...{ takeProfitFrac: 0.01, stopFrac: 0.01, holdSecMax: 600 },
}

function sniper(): Strategy {
  const settings = { triggers: TRIGGERS_USD, triggerElsewhere: TRIGGER_ELSEWHERE_USD }
  return new PolicyStrategy(
    new CascadeSniper({ mode: 'ABSORPTION_REVERSAL', ...settings }),
    SETTINGS,
    SNIPER_PRIMITIVES,
  )
}

function seeing(seen: Seen): (timestampMs: number) => BarObservation {
  return (timestampMs) => ({
    status: 'UNINITIALIZED',
    timestampMs,
    symbols: { BTCUSDT: observed('BTCUSDT', seen, timestampMs), ETHUSDT: observed('ETHUSDT', {}, timestampMs) },
  })
}

function barsOf(sides: TwoSides): readonly RecordedBar[] {
  return sides.decisionDisk.records.flatMap((record: DecisionRecord) => (record.type === 'bar' ? [record.bar] : []))
}

describe('the observation that a bar is decided on', () => {
  /** A cascade, somebody who takes it in, and the position that is entered then. */
  function traded(): TwoSides {
    const sides = TwoSides.ready(() => [sniper()])
    for (const seen of [{}, BURST, BUYERS, {}]) {
      sides.observation = seeing(seen)
      sides.bar()
    }
    return sides
  }

  it('is in the journal with the bar, as far as its strategy looks at it', () => {
    const [, burst, buyers] = barsOf(traded()).map(({ observation }) => observation!.symbols)
    expect(Object.keys(burst!.BTCUSDT!.primitives)).toEqual(['symbol', 'liquidationBurst'])
    expect(buyers!.BTCUSDT!.primitives).toEqual({ symbol: 'BTCUSDT' })
    expect(buyers!.BTCUSDT!.market.flow10s).toEqual({ buyUsd: 9_000, sellUsd: 0 })
  })

  it('leads to the same decisions again when the journal is read', () => {
    const sides = traded()
    expect(sides.decisionSide.state.position).toMatchObject({ symbol: 'BTCUSDT', direction: 1, state: 'OPEN' })
    expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
    sides.kill('decision')
    sides.start('decision')
    sides.run(7_000)
    expect(sides.decisionSide.state.position).toMatchObject({ symbol: 'BTCUSDT', direction: 1, state: 'OPEN' })
  })

  it('is not kept where nobody observes', () => {
    const sides = TwoSides.ready(() => [new ScriptedStrategy('blue', atBars({}))])
    sides.observation = seeing(BURST)
    sides.bar()
    expect(barsOf(sides)[0]).not.toHaveProperty('observation')
  })
})

it('an observation that has failed latches stale data, by which nothing is entered, and blocks each symbol', () => {
  const sides = TwoSides.ready(() => [sniper()])
  sides.observation = (timestampMs) => ({
    ...{ status: 'FAILED', timestampMs, failureReason: 'NODE_INVARIANT', symbols: {} },
  })
  sides.bar()
  expect(sides.decisionSide.openPermission()).toMatchObject({
    reject: 'REJECT_STALE_SCAN',
    mode: { mode: 'ReduceOnly' },
  })
  const latched = sides.decisionDisk.records.filter(({ type }) => type === 'latched')
  expect(latched).toMatchObject([
    { reason: 'MARKET_DATA_STALE', cause: 'the observation of the market has failed: NODE_INVARIANT' },
  ])
  const cycle = sides.decisionDisk.records.find(({ type }) => type === 'cycle')
  expect(cycle).toMatchObject({ stats: { mandatesReceived: 2 } })
})

it('an observation that has failed is told once, and no truth of the exchange clears what it has latched', () => {
  const sides = TwoSides.ready(() => [sniper()])
  sides.observation = (timestampMs) => ({
    ...{ status: 'FAILED', timestampMs, failureReason: 'NODE_INVARIANT', symbols: {} },
  })
  const bars = Math.ceil((2 * MARKET_LIMITS.freshForMs) / BAR_MS)
  for (let bar = 0; bar < bars; bar++) sides.bar()
  const told = sides.decisionDisk.records.filter(
    (record) => record.type === 'alerted' && /has failed/.test(record.alert.message),
  )
  expect(told).toHaveLength(1)
  expect(sides.decisionSide.state.latches).toHaveProperty('MARKET_DATA_STALE')
})
