import type { MarketEvent } from '../../ports/played-market.js'
import type { VenueEvent, VenueRequest } from '../../ports/venue.js'
import { venueTradeId } from '../../ports/vocabulary/ids.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { PaperSettings } from '../../ports/vocabulary/paper.js'
import { expectNoBook, type Rejection, refuseByRules, refuseShape } from './admission.js'
import { pathOf, QuoteMaker } from './bars.js'
import { Book } from './book.js'
import { changeOf, type ExchangeChange } from './exchange-record.js'
import type { PaperExchangeSnapshot } from './exchange-snapshot.js'
import { PaperFaults } from './faults.js'
import { Lane } from './lane.js'
import { Matcher } from './matcher.js'
import { type PaperOrder, reportOf } from './order.js'
import { Random } from './random.js'
import { RateWindows } from './rate-windows.js'
import { completeSettings } from './settings.js'
import { truthOf } from './truth.js'

/**
 * A futures exchange with one account on it, playing a recorded market: a deterministic machine on virtual time. The
 * same settings, calls and times give the same events. Time never goes back: `atMs` of a call is at or after that of
 * the one before. What it models, and what not: `docs/paper-exchange.md`.
 */
export class PaperExchange {
  readonly faults = new PaperFaults((connected, atMs) => this.connection(connected, atMs))
  private readonly settings: Required<PaperSettings>
  private readonly books: ReadonlyMap<string, Book>
  private readonly matcher: Matcher
  private random: Random
  private requests = new Lane<VenueRequest>()
  private answers = new Lane<VenueEvent>()
  private stream = new Lane<VenueEvent>()
  private repeats = new Lane<VenueEvent>()
  private readonly rates: RateWindows
  private readonly makers = new WeakMap<Instrument, QuoteMaker>()
  private nowMs = 0
  private sent = 0
  private fundings = 0
  /** Up to what changes were taken. */
  private taken = { fundings: 0, tradeId: venueTradeId(0) }

  /** @throws InputMistake that names every setting that is wrong. */
  constructor(settings: PaperSettings) {
    this.settings = completeSettings(settings)
    const bottomless = this.settings.fillMode === 'bar-price'
    this.books = new Map(
      this.settings.instruments.map((instrument) => [instrument.identity.symbol, new Book(instrument, bottomless)]),
    )
    this.matcher = new Matcher(this.settings, this.books, this.faults, (event) => this.tell(event))
    this.random = Random.seeded(this.settings.seed)
    this.rates = new RateWindows(this.settings.rateLimits)
  }

  /** A request leaves its caller. It is looked at when it arrives, in `advanceTo` or before a later market event. */
  handle(request: VenueRequest, atMs: number): void {
    this.arriveUntil(atMs)
    this.passTo(atMs)
    this.requests.send(request, atMs + this.random.latencyMs(this.settings.requestLatency), ++this.sent)
  }

  /**
   * Something happens in the market at `atMs`, UTC ms, after every request that has arrived by then.
   *
   * @throws Error for a quote, a print or depth where orders fill at bar prices, and for a symbol that is not listed.
   */
  market(event: MarketEvent, atMs: number): void {
    this.arriveUntil(atMs)
    this.passTo(atMs)
    if (this.settings.fillMode === 'bar-price') expectNoBook(event)
    switch (event.kind) {
      case 'quote': {
        const { quote } = event
        this.bookOf(quote.symbol).showQuote(quote)
        this.tell(event)
        this.matcher.onPrices(quote.symbol, atMs)
        break
      }
      case 'bar':
        this.bar(event, atMs)
        break
      case 'print':
        this.bookOf(event.symbol)
        this.matcher.onPrint(event.symbol, event, atMs)
        break
      case 'depth':
        this.bookOf(event.symbol).showDepth(event.bids, event.asks)
        break
      case 'fundingRate':
        this.settleFunding(event, atMs)
        break
      case 'instrument':
        this.bookOf(event.instrument.identity.symbol).instrument = event.instrument
        this.tell(event)
        this.matcher.onInstrument(event.instrument.identity.symbol, atMs)
        break
    }
  }

  /** Lets time pass. What has reached the caller by `atMs` is returned, in the order in which it came. */
  advanceTo(atMs: number): readonly VenueEvent[] {
    this.arriveUntil(atMs)
    this.passTo(atMs)
    const events: VenueEvent[] = []
    for (;;) {
      const lane = this.earliest()
      if (lane === undefined || lane.next!.dueMs > atMs) return events.length === 0 ? NOTHING : events
      events.push(lane.take())
    }
  }

  /** What a snapshot takes at the longest, there and back, ms; undefined while anything is on its way. */
  answerMaxMs(): number | undefined {
    const { requestLatency, answerLatency } = this.settings
    return this.nextDueMs() === undefined ? requestLatency.maxMs + answerLatency.maxMs : undefined
  }

  /** As if so many snapshots had been asked for and had come: the latencies that they would have had are drawn. */
  passOver(snapshots: number): { readonly thereMs: number; readonly backMs: number } {
    const last = { thereMs: 0, backMs: 0 }
    for (let i = 0; i < snapshots; i++) {
      last.thereMs = this.random.latencyMs(this.settings.requestLatency)
      last.backMs = this.random.latencyMs(this.settings.answerLatency)
    }
    this.sent += 2 * snapshots
    return last
  }

  /** When the next request arrives or the next event is due, never in the past; undefined when nothing is on its way. */
  nextDueMs(): number | undefined {
    const outgoing = this.earliest()?.next?.dueMs
    const incoming = this.requests.next?.dueMs
    if (outgoing === undefined && incoming === undefined) return undefined
    return Math.max(this.nowMs, Math.min(outgoing ?? Infinity, incoming ?? Infinity))
  }

  /** What an account must not forget of what has happened since this was asked last; undefined: nothing. */
  takeChange(): ExchangeChange | undefined {
    const { matcher, fundings, taken } = this
    if (!matcher.orders.hasChanged && fundings === taken.fundings) return undefined
    this.taken = { fundings, tradeId: matcher.lastTradeId }
    return { ...changeOf(matcher, this.books, taken.tradeId), fundings, random: this.random.state }
  }

  snapshot(): PaperExchangeSnapshot {
    const books = [...this.books]
    return {
      nowMs: this.nowMs,
      sent: this.sent,
      fundings: this.fundings,
      random: this.random.state,
      requests: this.requests.waiting,
      outgoing: [this.answers.waiting, this.stream.waiting, this.repeats.waiting],
      rates: this.rates.snapshot(),
      instruments: Object.fromEntries(books.map(([symbol, { instrument }]) => [symbol, instrument])),
      books: Object.fromEntries(books.map(([symbol, book]) => [symbol, book.snapshot()])),
      matcher: this.matcher.snapshot(),
      faults: this.faults.plan,
    }
  }

  /** Becomes the exchange that made the snapshot, under the same settings. */
  restore(snapshot: PaperExchangeSnapshot): void {
    this.nowMs = snapshot.nowMs
    this.sent = snapshot.sent
    this.fundings = snapshot.fundings
    this.random = new Random(snapshot.random)
    this.requests = new Lane(snapshot.requests)
    this.answers = new Lane(snapshot.outgoing[0])
    this.stream = new Lane(snapshot.outgoing[1])
    this.repeats = new Lane(snapshot.outgoing[2])
    this.rates.restore(snapshot.rates)
    for (const [symbol, book] of this.books) {
      book.instrument = snapshot.instruments[symbol]!
      book.restore(snapshot.books[symbol]!)
    }
    this.matcher.restore(snapshot.matcher)
    this.taken = { fundings: snapshot.fundings, tradeId: snapshot.matcher.lastTradeId }
    this.faults.plan = snapshot.faults
  }

  private passTo(atMs: number): void {
    if (!(atMs >= this.nowMs)) throw new Error(`paper exchange: time goes back from ${this.nowMs} to ${atMs}`)
    this.nowMs = atMs
  }

  private bookOf(symbol: string): Book {
    const book = this.books.get(symbol)
    if (book === undefined) throw new Error(`paper exchange: ${symbol} is not listed`)
    return book
  }

  private arriveUntil(atMs: number): void {
    for (let next = this.requests.next; next !== undefined && next.dueMs <= atMs; next = this.requests.next) {
      this.nowMs = next.dueMs
      this.arrive(this.requests.take())
    }
  }

  private arrive(request: VenueRequest): void {
    const { nowMs, matcher } = this
    const { requestId } = request
    switch (request.kind) {
      case 'submit': {
        const rejection = this.refuse(request)
        if (rejection !== undefined) {
          const { clientOrderId } = request.order
          this.answer({ kind: 'rejected', requestId, clientOrderId, ...rejection })
          return
        }
        matcher.accept(request.order, nowMs, (order) =>
          this.answer({ kind: 'acknowledged', requestId, report: reportOf(order) }),
        )
        return
      }
      case 'cancel': {
        const limited = this.rates.refuse(this.nowMs)
        const { clientOrderId } = request
        if (limited !== undefined) {
          this.answer({ kind: 'rejected', requestId, clientOrderId, ...limited })
          return
        }
        const order = this.find(request)
        if (order !== undefined) matcher.cancel(order, 'CANCEL_REQUESTED', nowMs)
        this.answer(
          order === undefined
            ? { kind: 'notFound', requestId, clientOrderId }
            : { kind: 'acknowledged', requestId, report: reportOf(order) },
        )
        return
      }
      case 'query': {
        const order = this.find(request)
        this.answer(
          order === undefined
            ? { kind: 'notFound', requestId, clientOrderId: request.clientOrderId }
            : { kind: 'found', requestId, report: reportOf(order) },
        )
        return
      }
      case 'snapshot':
        this.answer({
          kind: 'snapshot',
          requestId,
          snapshot: truthOf(matcher, request.symbol, request.fillsAfter, nowMs),
        })
        return
    }
  }

  private find({ symbol, clientOrderId }: { symbol: string; clientOrderId: string }): PaperOrder | undefined {
    const order = this.matcher.orders.find(clientOrderId)
    return order?.request.symbol === symbol ? order : undefined
  }

  /**
   * An id that was accepted is named as such before anything else is looked at: no other answer to a repeated submit may
   * suggest that the order does not exist.
   */
  private refuse({ order, validUntilMs }: Submit): Rejection | undefined {
    if (this.matcher.orders.find(order.clientOrderId) !== undefined) {
      return { code: 'DUPLICATE_CLIENT_ORDER_ID', message: `${order.clientOrderId} was accepted before` }
    }
    const forced = this.faults.takeReject()
    if (forced !== undefined) return { code: forced, message: 'forced' }
    const limited = this.rates.refuse(this.nowMs)
    if (limited !== undefined) return limited
    if (this.nowMs > validUntilMs) {
      return { code: 'REQUEST_EXPIRED', message: `valid until ${validUntilMs}, arrived at ${this.nowMs}` }
    }
    const malformed = refuseShape(order)
    if (malformed !== undefined) return malformed
    const book = this.books.get(order.symbol)
    if (book === undefined) return { code: 'UNKNOWN_SYMBOL', message: `${order.symbol} is not listed` }
    return refuseByRules(order, book) ?? this.matcher.margin.refuse(order)
  }

  /** Resting orders see the bar's whole path; the caller is told its end. */
  private bar(bar: Bar, atMs: number): void {
    const book = this.bookOf(bar.symbol)
    const held = this.matcher.account.position(bar.symbol).quantity
    const path = this.settings.fillMode === 'bar-price' ? [bar.close] : pathOf(bar, held)
    for (const [i, price] of path.entries()) {
      const quote = this.makerOf(book.instrument).quote(price, atMs)
      book.showQuote(quote)
      if (i === path.length - 1) this.tell({ kind: 'quote', quote })
      this.matcher.onPrices(bar.symbol, atMs)
    }
  }

  private makerOf(instrument: Instrument): QuoteMaker {
    let maker = this.makers.get(instrument)
    if (maker === undefined) {
      maker = new QuoteMaker(instrument, this.settings)
      this.makers.set(instrument, maker)
    }
    return maker
  }

  private settleFunding({ symbol, rate }: { symbol: string; rate: string }, timestampMs: number): void {
    this.bookOf(symbol)
    if (this.matcher.account.position(symbol).quantity.isZero()) return
    const amountUsd = this.matcher.settleFunding(symbol, rate).toFixed()
    this.tell({ kind: 'funding', fundingId: ++this.fundings, symbol, amountUsd, timestampMs })
    this.matcher.onPrices(symbol, timestampMs)
  }

  private answer(event: VenueEvent): void {
    this.answers.send(event, this.nowMs + this.random.latencyMs(this.settings.answerLatency), ++this.sent)
  }

  private tell(event: VenueEvent): void {
    if (!this.faults.plan.connected) return
    const dueMs = this.nowMs + this.random.latencyMs(this.settings.streamLatency)
    this.stream.send(event, dueMs, ++this.sent)
    if (event.kind !== 'order' && event.kind !== 'fill' && event.kind !== 'funding') return
    const afterMs = this.faults.takeRepeat()
    if (afterMs !== undefined) this.repeats.send(event, dueMs + afterMs, ++this.sent)
  }

  /** Both ends notice at once. */
  private connection(connected: boolean, atMs: number): void {
    this.arriveUntil(atMs)
    this.passTo(atMs)
    if (!connected) {
      this.stream.cut()
      this.repeats.cut()
    }
    this.stream.send({ kind: 'connection', connected }, atMs, ++this.sent)
  }

  /** The lane out of which the next event comes. */
  private earliest(): Lane<VenueEvent> | undefined {
    let earliest: Lane<VenueEvent> | undefined
    for (const lane of [this.stream, this.answers, this.repeats]) {
      const { next } = lane
      if (next === undefined) continue
      const first = earliest?.next
      if (first === undefined || next.dueMs < first.dueMs || (next.dueMs === first.dueMs && next.order < first.order)) {
        earliest = lane
      }
    }
    return earliest
  }
}

type Submit = Extract<VenueRequest, { kind: 'submit' }>
type Bar = Extract<MarketEvent, { kind: 'bar' }>

const NOTHING: readonly VenueEvent[] = []
