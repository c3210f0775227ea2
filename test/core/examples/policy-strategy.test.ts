import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CascadeSniper, TRIGGER_ELSEWHERE_USD, TRIGGERS_USD } from '../../../src/core/examples/cascade-sniper.js'
import { EXAMPLE_STRATEGIES } from '../../../src/core/examples/example-strategies.js'
import { firstEntry, type PolicySettings, PolicyStrategy } from '../../../src/core/examples/policy-strategy.js'
import { SNIPER_PRIMITIVES } from '../../../src/core/examples/sniper-reading.js'
import type { Mandate, StrategyBar, StrategyFill } from '../../../src/ports/strategy.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { frozen } from './frozen.js'
import { AT_MS, observed, type Seen } from './inputs.js'

const SYMBOLS = ['ETHUSDT', 'BTCUSDT']
const SETTINGS: PolicySettings = {
  id: 'sniper',
  authority: 0.5,
  notionalUsd: 1_000,
  takeProfitFrac: 0.01,
  stopFrac: 0.01,
  holdSecMax: 60,
}
const BURST: Seen = { burst: { long: 60_000, short: 0 } }

function sniper(
  settings: Partial<PolicySettings> = {},
  mode: 'CASCADE_MOMENTUM' | 'ABSORPTION_REVERSAL' = 'CASCADE_MOMENTUM',
) {
  const policy = new CascadeSniper({ mode, triggers: TRIGGERS_USD, triggerElsewhere: TRIGGER_ELSEWHERE_USD })
  return new PolicyStrategy(policy, { ...SETTINGS, ...settings }, SNIPER_PRIMITIVES)
}

/** A bar each five seconds; `seen` by symbol, absent: nothing is observed. */
function bar(
  number: number,
  seen?: Readonly<Record<string, Seen>>,
  prices: readonly number[] = [10, 100],
): StrategyBar {
  const timestampMs = AT_MS + number * 5_000
  return {
    bar: number,
    timestampMs,
    symbols: SYMBOLS,
    prices: Float64Array.from(prices),
    velDiv: Number.NaN,
    volOk: true,
    posture: 'APEX',
    ...(seen === undefined ? {} : { observation: observation(seen, timestampMs) }),
  }
}

function observation(seen: Readonly<Record<string, Seen>>, timestampMs: number): BarObservation {
  const symbols = Object.entries(seen).map(([symbol, of]) => [symbol, observed(symbol, of, timestampMs)] as const)
  return frozen({ status: 'UNINITIALIZED', timestampMs, symbols: Object.fromEntries(symbols) })
}

function fill(leg: StrategyFill['leg'], { complete = true, price = 100, direction = -1 as -1 | 1 } = {}): StrategyFill {
  return { symbol: 'BTCUSDT', direction, leg, price, quantity: 10, feesUsd: 0, fundingUsd: 0, complete, reason: '' }
}

describe('an entry', () => {
  it('has what the settings say, the policy’s direction and reason, and the bar’s price', () => {
    expect(sniper().onBar(bar(0, { BTCUSDT: BURST }))).toEqual([
      {
        strategyId: 'sniper',
        symbol: 'BTCUSDT',
        type: 'ENTRY',
        authority: 0.5,
        timestampMs: AT_MS,
        direction: -1,
        notionalUsd: 1_000,
        price: 100,
        reason: 'CASCADE_MOMENTUM',
      },
    ])
  })

  it('of several symbols is that of the first by name, where the authority is the same', () => {
    const [mandate, ...others] = sniper().onBar(bar(0, { ETHUSDT: BURST, BTCUSDT: BURST }))
    expect([mandate?.symbol, others]).toEqual(['BTCUSDT', []])
  })

  it('of most authority goes before that of the first symbol', () => {
    const of = (symbol: string, authority: number): Mandate => ({
      ...{ strategyId: 'x', symbol, type: 'ENTRY', authority, timestampMs: 0, reason: '' },
      ...{ direction: 1, notionalUsd: 1, price: 1 },
    })
    expect(firstEntry([of('B', 0.4), of('A', 0.4), of('C', 0.5)])?.symbol).toBe('C')
    expect(firstEntry([of('B', 0.4), of('A', 0.4)])?.symbol).toBe('A')
    expect(firstEntry([])).toBeUndefined()
  })

  it.each([
    ['its symbol has no price', [10, Number.NaN]],
    ['its symbol is not traded', [10]],
  ])('is none where %s', (_, prices) => {
    const traded = bar(0, { BTCUSDT: BURST }, prices)
    expect(sniper().onBar({ ...traded, symbols: SYMBOLS.slice(0, prices.length) })).toEqual([])
  })

  it('is none where nothing is observed', () => {
    expect(sniper().onBar(bar(0))).toEqual([])
  })

  it('is not asked for beside one that is neither filled nor dropped, and is again after that', () => {
    const strategy = sniper()
    expect(strategy.onBar(bar(0, { BTCUSDT: BURST }))).toHaveLength(1)
    expect(strategy.onBar(bar(1, { ETHUSDT: BURST }))).toEqual([])
    strategy.onEntryDropped('BTCUSDT')
    expect(strategy.onBar(bar(2, { ETHUSDT: BURST }))).toHaveLength(1)
  })
})

describe('a position', () => {
  function holding(settings: Partial<PolicySettings> = {}) {
    const strategy = sniper(settings)
    strategy.onBar(bar(0, { BTCUSDT: BURST }))
    strategy.onFill(fill('entry', { complete: false }))
    strategy.onFill(fill('entry'))
    return strategy
  }

  it.each([
    ['STOP', 101, 1],
    ['TAKE_PROFIT', 99, 1],
    ['TIME_LIMIT', 100, 12],
    ['TIME_LIMIT', Number.NaN, 12],
    [undefined, 100.99, 11],
    [undefined, 99.01, 11],
  ])('is left (%s) by the bars’ prices and times, whether anything is observed or not', (reason, price, number) => {
    const mandates = holding().onBar(bar(number, undefined, [10, price]))
    expect(mandates.map((mandate) => mandate.reason)).toEqual(reason === undefined ? [] : [reason])
  })

  it('is left when its policy says so, which is told until it is done', () => {
    const strategy = holding({ holdSecMax: 3_600 })
    const absorbed: Seen = { flow: { buy: 9_000, sell: 0 }, msSinceLiquidation: 3_000 }
    for (const number of [1, 2])
      expect(strategy.onBar(bar(number, { BTCUSDT: absorbed }))).toMatchObject([
        { type: 'EXIT', symbol: 'BTCUSDT', reason: 'CASCADE_ABSORBED', price: 100 },
      ])
    strategy.onFill(fill('exit', { complete: false }))
    expect(strategy.onBar(bar(3, { BTCUSDT: absorbed }))).toHaveLength(1)
    strategy.onFill(fill('exit'))
    expect(strategy.onBar(bar(4, { BTCUSDT: absorbed }))).toEqual([])
  })

  it('that somebody else has ended is known to be gone', () => {
    const strategy = holding()
    strategy.onFill({ ...fill('exit'), reason: 'LIQUIDATION' })
    expect(strategy.onBar(bar(20, { ETHUSDT: BURST }))).toMatchObject([{ type: 'ENTRY', symbol: 'ETHUSDT' }])
  })
})

describe('an observation that has failed', () => {
  const failed = (number: number): StrategyBar => ({
    ...bar(number),
    observation: { status: 'FAILED', timestampMs: AT_MS, failureReason: 'TIME_REGRESSION', symbols: {} },
  })

  it('is one BLOCK for every symbol, and no entry', () => {
    const mandates = sniper().onBar(failed(0))
    expect(mandates.map(({ type, symbol }) => `${type} ${symbol}`)).toEqual(['BLOCK ETHUSDT', 'BLOCK BTCUSDT'])
    expect(mandates[0]?.reason).toBe('OBSERVATION_FAILED: TIME_REGRESSION')
  })

  it('keeps nobody in a position', () => {
    const strategy = sniper()
    strategy.onBar(bar(0, { BTCUSDT: BURST }))
    strategy.onFill(fill('entry'))
    expect(strategy.onBar(failed(12)).map(({ type }) => type)).toEqual(['EXIT', 'BLOCK', 'BLOCK'])
  })
})

describe('a snapshot', () => {
  it('is refused with the path of each field that is none', () => {
    const whole = {
      schema: 'dolphin.policy-strategy/1',
      policy: 'EP2-CASCADE-SNIPER-V1',
      states: { BTCUSDT: { phase: 'NONE', trigger: null } },
      atMs: 0,
    }
    const refused = (snapshot: object) => () => sniper().restore({ ...whole, ...snapshot })
    expect(refused({})).not.toThrow()
    expect(refused({ policy: 'EP2-GEOMETRY-V1' })).toThrow("$.policy: expected 'EP2-CASCADE-SNIPER-V1'")
    expect(refused({ states: [] })).toThrow('$.states: expected an object, found a list of 0')
    expect(refused({ states: { BTCUSDT: { phase: 'SOON', trigger: null } } })).toThrow(
      '$.states.BTCUSDT.phase: expected',
    )
    expect(refused({ states: { BTCUSDT: { phase: 'TRIGGERED', trigger: null } } })).toThrow(
      '$.states.BTCUSDT.trigger: expected the trigger of TRIGGERED',
    )
    expect(refused({ position: { state: 'held', symbol: 'BTCUSDT', direction: 1, atMs: 0 } })).toThrow(
      '$.position.entryPrice: expected a finite number above 0, found nothing',
    )
    expect(refused({ position: { state: 'sold' } })).toThrow('$.position.state: expected')
  })

  it('is everything: a strategy that is restored from it at any bar goes on as the first one', () => {
    fc.assert(
      fc.property(fc.array(SCENE, { maxLength: 30 }), fc.nat(), (scenes, at) => {
        const first = sniper({}, 'ABSORPTION_REVERSAL')
        let second = sniper({}, 'ABSORPTION_REVERSAL')
        for (const [i, scene] of scenes.entries()) {
          if (i === at % scenes.length) {
            second = sniper({}, 'ABSORPTION_REVERSAL')
            second.restore(JSON.parse(JSON.stringify(first.snapshot())))
          }
          expect(played(second, scene, i)).toEqual(played(first, scene, i))
        }
        expect(second.snapshot()).toEqual(first.snapshot())
      }),
    )
  })
})

it('holds or asks for at most one position, whatever is seen and becomes of it', () => {
  fc.assert(
    fc.property(fc.array(SCENE, { maxLength: 40 }), (scenes) => {
      const strategy = sniper({}, 'ABSORPTION_REVERSAL')
      let open = false
      for (const [i, scene] of scenes.entries()) {
        const mandates = played(strategy, scene, i, (entered) => {
          expect(open).toBe(false)
          open = entered
        })
        if (mandates.some(({ type }) => type === 'EXIT')) {
          expect(open).toBe(true)
          strategy.onFill(fill('exit'))
          open = false
        }
        expect(mandates.filter(({ type }) => type === 'ENTRY').length).toBeLessThanOrEqual(1)
      }
    }),
  )
})

const SEEN = fc.constantFrom<Seen>(
  {},
  BURST,
  { burst: { long: 0, short: 60_000 } },
  { flow: { buy: 9_000, sell: 0 }, msSinceLiquidation: 3_000 },
  { flow: { buy: 0, sell: 9_000 }, msSinceLiquidation: 3_000 },
)
const SCENE = fc.record({
  seen: fc.option(fc.record({ BTCUSDT: SEEN, ETHUSDT: SEEN }), { nil: undefined }),
  price: fc.integer({ min: 98, max: 102 }),
  isFilled: fc.boolean(),
})
type Scene = typeof SCENE extends fc.Arbitrary<infer T> ? T : never

/** A bar, and what becomes at once of an entry at it. */
function played(
  strategy: PolicyStrategy<unknown> | ReturnType<typeof sniper>,
  { seen, price, isFilled }: Scene,
  number: number,
  became: (entered: boolean) => void = () => {},
): readonly Mandate[] {
  const mandates = strategy.onBar(bar(number, seen, [10, price]))
  for (const { type, symbol, direction, price: at } of mandates) {
    if (type !== 'ENTRY') continue
    became(isFilled)
    if (isFilled) strategy.onFill({ ...fill('entry'), symbol, direction: direction!, price: at! })
    else strategy.onEntryDropped(symbol)
  }
  return mandates
}

it.each(Object.entries(EXAMPLE_STRATEGIES))(
  'example:%s is made of its defaults, and asks for what it reads',
  (_, module) => {
    const { properties } = module.parameters as { readonly properties: Readonly<Record<string, { default: unknown }>> }
    const parameters = Object.fromEntries(Object.entries(properties).map(([name, { default: value }]) => [name, value]))
    const strategy = module.create({ id: module.name, initialCapital: 25_000, parameters })
    expect(strategy.id).toBe(module.name)
    expect(strategy.observes).toEqual(module.observation)
    expect(strategy.snapshot()).toMatchObject({ policy: module.policy, states: {} })
  },
)
