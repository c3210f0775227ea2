import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { Mandate, StrategyBar, StrategyFill } from '../../ports/strategy.js'
import type { EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import { confirmedExit, type ExitResult, simulatedExit } from '../costs/costs.js'
import { closedTrade } from '../engine/position.js'
import { exitReasonOf } from '../exits/exit-reason.js'
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

  constructor(private readonly settings: BacktestSettings) {
    this.capital = settings.initialCapital
  }

  get openPosition(): EntryRecord | undefined {
    return this.held?.entry
  }

  get positions(): readonly { readonly symbol: string; readonly state: 'OPEN' }[] {
    return this.held === undefined ? [] : [{ symbol: this.held.entry.asset, state: 'OPEN' }]
  }

  /** The bar in force from now on. */
  see(bar: StrategyBar): void {
    this.bar = bar
    for (let i = 0; i < bar.symbols.length; i++) {
      const price = bar.prices[i]!
      if (price > 0 && Number.isFinite(price)) this.lastPrices.set(bar.symbols[i]!, price)
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
    const bar = this.barInForce()
    const { entry } = held
    const price = this.lastPrices.get(entry.asset)
    assert(price !== undefined, 'what is held had a price')
    const quantity = notionalUsd === null ? held.left : Math.min(held.left, notionalUsd / price)
    const exitReason = exitReasonOf(reason)
    held.parts.push({ quantity, result: this.exitAt(entry, price, quantity, held.quantity, exitReason) })
    held.left -= quantity
    const complete = held.left <= 0
    const whole = sumOf(held)
    if (complete) {
      const exit = {
        exitBar: bar.bar,
        exitTimeMs: bar.timestampMs,
        reason: exitReason,
        capitalBefore: this.capital,
        rng: null,
      }
      const trade = closedTrade(entry, whole, exit)
      this.trades.push({
        ...trade,
        ...present({ quantity: entry.quantity }),
        ...(exitReason === reason ? {} : { ownReason: reason }),
      })
      this.capital = trade.capitalAfter
      this.held = undefined
    }
    return {
      symbol: entry.asset,
      direction: entry.direction,
      leg: 'exit',
      price: whole.exitPrice,
      quantity: held.quantity - held.left,
      feesUsd: whole.exitFee,
      fundingUsd: 0,
      complete,
      reason,
    }
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
