import { BinanceMarketData } from '../../../../src/adapters/binance/books/binance-market-data.js'
import { scaledInteger } from '../../../../src/base/scaled-integer.js'
import type { BookSide } from '../../../../src/core/orderbook/book-side.js'
import { type BookEffect, DepthBook } from '../../../../src/core/orderbook/depth-book.js'
import type { Timer } from '../../../../src/ports/clock.js'
import type { ListedContract, MarketData, MarketDataEvent } from '../../../../src/ports/market-data.js'
import type { Instrument } from '../../../../src/ports/vocabulary/instrument.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { SyntheticMarket } from '../../../../src/sandbox/market/synthetic-market.js'
import { SandboxExchange } from '../../../../src/sandbox/sandbox-exchange.js'
import type { SandboxSettings } from '../../../../src/sandbox/settings.js'
import { instrument } from '../../../support/instruments.js'
import { type RigSettings, type RigWire, type SandboxRig, sandboxRig } from '../../../support/sandbox-rig.js'

/** Whole in minutes, and a minute after a full hour of nothing. */
export const START_MS = Date.UTC(2026, 9, 7, 9, 1)

export type EventOf<Kind extends MarketDataEvent['kind']> = Extract<MarketDataEvent, { readonly kind: Kind }>

/** The feed, a network of some ms, and the sandbox's exchange with a made-up market, on virtual time. */
export class SandboxMarketData {
  readonly time = new VirtualTime(START_MS)
  readonly events: MarketDataEvent[] = []
  readonly exchange: SandboxExchange
  readonly rig: SandboxRig
  readonly wire: RigWire
  readonly data: BinanceMarketData
  readonly keeper: BookKeeper
  /** The market stands still. */
  isStill = false
  /** Symbols whose books stand still. */
  readonly silent = new Set<string>()
  private readonly market: SyntheticMarket

  constructor({ symbols, exchange = {}, rig = {}, stepMs = 100, isUnheard = false }: SandboxMarketDataOptions) {
    const instruments = symbols.map((symbol, i) => instrumentOf(symbol, i))
    const assets = instruments.map((each, i) => ({ instrument: each, price: 60_000 / (i + 1) }))
    this.market = new SyntheticMarket({ seed: 5, assets, startMs: START_MS, stepMs })
    this.exchange = new SandboxExchange({
      instruments,
      startingBalanceUsd: '10000',
      seed: 3,
      keys: [{ apiKey: 'key', secret: 'secret' }],
      ...exchange,
    })
    this.rig = sandboxRig({ exchange: this.exchange, time: this.time, ...rig })
    this.wire = this.rig.wire()
    this.data = new BinanceMarketData({ wire: this.wire, timer: this.time })
    this.keeper = new BookKeeper(this.data, this.time)
    if (!isUnheard)
      this.data.listen((event) => {
        this.events.push(event)
        this.keeper.take(event)
      })
    this.play()
  }

  passMs(ms: number): void {
    this.time.runTo(this.time.epochMs() + ms)
  }

  of<Kind extends MarketDataEvent['kind']>(kind: Kind): EventOf<Kind>[] {
    return this.events.filter((event): event is EventOf<Kind> => event.kind === kind)
  }

  /** Codes of what people were told. */
  notices(): string[] {
    return this.of('notice').map(({ code }) => code)
  }

  /** Lets everything arrive, and compares: symbols whose book here is not the exchange's. */
  wrongBooks(symbols: Iterable<string>): string[] {
    this.isStill = true
    this.passMs(2_000)
    const wrong = [...symbols].filter((symbol) => !isSameBook(this.exchange, this.keeper, symbol))
    this.isStill = false
    return wrong
  }

  private play(): void {
    for (const event of this.market.play(this.time.epochMs()))
      if (!this.isStill && !(event.kind === 'quote' && this.silent.has(event.quote.symbol))) this.rig.market(event)
    this.time.at(this.market.nextDueMs(), () => this.play())
  }
}

export interface SandboxMarketDataOptions {
  readonly symbols: readonly string[]
  readonly exchange?: Partial<SandboxSettings>
  readonly rig?: Partial<RigSettings>
  /** Between two quotes of a symbol. */
  readonly stepMs?: number
  /** Nobody listens: whoever makes it does. */
  readonly isUnheard?: boolean
}

/** Books by diffs of whatever is listed, kept as whoever uses the port keeps them. */
export class BookKeeper {
  readonly books = new Map<string, DepthBook>()
  readonly resyncs: string[] = []
  contracts = new Map<string, ListedContract>()
  /** Frames are not read. */
  isIdle = false

  constructor(
    private readonly data: Pick<MarketData, 'askSnapshot'>,
    private readonly timer: Timer,
  ) {}

  take(event: MarketDataEvent): void {
    const nowMs = this.timer.epochMs()
    if (this.isIdle) return
    if (event.kind === 'listed') this.contracts = new Map(event.contracts.map((each) => [each.symbol, each]))
    else if (event.kind === 'lost') for (const symbol of event.symbols) this.books.get(symbol)?.connectionChanged()
    else if (event.kind === 'depth') this.obey(event.symbol, this.bookOf(event.symbol)?.diff(event.frame, nowMs))
    else if (event.kind === 'snapshot')
      this.obey(event.symbol, this.books.get(event.symbol)?.snapshot(event.snapshot, nowMs))
    else if (event.kind === 'snapshotFailed')
      this.obey(event.symbol, this.books.get(event.symbol)?.snapshotFailed(event.requestId, nowMs))
  }

  get live(): number {
    return [...this.books.values()].filter(({ isLive }) => isLive).length
  }

  private bookOf(symbol: string): DepthBook | undefined {
    const contract = this.contracts.get(symbol)
    if (!this.books.has(symbol) && contract !== undefined) this.books.set(symbol, new DepthBook(contract))
    return this.books.get(symbol)
  }

  private obey(symbol: string, effects: readonly BookEffect[] = []): void {
    for (const effect of effects) {
      if (effect.type === 'resync') this.resyncs.push(`${symbol} ${effect.reason}`)
      else {
        const { requestId, afterMs } = effect
        this.timer.at(afterMs, () => this.data.askSnapshot({ symbol, requestId }))
      }
    }
  }
}

/** Whether a book that is kept is live, and the exchange's own of now. */
export function isSameBook(exchange: SandboxExchange, { books }: BookKeeper, symbol: string): boolean {
  const there = exchange.market.find(symbol)?.book()
  const here = books.get(symbol)
  if (there === undefined || here === undefined || !here.isLive) return false
  return isSide(here, here.bids, there.bids) && isSide(here, here.asks, there.asks)
}

function isSide(book: DepthBook, side: BookSide, levels: readonly (readonly [string, string])[]): boolean {
  const expected = levels.map(([price, quantity]) => [
    scaledInteger(price, book.priceDecimals),
    scaledInteger(quantity, book.quantityDecimals),
  ])
  return JSON.stringify(side.best(levels.length + 10)) === JSON.stringify(expected)
}

export function instrumentOf(symbol: string, place: number): Instrument {
  return instrument(place === 0 ? {} : { tickSize: '0.01', lotSize: '0.01', minQuantity: '0.01' }, symbol)
}
