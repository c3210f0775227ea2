import { assert } from '../../base/assert.js'
import { isPrice } from '../../base/price.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import { simulatedExit } from '../costs/costs.js'
import { delistedRow, PRICELESS_AT_ABSENCE, pricelessAfter, pricelessThrough } from '../exits/delisting.js'
import { exitReason, turnBarsAfter } from '../exits/exits.js'
import { exhaustionFloor, isExhausted, liquidationExit } from '../exits/liquidation.js'
import type { MersenneTwister } from '../numeric/mersenne-twister.js'
import type { ExitLimits } from '../orderbook/dynamic-exit.js'
import { dynamicExit } from '../orderbook/dynamic-exit.js'
import type { BarInForce } from './account.js'
import type { EnginePorts } from './fills.js'
import type { EngineParameters } from './parameters.js'
import { closedTrade, type Exit, type Position } from './position.js'
import type { PriceHistory } from './price-history.js'

/** Decides on each bar of a position whether it ends, and what simulated edge its exit has. Section 8. */
export class ExitRules {
  private readonly limits: ExitLimits
  /** Reused on every bar of a position: an object a bar is most of the time such a bar takes. */
  private readonly situation: {
    isLiquidated: boolean
    posture: Posture
    subdayNormalization: boolean
    pnlPct: number | undefined
    pricelessBars: number
    barsHeld: number
    turnBars: number
  } = {
    isLiquidated: false,
    posture: 'APEX',
    subdayNormalization: false,
    pnlPct: undefined,
    pricelessBars: 0,
    barsHeld: 0,
    turnBars: 0,
  }
  private readonly orderBook: OrderBookSource | undefined
  private readonly isCross: boolean
  private readonly endsDelisted: boolean

  constructor(
    private readonly parameters: EngineParameters,
    private readonly history: PriceHistory,
    { orderBook, liquidation, delisting }: Pick<EnginePorts, 'orderBook' | 'liquidation' | 'delisting'>,
  ) {
    this.orderBook = orderBook
    this.isCross = liquidation === 'cross'
    this.endsDelisted = delisting === 'close'
    this.limits = {
      tpPct: parameters.fixed_tp_pct,
      stopPct: parameters.stop_pct,
      maxHoldBars: parameters.max_hold_bars,
    }
  }

  /**
   * Why the position ends on this bar, if it does; counts the bars on which the signal stands against it, and those without a
   * price.
   */
  decide(position: Position, velDiv: number, { posture, bar, capital }: BarSituation): ExitReason | undefined {
    const { entry } = position
    if (this.parameters.vd_enabled) {
      position.turnBars = turnBarsAfter(position.turnBars, entry.direction, velDiv)
    }
    const price = this.history.price(position.assetIndex)
    if (this.endsDelisted) setPriceless(position, pricelessAfter(position.pricelessBars ?? 0, price))
    const { situation } = this
    situation.isLiquidated = this.isCross && isPrice(price) && isExhausted(price, entry, capital)
    situation.pricelessBars = position.pricelessBars ?? 0
    situation.posture = posture
    situation.subdayNormalization = position.subdayNormalization
    situation.pnlPct = isPrice(price) ? (entry.direction * (price - entry.entryPrice)) / entry.entryPrice : undefined
    situation.barsHeld = bar - entry.entryBar
    situation.turnBars = position.turnBars
    return exitReason(situation, this.limitsOn(bar, entry, situation.pnlPct))
  }

  /**
   * The first of a day's rows from `row` on at which `decide` may end the position, or has something to keep; `column` holds
   * the asset's prices, and `bar` is the bar of `row`. The rows before it count as seen.
   */
  quietUntil(
    position: Position,
    column: Float64Array | undefined,
    { row, end }: { readonly row: number; readonly end: number },
    { posture, bar, capital }: BarSituation,
  ): number {
    const { entry, subdayNormalization } = position
    if (posture === 'HIBERNATE' || subdayNormalization || this.parameters.vd_enabled) return row
    if (this.orderBook !== undefined || column === undefined) return row
    const { direction, entryPrice, entryBar } = entry
    const { tpPct, stopPct, maxHoldBars } = this.limits
    const held = Math.min(end, row + maxHoldBars - (bar - entryBar))
    const floor = this.isCross ? Math.max(-stopPct, exhaustionFloor(entry, capital)) : -stopPct
    let quiet = row
    for (; quiet < held; quiet++) {
      const price = column[quiet]!
      const pnlPct = (direction * (price - entryPrice)) / entryPrice
      if (isPrice(price) && (pnlPct >= tpPct || pnlPct <= floor)) break
    }
    if (!this.endsDelisted || quiet === row) return quiet
    const before = position.pricelessBars ?? 0
    const listed = delistedRow(column, { from: row, to: quiet, before })
    setPriceless(position, pricelessThrough(column, { from: row, to: listed, before }))
    return listed
  }

  /** A day begins that knows no price of the asset: its first bar is enough to tell that it is gone. */
  missAsset(position: Position): void {
    if (this.endsDelisted) setPriceless(position, PRICELESS_AT_ABSENCE)
  }

  /**
   * The trade that a position ends with at a price, with the costs of section 8. An account that could not pay for it, or
   * that was used up before, ends with a liquidation instead.
   */
  closed(position: Position, { reason, price, at, capital, rng }: Closing): Trade {
    const { entry } = position
    const about = { exitBar: at.bar, exitTimeMs: at.timeMs, capitalBefore: capital }
    if (reason === 'LIQUIDATION') return { ...liquidated(position, price, about), rng: null }
    const { draw, edge } = this.simulatedEdge(entry.asset, at.bar, rng)
    const { direction, entryPrice, notional } = entry
    const result = simulatedExit(this.parameters, { direction, reason, entryPrice, price, notional, edge })
    if (this.isCross && capital + result.net <= 0) return { ...liquidated(position, price, about), rng: draw }
    return closedTrade(entry, result, { ...about, reason, rng: draw })
  }

  /** The price an exit starts from: this bar's, or the last valid one where there is none. */
  price({ assetIndex }: Position): number {
    const price = this.history.price(assetIndex)
    return isPrice(price) ? price : this.history.ago(assetIndex, 0)!
  }

  /** The order book's own fill probability, or without a book one random draw per trade; a fraction of notional. */
  private simulatedEdge(
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

/** What a bar brings beside its prices: the posture in force, its global index, and realised capital, USD. */
export interface BarSituation {
  readonly posture: Posture
  readonly bar: number
  readonly capital: number
}

/** How a position closes: why, at which price (USD), when, from what capital (USD); `rng` makes the edge's draw. */
export interface Closing {
  readonly reason: ExitReason
  readonly price: number
  readonly at: BarInForce
  readonly capital: number
  readonly rng: MersenneTwister
}

function liquidated(position: Position, price: number, about: Omit<Exit, 'reason' | 'rng'>): Trade {
  const { entry, fill } = position
  assert(fill?.exit == null, 'an account that the engine keeps has no exit that is half done')
  const result = liquidationExit(entry, { capital: about.capitalBefore, price })
  const trade = closedTrade(entry, result, { ...about, reason: 'LIQUIDATION', rng: null })
  return entry.quantity === undefined ? trade : { ...trade, quantity: entry.quantity, fundingUsd: 0 }
}

/** Absent instead of zero: a position that always had a price has the same snapshot whoever counts. */
function setPriceless(position: Position, bars: number): void {
  if (bars > 0) position.pricelessBars = bars
  else if (position.pricelessBars !== undefined) delete position.pricelessBars
}
