import { fields, listOf, oneOf, refuse, text } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import type { MarketDataEvent } from '../../ports/market-data.js'
import type { BarObservation, ObservationSnapshot, SymbolObservation } from '../../ports/vocabulary/observation.js'
import type { IngestRefusal, ObservationEvent, ObservationKind } from '../../ports/vocabulary/observation-events.js'
import type { PromotedTrade } from '../../ports/vocabulary/promoted-trade.js'
import { type FailureFound, Observation } from '../observation/observation.js'
import type { BookKind } from '../orderbook/market-features.js'
import { MarketRegimes, type MarketRegimesCounters } from './market-regimes.js'
import { ObservedEvents } from './observed-events.js'

/**
 * Observes a market: takes what it shows, live or recorded, and says of each symbol what is known as of the last advance. Everything
 * depends on events and advances alone: the same ones make the same bytes.
 */
export class MarketObserver {
  private readonly events: ObservedEvents
  private readonly regimes: MarketRegimes
  private readonly observation: Observation
  /** By kind and reason. */
  private readonly refused = new Map<string, RefusedSample>()
  /** Since the last event and advance. */
  private latest: ObservationSnapshot | undefined
  /** The last that was asked for, whatever came of it. */
  private askedMs: number | undefined

  /** @throws InputMistake for no symbols, one that is named twice, or kinds that do not exist. */
  constructor(settings: MarketObserverSettings) {
    refuse(SETTINGS(settings, 'settings'))
    const { symbols, books, expectedKinds } = settings
    this.events = new ObservedEvents({ books })
    this.regimes = new MarketRegimes(symbols)
    this.observation = new Observation({
      symbols,
      applied: this.regimes,
      ...(expectedKinds !== undefined && { expectedKinds }),
    })
  }

  /** In the order in which they came. What is refused is counted. */
  handle(event: MarketDataEvent): void {
    for (const told of this.events.of(event)) this.ingest(told)
  }

  /** Everything stamped up to `tMs`, UTC ms, counts from now on. Time never goes back: that fails the observation, for ever. */
  advance(tMs: number): void {
    this.latest = undefined
    this.askedMs = tMs
    this.observation.advanceTime(tMs)
  }

  /** As of the last advance, frozen. */
  snapshot(): ObservationSnapshot {
    this.latest ??= this.observation.snapshot()
    return this.latest
  }

  /** What the last advance promoted: all that changes with every advance and that a snapshot, which is dear, is not needed for. */
  promotedEvents(): readonly PromotedTrade[] {
    return this.observation.promotedEvents()
  }

  /**
   * Primitives, regime and market of each symbol, or of these, as of the last advance: plain JSON, frozen. Of a failed observation no
   * symbol is told anything of. It is asked for once time has been told.
   */
  observed(symbols?: readonly string[]): BarObservation {
    const { status, timestampMs, failureReason, symbolsActive, primitives } = this.snapshot()
    const nowMs = timestampMs ?? this.askedMs
    assert(nowMs !== undefined && Number.isSafeInteger(nowMs), 'what is observed is asked for once time has been told')
    const told = status === 'FAILED' ? [] : (symbols ?? symbolsActive)
    const bySymbol = told.map((symbol): [string, SymbolObservation] => {
      const bundle = primitives.get(symbol)
      assert(bundle !== undefined, 'a symbol that is asked for is one of those that are observed')
      const regime = this.regimes.reading(symbol, nowMs)
      return [symbol, Object.freeze({ primitives: bundle, regime, market: this.marketOf(symbol, nowMs) })]
    })
    return Object.freeze({
      status,
      timestampMs: nowMs,
      ...(failureReason !== undefined && { failureReason }),
      symbols: Object.freeze(Object.fromEntries(bySymbol)),
    })
  }

  /** Undefined while no failure was seen. */
  get failure(): FailureFound | undefined {
    return this.observation.failure
  }

  /** What was left out beside what a snapshot counts. */
  counters(): MarketObserverCounters {
    return { books: this.events.counters(), regimes: this.regimes.counters() }
  }

  /** The first event of each kind and reason that was refused, in the order in which they came. */
  refusalSamples(): readonly RefusedSample[] {
    return [...this.refused.values()]
  }

  private ingest(event: ObservationEvent): void {
    this.latest = undefined
    const answer = this.observation.ingest(event)
    if (answer.accepted) return
    const key = `${event.kind}:${answer.reason}`
    if (!this.refused.has(key)) this.refused.set(key, { kind: event.kind, reason: answer.reason, event })
  }

  private marketOf(symbol: string, nowMs: number): SymbolObservation['market'] {
    const market = this.regimes.market(symbol, nowMs)
    const depthWithin2PctUsd = this.events.depthWithin2PctUsd(symbol, nowMs)
    return depthWithin2PctUsd === undefined ? market : Object.freeze({ ...market, depthWithin2PctUsd })
  }
}

/** The rest is for the observation to refuse. */
const SETTINGS = fields<Pick<MarketObserverSettings, 'symbols' | 'books'>>({
  symbols: listOf(text, { min: 1 }),
  books: oneOf('diffs', 'partial'),
})

export interface MarketObserverSettings {
  readonly symbols: readonly string[]
  /** What the depth frames are: changes of books, or the best levels whole. */
  readonly books: BookKind
  /** Of which kinds an event a minute is expected, for each symbol; without it trades, depth and mark prices. */
  readonly expectedKinds?: readonly ObservationKind[]
}

/** An event that was refused, as it was told. */
export interface RefusedSample {
  readonly kind: ObservationKind
  readonly reason: IngestRefusal
  readonly event: ObservationEvent
}

export interface MarketObserverCounters {
  readonly books: ReturnType<ObservedEvents['counters']>
  readonly regimes: MarketRegimesCounters
}
