import { fields, having, listOf, oneOf, optional, refuse, text, that } from '../../base/arguments.js'
import { clipped } from '../../base/clipped.js'
import type {
  ObservationCounters,
  ObservationFailure,
  ObservationSnapshot,
} from '../../ports/vocabulary/observation.js'
import type { IngestAnswer, IngestRefusal, ObservationKind } from '../../ports/vocabulary/observation-events.js'
import { M4PrimitiveBundle } from '../../ports/vocabulary/primitives.js'
import type { PromotedTrade } from '../../ports/vocabulary/promoted-trade.js'
import type { AppliedListener } from './applied-event.js'
import { AppliedRecord } from './internal/applied-record.js'
import { KIND, KINDS } from './internal/event-kinds.js'
import { NodeInvariantBroken, NonFiniteOutput } from './internal/failures.js'
import { FrozenMap } from './internal/frozen-map.js'
import { Ingestion } from './internal/ingestion.js'
import { LifecycleBoundaries } from './internal/lifecycle-boundaries.js'
import { NodeQueries } from './internal/node-queries.js'
import { NodeViews } from './internal/node-views.js'
import { ObservedCounts, ObservedSymbol } from './internal/observed-symbol.js'
import { primitivesOf } from './internal/primitives.js'
import { PromotedTrades } from './internal/promoted-trades.js'
import { viewOfSymbol } from './internal/view-of-symbol.js'
import type { ObservationQueries } from './observation-queries.js'
import { SystemHalted } from './system-halted.js'

export interface ObservationOptions {
  /** All that are observed; none joins later. */
  readonly symbols: readonly string[]
  /** Of which kinds an event a minute is expected, for each symbol; without it trades, depth and mark prices. */
  readonly expectedKinds?: readonly ObservationKind[]
  /** Is told what is applied; what it throws fails the observation. */
  readonly applied?: AppliedListener
}

/** Why an observation has failed, and what was found, for a log. */
export interface FailureFound {
  readonly reason: ObservationFailure
  readonly detail: string
}

/**
 * What a market is observed to do, without an opinion: events go in, time is told, snapshots come out. Events that were accepted
 * wait until time reaches them, so a snapshot knows nothing that is later than itself, and the order in which events of one
 * advance arrive does not matter. Nothing here reads a clock; the same events and advances make the same snapshots, byte for byte.
 *
 * What must not happen (time that goes back, an exception, a number that is none, a node that breaks its rules) fails it for ever:
 * it then takes nothing and tells nothing but the reason. Source: module contracts, layer 1.
 */
export class Observation {
  private readonly names: readonly string[]
  private readonly symbols: readonly ObservedSymbol[]
  private readonly expected: readonly number[]
  private readonly listener: AppliedListener | undefined
  private readonly ingestion: Ingestion
  private readonly boundaries: LifecycleBoundaries
  private readonly record: AppliedRecord
  private readonly nodeViews = new NodeViews()
  private readonly promoted = new PromotedTrades()
  private readonly counts = new ObservedCounts()
  private firstMs = Number.NaN
  private failed: FailureFound | undefined

  /** @throws InputMistake for no symbols, one that is named twice, or kinds that do not exist. */
  constructor(options: ObservationOptions) {
    refuse(OPTIONS(options, ''))
    const { symbols, expectedKinds = ['TRADE', 'DEPTH_TOP', 'MARK_PRICE'], applied } = options
    this.names = Object.freeze(symbols.toSorted())
    this.symbols = this.names.map((symbol) => new ObservedSymbol(symbol, this.counts))
    this.expected = expectedKinds.map((kind) => KIND[kind])
    this.listener = applied
    this.ingestion = new Ingestion(this.names)
    this.boundaries = new LifecycleBoundaries(this.symbols)
    this.record = new AppliedRecord(this.names)
  }

  /** Takes an event, or says why not. Never throws: a bad message does not end an observation. */
  ingest(event: unknown): IngestAnswer {
    return this.ingestion.ingest(event)
  }

  /** Time is now `tMs`, UTC ms: what is due is applied, what is too old leaves. Time that goes back fails the observation. */
  advanceTime(tMs: number): void {
    if (this.failed !== undefined) return
    if (!Number.isSafeInteger(tMs) || tMs < 0) this.fail('INVALID_TIME', `${tMs} is no time in whole ms`)
    else if (tMs < this.ingestion.timeMs) this.fail('TIME_REGRESSION', `${tMs} after ${this.ingestion.timeMs}`)
    else this.guarded(() => this.advance(tMs + 0))
  }

  /** What is known as of the last advance, frozen. It changes nothing, but for finding out that the observation has failed. */
  snapshot(): ObservationSnapshot {
    const primitives = this.failed === undefined ? this.guarded(() => this.primitives()) : undefined
    return this.snapshotWith(primitives ?? NO_PRIMITIVES)
  }

  /**
   * Questions about nodes, for tests and tools.
   *
   * @throws SystemHalted once it has failed.
   */
  query(): ObservationQueries {
    if (this.failed !== undefined) throw new SystemHalted(this.failed.reason, this.failed.detail)
    return new NodeQueries(this.symbols)
  }

  /** What the last advance promoted, as a snapshot has it. */
  promotedEvents(): readonly PromotedTrade[] {
    return this.failed === undefined ? this.promoted.listed(this.names) : NOTHING_PROMOTED
  }

  /** The first event that was refused for each reason, in words for a log. */
  refusalSamples(): ReadonlyMap<IngestRefusal, string> {
    return this.ingestion.refusalSamples()
  }

  /** Undefined while no failure was seen. */
  get failure(): FailureFound | undefined {
    return this.failed
  }

  private advance(tMs: number): void {
    const { ingestion, boundaries, symbols } = this
    const { queue, timeMs } = ingestion
    this.promoted.clear()
    if (Number.isNaN(timeMs)) {
      this.firstMs = tMs
      boundaries.startAt(tMs)
    }
    while (queue.earliestMs <= tMs) {
      boundaries.runThrough(queue.earliestMs)
      this.apply(queue.pop())
    }
    boundaries.runThrough(tMs)
    for (const symbol of symbols) symbol.advanced(tMs)
    this.listener?.advanced(tMs)
    ingestion.timeMs = tMs
  }

  private apply(place: number): void {
    const { record, ingestion, listener } = this
    record.fill(ingestion.queue, place)
    const sigmas = this.symbols[record.symbolIndex]!.apply(record, ingestion.queue, place)
    if (!Number.isNaN(sigmas)) this.promoted.add(record, sigmas)
    listener?.applied(record)
  }

  private primitives(): ReadonlyMap<string, M4PrimitiveBundle> {
    const nowMs = this.ingestion.timeMs
    if (Number.isNaN(nowMs)) return new FrozenMap(this.names.map((symbol) => [symbol, M4PrimitiveBundle.empty(symbol)]))
    const seen = { nowMs, expected: this.expected, nodeViews: this.nodeViews }
    return new FrozenMap(this.symbols.map((of) => [of.symbol, primitivesOf(viewOfSymbol(of, seen))]))
  }

  private snapshotWith(primitives: ReadonlyMap<string, M4PrimitiveBundle>): ObservationSnapshot {
    const { failed } = this
    const { timeMs } = this.ingestion
    return Object.freeze({
      status: failed === undefined ? 'UNINITIALIZED' : 'FAILED',
      timestampMs: Number.isNaN(timeMs) ? null : timeMs,
      symbolsActive: this.names,
      counters: this.counters(),
      promotedEvents: this.promotedEvents(),
      primitives,
      ...(failed === undefined ? {} : { failureReason: failed.reason }),
    })
  }

  private counters(): ObservationCounters {
    const { expired, ringEvicted, ...found } = this.counts
    const { timeMs } = this.ingestion
    const nodesDisplaced = this.symbols.reduce((sum, { nodes }) => sum + (nodes?.displaced ?? 0), 0)
    const noted = { ...found, nodesDisplaced, promotedDropped: this.promoted.dropped }
    return Object.freeze({
      intervalsProcessed: Number.isNaN(timeMs) ? 0 : Math.floor((timeMs - this.firstMs) / 1000),
      accepted: this.ingestion.accepted(),
      refused: this.ingestion.refused(),
      evicted: Object.freeze({ expired, ringEvicted }),
      noted: Object.freeze(Object.fromEntries(Object.entries(noted).filter(([, count]) => count > 0))),
    })
  }

  /** What is thrown within is a failure of the observation, and its caller goes on. */
  private guarded<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      this.fail(reasonOf(error), error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  private fail(reason: ObservationFailure, detail: string): void {
    this.failed = Object.freeze({ reason, detail: clipped(detail, DETAIL_MAX) })
    this.ingestion.halted = true
  }
}

function reasonOf(error: unknown): ObservationFailure {
  if (error instanceof NodeInvariantBroken) return 'NODE_INVARIANT'
  return error instanceof NonFiniteOutput ? 'NON_FINITE_OUTPUT' : 'EXCEPTION'
}

const DETAIL_MAX = 300
const NO_PRIMITIVES: ReadonlyMap<string, M4PrimitiveBundle> = new FrozenMap()
const NOTHING_PROMOTED = Object.freeze([])

const symbolList = that(
  'at least one symbol, each once',
  (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
)

const OPTIONS = fields<ObservationOptions>({
  symbols: (value, path) => [...listOf(text)(value, path), ...(Array.isArray(value) ? symbolList(value, path) : [])],
  expectedKinds: optional(listOf(oneOf(...KINDS))),
  applied: optional(having('a listener', 'applied', 'advanced')),
})
