import { isPrice } from '../../base/price.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { EntryRecord, ExitReason } from '../../ports/vocabulary/trades.js'
import { exitReason, turnBarsAfter } from '../exits/exits.js'
import type { MersenneTwister } from '../numeric/mersenne-twister.js'
import type { ExitLimits } from '../orderbook/dynamic-exit.js'
import { dynamicExit } from '../orderbook/dynamic-exit.js'
import type { EngineParameters } from './parameters.js'
import type { Position } from './position.js'
import type { PriceHistory } from './price-history.js'

/** Decides on each bar of a position whether it ends, and what simulated edge its exit has. Section 8. */
export class ExitRules {
  private readonly limits: ExitLimits
  /** Reused on every bar of a position: an object a bar is most of the time such a bar takes. */
  private readonly situation: {
    posture: Posture
    subdayNormalization: boolean
    pnlPct: number | undefined
    barsHeld: number
    turnBars: number
  } = { posture: 'APEX', subdayNormalization: false, pnlPct: undefined, barsHeld: 0, turnBars: 0 }

  constructor(
    private readonly parameters: EngineParameters,
    private readonly history: PriceHistory,
    private readonly orderBook: OrderBookSource | undefined,
  ) {
    this.limits = {
      tpPct: parameters.fixed_tp_pct,
      stopPct: parameters.stop_pct,
      maxHoldBars: parameters.max_hold_bars,
    }
  }

  /** Why the position ends on this bar, if it does; counts the bars on which the signal stands against it. */
  decide(position: Position, velDiv: number, posture: Posture, bar: number): ExitReason | undefined {
    const { entry } = position
    if (this.parameters.vd_enabled) {
      position.turnBars = turnBarsAfter(position.turnBars, entry.direction, velDiv)
    }
    const price = this.history.price(position.assetIndex)
    const { situation } = this
    situation.posture = posture
    situation.subdayNormalization = position.subdayNormalization
    situation.pnlPct = isPrice(price) ? (entry.direction * (price - entry.entryPrice)) / entry.entryPrice : undefined
    situation.barsHeld = bar - entry.entryBar
    situation.turnBars = position.turnBars
    return exitReason(situation, this.limitsOn(bar, entry, situation.pnlPct))
  }

  /**
   * The first of a day's rows from `row` on at which `decide` may end the position, or has something to keep; `column` holds
   * the asset's prices, and `bar` is the bar of `row`.
   */
  quietUntil(
    { entry, subdayNormalization }: Position,
    posture: Posture,
    column: Float64Array | undefined,
    row: number,
    end: number,
    bar: number,
  ): number {
    if (posture === 'HIBERNATE' || subdayNormalization || this.parameters.vd_enabled) return row
    if (this.orderBook !== undefined || column === undefined) return row
    const { direction, entryPrice, entryBar } = entry
    const { tpPct, stopPct, maxHoldBars } = this.limits
    const held = Math.min(end, row + maxHoldBars - (bar - entryBar))
    let quiet = row
    for (; quiet < held; quiet++) {
      const price = column[quiet]!
      const pnlPct = (direction * (price - entryPrice)) / entryPrice
      if (isPrice(price) && (pnlPct >= tpPct || pnlPct <= -stopPct)) break
    }
    return quiet
  }

  /** The price an exit starts from: this bar's, or the last valid one where there is none. */
  price({ assetIndex }: Position): number {
    const price = this.history.price(assetIndex)
    return isPrice(price) ? price : this.history.ago(assetIndex, 0)!
  }

  /** The order book's own fill probability, or without a book one random draw per trade; a fraction of notional. */
  simulatedEdge(
    asset: string,
    bar: number,
    rng: MersenneTwister,
  ): { readonly draw: number | null; readonly edge: number } {
    const { ob_edge_bps: edgeBps, ob_confirm_rate: confirmRate } = this.parameters
    if (this.orderBook !== undefined) {
      const book = this.orderBook.book(asset, bar)
      const filled = book !== undefined && book.depthQuality > 0.5
      return { draw: null, edge: filled ? book.fillProbability * edgeBps * 1e-4 : 0 }
    }
    const draw = rng.double()
    return { draw, edge: draw < confirmRate ? edgeBps * 1e-4 : 0 }
  }

  private limitsOn(bar: number, entry: EntryRecord, pnlPct: number | undefined): ExitLimits {
    const { orderBook } = this
    if (orderBook === undefined || pnlPct === undefined) return this.limits
    const book = orderBook.book(entry.asset, bar)
    const effectiveImbalance = book === undefined ? undefined : entry.direction * book.imbalanceMa5
    return dynamicExit(this.limits, orderBook.macro(bar), effectiveImbalance, book?.withdrawalVelocity, pnlPct)
  }
}
