import type { M4PrimitiveBundle, OrderConsumption } from '../../../ports/vocabulary/primitives.js'
import { NonFiniteOutput } from './failures.js'
import { absorptionEvent, orderConsumption, refillEvent, restingSize } from './primitives/depth.js'
import { orderBlock } from './primitives/order-block.js'
import {
  leverageConcentrationRatio,
  liquidationCascadeProximity,
  openInterestDirectionalBias,
} from './primitives/positions.js'
import {
  type Presence,
  presenceWithin,
  structuralAbsenceDuration,
  structuralPersistenceDuration,
} from './primitives/presence.js'
import {
  centralTendencyDeviation,
  displacementOriginAnchor,
  priceAcceptanceRatio,
  priceTraversalVelocity,
  traversalCompactness,
} from './primitives/price-path.js'
import { cascadeState, liquidationBurst, liquidationDensity } from './primitives/recent-liquidations.js'
import {
  directionalContinuity,
  eventNonOccurrenceCounter,
  tradeBurst,
  traversalVoidSpan,
} from './primitives/trade-times.js'
import { supplyDemandZone, zonePenetration } from './primitives/zones.js'
import type { DepthTop, SymbolView, TradeColumns } from './symbol-view.js'

/**
 * Everything that can be said of a symbol as it is seen now: frozen to the bottom, and what is not known is not there. Changes
 * nothing of the view, and keeps nothing of it. A number that is not finite would be a bug of a formula, and is told as one.
 * Spec: "M4 primitives".
 */
export function primitivesOf(view: SymbolView): M4PrimitiveBundle {
  const facts = factsOf(view)
  const bundle: Record<string, unknown> = { symbol: view.symbol }
  for (const name of NAMES) {
    const primitive = PRIMITIVES[name](facts)
    if (primitive !== undefined) bundle[name] = sealed(name, primitive)
  }
  return Object.freeze(bundle) as unknown as M4PrimitiveBundle
}

type PrimitiveName = Exclude<keyof M4PrimitiveBundle, 'symbol'>
type Primitive = NonNullable<M4PrimitiveBundle[PrimitiveName]>

/** What several primitives need. */
interface Facts {
  readonly view: SymbolView
  /** The trades, where there are enough of them to speak of a path. */
  readonly path: TradeColumns | undefined
  /** Of the latest trade. */
  readonly price: number | undefined
  /** The latest, where it is not too old. */
  readonly depth: DepthTop | undefined
  readonly consumption: OrderConsumption | undefined
  readonly presence: Presence | undefined
  readonly proximity: M4PrimitiveBundle['liquidationCascadeProximity']
}

const LEAST_TRADES = 10
const OLDEST_DEPTH_MS = 10_000

function factsOf(view: SymbolView): Facts {
  const { trades, nowMs } = view
  const path = trades.to - trades.from >= LEAST_TRADES ? trades : undefined
  const price = trades.to > trades.from ? trades.price[trades.to - 1] : undefined
  const depth = view.depth !== undefined && nowMs - view.depth.tsMs <= OLDEST_DEPTH_MS ? view.depth : undefined
  const reference = view.markPrice ?? price
  return {
    view,
    path,
    price,
    depth,
    consumption: depth && view.depthBefore && orderConsumption(view.depthBefore, depth),
    presence: path && presenceWithin({ fromMs: path.tsMs[path.from]!, toMs: path.tsMs[path.to - 1]! }, view.nodes),
    proximity: reference === undefined ? undefined : liquidationCascadeProximity(reference, view.positions, { nowMs }),
  }
}

/** How each is made: in the order of the type, which is the order of the fields of a bundle. */
const PRIMITIVES: { readonly [Name in PrimitiveName]: (facts: Facts) => M4PrimitiveBundle[Name] } = {
  zonePenetration: ({ path, view }) => path && zonePenetration(view.nodes, path),
  displacementOriginAnchor: ({ path }) => path && displacementOriginAnchor(firstHalf(path)),
  priceTraversalVelocity: ({ path }) => path && priceTraversalVelocity(path),
  traversalCompactness: ({ path }) => path && traversalCompactness(path),
  centralTendencyDeviation: ({ path }) => path && centralTendencyDeviation(path),
  structuralAbsenceDuration: ({ presence }) => presence && structuralAbsenceDuration(presence),
  traversalVoidSpan: ({ path }) => path && traversalVoidSpan(path),
  eventNonOccurrenceCounter: ({ view }) => eventNonOccurrenceCounter(view.expectedKinds, view.observedKinds),
  structuralPersistenceDuration: ({ presence }) => presence && structuralPersistenceDuration(presence),
  restingSize: ({ depth }) => depth && restingSize(depth),
  orderConsumption: ({ consumption }) => consumption,
  absorptionEvent: ({ consumption, view }) =>
    consumption && absorptionEvent(consumption, view.trades, view.depthBefore!.tsMs),
  refillEvent: ({ depth, view }) => depth && view.depthBefore && refillEvent(view.depthBefore, depth),
  priceAcceptanceRatio: ({ path }) => path && priceAcceptanceRatio(path),
  liquidationDensity: ({ price, view }) =>
    price === undefined ? undefined : liquidationDensity(view.liquidations, price),
  directionalContinuity: ({ path }) => path && directionalContinuity(path),
  tradeBurst: ({ path }) => path && tradeBurst(path),
  orderBlock: ({ view }) => orderBlock(view.nodes, view.nowMs),
  supplyDemandZone: ({ price, view }) => (price === undefined ? undefined : supplyDemandZone(view, price)),
  liquidationCascadeProximity: ({ proximity }) => proximity,
  cascadeState: ({ proximity, view }) => {
    const state = cascadeState(view.liquidations, proximity?.positionsAtRiskCount ?? 0, view.nowMs)
    return state.hasConfirmedLiquidation || view.positions.length > 0 ? state : undefined
  },
  leverageConcentrationRatio: ({ view }) => leverageConcentrationRatio(view.positions),
  openInterestDirectionalBias: ({ view }) => openInterestDirectionalBias(view.positions),
  liquidationBurst: ({ view }) => liquidationBurst(view.liquidations, view.nowMs),
}

const NAMES = Object.keys(PRIMITIVES) as readonly PrimitiveName[]

function firstHalf({ from, to, tsMs, price, baseQty, isBuy }: TradeColumns): TradeColumns {
  return { from, to: from + Math.floor((to - from) / 2), tsMs, price, baseQty, isBuy }
}

function sealed<P extends Primitive>(name: PrimitiveName, primitive: P): P {
  for (const field in primitive) {
    const value: unknown = primitive[field]
    if (typeof value === 'number' && !Number.isFinite(value)) throw new NonFiniteOutput(`${name}.${field} is ${value}`)
  }
  return Object.freeze(primitive)
}
