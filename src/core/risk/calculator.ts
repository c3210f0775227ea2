import { type DecimalText, Exact, exact } from '../../base/exact.js'
import type { Direction } from '../../ports/vocabulary/market.js'

/** Source: module contracts, layer 4. */
export interface AccountState {
  readonly equityUsd: DecimalText
  readonly marginAvailableUsd: DecimalText
  readonly timestampMs: number
}

export interface PositionRisk {
  readonly symbol: string
  readonly direction: Direction
  /** Base units, unsigned. */
  readonly quantity: DecimalText
  readonly entryPrice: DecimalText
  readonly markPrice: DecimalText
  /** Null while nobody knows it. */
  readonly liquidationPrice: DecimalText | null
  /** How far the mark may move against the position, of the mark; negative beyond it, null while unknown. */
  readonly liquidationDistance: number | null
}

export interface PortfolioRisk {
  readonly exposureUsd: DecimalText
  /** × of equity; infinite for an exposure without equity. */
  readonly totalLeverage: number
  readonly leverageOfSymbol: Readonly<Record<string, number>>
  /** The smallest that is known; null when none is. */
  readonly minLiquidationDistance: number | null
}

/** Sums, nothing judged. Source: module contracts, layer 4 (`calculator.py`). */
export function portfolioRisk(account: AccountState, positions: readonly PositionRisk[]): PortfolioRisk {
  const equity = exact(account.equityUsd)
  const exposures = new Map<string, Exact>()
  let total = new Exact(0)
  for (const position of positions) {
    const exposure = exposureUsd(position)
    exposures.set(position.symbol, exposure.plus(exposures.get(position.symbol) ?? 0))
    total = total.plus(exposure)
  }
  const distances = positions.flatMap(({ liquidationDistance }) => liquidationDistance ?? [])
  return {
    exposureUsd: total.toFixed(),
    totalLeverage: leverage(total, equity),
    leverageOfSymbol: Object.fromEntries(
      [...exposures].map(([symbol, exposure]) => [symbol, leverage(exposure, equity)]),
    ),
    minLiquidationDistance: distances.length === 0 ? null : Math.min(...distances),
  }
}

/** With its distance to liquidation worked out. */
export function positionRisk(position: Omit<PositionRisk, 'liquidationDistance'>): PositionRisk {
  const { direction, markPrice, liquidationPrice } = position
  if (liquidationPrice === null) return { ...position, liquidationDistance: null }
  const room = exact(markPrice).minus(exact(liquidationPrice)).times(direction)
  return { ...position, liquidationDistance: room.div(exact(markPrice)).toNumber() }
}

/** USD at the mark price. */
export function exposureUsd(position: Pick<PositionRisk, 'quantity' | 'markPrice'>): Exact {
  return exact(position.quantity).times(exact(position.markPrice))
}

/** × of equity, as a double: 0 without exposure, infinite for an exposure without equity. */
export function leverage(exposure: Exact, equity: Exact): number {
  if (exposure.isZero()) return 0
  return equity.greaterThan(0) ? exposure.toNumber() / equity.toNumber() : Number.POSITIVE_INFINITY
}
