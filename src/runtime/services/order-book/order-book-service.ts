import { present } from '../../../base/present.js'
import { assetBook } from '../../../core/orderbook/asset-features.js'
import type { Book } from '../../../core/orderbook/depth-book.js'
import { FEATURE_WINDOWS } from '../../../core/orderbook/feature-windows.js'
import { isPublished } from '../../../core/orderbook/first-flush.js'
import { MarketBooks, type MarketBooksEffect } from '../../../core/orderbook/market-books.js'
import type { MarketBooksCounters } from '../../../core/orderbook/market-counts.js'
import type { MarketBar } from '../../../core/orderbook/market-features.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type {
  BookStream,
  FollowedMarket,
  ListedContract,
  MarketData,
  MarketDataEvent,
} from '../../../ports/market-data.js'
import type { MarketRecorder, RecorderHealth } from '../../../ports/market-recording.js'
import { allOver } from '../../grid/all-over.js'
import { reportOnce } from '../../grid/report-once.js'
import { PUSH_EVERY_MS } from '../../grid/shard-pusher.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { BarWatch } from './bar-watch.js'
import type { BookOutlet, BookOutletHealth } from './book-outlet.js'
import { BookPublisher } from './book-publisher.js'
import { BookRecording } from './book-recording.js'
import { type DarkSignal, darkText, followingText, leapText, recordingText } from './books-text.js'

export interface OrderBookSettings {
  /** From bar to bar, ms. */
  readonly stepMs: number
  /** The contracts to follow, as far as they are listed; `listed`: all that are. */
  readonly symbols: readonly string[] | 'listed'
  readonly books: BookStream
  /** How often the open interest of each contract is asked for, ms; absent: never. */
  readonly openInterestEveryMs?: number
  /** Of each contract at most one mark price in so many ms is recorded; absent: none is followed. */
  readonly marksEveryMs?: number
  /** Whether every trade is followed, for the recording. */
  readonly trades?: boolean
  /** How often the funding rates that settled are asked for, for the recording, ms; absent: never. */
  readonly settledFundingEveryMs?: number
}

export interface OrderBookPorts {
  /** Its own: nobody else listens to it, and it is closed with the service. */
  readonly market: MarketData
  readonly time: Clock & Timer
  /** Where others read it. Its own; absent: nowhere. */
  readonly outlet?: BookOutlet
  /** Its own: it is closed with the service. */
  readonly recorder?: MarketRecorder
  /** For the person who runs it: what is wrong, and that it is over. */
  warn(text: string): void
  /** What is routine. */
  tell?(text: string): void
  /** Of the connections to the exchange. */
  notice?(told: Extract<MarketDataEvent, { kind: 'notice' }>): void
  /** Every bar in its order, in the moment in which it was closed. */
  closed?(bar: MarketBar, of: { readonly isPublished: boolean }): void
}

/**
 * The order books of the traded contracts, in this process, in the grid and in a recording. Bars are closed when the exchange's
 * clock reads their end, whatever the grid and the disk do. Source: spec "Books and features", "Guards".
 */
export class OrderBookService implements Service {
  readonly name = 'order-book'
  private readonly life: ServiceLife
  private readonly publisher: BookPublisher | undefined
  private readonly recording: BookRecording | undefined
  private readonly watch: BarWatch
  private readonly warnOnce: (text: string) => void
  private books: MarketBooks | undefined
  /** When the books began, by the exchange's clock. */
  private startMs = 0
  private listed: readonly ListedContract[] | undefined
  private readonly followed = new Map<string, ListedContract>()
  private readonly requests = new Map<string, () => void>()
  private lastBar: MarketBar | undefined
  private bars = 0
  private isWarm = false
  /** Symbols of which that is to be told when the bar is closed. */
  private readonly darkOrBack: Record<DarkSignal, string[]> = { STALE_DATA: [], DATA_BACK: [] }
  private callOffClose: (() => void) | undefined
  private callOffTick: (() => void) | undefined

  constructor(
    private readonly settings: OrderBookSettings,
    private readonly ports: OrderBookPorts,
  ) {
    const { time, outlet, recorder, warn } = ports
    this.life = new ServiceLife(this.name, time)
    this.publisher = outlet && new BookPublisher({ outlet, time, stepMs: settings.stepMs })
    this.recording = recorder && new BookRecording({ recorder, marksEveryMs: settings.marksEveryMs ?? 1, warn })
    this.watch = new BarWatch({ what: 'bar', stepMs: settings.stepMs, time, warn })
    this.warnOnce = reportOnce(time, warn)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.runCalledBack(signal, {
      begin: () => {
        this.ports.market.listen((event) => this.life.guarded(() => this.take(event)))
        this.begin(this.ports.market.exchangeMs())
        this.tick()
      },
      end: () => this.end(),
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  /** The book of a symbol as it is now, for whoever looks at it; undefined while it is not followed. */
  book(symbol: string): Book | undefined {
    return this.books?.book(symbol)
  }

  /** What it has done, for people and measurements. */
  figures(): OrderBookFigures {
    const { market, recorder, outlet } = this.ports
    return {
      symbols: [...this.followed.keys()],
      bars: this.bars,
      lastBarMs: this.lastBar?.endMs ?? null,
      warm: warmAssets(this.lastBar),
      market: market.health(),
      ...(this.books && { books: this.books.counters() }),
      ...(recorder && { recording: recorder.health() }),
      ...(outlet && { outlet: outlet.health() }),
    }
  }

  private async end(): Promise<void> {
    this.callOffClose?.()
    this.callOffTick?.()
    for (const callOff of this.requests.values()) callOff()
    const { market, recorder, outlet } = this.ports
    // What was heard last is recorded, what was put last is written.
    await allOver([market.close(), ...(recorder ? [recorder.close()] : []), ...(outlet ? [outlet.close()] : [])])
  }

  private take(event: MarketDataEvent): void {
    if (event.kind === 'notice') this.ports.notice?.(event)
    else if (event.kind === 'listed') this.choose(event.contracts)
    else if (this.books !== undefined) this.heard(event)
  }

  private heard(event: MarketDataEvent): void {
    // What comes after a bar's end must not move its figures.
    this.closeDue()
    const books = this.books!
    const effects = books.handle(event, this.ports.time.nowMs())
    if (books.wasTaken) this.recording?.taken(event, (symbol) => this.followed.has(symbol))
    else this.recording?.told(event)
    if (event.kind === 'depth') this.publisher?.changed(event.symbol, event.eventMs)
    for (const effect of effects) this.carry(effect)
  }

  private carry(effect: MarketBooksEffect): void {
    switch (effect.kind) {
      case 'askSnapshot':
        this.askSnapshot(effect)
        break
      case 'resync':
        if (effect.reason === 'crossed')
          this.warnOnce(
            `${effect.symbol}: a crossed book was discarded; nothing is known of it until it is whole again`,
          )
        break
      default:
        this.darkOrBack[effect.signal].push(effect.symbol)
    }
  }

  /** Of a symbol the newest request counts: the one before is void. */
  private askSnapshot({ symbol, requestId, afterMs }: Extract<MarketBooksEffect, { kind: 'askSnapshot' }>): void {
    const { market, time } = this.ports
    this.requests.get(symbol)?.()
    const callOff = time.at(time.epochMs() + Math.ceil(afterMs), () => {
      this.requests.delete(symbol)
      if (this.books?.requestId(symbol) === requestId) market.askSnapshot({ symbol, requestId })
    })
    this.requests.set(symbol, callOff)
  }

  private choose(contracts: readonly ListedContract[]): void {
    this.listed = contracts
    if (this.books === undefined) return
    const { symbols } = this.settings
    const wanted = symbols === 'listed' ? undefined : new Set(symbols)
    const chosen = contracts.filter(({ symbol }) => wanted === undefined || wanted.has(symbol))
    const names = new Map(chosen.map((contract) => [contract.symbol, contract]))
    const gone = [...this.followed.values()].filter((before) => !isSame(before, names.get(before.symbol)))
    const come = chosen.filter((now) => !isSame(now, this.followed.get(now.symbol)))
    for (const { symbol } of gone) this.leave(symbol)
    for (const contract of come) this.join(contract)
    const missing = [...(wanted ?? [])].filter((symbol) => !names.has(symbol))
    // With none at all nothing else would ever be said.
    if (chosen.length === 0 || gone.length + come.length > 0)
      for (const symbol of missing) this.warnOnce(`${symbol} is not listed: it is followed once it is`)
    if (gone.length + come.length === 0) return
    this.ports.market.follow(this.wish())
    const left = gone.filter(({ symbol }) => !names.has(symbol)).map(({ symbol }) => symbol)
    this.ports.tell?.(followingText(this.followed.size, left))
  }

  private join(contract: ListedContract): void {
    this.followed.set(contract.symbol, contract)
    this.books!.list(contract)
    this.recording?.listing(contract, { atMs: this.openedMs(), isListed: true })
  }

  private leave(symbol: string): void {
    const contract = this.followed.get(symbol)!
    this.followed.delete(symbol)
    this.books!.drop(symbol)
    this.publisher?.remove(symbol)
    this.requests.get(symbol)?.()
    this.requests.delete(symbol)
    this.recording?.listing(contract, { atMs: this.openedMs(), isListed: false })
  }

  private openedMs(): number {
    return this.ports.market.exchangeMs() ?? this.startMs
  }

  private wish(): FollowedMarket {
    const { books, marksEveryMs, openInterestEveryMs, settledFundingEveryMs, trades } = this.settings
    const symbols = [...this.followed.keys()]
    const wish = { symbols, books, liquidations: true, marks: marksEveryMs !== undefined }
    return { ...wish, ...present({ openInterestEveryMs, settledFundingEveryMs, trades }) }
  }

  /** Each 100 ms: what has changed goes out, and now and then it is looked at how everything is. */
  private tick(): void {
    const { time, market } = this.ports
    this.callOffTick = time.at(time.epochMs() + PUSH_EVERY_MS, () =>
      this.life.guarded(() => {
        this.tick()
        if (this.books === undefined) this.begin(market.exchangeMs())
        if (this.books !== undefined) this.publisher?.push(this.books)
        if (this.watch.look() && this.books !== undefined) this.life.progress(this.detail(this.books))
      }),
    )
  }

  private begin(exchangeMs: number | undefined): void {
    if (exchangeMs === undefined) return
    const { stepMs, books } = this.settings
    this.startMs = exchangeMs
    this.books = new MarketBooks({ stepMs, startMs: exchangeMs, books: books.kind })
    this.recording?.started(exchangeMs)
    if (this.listed !== undefined) this.choose(this.listed)
    this.closeNext()
  }

  /** More bars would end at once than any figure looks back on, all alike: the machine slept, or a clock was set. */
  private beginAnew(exchangeMs: number): void {
    this.ports.warn(leapText(this.books!.endMs, exchangeMs))
    this.followed.clear()
    this.isWarm = false
    this.begin(exchangeMs)
  }

  /** By a timer of their own: bars end on time whether or not anything is heard. */
  private closeNext(): void {
    const { time, market } = this.ports
    const nowMs = market.exchangeMs()
    const waitMs = nowMs === undefined ? CLOCK_LOOK_MS : Math.max(0, this.books!.endMs - nowMs)
    this.callOffClose?.()
    this.callOffClose = time.at(time.epochMs() + Math.ceil(Math.min(waitMs, CLOCK_LOOK_MS)), () =>
      this.life.guarded(() => {
        this.closeDue()
        this.closeNext()
      }),
    )
  }

  private closeDue(): void {
    const exchangeMs = this.ports.market.exchangeMs()
    const books = this.books!
    if (exchangeMs === undefined || exchangeMs < books.endMs) return
    if (exchangeMs - books.endMs > FEATURE_WINDOWS.medianBars * this.settings.stepMs) {
      this.beginAnew(exchangeMs)
      return
    }
    for (const bar of books.closeUntil(exchangeMs)) {
      const of = { isPublished: isPublished({ startMs: this.startMs, barMs: bar.endMs }) }
      this.ports.closed?.(bar, of)
      this.recording?.bar(bar, exchangeMs)
      if (of.isPublished) this.publisher?.closed(bar)
      this.lastBar = bar
      this.bars++
      this.sayWarmth(bar)
      for (const effect of bar.dark) this.carry(effect)
    }
    this.sayDark()
    this.watch.closed()
  }

  private sayWarmth(bar: MarketBar): void {
    if (this.isWarm || bar.assets.length === 0 || warmAssets(bar) < bar.assets.length) return
    this.isWarm = true
    this.ports.tell?.(`The features of all ${bar.assets.length} contracts are complete.`)
  }

  /** Once a bar: where a connection is lost or back, hundreds of symbols are at once. */
  private sayDark(): void {
    for (const signal of ['STALE_DATA', 'DATA_BACK'] as const) {
      const symbols = this.darkOrBack[signal].splice(0)
      if (symbols.length > 0) this.ports.warn(darkText(signal, symbols))
    }
  }

  private detail(books: MarketBooks): string {
    const { listed, live } = books.counters()
    const bar = this.lastBar === undefined ? 'no bar yet' : `last bar ${new Date(this.lastBar.endMs).toISOString()}`
    const warm = `features of ${warmAssets(this.lastBar)} complete`
    return `${live} of ${listed} books live, ${bar}, ${warm}${recordingText(this.ports.recorder?.health())}`
  }
}

export interface OrderBookFigures {
  readonly symbols: readonly string[]
  /** Closed so far, and the end of the last, UTC ms. */
  readonly bars: number
  readonly lastBarMs: number | null
  /** Assets of which the engine has a row at the last bar. */
  readonly warm: number
  readonly market: ReturnType<MarketData['health']>
  readonly books?: MarketBooksCounters
  readonly recording?: RecorderHealth
  readonly outlet?: BookOutletHealth
}

/** The longest that is waited for the end of a bar at once, ms: the exchange's clock may turn out to be another. */
const CLOCK_LOOK_MS = 1_000

/** A contract whose decimals are others now is another one. */
function isSame(one: ListedContract, other: ListedContract | undefined): boolean {
  return one.priceDecimals === other?.priceDecimals && one.quantityDecimals === other.quantityDecimals
}

function warmAssets(bar: MarketBar | undefined): number {
  return bar?.assets.filter(({ features }) => assetBook(features) !== undefined).length ?? 0
}
