import type {
  FollowedMarket,
  KlinesAsked,
  LiquidationEvent,
  MarkEvent,
  MarketDataEvent,
  MarketDataHealth,
  TradeEvent,
} from '../../../ports/market-data.js'
import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import type { RestInput, RestMachine, RestTold } from '../rest/rest-machine.js'
import { SHARES } from '../rest/scheduler.js'
import type { MarketStreams } from '../streams/market-streams.js'
import { type Reading, UnknownWords } from '../streams/payload.js'
import type { MarketStreamEffect, StreamFrame } from '../streams/stream-effects.js'
import { readContractInfo } from '../streams/trade-payloads.js'
import type { WireCommand, WireEvent } from '../wire.js'
import { followedStreams, type StreamTells } from './followed-streams.js'
import { FundingRounds } from './funding-rounds.js'
import { HeardLiquidations } from './heard-liquidations.js'
import { KlineDesk } from './kline-desk.js'
import { ListingDesk } from './listing-desk.js'
import { readDepth, readLiquidation, readMark, readTrade } from './market-readings.js'
import { OpenInterestRounds } from './open-interest-rounds.js'
import { SNAPSHOT_WEIGHT, SnapshotDesk } from './snapshot-desk.js'
import { SteadyClock } from './steady-clock.js'
import { TradeDesk } from './trade-desk.js'

export type DepthFeedInput =
  /** Somebody listens: what is listed is asked for from now on. Once. */
  | { readonly kind: 'begin' }
  /** The whole wish, at any time. */
  | { readonly kind: 'follow'; readonly wish: FollowedMarket }
  /** Answered once, by a `snapshot` or a `snapshotFailed`. */
  | { readonly kind: 'askSnapshot'; readonly symbol: string; readonly requestId: number }
  /** Answered by closed candles, then once by `klinesTold`. */
  | { readonly kind: 'askKlines'; readonly asked: KlinesAsked }

/** What a feed of books is made of. */
export interface DepthFeedParts {
  readonly rest: Pick<RestMachine, 'handle' | 'nextDueMs' | 'exchangeMs' | 'usage'>
  readonly streams: Pick<MarketStreams, 'handle' | 'nextDueMs' | 'view' | 'unread'>
}

type Told = WireCommand | MarketDataEvent

/**
 * Follows books and what is told beside them: diffs or best levels, trades, liquidations and marks by the market streams; snapshots, open
 * interest, settled funding, candles, missed trades and what is listed by the REST API. Books it does not keep: frames are passed on as they
 * come, those of books that two sockets bring come twice, and a book whose stream went dark is told to be lost.
 */
export class DepthFeedMachine implements Machine<DepthFeedInput | WireEvent | TimeInput, Told> {
  private readonly rest: DepthFeedParts['rest']
  private readonly streams: DepthFeedParts['streams']
  private readonly clock = new SteadyClock()
  private readonly listing = new ListingDesk()
  private readonly snapshots = new SnapshotDesk()
  private readonly openInterest = new OpenInterestRounds()
  private readonly funding = new FundingRounds()
  private readonly klines = new KlineDesk()
  private readonly trades = new TradeDesk()
  private readonly liquidations = new HeardLiquidations()
  private readonly words = new UnknownWords()
  private readonly malformed = new Map<string, number>()
  private followed: ReadonlySet<string> = new Set()
  private tells: ReadonlyMap<string, StreamTells> = new Map()
  private offsetMs: number | undefined
  private unread = 0

  constructor(parts: DepthFeedParts) {
    this.rest = parts.rest
    this.streams = parts.streams
  }

  handle(input: DepthFeedInput | WireEvent | TimeInput, nowMs: number): readonly Told[] {
    const told: Told[] = []
    switch (input.kind) {
      case 'text':
        // Nearly all there is, and but for trades that were missed nothing is asked because of it.
        this.ofStreams(this.streams.handle(input, nowMs), nowMs, told)
        this.countUnread(nowMs, told)
        if (this.trades.isAsking) this.callDue(nowMs, told)
        return told
      case 'begin':
        this.listing.begin(nowMs)
        this.want(undefined, nowMs, told)
        break
      case 'follow':
        this.follow(input.wish, nowMs, told)
        break
      case 'askSnapshot':
        told.push(...this.snapshots.ask(input, nowMs))
        break
      case 'askKlines':
        told.push(...this.klines.ask(input.asked, nowMs))
        break
      case 'time':
        this.ofRest(this.rest.handle(input, nowMs), nowMs, told)
        this.ofStreams(this.streams.handle(input, nowMs), nowMs, told)
        break
      case 'httpAnswer':
      case 'httpLost':
        this.ofRest(this.rest.handle(input, nowMs), nowMs, told)
        break
      default:
        this.ofStreams(this.streams.handle(input, nowMs), nowMs, told)
    }
    this.callDue(nowMs, told)
    return told
  }

  nextDueMs(): number | undefined {
    // Asked after every frame, of which there are a thousand a second.
    const never = Number.POSITIVE_INFINITY
    let dueMs = Math.min(this.rest.nextDueMs() ?? never, this.streams.nextDueMs() ?? never)
    dueMs = Math.min(dueMs, this.listing.dueMs, this.snapshots.dueMs, this.trades.dueMs, this.funding.dueMs)
    if (this.snapshots.isIdle) dueMs = Math.min(dueMs, this.openInterest.dueMs)
    return dueMs === never ? undefined : dueMs
  }

  /** The time of the exchange, UTC ms; undefined before it is known. It never goes back. */
  exchangeMs(nowMs: number): number | undefined {
    return this.clock.read(this.rest.exchangeMs(nowMs), nowMs)
  }

  health(nowMs: number): MarketDataHealth {
    const { connections, reconnects, dead } = this.streams.view(nowMs)
    const deadBooks = dead.flatMap((stream) => this.bookOf(stream) ?? [])
    return {
      connections: connections.length,
      malformed: Object.fromEntries(this.malformed),
      reconnects: { ...reconnects },
      dead: deadBooks,
      trades: this.trades.counts,
    }
  }

  private follow(wish: FollowedMarket, nowMs: number, told: Told[]): void {
    this.followed = new Set(wish.symbols)
    const symbols = [...this.followed]
    this.liquidations.keep(this.followed)
    this.openInterest.follow(symbols, wish.openInterestEveryMs, nowMs)
    this.funding.follow(this.followed, wish.settledFundingEveryMs, nowMs)
    this.trades.keep(wish.trades ? this.followed : NO_SYMBOLS)
    told.push(...this.snapshots.keep(this.followed, nowMs))
    this.want({ ...wish, symbols }, nowMs, told)
  }

  private want(wish: FollowedMarket | undefined, nowMs: number, told: Told[]): void {
    this.tells = followedStreams(wish)
    this.ofStreams(this.streams.handle({ kind: 'want', streams: [...this.tells.keys()] }, nowMs), nowMs, told)
  }

  /** What is listed is asked for first, then what soon is of no use any more; open interest when no book waits. */
  private callDue(nowMs: number, told: Told[]): void {
    for (;;) {
      const call =
        this.listing.due(nowMs) ??
        this.trades.due() ??
        this.funding.due({ nowMs, exchangeMs: this.exchangeMs(nowMs) }) ??
        this.klines.due() ??
        this.snapshots.due(nowMs) ??
        (this.snapshots.isIdle ? this.openInterest.due(nowMs) : undefined)
      if (call === undefined) break
      this.call(call, nowMs, told)
    }
    told.push(...this.trades.progress(nowMs), ...this.snapshots.progress(nowMs, this.snapshotsPerMinute(nowMs)))
  }

  private snapshotsPerMinute(nowMs: number): number {
    return Math.floor((this.rest.usage(nowMs).weightLimit * SHARES.data) / SNAPSHOT_WEIGHT)
  }

  private call(call: RestCall, nowMs: number, told: Told[]): void {
    this.ofRest(this.rest.handle({ kind: 'call', call } satisfies RestInput, nowMs), nowMs, told)
  }

  private ofRest(effects: readonly (WireCommand | RestTold | Notice)[], nowMs: number, told: Told[]): void {
    for (const effect of effects) {
      if (effect.kind === 'outcome') this.outcome(effect.outcome, nowMs, told)
      else told.push(effect.kind === 'notice' ? toldTo(effect) : effect)
    }
    this.tellStreamsTheClock(nowMs, told)
  }

  private tellStreamsTheClock(nowMs: number, told: Told[]): void {
    const exchangeMs = this.rest.exchangeMs(nowMs)
    if (exchangeMs === undefined || exchangeMs - nowMs === this.offsetMs) return
    this.offsetMs = exchangeMs - nowMs
    this.ofStreams(this.streams.handle({ kind: 'exchangeClock', offsetMs: this.offsetMs }, nowMs), nowMs, told)
  }

  private outcome(outcome: RestOutcome, nowMs: number, told: Told[]): void {
    const moment = { nowMs, exchangeMs: this.exchangeMs(nowMs) ?? nowMs }
    const snapshot = this.snapshots.take(outcome, moment)
    if (snapshot !== undefined) {
      if (snapshot.isMalformed) this.count('snapshot')
      told.push(snapshot.event)
      return
    }
    const listing = this.listing.take(outcome, moment)
    if (listing !== undefined) {
      if (listing.isMalformed) this.tellMalformed('exchangeInfo', null, nowMs, told)
      told.push(...listing.events)
      return
    }
    const trades = this.trades.take(outcome, nowMs)
    if (trades !== undefined) {
      if (trades.malformed !== undefined) this.tellMalformed('trade', trades.malformed, nowMs, told)
      told.push(...trades.events)
      return
    }
    const funding = this.funding.take(outcome, nowMs)
    if (funding !== undefined) {
      if (funding === 'malformed') this.tellMalformed('fundingRate', null, nowMs, told)
      else told.push(...funding)
      return
    }
    const klines = this.klines.take(outcome, moment)
    if (klines !== undefined) {
      if (klines.malformed !== undefined) this.tellMalformed('kline', klines.malformed, nowMs, told)
      told.push(...klines.events)
      return
    }
    const interest = this.openInterest.take(outcome, nowMs)
    if (interest === undefined) return
    if ('malformed' in interest) this.tellMalformed('openInterest', interest.malformed, nowMs, told)
    else if (this.followed.has(interest.symbol)) told.push(interest)
  }

  private ofStreams(effects: readonly MarketStreamEffect[], nowMs: number, told: Told[]): void {
    for (const effect of effects) {
      if (effect.kind === 'frame') this.frame(effect, nowMs, told)
      else if (effect.kind === 'dark') this.darken(effect.streams, nowMs, told)
      else told.push(effect.kind === 'notice' ? toldTo(effect) : effect)
    }
  }

  private frame({ stream, data }: StreamFrame, nowMs: number, told: Told[]): void {
    const tells = this.tells.get(stream)
    if (tells === undefined) return
    if (tells.of === 'depth') {
      const event = readDepth(data, tells.symbol, nowMs)
      if (event === 'malformed') this.unreadableBook('depth', tells.symbol, nowMs, told)
      else if (event === 'foreign') return
      else if (this.isAhead(event.eventMs, nowMs)) this.unreadableBook('stamp', tells.symbol, nowMs, told)
      else told.push(event)
    } else if (tells.of === 'trade') {
      this.tell(readTrade(data, nowMs), tells, nowMs, told)
    } else if (tells.of === 'liquidation') {
      this.tell(readLiquidation(data, this.words, nowMs), tells, nowMs, told)
    } else if (tells.of === 'mark') {
      const rows = tells.symbol === undefined && Array.isArray(data) ? data : [data]
      for (const row of rows) this.tell(readMark(row, nowMs), tells, nowMs, told)
    } else {
      const info = readContractInfo(data, this.words)
      if (info === 'malformed') this.tellMalformed('contractInfo', null, nowMs, told)
      else if (info !== 'foreign') this.listing.heard(info, nowMs)
    }
  }

  /** What is not of a followed symbol came with a stream of the whole market. */
  private tell(
    event: Reading<LiquidationEvent | MarkEvent | TradeEvent>,
    { of, symbol }: StreamTells & { readonly of: 'liquidation' | 'mark' | 'trade' },
    nowMs: number,
    told: Told[],
  ): void {
    if (event === 'foreign') return
    if (event === 'malformed' || (symbol !== undefined && event.symbol !== symbol))
      this.tellMalformed(of, symbol ?? null, nowMs, told)
    else if (!this.followed.has(event.symbol)) return
    else if (this.isAhead(event.atMs, nowMs)) this.tellMalformed('stamp', event.symbol, nowMs, told)
    else if (event.kind === 'trade') told.push(...this.trades.heard(event, nowMs))
    else if (event.kind === 'mark' || !this.liquidations.isRepeated(event)) told.push(event)
  }

  /** A time that the exchange's clock does not read yet, as late as it may be, is none: all later changes would wait behind it. */
  private isAhead(atMs: number, nowMs: number): boolean {
    const knownMs = this.rest.exchangeMs(nowMs)
    const believedMs = this.clock.read(knownMs, nowMs)
    if (believedMs === undefined) return false
    // After a pause of this process the exchange's clock is asked for anew, and meanwhile the one that is believed stands.
    const latestMs = Math.max(believedMs, knownMs ?? nowMs + (this.offsetMs ?? 0))
    return atMs > latestMs + AHEAD_MS_MAX
  }

  private darken(streams: readonly string[], nowMs: number, told: Told[]): void {
    const symbols = streams.flatMap((stream) => this.bookOf(stream) ?? [])
    if (symbols.length === 0) return
    told.push({ kind: 'lost', symbols, atMs: this.exchangeMs(nowMs) ?? nowMs, receivedMs: nowMs })
  }

  /** Nobody knows what a frame would have changed: of a book that speaks rarely it may be long until the next one shows the gap. */
  private unreadableBook(what: 'depth' | 'stamp', symbol: string, nowMs: number, told: Told[]): void {
    told.push({ kind: 'lost', symbols: [symbol], atMs: this.exchangeMs(nowMs) ?? nowMs, receivedMs: nowMs })
    this.tellMalformed(what, symbol, nowMs, told)
  }

  private bookOf(stream: string): string | undefined {
    const tells = this.tells.get(stream)
    return tells?.of === 'depth' ? tells.symbol : undefined
  }

  /** What was not even the frame of a stream. */
  private countUnread(nowMs: number, told: Told[]): void {
    if (this.streams.unread === this.unread) return
    this.unread = this.streams.unread
    this.tellMalformed('frame', null, nowMs, told)
  }

  private tellMalformed(what: string, symbol: string | null, nowMs: number, told: Told[]): void {
    this.count(what)
    told.push({ kind: 'malformed', symbol, what, receivedMs: nowMs })
  }

  private count(what: string): void {
    this.malformed.set(what, (this.malformed.get(what) ?? 0) + 1)
  }
}

const NO_SYMBOLS: ReadonlySet<string> = new Set()

/** How far two of the exchange's own clocks, and what is known of them here, may be apart. */
const AHEAD_MS_MAX = 5_000

/** Nothing here acts on a level: what is above an error is one to whoever reads. */
function toldTo({ level, code, message }: Notice): MarketDataEvent {
  const isAbove = level === 'CRITICAL' || level === 'EMERGENCY'
  return { kind: 'notice', level: isAbove ? 'ERROR' : level, code, message }
}
