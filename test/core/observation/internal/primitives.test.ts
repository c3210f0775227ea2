import fc from 'fast-check'
import { expect, it } from 'vitest'
import { primitivesOf } from '../../../../src/core/observation/internal/primitives.js'
import type {
  DepthTop,
  NodeView,
  PositionView,
  SymbolView,
  TradeColumns,
} from '../../../../src/core/observation/internal/symbol-view.js'
import { caseDifference } from '../../../golden/golden-cases.js'
import { textOf } from '../../../support/tidy.js'
import { referencePrimitives } from './reference-primitives.js'

const NOW_MS = 1_767_225_900_000

const anyPrice = fc.integer({ min: -150, max: 150 }).map((step) => 100 * (1 + step * 1e-4))
const anyAgo = (mostMs: number) =>
  fc.oneof(fc.integer({ min: 0, max: Math.min(mostMs, 3_000) }), fc.integer({ min: 0, max: mostMs }))
const anyQty = fc.integer({ min: 1, max: 100_000 }).map((qty) => qty / 100)

/** Columns that hold what must not be read on both sides of what they are of. */
function columns(longest: number, scale: number): fc.Arbitrary<TradeColumns> {
  const trade = fc.record({ agoMs: anyAgo(300_000), price: anyPrice, qty: anyQty, isBuy: fc.boolean() })
  return fc
    .tuple(fc.array(trade, { maxLength: longest }), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
    .map(([trades, before, after]) => {
      const sorted = trades.sort((a, b) => b.agoMs - a.agoMs)
      const column = (values: readonly number[]) =>
        Float64Array.from([...Array(before).fill(Number.NaN), ...values, ...Array(after).fill(Number.NaN)])
      return {
        from: before,
        to: before + trades.length,
        tsMs: column(sorted.map(({ agoMs }) => NOW_MS - agoMs)),
        price: column(sorted.map(({ price }) => price * scale)),
        baseQty: column(sorted.map(({ qty }) => qty)),
        isBuy: Uint8Array.from([
          ...Array(before).fill(9),
          ...sorted.map(({ isBuy }) => Number(isBuy)),
          ...Array(after).fill(9),
        ]),
      }
    })
}

function depthTop(scale: number): fc.Arbitrary<DepthTop> {
  const size = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: anyQty })
  return fc.record({
    bidSize: size,
    askSize: size,
    bestBid: fc.option(
      anyPrice.map((price) => price * scale),
      { nil: undefined },
    ),
    bestAsk: fc.option(
      anyPrice.map((price) => price * scale),
      { nil: undefined },
    ),
    tsMs: fc.oneof(fc.nat({ max: 500 }), anyAgo(12_000)).map((ago) => NOW_MS - ago),
  })
}

function nodes(scale: number): fc.Arbitrary<readonly NodeView[]> {
  const times = fc.array(anyAgo(400_000), { minLength: 1, maxLength: 50 })
  const node = fc.record({
    center: anyPrice,
    strength: fc.integer({ min: 15, max: 100 }).map((hundredths) => hundredths / 100),
    times,
    more: fc.nat({ max: 40 }),
    volume: anyQty,
    presence: fc.array(anyAgo(400_000), { minLength: 2, maxLength: 6 }),
  })
  return fc.array(node, { maxLength: 24 }).map((drawn) =>
    drawn.map(({ center, strength, times: agosMs, more, volume, presence }, i) => {
      const timesMs = agosMs.map((ago) => NOW_MS - ago).sort((a, b) => a - b)
      const ends = presence.map((ago) => NOW_MS - ago).sort((a, b) => a - b)
      return {
        n: i + 1,
        id: `AUSDT#${i + 1}`,
        priceCenter: center * scale,
        priceBand: center * scale * 0.001,
        strength,
        interactionCount: timesMs.length + more,
        interactionTimesMs: timesMs,
        firstSeenMs: timesMs[0]! - more,
        lastInteractionMs: timesMs.at(-1)!,
        totalVolumeUsd: volume,
        liquidationCount: more,
        presenceMs: ends.slice(1).flatMap((end, j) => (j % 2 === 0 ? [[ends[j]!, end] as const] : [])),
      }
    }),
  )
}

function positions(scale: number): fc.Arbitrary<readonly PositionView[]> {
  const position = fc.record({
    tsMs: anyAgo(700_000).map((ago) => NOW_MS - ago),
    positionSize: fc.oneof(
      anyQty,
      anyQty.map((size) => -size),
    ),
    positionValueUsd: fc.oneof(fc.constant(0), anyQty),
    leverage: fc.integer({ min: 0, max: 50 }),
    liquidationPrice: fc.option(
      fc.oneof(
        fc.constant(0),
        anyPrice.map((price) => price * scale),
      ),
      { nil: undefined },
    ),
  })
  return fc.array(position, { maxLength: 12 })
}

const anyView: fc.Arbitrary<SymbolView> = fc.constantFrom(1, 1e-9, 1e-3, 1e4).chain((scale) =>
  fc.record({
    symbol: fc.constant('AUSDT'),
    nowMs: fc.constant(NOW_MS),
    trades: columns(40, scale),
    liquidations: columns(12, scale),
    depth: fc.option(depthTop(scale), { nil: undefined }),
    depthBefore: fc.option(depthTop(scale), { nil: undefined }),
    markPrice: fc.option(
      anyPrice.map((price) => price * scale),
      { nil: undefined },
    ),
    nodes: nodes(scale),
    positions: positions(scale),
    expectedKinds: fc.constant(3),
    observedKinds: fc.nat({ max: 3 }),
  }),
)

const NAMES_IN_TYPE = [
  ...textOf('src/ports/vocabulary/primitives.ts')
    .split('export interface M4PrimitiveBundle {')[1]!
    .split('}')[0]!
    .matchAll(/readonly (\w+)\??:/g),
].map(([, name]) => name!)

const RUNS = { numRuns: 150 }

it('a bundle says what the formulas say', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const difference = caseDifference(referencePrimitives(view), primitivesOf(view), {
        relative: 1e-9,
        absolute: 1e-12,
      })
      expect(difference).toBe(undefined)
    }),
    RUNS,
  )
})

it('of the views drawn here each primitive is known, but for the one of every snapshot not always', () => {
  const bundles = fc.sample(anyView, { seed: 1, numRuns: 1_000 }).map((view) => primitivesOf(view))
  const known = (name: string) => bundles.filter((bundle) => Object.hasOwn(bundle, name)).length
  const rare = NAMES_IN_TYPE.filter((name) => known(name) < 5)
  const constant = NAMES_IN_TYPE.filter((name) => known(name) === bundles.length)
  expect({ rare, constant }).toEqual({ rare: [], constant: ['symbol', 'eventNonOccurrenceCounter'] })
})

it('a bundle is frozen to the bottom, and every number in it is finite', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const wrong = [...everythingIn(primitivesOf(view))].filter(
        (value) => !Object.isFrozen(value) || value == null || (typeof value === 'number' && !Number.isFinite(value)),
      )
      expect(wrong).toEqual([])
    }),
    RUNS,
  )
})

it('a bundle is a fact of its view alone, which it leaves as it was', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const before = structuredClone(view)
      const bundle = primitivesOf(view)
      expect(view).toEqual(before)
      expect(JSON.stringify(primitivesOf(before))).toBe(JSON.stringify(bundle))
    }),
    RUNS,
  )
})

it('the fields of a bundle stand in the order of its type', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const names = Object.keys(primitivesOf(view))
      expect(names).toEqual(NAMES_IN_TYPE.filter((name) => names.includes(name)))
    }),
    RUNS,
  )
})

const QUIET: SymbolView = {
  symbol: 'AUSDT',
  nowMs: NOW_MS,
  trades: tradesAgo([]),
  liquidations: tradesAgo([]),
  depth: undefined,
  depthBefore: undefined,
  markPrice: undefined,
  nodes: [],
  positions: [],
  expectedKinds: 3,
  observedKinds: 0,
}

function tradesAgo(agosMs: readonly number[]): TradeColumns {
  return {
    from: 0,
    to: agosMs.length,
    tsMs: Float64Array.from(agosMs, (ago) => NOW_MS - ago),
    price: new Float64Array(agosMs.length).fill(100),
    baseQty: new Float64Array(agosMs.length).fill(1),
    isBuy: new Uint8Array(agosMs.length).fill(1),
  }
}

const TOP: DepthTop = { bidSize: 1, askSize: 1, bestBid: 99, bestAsk: 101, tsMs: NOW_MS }
const SECONDS = Array.from({ length: 10 }, (_, i) => 9_000 - 1_000 * i)
const POSITION: PositionView = {
  tsMs: NOW_MS - 600_000,
  positionSize: 1,
  positionValueUsd: 100,
  leverage: 1,
  liquidationPrice: 98,
}

it.each<[string, Partial<SymbolView>, keyof ReturnType<typeof primitivesOf>, boolean]>([
  ['ten trades', { trades: tradesAgo(SECONDS) }, 'priceTraversalVelocity', true],
  ['nine trades', { trades: tradesAgo(SECONDS.slice(1)) }, 'priceTraversalVelocity', false],
  ['ten trades of one time', { trades: tradesAgo(SECONDS.map(() => 5)) }, 'priceTraversalVelocity', false],
  ['ten trades of one time', { trades: tradesAgo(SECONDS.map(() => 5)) }, 'traversalVoidSpan', false],
  ['ten trades of one time', { trades: tradesAgo(SECONDS.map(() => 5)) }, 'tradeBurst', true],
  ['a book of ten seconds ago', { depth: { ...TOP, tsMs: NOW_MS - 10_000 } }, 'restingSize', true],
  ['a book of longer ago', { depth: { ...TOP, tsMs: NOW_MS - 10_001 } }, 'restingSize', false],
  ['an empty book', { depth: { ...TOP, bidSize: 0, askSize: 0 } }, 'restingSize', false],
  ['a liquidation of a minute ago', { liquidations: tradesAgo([60_000]) }, 'cascadeState', true],
  ['a liquidation of longer ago', { liquidations: tradesAgo([60_001]) }, 'cascadeState', false],
  ['a position, and no price', { positions: [POSITION] }, 'cascadeState', true],
  ['a liquidation of ten seconds ago', { liquidations: tradesAgo([10_000]) }, 'liquidationBurst', true],
  ['a liquidation of longer ago', { liquidations: tradesAgo([10_001]) }, 'liquidationBurst', false],
  ['a position of ten minutes ago', { positions: [POSITION], markPrice: 100 }, 'liquidationCascadeProximity', true],
  [
    'a position of longer ago',
    { positions: [{ ...POSITION, tsMs: POSITION.tsMs - 1 }], markPrice: 100 },
    'liquidationCascadeProximity',
    false,
  ],
  ['a position, and no price', { positions: [POSITION] }, 'liquidationCascadeProximity', false],
  [
    'a position, and the price of a trade',
    { positions: [POSITION], trades: tradesAgo([1]) },
    'liquidationCascadeProximity',
    true,
  ],
  ['nothing', {}, 'eventNonOccurrenceCounter', true],
])('what is known of %s', (_, known, name, isThere) => {
  expect(Object.hasOwn(primitivesOf({ ...QUIET, ...known }), name)).toBe(isThere)
})

it('of nodes that are equal, the one of the lower number is told', () => {
  const node = (n: number, priceCenter: number): NodeView => ({
    n,
    id: `AUSDT#${n}`,
    priceCenter,
    priceBand: 4,
    strength: 1,
    interactionCount: 11,
    interactionTimesMs: [...Array(10).fill(NOW_MS - 20_000), NOW_MS],
    firstSeenMs: NOW_MS - 20_000,
    lastInteractionMs: NOW_MS,
    totalVolumeUsd: 1,
    liquidationCount: 1,
    presenceMs: [],
  })
  const bundle = primitivesOf({ ...QUIET, trades: tradesAgo(SECONDS), nodes: [node(1, 101), node(2, 99)] })
  expect(bundle).toMatchObject({ zonePenetration: { zoneId: 'AUSDT#1' }, orderBlock: { nodeId: 'AUSDT#1' } })
})

it('a formula whose answer is not finite is told as a bug', () => {
  const huge = tradesAgo(SECONDS)
  huge.price.fill(Number.MAX_VALUE)
  expect(() => primitivesOf({ ...QUIET, trades: huge })).toThrow(/centralTendencyDeviation.deviationValue is -Infinity/)
})

function* everythingIn(value: unknown): Generator<unknown> {
  yield value
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* everythingIn(part)
}
