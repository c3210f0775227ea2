import { callback, direction, fields, optional, refuse, text } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { BooksNeeded, OrderBookSource } from '../../ports/order-book.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { DELISTING, ORDER_BOOK, PARAMETERS, USD } from '../engine/argument-checks.js'
import { Engine } from '../engine/engine.js'
import type { EnginePorts, Proposal } from '../engine/fills.js'
import type { EngineParameters } from '../engine/parameters.js'
import type { Delisting } from '../exits/delisting.js'
import { exitReasonOf } from '../exits/exit-reason.js'
import { BarOrderBook } from '../orderbook/bar-order-book.js'
import { DYNAMIC_EXIT } from '../orderbook/dynamic-exit.js'
import { gateOpen, type SignalShape, confidence as signalConfidence, signalShape } from '../signal/signal.js'

export interface ChampionSettings {
  /** Who the mandates are from. */
  readonly id: string
  readonly parameters: EngineParameters
  readonly direction: Direction
  /** USD, before the first trade; what is decided from then on follows from the strategy's own results. */
  readonly initialCapital: number
  /** A {@link BarOrderBook}: what each bar brings. */
  readonly orderBook?: OrderBookSource
  /** `wait` when absent. */
  readonly delisting?: Delisting
  /** Told each closed trade before `onFill` returns, and again when its fills are replayed. */
  readonly onTrade?: (trade: Trade) => void
}

const SETTINGS = fields<ChampionSettings>({
  id: text,
  parameters: PARAMETERS,
  direction,
  initialCapital: USD,
  orderBook: optional(ORDER_BOOK),
  delisting: optional(DELISTING),
  onTrade: optional(callback),
})

export interface ChampionSnapshot {
  readonly schema: 'dolphin.champion/1'
  readonly direction: Direction
  readonly engine: unknown
}

/**
 * The engine as one strategy among others: bars in, mandates out, fills back in. It decides what a backtest of the same
 * bars decides; what becomes of a decision, and at what price, it learns from fills alone.
 */
export class ChampionStrategy implements Strategy {
  readonly id: string
  private readonly settings: ChampionSettings
  private engine: Engine
  /** Symbols of the last bar and where their prices go, kept while bars name the same ones. */
  private symbols: readonly string[] | undefined
  private places = new Int32Array(0)
  private prices = new Float64Array(0)
  /** Where bars bring the books. */
  private readonly barBooks: BarOrderBook | undefined
  private readonly shape: SignalShape
  /** What it last wanted to enter, and when: whether that was filled or not. */
  private wanted: { readonly symbol: string; readonly bar: number } | undefined

  /** @throws InputMistake that names every setting that is wrong. */
  constructor(settings: ChampionSettings) {
    refuse(SETTINGS(settings, 'settings'))
    this.id = settings.id
    this.settings = settings
    const { parameters, direction, orderBook } = settings
    this.barBooks = orderBook instanceof BarOrderBook ? orderBook : undefined
    this.shape = signalShape(parameters, direction)
    this.engine = new Engine(settings.parameters, settings.initialCapital, this.ports())
  }

  /** Realised, USD. */
  get capital(): number {
    return this.engine.capital
  }

  get openPosition(): EntryRecord | undefined {
    return this.engine.openPosition
  }

  /**
   * All of them where a day begins (OB-4) or the signal is strong enough for an entry (OB-1 to OB-3), else that of the position (OB-5).
   * Nobody can hold what was wanted and not filled but a backtest of the same bars: that is to find its book, too.
   */
  booksNeeded({ bar, day, velDiv }: StrategyBar): BooksNeeded {
    if (this.barBooks === undefined) return 'none'
    if (day !== undefined || gateOpen(this.shape, velDiv)) return 'all'
    const { openPosition, proposedEntry } = this.engine
    const symbols = [openPosition?.asset, proposedEntry?.asset]
    const { wanted } = this
    const barsMax = this.settings.parameters.max_hold_bars * DYNAMIC_EXIT.calmHold
    if (wanted !== undefined && bar - wanted.bar <= barsMax) symbols.push(wanted.symbol)
    const asked = new Set(symbols.filter((symbol) => symbol !== undefined))
    return asked.size === 0 ? 'none' : [...asked]
  }

  onBar(bar: StrategyBar): readonly Mandate[] {
    const { engine } = this
    this.barBooks?.take(engine.bars, bar.books)
    if (bar.day !== undefined) this.beginDay(bar.day, bar.symbols)
    engine.setPosture(bar.posture)
    if (bar.breaker !== undefined) engine.parkAcb(bar.breaker)
    const { proposal } = engine.step({
      velDiv: bar.velDiv,
      prices: this.placed(bar),
      volOk: bar.volOk,
      timeMs: bar.timestampMs,
    })
    if (proposal?.kind === 'entry') this.wanted = { symbol: proposal.entry.asset, bar: bar.bar }
    if (proposal !== undefined) return [this.mandateFor(proposal, bar.timestampMs)]
    const held = engine.openPosition
    return held === undefined ? [] : [this.hold(held.asset, bar.timestampMs)]
  }

  onEntryDropped(symbol: string, _reason: string): void {
    const proposed = this.engine.proposedEntry
    assert(proposed?.asset === symbol, `the dropped entry is the proposed one, not one of ${symbol}`)
    this.engine.dropEntry()
  }

  onFill(fill: StrategyFill): void {
    const own = this.engine.openPosition ?? this.engine.proposedEntry
    assert(own?.asset === fill.symbol, `a fill is of the strategy's own position, not of ${fill.symbol}`)
    assert(own.direction === fill.direction, 'a fill has the direction of the position')
    const { price, quantity, feesUsd, fundingUsd, complete } = fill
    if (fill.leg === 'entry') {
      this.engine.confirmEntry({ price, quantity, feesUsd })
      return
    }
    const reason = exitReasonOf(fill.reason)
    const trade = this.engine.confirmExit({ price, quantity, feesUsd, fundingUsd, complete, reason })
    if (trade !== undefined) this.settings.onTrade?.(trade)
  }

  snapshot(): ChampionSnapshot {
    return { schema: 'dolphin.champion/1', direction: this.settings.direction, engine: this.engine.snapshot() }
  }

  /** Continues where the snapshot was taken. Throws when it is of other parameters, another direction or no snapshot. */
  restore(snapshot: unknown): void {
    const { schema, direction, engine } = (snapshot ?? {}) as Partial<ChampionSnapshot>
    if (schema !== 'dolphin.champion/1') throw new Error(refusal('$.schema', "'dolphin.champion/1'", schema))
    if (direction !== this.settings.direction) {
      throw new Error(refusal('$.direction', String(this.settings.direction), direction))
    }
    const restored = Engine.restore(engine, this.ports())
    for (const [name, value] of Object.entries(this.settings.parameters)) {
      const found = restored.parameters[name as keyof EngineParameters]
      if (found !== value) throw new Error(refusal(`$.engine.parameters.${name}`, String(value), found))
    }
    this.engine = restored
    this.symbols = undefined
  }

  private ports(): EnginePorts {
    const { orderBook, delisting } = this.settings
    return { fills: 'adapter', ...present({ orderBook, delisting }) }
  }

  private beginDay(day: NonNullable<StrategyBar['day']>, assets: readonly string[]): void {
    const { boost, beta = 0, forewarner } = day
    this.engine.beginDay({
      date: day.date,
      direction: this.settings.direction,
      ...(boost === undefined ? {} : { acb: { boost, beta, source: 'breaker' as const } }),
      ...present({ forewarner }),
      assets,
    })
  }

  /** The bar's prices in the order in which the engine came to know the assets; NaN for those the bar does not name. */
  private placed(bar: StrategyBar): Float64Array {
    if (this.symbols === undefined || !sameSymbols(bar.symbols, this.symbols)) {
      this.engine.addAssets(bar.symbols)
      const { universe } = this.engine
      this.symbols = bar.symbols
      this.places = Int32Array.from(bar.symbols, (symbol) => universe.indexOf(symbol))
      this.prices = new Float64Array(universe.length)
    }
    this.prices.fill(Number.NaN)
    for (let i = 0; i < this.places.length; i++) this.prices[this.places[i]!] = bar.prices[i]!
    return this.prices
  }

  private mandateFor(proposal: Proposal, timestampMs: number): Mandate {
    if (proposal.kind === 'exit') {
      const { asset: symbol, price, reason } = proposal
      return { strategyId: this.id, symbol, type: 'EXIT', authority: 1, timestampMs, price, reason }
    }
    const { asset: symbol, direction, notional, entryPrice, confidence, velDiv } = proposal.entry
    return {
      strategyId: this.id,
      symbol,
      type: 'ENTRY',
      authority: Math.min(1, confidence),
      // What the order book said has its weight in the authority: a signal that it only weakens is entered, as in a backtest.
      confidence: signalConfidence(this.shape, velDiv),
      timestampMs,
      direction,
      notionalUsd: notional,
      price: entryPrice,
      reason: 'SIGNAL',
    }
  }

  private hold(symbol: string, timestampMs: number): Mandate {
    return { strategyId: this.id, symbol, type: 'HOLD', authority: 1, timestampMs, reason: 'POSITION' }
  }
}

function sameSymbols(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((symbol, i) => symbol === b[i]))
}

function refusal(path: string, expected: string, found: unknown): string {
  return `champion snapshot: ${path}: expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`
}
