import { expect, expectTypeOf, test } from 'vitest'
import type { CascadeWave, LabeledCascade } from '../../src/core/analysis/cascade-labels.js'
import type { ValidationResult, ValidationStatus } from '../../src/core/analysis/validators/validation-result.js'
import type { LiquidationWave } from '../../src/core/analysis/waves.js'
import type { Action, ActionType } from '../../src/core/arbitration/arbitration.js'
import { PerformanceTracker } from '../../src/core/performance/performance-tracker.js'
import type { PortfolioRisk } from '../../src/core/risk/calculator.js'
import type { Mandate, MandateType } from '../../src/ports/strategy.js'
import type {
  ObservationSnapshot,
  ObservationStatus,
  RegimeReading,
  RegimeType,
} from '../../src/ports/vocabulary/observation.js'
import { M4PrimitiveBundle } from '../../src/ports/vocabulary/primitives.js'

// What the compiler holds: a test here fails to compile where a contract is left.

test('mandates and actions are of the types of the contracts, and no others', () => {
  expectTypeOf<MandateType>().toEqualTypeOf<'EXIT' | 'BLOCK' | 'REDUCE' | 'ENTRY' | 'HOLD'>()
  expectTypeOf<ActionType>().toEqualTypeOf<'ENTRY' | 'EXIT' | 'REDUCE' | 'HOLD' | 'NO_ACTION'>()
  expectTypeOf<Mandate>().toEqualTypeOf<Readonly<Mandate>>()
  expectTypeOf<Action>().toEqualTypeOf<Readonly<Action>>()
})

test('the risk of a portfolio is numbers, and no verdict', () => {
  expectTypeOf<keyof PortfolioRisk>().toEqualTypeOf<
    'exposureUsd' | 'totalLeverage' | 'leverageOfSymbol' | 'minLiquidationDistance'
  >()
})

test('an observation is UNINITIALIZED or FAILED, and its snapshot read-only', () => {
  expectTypeOf<ObservationStatus>().toEqualTypeOf<'UNINITIALIZED' | 'FAILED'>()
  expectTypeOf<ObservationSnapshot>().toEqualTypeOf<Readonly<ObservationSnapshot>>()
  expectTypeOf<ObservationSnapshot['primitives']>().toEqualTypeOf<ReadonlyMap<string, M4PrimitiveBundle>>()
})

test('a regime is one of four, with a reason and without a confidence', () => {
  expectTypeOf<RegimeType>().toEqualTypeOf<'UNKNOWN' | 'TRENDING' | 'RANGING' | 'VOLATILE'>()
  expectTypeOf<keyof RegimeReading>().toEqualTypeOf<'regime' | 'reason' | 'metrics'>()
})

test('a labelled cascade and its waves are what happened, and no judgement of it', () => {
  expectTypeOf<keyof LabeledCascade>().toEqualTypeOf<
    | ('cascadeId' | 'coin' | 'startTsMs' | 'endTsMs' | 'oiDropPct' | 'liquidationCount' | 'waveCount' | 'waves')
    | ('priceStart' | 'priceEnd' | 'price5minAfter' | 'outcome')
  >()
  expectTypeOf<NonNullable<LabeledCascade['outcome']>>().toEqualTypeOf<'REVERSAL' | 'CONTINUATION' | 'NEUTRAL'>()
  expectTypeOf<keyof CascadeWave>().toEqualTypeOf<
    'waveNum' | 'startTsMs' | 'endTsMs' | 'liquidationCount' | 'oiDropPct'
  >()
  expectTypeOf<keyof LiquidationWave>().toEqualTypeOf<
    'waveNum' | 'startTsMs' | 'endTsMs' | 'liquidationCount' | 'totalValueUsd'
  >()
})

test('a validation is counts, rates and probabilities, and one of three words', () => {
  expectTypeOf<keyof ValidationResult>().toEqualTypeOf<
    | ('hypothesisName' | 'proxy' | 'totalEvents' | 'supportingEvents' | 'successRate' | 'rateDifference')
    | ('calibratedThreshold' | 'status' | 'pValue' | 'adjustedPValue' | 'details')
  >()
  expectTypeOf<ValidationStatus>().toEqualTypeOf<'VALIDATED' | 'FAILED' | 'INSUFFICIENT_DATA'>()
})

test('a bundle of primitives may be empty, and each primitive absent', () => {
  expect(M4PrimitiveBundle.empty('BTCUSDT')).toStrictEqual({ symbol: 'BTCUSDT' })
  expect(Object.isFrozen(M4PrimitiveBundle.empty('BTCUSDT'))).toBe(true)
  expectTypeOf<{ readonly symbol: string }>().toExtend<M4PrimitiveBundle>()
})

test('the figures of a session are numbers, and no advice', () => {
  const tracker = new PerformanceTracker({ initialCapitalUsd: '1000', startedAtMs: 0 })
  expect(
    leavesOf(tracker.snapshot(86_400_000)).filter((leaf) => typeof leaf === 'string' && !/^-?[\d.]+$/.test(leaf)),
  ).toEqual([])
})

function leavesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value]
}
