import type { StrategyModule } from '../../ports/strategy.js'
import { CascadeSniper, type EntryMode, TRIGGER_ELSEWHERE_USD, TRIGGERS_USD } from './cascade-sniper.js'
import { GEOMETRY_PRIMITIVES, geometry } from './geometry.js'
import { type PolicySettings, PolicyStrategy } from './policy-strategy.js'
import { SNIPER_PRIMITIVES } from './sniper-reading.js'

/** A strategy that shows what observations can be decided on. */
export interface ExampleStrategy<Parameters = Readonly<Record<string, unknown>>> extends StrategyModule<Parameters> {
  /** Name and version of what it decides by. */
  readonly policy: string
}

type TradeParameters = Omit<PolicySettings, 'id'>

type SniperParameters = TradeParameters & {
  readonly mode: EntryMode
  readonly triggersUsd: Readonly<Record<string, number>>
  readonly triggerElsewhereUsd: number
}

const ABOVE_ZERO = { type: 'number', exclusiveMinimum: 0 }

const sniper: ExampleStrategy<SniperParameters> = {
  policy: 'EP2-CASCADE-SNIPER-V1',
  name: 'example-cascade-sniper',
  observation: SNIPER_PRIMITIVES,
  parameters: schemaOf({
    mode: {
      enum: ['ABSORPTION_REVERSAL', 'CASCADE_MOMENTUM'],
      default: 'ABSORPTION_REVERSAL',
      description: 'whether it enters against a cascade once that is taken in, or goes with it',
    },
    triggersUsd: {
      type: 'object',
      additionalProperties: ABOVE_ZERO,
      default: {},
      description: 'USD liquidated within 10 s that are a trigger, by coin, where they differ from the built-in ones',
    },
    triggerElsewhereUsd: {
      ...ABOVE_ZERO,
      default: TRIGGER_ELSEWHERE_USD,
      description: 'the same for a coin that has none of its own',
    },
    ...tradeProperties({ takeProfitFrac: 0.004, stopFrac: 0.004, holdSecMax: 120 }),
  }),
  create({ id, parameters }) {
    const { mode, triggersUsd, triggerElsewhereUsd: triggerElsewhere, ...trade } = parameters
    const policy = new CascadeSniper({ mode, triggers: { ...TRIGGERS_USD, ...triggersUsd }, triggerElsewhere })
    return new PolicyStrategy(policy, { id, ...trade }, SNIPER_PRIMITIVES)
  },
}

const zones: ExampleStrategy<TradeParameters> = {
  policy: 'EP2-GEOMETRY-V1',
  name: 'example-geometry',
  observation: GEOMETRY_PRIMITIVES,
  parameters: schemaOf(tradeProperties({ takeProfitFrac: 0.01, stopFrac: 0.01, holdSecMax: 14_400 })),
  create: ({ id, parameters }) => new PolicyStrategy(geometry, { id, ...parameters }, GEOMETRY_PRIMITIVES),
}

/**
 * By the name behind `example:`. Nobody has shown that they earn anything, none runs without being named, and none may trade money.
 */
export const EXAMPLE_STRATEGIES: Readonly<Record<string, ExampleStrategy>> = Object.freeze({
  'cascade-sniper': sniper as ExampleStrategy,
  geometry: zones as ExampleStrategy,
})

function schemaOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, additionalProperties: false }
}

function tradeProperties(standard: Pick<TradeParameters, 'takeProfitFrac' | 'stopFrac' | 'holdSecMax'>) {
  return {
    notionalUsd: { ...ABOVE_ZERO, default: 1_000, description: 'USD behind an entry' },
    takeProfitFrac: {
      ...{ ...ABOVE_ZERO, maximum: 10, default: standard.takeProfitFrac },
      description: 'gain of the price at which the position is left, 0.01 is 1 %',
    },
    stopFrac: {
      ...{ ...ABOVE_ZERO, maximum: 1, default: standard.stopFrac },
      description: 'loss of the price at which the position is left',
    },
    holdSecMax: { ...ABOVE_ZERO, default: standard.holdSecMax, description: 'seconds after which it is left' },
    authority: {
      ...{ type: 'number', minimum: 0, maximum: 1, default: 0.5 },
      description: 'of its mandates among those of one type: configuration, no score',
    },
  }
}
