import { absorptionEvent, orderConsumption, refillEvent } from '../../src/core/observation/internal/primitives/depth.js'
import { orderBlock } from '../../src/core/observation/internal/primitives/order-block.js'
import {
  leverageConcentrationRatio,
  liquidationCascadeProximity,
  openInterestDirectionalBias,
} from '../../src/core/observation/internal/primitives/positions.js'
import {
  presenceWithin,
  structuralAbsenceDuration,
  structuralPersistenceDuration,
} from '../../src/core/observation/internal/primitives/presence.js'
import {
  centralTendencyDeviation,
  displacementOriginAnchor,
  priceAcceptanceRatio,
  priceTraversalVelocity,
  traversalCompactness,
} from '../../src/core/observation/internal/primitives/price-path.js'
import {
  cascadeState,
  liquidationBurst,
  liquidationDensity,
} from '../../src/core/observation/internal/primitives/recent-liquidations.js'
import {
  directionalContinuity,
  eventNonOccurrenceCounter,
  tradeBurst,
  traversalVoidSpan,
} from '../../src/core/observation/internal/primitives/trade-times.js'
import { penetrationDepth, supplyDemandZone } from '../../src/core/observation/internal/primitives/zones.js'
import type { DepthTop, NodeView, PositionView, TradeColumns } from '../../src/core/observation/internal/symbol-view.js'
import type { BookSideName } from '../../src/ports/vocabulary/primitives.js'

/** What the cases of `observation/primitives.json` ask for: the raw inputs of one formula, as its columns or its nodes. */
export const PRIMITIVE_FUNCTIONS = {
  zone_penetration: ([low, high, prices]: [number, number, number[]]) => {
    const depth = penetrationDepth({ low, high }, tradeColumns({ prices }))
    return depth === undefined ? null : { penetrationDepth: depth }
  },
  displacement_anchor: ([prices, timesMs]: [number[], number[]]) =>
    displacementOriginAnchor(tradeColumns({ prices, timesMs })),
  velocity: ([first, last, firstMs, lastMs]: [number, number, number, number]) =>
    priceTraversalVelocity(tradeColumns({ prices: [first, last], timesMs: [firstMs, lastMs] })),
  compactness: ([prices]: [number[]]) => traversalCompactness(tradeColumns({ prices })),
  central_tendency: ([prices]: [number[]]) => centralTendencyDeviation(tradeColumns({ prices })),
  acceptance: (openHighLowClose: number[]) => priceAcceptanceRatio(tradeColumns({ prices: openHighLowClose })),
  presence: ([fromMs, toMs, presenceMs]: [number, number, [number, number][]]) => {
    const presence = presenceWithin({ fromMs, toMs }, [{ presenceMs }])
    return (
      presence && {
        persistence: structuralPersistenceDuration(presence),
        absence: structuralAbsenceDuration(presence),
      }
    )
  },
  void_span: ([firstMs, lastMs, timesMs]: [number, number, number[]]) =>
    traversalVoidSpan(tradeColumns({ timesMs: [firstMs, ...timesMs, lastMs] })),
  non_occurrence: ([expected, observed]: [string[], string[]]) =>
    eventNonOccurrenceCounter(expected.length, expected.filter((kind) => observed.includes(kind)).length),
  consumption: ([before, latest]: [GoldenDepth, GoldenDepth]) => orderConsumption(depthTop(before), depthTop(latest)),
  refill: ([before, latest]: [GoldenDepth, GoldenDepth]) => refillEvent(depthTop(before), depthTop(latest)),
  absorption: ([consumed, trades, beforeMs, latestMs]: [
    { consumedSize: number; side: BookSideName },
    [number, number][],
    number,
    number,
  ]) =>
    absorptionEvent(
      { ...consumed, priceLevel: Number.NaN, tsMs: latestMs },
      tradeColumns({ timesMs: trades.map(([tsMs]) => tsMs), prices: trades.map(([, price]) => price) }),
      beforeMs,
    ),
  liq_density: ([liquidations, price]: [{ price: number; baseQty: number }[], number]) =>
    liquidationDensity(
      tradeColumns({ prices: liquidations.map((one) => one.price), baseQtys: liquidations.map((one) => one.baseQty) }),
      price,
    ),
  dir_continuity: ([sides]: [string[]]) => directionalContinuity(tradeColumns({ sides })),
  trade_burst: ([timesMs]: [number[]]) => tradeBurst(tradeColumns({ timesMs })),
  order_block: ([nodes, nowMs]: [GoldenNode[], number]) => orderBlock(nodes.map(nodeView), nowMs),
  supply_demand: ([nodes, price, nowMs, symbol]: [GoldenNode[], number, number, string]) =>
    supplyDemandZone({ symbol, nowMs, nodes: nodes.map(nodeView) }, price),
  proximity: ([price, positions, thresholdFrac]: [number, Omit<PositionView, 'tsMs'>[], number?]) =>
    liquidationCascadeProximity(
      price,
      positions.map((position) => ({ ...position, tsMs: 0 })),
      { nowMs: 0, ...(thresholdFrac !== undefined && { thresholdFrac }) },
    ),
  cascade_state: ([atRiskCount, liquidations, nowMs]: [number, [number, number][], number]) =>
    cascadeState(
      tradeColumns({
        timesMs: liquidations.map(([tsMs]) => tsMs),
        prices: liquidations.map(([, valueUsd]) => valueUsd),
      }),
      atRiskCount,
      nowMs,
    ),
  leverage: ([positions]: [PositionView[]]) => leverageConcentrationRatio(positions),
  oi_bias: ([positions]: [PositionView[]]) => openInterestDirectionalBias(positions),
  liq_burst: ([liquidations, nowMs]: [[number, string, number][], number]) =>
    liquidationBurst(
      tradeColumns({
        timesMs: liquidations.map(([tsMs]) => tsMs),
        sides: liquidations.map(([, side]) => side),
        prices: liquidations.map(([, , valueUsd]) => valueUsd),
      }),
      nowMs,
    ),
}

type GoldenDepth = Omit<DepthTop, 'bestBid' | 'bestAsk'> & { bestBid: number | null; bestAsk: number | null }

function depthTop({ bestBid, bestAsk, ...sizes }: GoldenDepth): DepthTop {
  return { ...sizes, bestBid: bestBid ?? undefined, bestAsk: bestAsk ?? undefined }
}

type GoldenNode = Omit<NodeView, 'presenceMs'>

function nodeView(node: GoldenNode): NodeView {
  return { ...node, presenceMs: [] }
}

interface GoldenTrades {
  readonly timesMs?: readonly number[]
  readonly prices?: readonly number[]
  readonly baseQtys?: readonly number[]
  readonly sides?: readonly string[]
}

/** Columns of which a case gives some; a quantity is 1 where none is given, so that a price is a value. */
function tradeColumns({ timesMs, prices, baseQtys, sides }: GoldenTrades): TradeColumns {
  const count = (timesMs ?? prices ?? sides)!.length
  return {
    from: 0,
    to: count,
    tsMs: Float64Array.from(timesMs ?? Array.from({ length: count }, (_, i) => i)),
    price: Float64Array.from(prices ?? new Array<number>(count).fill(1)),
    baseQty: Float64Array.from(baseQtys ?? new Array<number>(count).fill(1)),
    isBuy: Uint8Array.from(sides ?? new Array<string>(count).fill('BUY'), (side) => (side === 'BUY' ? 1 : 0)),
  }
}
