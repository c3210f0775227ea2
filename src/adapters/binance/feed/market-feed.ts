import type { MarketEvent } from '../../../ports/played-market.js'
import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import type { RestInput, RestMachine, RestTold } from '../rest/rest-machine.js'
import type { MarketStreams } from '../streams/market-streams.js'
import { type BookTicker, readBookTicker, readDepthUpdate, readMarkPrice } from '../streams/quote-payloads.js'
import type { MarketStreamEffect, StreamFrame } from '../streams/stream-effects.js'
import { bookTickerStream, depthStream, markPriceStream } from '../streams/stream-names.js'
import type { WireCommand, WireEvent } from '../wire.js'
import type { AskedRoute, FeedInput, FeedTold, FollowedContracts } from './feed-messages.js'
import { type HistoryWish, KlineHistory } from './kline-history.js'
import { ListingWatch } from './listing-watch.js'
import { PlayedQuotes } from './played-quotes.js'
import { isForGood } from './refused.js'
import { StepPrices } from './step-prices.js'

/**
 * Live prices of a set of contracts: asks what is listed, follows best quotes and marks over the market streams, and closes a step
 * whenever the exchange's clock, as it is known, reads a multiple of the step. Everything else of the REST API that it wants are
 * klines to warm up with.
 */
export class MarketFeed implements Machine<FeedInput | WireEvent | TimeInput, WireCommand | FeedTold> {
  private readonly rest: FeedParts['rest']
  private readonly streams: FeedParts['streams']
  private contracts: FollowedContracts | undefined
  private readonly handlers = new Map<string, StreamHandler>()
  private steps: StepPrices | undefined
  /** How far the exchange's clock was ahead of this one when a step ended last. */
  private stepOffsetMs: number | undefined
  /** Until when a leap of the exchange's clock is not followed, local time. */
  private doubtedUntilMs: number | undefined
  private isBehindTold = false
  private history: KlineHistory | undefined
  private listing: ListingWatch | undefined
  private asks = 0
  private readonly asked = new Map<string, AskedRoute>()
  private readonly toAskAgain: { readonly route: AskedRoute; readonly atMs: number }[] = []
  private offsetMs = 0
  private hasBegun = false
  private stepsWithSome = 0
  private lastMs = 0

  constructor(parts: FeedParts) {
    this.rest = parts.rest
    this.streams = parts.streams
  }

  handle(input: FeedInput | WireEvent | TimeInput, nowMs: number): readonly (WireCommand | FeedTold)[] {
    this.lastMs = nowMs
    const told: (WireCommand | FeedTold)[] = []
    // What comes after a step's end must not move its prices.
    this.closeDue(nowMs, told)
    switch (input.kind) {
      case 'ask':
        this.ask(input.route, nowMs, told)
        break
      case 'follow':
        this.follow(input.contracts, nowMs, told)
        break
      case 'fetchHistory':
        this.fetch({ symbols: this.contracts?.symbols ?? [], ...input }, nowMs, told)
        break
      case 'time':
        this.ofRest(this.rest.handle(input, nowMs), nowMs, told)
        this.ofStreams(this.streams.handle(input, nowMs), told)
        this.closeDue(nowMs, told)
        this.callForHistory(nowMs, told)
        this.askAgain(nowMs, told)
        this.watchListing(nowMs, told)
        break
      case 'httpAnswer':
      case 'httpLost':
        this.ofRest(this.rest.handle(input, nowMs), nowMs, told)
        break
      default:
        this.ofStreams(this.streams.handle(input, nowMs), told)
    }
    return told
  }

  nextDueMs(): number | undefined {
    // Asked after every frame, of which there are a thousand a second.
    const never = Number.POSITIVE_INFINITY
    let dueMs = Math.min(this.rest.nextDueMs() ?? never, this.streams.nextDueMs() ?? never, this.stepDueMs())
    if (this.history !== undefined) dueMs = Math.min(dueMs, this.history.nextDueMs() ?? never)
    if (this.listing !== undefined) dueMs = Math.min(dueMs, this.listing.dueMs)
    for (const { atMs } of this.toAskAgain) dueMs = Math.min(dueMs, atMs)
    return dueMs === never ? undefined : dueMs
  }

  /** The time of the exchange, UTC ms; undefined before it is known. */
  exchangeMs(nowMs: number): number | undefined {
    return this.rest.exchangeMs(nowMs)
  }

  /** How much of its allowance the address has used. */
  usage(nowMs?: number): ReturnType<RestMachine['usage']> {
    return this.rest.usage(nowMs)
  }

  private ask(route: AskedRoute, nowMs: number, told: (WireCommand | FeedTold)[]): void {
    const callId = `ask:${++this.asks}`
    this.asked.set(callId, route)
    this.call({ callId, route, params: {}, priority: 'data', deadlineMs: nowMs + ASK_PATIENCE_MS }, nowMs, told)
  }

  private askAgain(nowMs: number, told: (WireCommand | FeedTold)[]): void {
    for (let i = this.toAskAgain.length - 1; i >= 0; i--) {
      const { route, atMs } = this.toAskAgain[i]!
      if (atMs > nowMs) continue
      this.toAskAgain.splice(i, 1)
      this.ask(route, nowMs, told)
    }
  }

  private watchListing(nowMs: number, told: (WireCommand | FeedTold)[]): void {
    const call = this.listing?.due(nowMs)
    if (call !== undefined) this.call(call, nowMs, told)
  }

  private follow(contracts: FollowedContracts, nowMs: number, told: (WireCommand | FeedTold)[]): void {
    this.contracts = contracts
    this.listing = new ListingWatch(contracts.symbols, nowMs)
    const played = new Map((contracts.played ?? []).map((symbol) => [symbol, new PlayedQuotes(symbol)]))
    const places = new Map(contracts.symbols.map((symbol, place) => [symbol, place]))
    for (const symbol of new Set([...contracts.symbols, ...played.keys()])) {
      const handler = { place: places.get(symbol), played: played.get(symbol) }
      this.handlers.set(bookTickerStream(symbol), { ...handler, of: 'best' })
      this.handlers.set(markPriceStream(symbol), { ...handler, of: 'mark' })
      if (handler.played === undefined) continue
      this.handlers.set(depthStream(symbol, { levels: 20, everyMs: 500 }), { ...handler, of: 'levels' })
    }
    this.ofStreams(this.streams.handle({ kind: 'want', streams: [...this.handlers.keys()] }, nowMs), told)
    this.beginSteps(nowMs)
  }

  private fetch(wish: HistoryWish, nowMs: number, told: (WireCommand | FeedTold)[]): void {
    this.history = new KlineHistory(wish, nowMs)
    this.callForHistory(nowMs, told)
  }

  private callForHistory(nowMs: number, told: (WireCommand | FeedTold)[]): void {
    for (const call of this.history?.due(nowMs) ?? []) this.call(call, nowMs, told)
    if (this.history === undefined || this.history.done < this.history.total) return
    told.push({ kind: 'history', history: this.history.history() })
    this.history = undefined
  }

  private call(call: RestCall, nowMs: number, told: (WireCommand | FeedTold)[]): void {
    this.ofRest(this.rest.handle({ kind: 'call', call } satisfies RestInput, nowMs), nowMs, told)
  }

  private ofRest(
    effects: readonly (WireCommand | RestTold | Notice)[],
    nowMs: number,
    told: (WireCommand | FeedTold)[],
  ): void {
    for (const effect of effects) {
      if (effect.kind === 'outcome') this.outcome(effect.outcome, nowMs, told)
      else told.push(effect)
    }
    this.tellStreamsTheClock(nowMs, told)
    this.beginSteps(nowMs)
  }

  private tellStreamsTheClock(nowMs: number, told: (WireCommand | FeedTold)[]): void {
    const exchangeMs = this.rest.exchangeMs(nowMs)
    if (exchangeMs === undefined || exchangeMs - nowMs === this.offsetMs) return
    this.offsetMs = exchangeMs - nowMs
    this.ofStreams(this.streams.handle({ kind: 'exchangeClock', offsetMs: this.offsetMs }, nowMs), told)
  }

  private outcome(outcome: RestOutcome, nowMs: number, told: (WireCommand | FeedTold)[]): void {
    const route = this.asked.get(outcome.callId)
    if (route !== undefined) {
      this.asked.delete(outcome.callId)
      if (outcome.kind === 'done') told.push({ kind: 'answer', route, value: outcome.value })
      else if (outcome.kind === 'refused' && isForGood(outcome.error))
        told.push({ kind: 'noAnswer', route, message: outcome.error.message })
      else this.toAskAgain.push({ route, atMs: nowMs + ASK_AGAIN_MS })
    } else if (outcome.callId.startsWith('listing:')) {
      if (outcome.kind === 'done') told.push(...(this.listing?.take(outcome.value) ?? []))
    } else if (this.history?.take(outcome, nowMs) === true) {
      told.push({ kind: 'historyProgress', done: this.history.done, total: this.history.total })
      this.callForHistory(nowMs, told)
    }
  }

  private ofStreams(effects: readonly MarketStreamEffect[], told: (WireCommand | FeedTold)[]): void {
    for (const effect of effects) {
      if (effect.kind === 'frame') this.frame(effect, told)
      else if (effect.kind === 'dark') for (const stream of effect.streams) this.darken(stream)
      else told.push(effect)
    }
  }

  private frame({ stream, data }: StreamFrame, told: (WireCommand | FeedTold)[]): void {
    const handler = this.handlers.get(stream)
    if (handler === undefined) return
    const { place, played } = handler
    if (handler.of === 'best') {
      const ticker = readBookTicker(data)
      if (typeof ticker === 'string') return
      if (place !== undefined) this.steps?.mid(place, middleOf(ticker), ticker.eventMs)
      if (played !== undefined) tellMarket(played.quoted(ticker), told)
    } else if (handler.of === 'mark') {
      const price = readMarkPrice(data)
      if (typeof price === 'string') return
      if (place !== undefined) this.steps?.mark(place, Number(price.mark), price.eventMs)
      if (played !== undefined) tellMarket(played.marked(price), told)
    } else if (played !== undefined) {
      const levels = readDepthUpdate(data)
      if (typeof levels !== 'string') tellMarket(played.levels(levels), told)
    }
  }

  private darken(stream: string): void {
    const handler = this.handlers.get(stream)
    if (handler === undefined || handler.of === 'levels') return
    if (handler.place !== undefined) this.steps?.forget(handler.place, handler.of === 'best' ? 'mid' : 'mark')
    handler.played?.forget(handler.of)
  }

  /** Steps can be told apart only when the exchange's clock is known. */
  private beginSteps(nowMs: number): void {
    const exchangeMs = this.rest.exchangeMs(nowMs)
    if (this.steps !== undefined || this.contracts === undefined || exchangeMs === undefined) return
    const { symbols, stepMs } = this.contracts
    if (symbols.length === 0) return
    this.steps = new StepPrices(symbols.length, stepMs, (Math.floor(exchangeMs / stepMs) + 1) * stepMs)
  }

  private closeDue(nowMs: number, told: (WireCommand | FeedTold)[]): void {
    const { steps, contracts } = this
    const exchangeMs = this.rest.exchangeMs(nowMs)
    if (steps === undefined || contracts === undefined || exchangeMs === undefined) return
    const { stepMs } = contracts
    while (exchangeMs >= steps.dueMs) {
      const late = Math.floor((exchangeMs - steps.dueMs) / stepMs)
      if (late > STEPS_LATE_MAX && this.isDoubtful(exchangeMs - nowMs, nowMs)) return
      if (late <= STEPS_LATE_MAX) this.close(steps, told)
      else steps.skipTo(steps.dueMs + late * stepMs)
      this.stepOffsetMs = exchangeMs - nowMs
    }
    this.doubtedUntilMs = undefined
    if (steps.dueMs - exchangeMs > 2 * stepMs) this.tellBehind(steps.dueMs - exchangeMs, told)
    else this.isBehindTold = false
  }

  /**
   * The exchange's clock has gone ahead, and the one here has not: when it is set back, no step ends before it is reached again.
   * Whoever has slept has both ahead.
   */
  private isDoubtful(offsetMs: number, nowMs: number): boolean {
    if (this.stepOffsetMs === undefined || offsetMs - this.stepOffsetMs < LEAP_MIN_MS) return false
    this.doubtedUntilMs ??= nowMs + LEAP_DOUBTED_MS
    return nowMs < this.doubtedUntilMs
  }

  private tellBehind(behindMs: number, told: (WireCommand | FeedTold)[]): void {
    if (this.isBehindTold) return
    this.isBehindTold = true
    const message = `The exchange's clock went back: no step ends for ${Math.ceil(behindMs / 1_000)} s, until it is where it was.`
    told.push({ kind: 'notice', level: 'ERROR', code: 'STEPS_WAIT', message })
  }

  private close(steps: StepPrices, told: (WireCommand | FeedTold)[]): void {
    const step = steps.close()
    const priced = step.origins.reduce((sum, origin) => (origin === null ? sum : sum + 1), 0)
    if (priced > 0) this.stepsWithSome++
    this.hasBegun ||= priced >= PRICED_SHARE_MIN * step.origins.length || this.stepsWithSome > UNPRICED_STEPS_MAX
    if (this.hasBegun) told.push({ kind: 'step', step })
  }

  /** On the clock of this machine; infinite while there are no steps. */
  private stepDueMs(): number {
    const exchangeMs = this.rest.exchangeMs(this.lastMs)
    if (this.steps === undefined || exchangeMs === undefined) return Number.POSITIVE_INFINITY
    return this.doubtedUntilMs ?? this.lastMs + Math.max(0, this.steps.dueMs - exchangeMs)
  }
}

/** What a feed is made of. */
export interface FeedParts {
  readonly rest: Pick<RestMachine, 'handle' | 'nextDueMs' | 'exchangeMs' | 'usage'>
  readonly streams: Pick<MarketStreams, 'handle' | 'nextDueMs'>
}

interface StreamHandler {
  readonly of: 'best' | 'mark' | 'levels'
  /** Among the symbols of the steps. */
  readonly place: number | undefined
  readonly played: PlayedQuotes | undefined
}

function tellMarket(events: readonly MarketEvent[], told: (WireCommand | FeedTold)[]): void {
  for (const event of events) told.push({ kind: 'market', event })
}

/** NaN where a side is empty, or the sides cross. */
function middleOf(ticker: BookTicker): number {
  const [bid, ask] = [Number(ticker.bid), Number(ticker.ask)]
  return bid > 0 && ask > bid ? (bid + ask) / 2 : Number.NaN
}

/** The feed waits for its first step until this share of the contracts has a price … */
const PRICED_SHARE_MIN = 0.8
/** … but not for longer than this many steps after the first price. */
const UNPRICED_STEPS_MAX = 2
/** A step that is this many steps late is not closed any more: its prices would be those of later. */
const STEPS_LATE_MAX = 2
/** How long an answer may take, with all that waits before it. */
const ASK_PATIENCE_MS = 60_000
const ASK_AGAIN_MS = 5_000
/** How far the exchange's clock goes ahead within a step when that is not how well it is known, and for how long it must. */
const LEAP_MIN_MS = 5_000
const LEAP_DOUBTED_MS = 60_000
