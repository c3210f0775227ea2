import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import { isPrice } from '../../base/price.js'
import type { Mandate, StrategyBar, StrategyFill } from '../../ports/strategy.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import { confirmedExit, type ExitResult, simulatedExit } from '../costs/costs.js'
import { closedTrade } from '../engine/position.js'
import { DELISTED_BARS } from '../exits/delisting.js'
import { exitReasonOf } from '../exits/exit-reason.js'
import { equityAt, liquidationExit, MAINTENANCE_MARGIN } from '../exits/liquidation.js'
import type { BacktestSettings } from './settings.js'

/**
 * The money and the one position of a strategy in a backtest. Every fill is whole, at the bar's price; where a bar has
 * none, an exit takes the last price there was, and an entry is dropped.
 */
export class StrategyAccount {
  capital: number
  readonly trades: Trade[] = []
  /** Positions opened so far. */
  entries = 0
  private held: Held | undefined
  private bar: StrategyBar | undefined
  private readonly lastPrices = new Map<string, number>()
  private pricelessBars = 0

  /** `recorded` makes a closed trade what is kept of it. */
  constructor(
    private readonly settings: BacktestSettings,
    private readonly recorded: (trade: Trade) => Trade = (trade) => trade,
  ) {
    this.capital = settings.initialCapital
  }

  get openPosition(): EntryRecord | undefined {
    return this.held?.entry
  }

  get positions(): readonly { readonly symbol: string; readonly state: 'OPEN' }[] {
    return this.held === undefined ? [] : [{ symbol: this.held.entry.asset, state: 'OPEN' }]
  }

  /** Realised capital and the open position at its last price, USD. */
  get equity(): number {
    const { held, capital } = this
    if (held === undefined) return capital
    const { entry, left, quantity, parts } = held
    const rest = { ...entry, notional: entry.notional * (left / quantity) }
    const realized = parts.reduce((sum, { result }) => sum + result.net, 0)
    return equityAt(this.lastPrices.get(entry.asset)!, rest, capital + realized)
  }

  /** The bar in force from now on; answers with the exit that it brings by itself: the account is used up, or its asset gone. */
  see(bar: StrategyBar): StrategyFill | undefined {
    this.bar = bar
    this.notePrices(bar)
    const { held, settings } = this
    if (held === undefined) return undefined
    const { asset } = held.entry
    const place = bar.symbols.indexOf(asset)
    const isPriced = place >= 0 && isPrice(bar.prices[place]!)
    if (settings.liquidation === 'cross' && isPriced && this.isExhausted(held)) return this.liquidate(held)
    const isAbsent = bar.day !== undefined && place < 0
    this.pricelessBars = isPriced ? 0 : isAbsent ? DELISTED_BARS : this.pricelessBars + 1
    if (settings.delisting !== 'close' || this.pricelessBars < DELISTED_BARS) return undefined
    return this.reduce(null, 'DELISTED')
  }

  private notePrices(bar: StrategyBar): void {
    for (let i = 0; i < bar.symbols.length; i++) {
      const price = bar.prices[i]!
      if (isPrice(price)) this.lastPrices.set(bar.symbols[i]!, price)
    }
  }

  /** Opens a position, or says why not: as the paper session's gates do. */
  enter(mandate: Mandate): StrategyFill | string {
    const { symbol, direction, notionalUsd, authority, reason } = mandate
    const bar = this.barInForce()
    assert(direction !== undefined && notionalUsd !== undefined, 'an ENTRY has a direction and a notional')
    if (this.held !== undefined) return 'REJECT_POSITION_EXISTS'
    const price = bar.prices[bar.symbols.indexOf(symbol)]
    if (price === undefined || !(price > 0)) return 'REJECT_INSTRUMENT'
    const { parameters, barPriceFills } = this.settings
    const leverage = notionalUsd / this.capital
    if (!(this.capital > 0 && leverage <= parameters.abs_max_leverage)) return 'REJECT_RISK_LIMIT'
    const quantity = barPriceFills === undefined ? notionalUsd / price : barPriceFills(notionalUsd, price, symbol)
    if (quantity === 0) return 'REJECT_INSTRUMENT'
    const notional = barPriceFills === undefined ? notionalUsd : quantity * price
    const entry: EntryRecord = {
      ...NO_CHAMPION,
      asset: symbol,
      direction,
      entryBar: bar.bar,
      entryTimeMs: bar.timestampMs,
      entryPrice: price,
      notional,
      ...(barPriceFills !== undefined && { quantity }),
      // What was asked for, as the engine's is: lots and limits come after it.
      leverage,
      confidence: authority,
      velDiv: bar.velDiv,
      leverageCeiling: parameters.abs_max_leverage,
    }
    const entryFee = this.exitAt(entry, price, quantity, quantity, 'OTHER').entryFee
    this.held = { entry, quantity, entryFee, left: quantity, parts: [] }
    this.pricelessBars = 0
    this.entries++
    return {
      symbol,
      direction,
      leg: 'entry',
      price,
      quantity,
      feesUsd: entryFee,
      fundingUsd: 0,
      complete: true,
      reason,
    }
  }

  /** Closes so many USD of the position at the bar's price, or all of it (null); undefined when there is none. */
  reduce(notionalUsd: number | null, reason: string): StrategyFill | undefined {
    const { held } = this
    if (held === undefined) return undefined
    const { entry } = held
    const price = this.lastPrices.get(entry.asset)
    assert(price !== undefined, 'what is held had a price')
    const quantity = notionalUsd === null ? held.left : Math.min(held.left, notionalUsd / price)
    const exitReason = exitReasonOf(reason)
    held.parts.push({ quantity, result: this.exitAt(entry, price, quantity, held.quantity, exitReason) })
    held.left -= quantity
    const complete = held.left <= 0
    const whole = sumOf(held)
    // What the account could not pay for ends it.
    if (complete && this.settings.liquidation === 'cross' && this.capital + whole.net <= 0) return this.liquidate(held)
    if (complete) this.settle(entry, whole, exitReason, exitReason === reason ? undefined : reason)
    return exitFill(held, whole, { complete, reason })
  }

  private isExhausted({ entry, left, quantity }: Held): boolean {
    return this.equity <= MAINTENANCE_MARGIN * entry.notional * (left / quantity)
  }

  /** All is lost, whatever parts of the position had been closed before. */
  private liquidate(held: Held): StrategyFill {
    const { entry } = held
    const price = this.lastPrices.get(entry.asset)!
    const result = liquidationExit(entry, { capital: this.capital, price })
    held.left = 0
    this.settle(entry, result, 'LIQUIDATION')
    return exitFill(held, result, { complete: true, reason: 'LIQUIDATION' })
  }

  private settle(entry: EntryRecord, result: ExitResult, reason: ExitReason, ownReason?: string): void {
    const { bar: exitBar, timestampMs: exitTimeMs } = this.barInForce()
    const trade = closedTrade(entry, result, { exitBar, exitTimeMs, reason, capitalBefore: this.capital, rng: null })
    this.trades.push(this.recorded({ ...trade, ...present({ quantity: entry.quantity, ownReason }) }))
    this.capital = trade.capitalAfter
    this.held = undefined
  }

  private exitAt(entry: EntryRecord, price: number, quantity: number, of: number, reason: ExitReason): ExitResult {
    const { parameters, barPriceFills } = this.settings
    const { direction, entryPrice } = entry
    if (barPriceFills !== undefined) {
      return confirmedExit({ direction, entryPrice, entryFee: 0, price, quantity, exitFee: 0, fundingUsd: 0 })
    }
    const notional = quantity === of ? entry.notional : entry.notional * (quantity / of)
    return simulatedExit(parameters, { direction, reason, entryPrice, price, notional, edge: 0 })
  }

  private barInForce(): StrategyBar {
    assert(this.bar !== undefined, 'a decision follows a bar')
    return this.bar
  }
}

interface Held {
  readonly entry: EntryRecord
  /** Base units at the entry, and what is left. */
  readonly quantity: number
  readonly entryFee: number
  left: number
  /** One for each part that was closed. */
  readonly parts: { readonly quantity: number; readonly result: ExitResult }[]
}

function exitFill(
  { entry, quantity, left }: Held,
  whole: ExitResult,
  { complete, reason }: Pick<StrategyFill, 'complete' | 'reason'>,
): StrategyFill {
  return {
    symbol: entry.asset,
    direction: entry.direction,
    leg: 'exit',
    price: whole.exitPrice,
    quantity: quantity - left,
    feesUsd: whole.exitFee,
    fundingUsd: 0,
    complete,
    reason,
  }
}

/** The parts of an exit as one: money adds up, prices and rates are averages over the quantity. */
function sumOf({ parts }: Held): ExitResult {
  if (parts.length === 1) return parts[0]!.result
  const quantity = parts.reduce((sum, part) => sum + part.quantity, 0)
  const total = (pick: (result: ExitResult) => number) => parts.reduce((sum, { result }) => sum + pick(result), 0)
  const average = (pick: (result: ExitResult) => number) =>
    parts.reduce((sum, part) => sum + pick(part.result) * part.quantity, 0) / quantity
  return {
    exitPrice: average(({ exitPrice }) => exitPrice),
    pnlPctRaw: average(({ pnlPctRaw }) => pnlPctRaw),
    entryFee: total(({ entryFee }) => entryFee),
    exitFee: total(({ exitFee }) => exitFee),
    net: total(({ net }) => net),
    slippageUsd: total(({ slippageUsd }) => slippageUsd),
    refundUsd: total(({ refundUsd }) => refundUsd),
    edgeUsd: total(({ edgeUsd }) => edgeUsd),
  }
}

/** What only the champion's entries have. */
const NO_CHAMPION = {
  fraction: 1,
  bucket: 3,
  strength: 0,
  isExtreme: false,
  dc: 'NEUTRAL',
  ars: null,
  arsAdjusted: null,
  alignment: null,
  regimeSizeMult: 1,
  obMult: 1,
  bucketMult: 1,
  streakMult: 1,
  trendMult: 1,
} as const
