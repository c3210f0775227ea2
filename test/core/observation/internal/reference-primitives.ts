import type { NodeView, SymbolView, TradeColumns } from '../../../../src/core/observation/internal/symbol-view.js'

/** Every primitive as its formula is written, with lists and no thought of speed; null where it is absent. */
export function referencePrimitives(view: SymbolView): Record<string, unknown> {
  const { symbol, nowMs, nodes, positions } = view
  const trades = listOf(view.trades)
  const path = trades.length >= 10 ? trades : undefined
  const depth = view.depth && nowMs - view.depth.tsMs <= 10_000 ? view.depth : undefined
  const consumption = depth && changedSide(view, 1)
  const refill = depth && changedSide(view, -1)
  const presence = path && present(nodes, path[0]!.t, path.at(-1)!.t)
  const liquidations = listOf(view.liquidations)
  const proximity = near(view, view.markPrice ?? trades.at(-1)?.p)
  return {
    symbol,
    ...(path && ofPath(path)),
    zonePenetration: path && penetration(nodes, path),
    structuralAbsenceDuration: presence && {
      absenceSec: (presence.ofMs - presence.ms) / 1_000,
      observationWindowSec: presence.ofMs / 1_000,
      absenceRatio: (presence.ofMs - presence.ms) / presence.ofMs,
    },
    eventNonOccurrenceCounter: {
      expectedCount: view.expectedKinds,
      observedCount: view.observedKinds,
      nonOccurrenceCount: view.expectedKinds - view.observedKinds,
    },
    structuralPersistenceDuration: presence && {
      totalPersistenceSec: presence.ms / 1_000,
      observationWindowSec: presence.ofMs / 1_000,
      persistenceRatio: presence.ms / presence.ofMs,
    },
    restingSize:
      depth && depth.bidSize + depth.askSize > 0
        ? {
            bidSize: depth.bidSize,
            askSize: depth.askSize,
            bestBidPrice: depth.bestBid,
            bestAskPrice: depth.bestAsk,
            tsMs: depth.tsMs,
          }
        : null,
    orderConsumption: consumption && { consumedSize: consumption.size, ...consumption.at },
    absorptionEvent: consumption && absorbed(view, trades, consumption),
    refillEvent: refill && { addedSize: refill.size, ...refill.at },
    liquidationDensity: density(liquidations, trades.at(-1)?.p),
    orderBlock: block(nodes, nowMs),
    supplyDemandZone: trades.length > 0 ? zone(view, trades.at(-1)!.p) : null,
    liquidationCascadeProximity: proximity,
    cascadeState: cascade(liquidations, proximity?.positionsAtRiskCount ?? 0, view),
    leverageConcentrationRatio: leverage(positions),
    openInterestDirectionalBias: bias(positions),
    liquidationBurst: burst(liquidations, nowMs),
  }
}

interface Trade {
  readonly t: number
  readonly p: number
  readonly q: number
  readonly buy: boolean
}

function listOf({ from, to, tsMs, price, baseQty, isBuy }: TradeColumns): Trade[] {
  return Array.from({ length: to - from }, (_, i) => from + i).map((i) => ({
    t: tsMs[i]!,
    p: price[i]!,
    q: baseQty[i]!,
    buy: isBuy[i] === 1,
  }))
}

function ofPath(path: readonly Trade[]): Record<string, unknown> {
  const n = path.length
  const prices = path.map(({ p }) => p)
  const half = path.slice(0, Math.floor(n / 2))
  const [first, last] = [path[0]!, path.at(-1)!]
  const sec = (last.t - first.t) / 1_000
  const net = Math.abs(last.p - first.p)
  const length = sum(path.slice(1).map(({ p }, i) => Math.abs(p - prices[i]!)))
  const range = Math.max(...prices) - Math.min(...prices)
  const gaps = path.slice(1).map(({ t }, i) => [path[i]!.t, t] as const)
  const seconds = path.map(({ t }) => path.filter((one) => one.t >= t && one.t <= t + 1_000))
  // Trades of the same time as an earlier one are of its second, though they stand before it here.
  const busiest = seconds.reduce((best, one) => (one.length > best.length ? one : best), [] as Trade[])
  const [buys, sells] = [path.filter(({ buy }) => buy).length, path.filter(({ buy }) => !buy).length]
  const burstSec = (busiest.at(-1)!.t - busiest[0]!.t) / 1_000
  return {
    displacementOriginAnchor: {
      anchorLow: Math.min(...half.map(({ p }) => p)),
      anchorHigh: Math.max(...half.map(({ p }) => p)),
      anchorDwellSec: (half.at(-1)!.t - half[0]!.t) / 1_000,
    },
    priceTraversalVelocity:
      sec === 0 ? null : { priceDelta: last.p - first.p, timeDeltaSec: sec, velocity: (last.p - first.p) / sec },
    traversalCompactness: {
      netDisplacement: net,
      totalPathLength: length,
      compactnessRatio: length === 0 ? 1 : net / length,
    },
    centralTendencyDeviation: { deviationValue: last.p - sum(prices) / n },
    traversalVoidSpan:
      sec === 0
        ? null
        : {
            maxVoidSec: Math.max(...gaps.map(([a, b]) => b - a)) / 1_000,
            voidIntervalsMs: gaps.filter(([a, b]) => b - a >= 1_000),
          },
    priceAcceptanceRatio: {
      acceptedRange: net,
      rejectedRange: range - net,
      acceptanceRatio: range === 0 ? 1 : net / range,
    },
    directionalContinuity: {
      totalTrades: n,
      buyTrades: buys,
      sellTrades: sells,
      continuityValue: Math.max(buys, sells) / n,
    },
    tradeBurst: {
      burstStartMs: busiest[0]!.t,
      burstEndMs: busiest.at(-1)!.t,
      burstDurationSec: burstSec,
      tradeCount: busiest.length,
      tradesPerSecond: burstSec === 0 ? busiest.length : busiest.length / burstSec,
    },
  }
}

function penetration(nodes: readonly NodeView[], path: readonly Trade[]): unknown {
  const distance = (node: NodeView) => Math.abs(path.at(-1)!.p - node.priceCenter)
  const [found] = [...nodes]
    .sort((a, b) => distance(a) - distance(b) || a.n - b.n)
    .map(({ id, priceCenter, priceBand }) => ({ id, lo: priceCenter - priceBand / 2, hi: priceCenter + priceBand / 2 }))
    .map(({ id, lo, hi }) => ({
      zoneId: id,
      zoneLow: lo,
      zoneHigh: hi,
      depths: path.filter(({ p }) => p >= lo && p <= hi).map(({ p }) => Math.min(p - lo, hi - p)),
    }))
    .filter(({ depths }) => depths.length > 0)
    .map(({ depths, ...bounds }) => ({ ...bounds, penetrationDepth: Math.max(...depths) }))
  return found
}

/** Counts the milliseconds of every piece between two ends, of which each is present or absent as a whole. */
function present(nodes: readonly NodeView[], t1: number, tn: number): { ms: number; ofMs: number } | undefined {
  const intervals = nodes.flatMap(({ presenceMs }) => presenceMs)
  const ends = [t1, tn, ...intervals.flat()].filter((t) => t >= t1 && t <= tn).sort((a, b) => a - b)
  const pieces = ends.slice(1).map((end, i) => [ends[i]!, end] as const)
  const ms = sum(pieces.filter(([a, b]) => intervals.some(([x, y]) => x <= a && b <= y)).map(([a, b]) => b - a))
  return ms > 0 ? { ms, ofMs: tn - t1 } : undefined
}

type Side = { size: number; at: { side: string; priceLevel: number; tsMs: number } }

function changedSide({ depth, depthBefore }: SymbolView, sign: 1 | -1): Side | undefined {
  if (!depth || !depthBefore || depthBefore.tsMs >= depth.tsMs) return undefined
  const sides = [
    { side: 'bid', was: depthBefore.bidSize, is: depth.bidSize, priceLevel: depth.bestBid },
    { side: 'ask', was: depthBefore.askSize, is: depth.askSize, priceLevel: depth.bestAsk },
  ]
  const one = sides.find(
    ({ was, is, priceLevel }) => was > 0 && sign * (was - is) > 0.1 * was && priceLevel !== undefined,
  )
  return (
    one && {
      size: sign * (one.was - one.is),
      at: { side: one.side, priceLevel: one.priceLevel!, tsMs: depth.tsMs },
    }
  )
}

function absorbed({ depthBefore }: SymbolView, trades: readonly Trade[], { size, at }: Side): unknown {
  const since = depthBefore!.tsMs
  const before = trades.filter(({ t }) => t >= since - 2_000 && t <= since).at(-1)
  const after = trades.filter(({ t }) => t > since && t <= at.tsMs).at(-1)
  if (!before || !after) return null
  const priceMovementPct = Math.abs(after.p / before.p - 1) * 100
  return priceMovementPct <= 1 ? { consumedSize: size, priceMovementPct, side: at.side, tsMs: at.tsMs } : null
}

function density(liquidations: readonly Trade[], price: number | undefined): unknown {
  if (price === undefined || liquidations.length < 2) return null
  const width = 0.01 * price
  const inside = liquidations.filter(({ p }) => p >= price - width / 2 && p <= price + width / 2)
  return {
    priceCenter: price,
    priceWindow: width,
    liquidationCount: inside.length,
    totalVolume: sum(inside.map(({ q }) => q)),
    totalValueUsd: sum(inside.map(({ p, q }) => p * q)),
    densityScore: inside.length / width,
  }
}

function block(nodes: readonly NodeView[], nowMs: number): unknown {
  const [found] = nodes
    .filter((node) => node.interactionCount >= 10 && nowMs - node.lastInteractionMs <= 300_000 && node.strength >= 0.4)
    .map((node) => ({ node, perHour: node.interactionCount / ((nowMs - node.firstSeenMs) / 3_600_000) }))
    .map((one) => ({
      ...one,
      gaps: Array.from(one.node.interactionTimesMs)
        .slice(1)
        .map((t, i) => t - one.node.interactionTimesMs[i]!),
    }))
    .map((one) => ({ ...one, burstiness: burstiness(one.gaps) }))
    .filter((one) => one.burstiness >= 0.3)
    .sort((a, b) => b.perHour - a.perHour || a.node.n - b.node.n)
  return (
    found && {
      nodeId: found.node.id,
      priceCenter: found.node.priceCenter,
      priceBand: found.node.priceBand,
      interactionCount: found.node.interactionCount,
      interactionsPerHour: found.perHour,
      burstinessCoefficient: found.burstiness,
      timeSinceInteractionSec: (nowMs - found.node.lastInteractionMs) / 1_000,
      longestIdlePeriodSec: Math.max(...found.gaps) / 1_000,
      totalVolumeUsd: found.node.totalVolumeUsd,
      nodeStrength: found.node.strength,
      liquidationsWithinBand: found.node.liquidationCount,
    }
  )
}

function burstiness(gaps: readonly number[]): number {
  if (gaps.length < 1) return 0
  const mean = sum(gaps) / gaps.length
  const sigma = gaps.length === 1 ? 0 : Math.sqrt(sum(gaps.map((gap) => (gap - mean) ** 2)) / (gaps.length - 1))
  return sigma + mean === 0 ? 0 : (sigma - mean) / (sigma + mean)
}

function zone({ symbol, nowMs, nodes }: SymbolView, price: number): unknown {
  const clusters: NodeView[][] = []
  for (const node of [...nodes].sort((a, b) => a.priceCenter - b.priceCenter || a.n - b.n)) {
    const below = clusters.at(-1)?.at(-1)
    const joins = below !== undefined && node.priceCenter - below.priceCenter <= 0.002 * below.priceCenter
    if (joins) clusters.at(-1)!.push(node)
    else clusters.push([node])
  }
  const [found] = clusters
    .map((members) => ({
      members,
      low: members[0]!.priceCenter,
      high: members.at(-1)!.priceCenter,
      center: (members[0]!.priceCenter + members.at(-1)!.priceCenter) / 2,
      volume: sum(members.map((node) => node.totalVolumeUsd)),
      strength: sum(members.map((node) => node.strength)) / members.length,
    }))
    .filter(({ members, low, high, center }) => members.length >= 3 && high - low <= 0.005 * center)
    .filter(({ strength }) => strength >= 0.3)
    .sort((a, b) => b.volume - a.volume || a.low - b.low)
  if (!found) return null
  const { members, low, high, center } = found
  const type = center > price ? 'supply' : 'demand'
  const displaced = Math.abs(price - center) / center >= 0.003
  const retests = displaced ? members.filter((node) => nowMs - node.lastInteractionMs <= 60_000).length : 0
  return {
    zoneId: `${symbol}:${type}:${Math.floor(Math.log(center) / Math.log(1.001) + 0.5)}`,
    zoneType: type,
    zoneLow: low,
    zoneHigh: high,
    zoneCenter: center,
    zoneWidth: high - low,
    nodeCount: members.length,
    totalInteractions: sum(members.map((node) => node.interactionCount)),
    totalVolumeUsd: found.volume,
    avgNodeStrength: found.strength,
    displacementDetected: displaced,
    displacementDirection: displaced && price > high ? 'up' : displaced && price < low ? 'down' : null,
    displacementMagnitude: displaced ? Math.abs(price - center) : null,
    retestDetected: retests > 0,
    retestCount: retests > 0 ? retests : null,
  }
}

function near({ positions, nowMs }: SymbolView, ref: number | undefined) {
  if (ref === undefined) return null
  const found = positions
    .map((position) => ({ ...position, far: Math.abs(ref - (position.liquidationPrice ?? Number.NaN)) / ref }))
    .filter(({ far, tsMs, liquidationPrice }) => far <= 0.02 && nowMs - tsMs <= 600_000 && liquidationPrice! > 0)
  if (found.length === 0) return null
  const side = (positive: boolean) => {
    const of = found.filter(({ positionSize }) => positionSize > 0 === positive)
    const closest = of.reduce<(typeof of)[number] | undefined>(
      (best, one) => (best && best.far <= one.far ? best : one),
      undefined,
    )
    return {
      count: of.length,
      value: sum(of.map((one) => one.positionValueUsd)),
      closest: closest?.liquidationPrice ?? null,
      mean: of.length === 0 ? null : sum(of.map(({ far }) => far)) / of.length,
    }
  }
  const [long, short] = [side(true), side(false)]
  return {
    priceLevel: ref,
    thresholdFrac: 0.02,
    positionsAtRiskCount: found.length,
    aggregatePositionValueUsd: long.value + short.value,
    longPositionsCount: long.count,
    longPositionsValueUsd: long.value,
    longClosestPrice: long.closest,
    longAvgDistanceFrac: long.mean,
    shortPositionsCount: short.count,
    shortPositionsValueUsd: short.value,
    shortClosestPrice: short.closest,
    shortAvgDistanceFrac: short.mean,
  }
}

function cascade(liquidations: readonly Trade[], atRisk: number, { nowMs, positions }: SymbolView): unknown {
  const within = (sec: number) => liquidations.filter(({ t }) => nowMs - t <= sec * 1_000)
  const [in5, in30, in60] = [within(5).length, within(30).length, within(60).length]
  if (in60 === 0 && positions.length === 0) return null
  const phases: [boolean, string][] = [
    [in30 >= 3, 'CASCADING'],
    [in5 >= 1, 'LIQUIDATING'],
    [in60 >= 1 && atRisk === 0, 'EXHAUSTED'],
    [atRisk > 0, 'PROXIMITY'],
    [true, 'NONE'],
  ]
  return {
    phase: phases.find(([holds]) => holds)![1],
    hasConfirmedLiquidation: in60 > 0,
    liquidations5s: in5,
    liquidations30s: in30,
    liquidations60s: in60,
    confirmedLiquidationValueUsd: sum(within(60).map(({ p, q }) => p * q)),
    positionsRemainingAtRisk: atRisk,
    cascadeStartMs: within(60)[0]?.t ?? null,
    cascadeDurationSec: in60 > 0 ? (nowMs - within(60)[0]!.t) / 1_000 : 0,
    observationBasis: in60 > 0 ? 'CONFIRMED' : atRisk > 0 ? 'PROXIMITY_ONLY' : 'NONE',
  }
}

function leverage(positions: SymbolView['positions']): unknown {
  const counted = positions.filter((one) => one.leverage > 0 && one.positionValueUsd > 0)
  if (counted.length === 0) return null
  const sorted = counted.map((one) => one.leverage).sort((a, b) => a - b)
  const quantile = (q: number) => {
    const at = q * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
    return low * (1 - (at % 1)) + high * (at % 1)
  }
  const among = (low: number, high: number) => sorted.filter((value) => value >= low && value < high).length
  const total = sum(counted.map((one) => one.positionValueUsd))
  return {
    medianLeverage: quantile(0.5),
    meanLeverage: sum(sorted) / sorted.length,
    leverage25thPct: quantile(0.25),
    leverage75thPct: quantile(0.75),
    leverage90thPct: quantile(0.9),
    leverageMax: sorted.at(-1),
    lowLeverageCount: among(0, 5),
    mediumLeverageCount: among(5, 10),
    highLeverageCount: among(10, 20),
    extremeLeverageCount: among(20, Number.POSITIVE_INFINITY),
    weightedAvgLeverage: sum(counted.map((one) => one.leverage * one.positionValueUsd)) / total,
    totalPositionsObserved: counted.length,
    totalPositionValueUsd: total,
  }
}

function bias(positions: SymbolView['positions']): unknown {
  if (positions.length === 0) return null
  const values = (positive: boolean) =>
    positions.filter((one) => one.positionSize > 0 === positive).map((one) => one.positionValueUsd)
  const [longs, shorts] = [values(true), values(false)]
  return {
    longValueUsd: sum(longs),
    shortValueUsd: sum(shorts),
    netImbalanceUsd: sum(longs) - sum(shorts),
    longShortRatio: sum(shorts) > 0 ? sum(longs) / sum(shorts) : null,
    longParticipantCount: longs.length,
    shortParticipantCount: shorts.length,
    totalParticipantCount: positions.length,
    totalOpenInterestUsd: sum(longs) + sum(shorts),
    avgLongPositionValueUsd: longs.length > 0 ? sum(longs) / longs.length : 0,
    avgShortPositionValueUsd: shorts.length > 0 ? sum(shorts) / shorts.length : 0,
  }
}

function burst(liquidations: readonly Trade[], nowMs: number): unknown {
  const inside = liquidations.filter(({ t }) => t >= nowMs - 10_000)
  if (inside.length === 0) return null
  const of = (buy: boolean) => sum(inside.filter((one) => one.buy === buy).map(({ p, q }) => p * q))
  return {
    totalVolumeUsd: of(false) + of(true),
    longLiquidationsUsd: of(false),
    shortLiquidationsUsd: of(true),
    liquidationCount: inside.length,
    windowStartMs: nowMs - 10_000,
    windowEndMs: nowMs,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
