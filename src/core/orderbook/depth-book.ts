import type { BookScale, DepthFrame, DepthSnapshot } from '../../ports/vocabulary/depth.js'
import { BookSide } from './book-side.js'
import { applyKept, FrameLevels, type KeptLevels } from './frame-levels.js'
import { SnapshotPace } from './snapshot-pace.js'
import { ONE_PERCENT_PPM, snapshotReachPpm, TWO_PERCENT_PPM } from './snapshot-reach.js'

/** A book as samples see it. Prices in ticks, quantities in lots. */
export interface Book extends BookScale {
  /** Its levels are the exchange's, as of `updateId`. */
  readonly isLive: boolean
  /** The exchange's id of the last update in it; undefined unless live. */
  readonly updateId: number | undefined
  readonly bids: BookSide
  readonly asks: BookSide
  /** How far from its mid the depth is known, millionths; at most 10,000, which is the 1 % that is asked for. */
  readonly bandPpm: number
}

export type BookEffect =
  /** The book was discarded: nothing is known until it is live again. */
  | { readonly type: 'resync'; readonly reason: 'gap' | 'crossed' | 'malformed' }
  /** A snapshot is to be asked for after this time, and answered with this id, or said to have failed. */
  | { readonly type: 'requestSnapshot'; readonly requestId: number; readonly afterMs: number }

export type BookState = 'EMPTY' | 'SYNCING' | 'LIVE'

const NOTHING: readonly BookEffect[] = Object.freeze([])

/** Diffs that wait for a snapshot. */
const BUFFERED_MAX = 1_000

/**
 * The book of one symbol from its diffs and the snapshots that it asks for. EMPTY until the first diff, SYNCING (diffs are
 * buffered, a snapshot is waited for) until they join, LIVE until a diff is missing, cannot be read, or leaves the book crossed.
 * What the exchange sends, whatever it is, never throws. Times are of one local clock, ms. Source: spec "Books and features".
 */
export class DepthBook implements Book {
  readonly priceDecimals: number
  readonly quantityDecimals: number
  readonly bids = new BookSide('bids')
  readonly asks = new BookSide('asks')
  readonly counters: BookCounters = noCounts()
  state: BookState = 'EMPTY'
  /** How far from its mid it is known, millionths; at most 20,000. */
  reachPpm = TWO_PERCENT_PPM
  private lastUpdateId = 0
  private readonly levels: FrameLevels
  private readonly bufferedMax: number
  private readonly pace = new SnapshotPace()
  private buffer: KeptDiff[] = []
  /** Of the snapshot that is loaded: it waits for the diff that joins it. */
  private waitingId: number | undefined

  constructor({ bufferedMax = BUFFERED_MAX, ...scale }: BookScale & { readonly bufferedMax?: number }) {
    this.priceDecimals = scale.priceDecimals
    this.quantityDecimals = scale.quantityDecimals
    this.levels = new FrameLevels(scale)
    this.bufferedMax = bufferedMax
  }

  get isLive(): boolean {
    return this.state === 'LIVE'
  }

  get bandPpm(): number {
    return Math.min(ONE_PERCENT_PPM, this.reachPpm)
  }

  get updateId(): number | undefined {
    return this.state === 'LIVE' ? this.lastUpdateId : undefined
  }

  /** The snapshot that is waited for; undefined when none is. */
  get requestId(): number | undefined {
    return this.pace.waitingFor
  }

  diff(frame: DepthFrame, nowMs: number): readonly BookEffect[] {
    if (!(isUpdateId(frame.U) && isUpdateId(frame.pu) && isUpdateId(frame.u)) || frame.U > frame.u)
      return this.malformedDiff(nowMs)
    if (!this.levels.read(frame.b, frame.a)) return this.malformedDiff(nowMs)
    if (this.state !== 'LIVE') return this.buffered(frame, nowMs)
    if (frame.u <= this.lastUpdateId) return this.stale()
    if (frame.pu !== this.lastUpdateId) {
      this.counters.gaps++
      return this.resync('gap', [kept(frame, this.levels)], nowMs)
    }
    this.counters.unknownDeletes += this.levels.bids.applyTo(this.bids) + this.levels.asks.applyTo(this.asks)
    this.counters.applied++
    this.lastUpdateId = frame.u
    if (!isCrossed(this)) return NOTHING
    this.counters.crossed++
    return this.resync('crossed', [kept(frame, this.levels)], nowMs)
  }

  snapshot(snapshot: DepthSnapshot, nowMs: number): readonly BookEffect[] {
    if (!this.pace.takes(snapshot.requestId)) return this.ignored()
    if (!isUpdateId(snapshot.lastUpdateId) || !this.levels.read(snapshot.bids, snapshot.asks)) {
      this.counters.malformed++
      return this.askAfterFailure(nowMs)
    }
    this.load()
    if (isCrossed(this)) return this.crossedAnswer(nowMs)
    this.waitingId = snapshot.lastUpdateId
    return this.join(nowMs)
  }

  snapshotFailed(requestId: number, nowMs: number): readonly BookEffect[] {
    if (!this.pace.takes(requestId)) return this.ignored()
    this.counters.snapshotsFailed++
    return this.askAfterFailure(nowMs)
  }

  /** The connection was lost, or made anew: nothing that came before it counts, the request for a snapshot neither. */
  connectionChanged(): void {
    this.state = 'EMPTY'
    this.forget()
    this.pace.giveUp()
  }

  private buffered(frame: DepthFrame, nowMs: number): readonly BookEffect[] {
    const last = this.buffer.at(-1)
    if (last !== undefined && frame.u <= last.u) return this.stale()
    if (last !== undefined && frame.pu !== last.u) {
      this.counters.gaps++
      this.buffer = []
    }
    this.buffer.push(kept(frame, this.levels))
    if (this.buffer.length > this.bufferedMax) {
      this.buffer.shift()
      this.counters.overflowed++
    }
    if (this.state === 'EMPTY') {
      this.state = 'SYNCING'
      return [this.request(nowMs)]
    }
    return this.join(nowMs)
  }

  /** The snapshot that waits becomes the book where the diffs behind it join. */
  private join(nowMs: number): readonly BookEffect[] {
    const snapshotId = this.waitingId
    if (snapshotId === undefined) return NOTHING
    const first = this.buffer.findIndex(({ u }) => u >= snapshotId)
    const older = first === -1 ? this.buffer.length : first
    this.counters.stale += older
    this.buffer.splice(0, older)
    const next = this.buffer[0]
    if (next === undefined) return NOTHING
    if (next.U > snapshotId && next.pu !== snapshotId) {
      this.counters.snapshotsTooOld++
      this.waitingId = undefined
      return this.askAfterFailure(nowMs)
    }
    for (let i = 0; i < this.buffer.length; i++) {
      this.apply(this.buffer[i]!)
      if (!isCrossed(this)) continue
      this.buffer.splice(0, i)
      return this.crossedAnswer(nowMs)
    }
    this.lastUpdateId = this.buffer.at(-1)!.u
    this.state = 'LIVE'
    this.buffer = []
    this.waitingId = undefined
    this.pace.live()
    return NOTHING
  }

  private load(): void {
    this.levels.bids.replace(this.bids)
    this.levels.asks.replace(this.asks)
    this.reachPpm = snapshotReachPpm(this)
  }

  private apply({ levels }: KeptDiff): void {
    this.counters.unknownDeletes += applyKept(levels.bids, this.bids) + applyKept(levels.asks, this.asks)
    this.counters.applied++
  }

  private malformedDiff(nowMs: number): readonly BookEffect[] {
    this.counters.malformed++
    if (this.state === 'LIVE') return this.resync('malformed', [], nowMs)
    this.buffer = []
    return NOTHING
  }

  private resync(reason: 'gap' | 'crossed' | 'malformed', buffer: KeptDiff[], nowMs: number): readonly BookEffect[] {
    this.state = 'SYNCING'
    this.forget()
    this.buffer = buffer
    return [{ type: 'resync', reason }, this.request(nowMs)]
  }

  /** The snapshot, alone or with the diffs behind it, is crossed: what is in the buffer stays there. */
  private crossedAnswer(nowMs: number): readonly BookEffect[] {
    this.counters.crossed++
    this.pace.failed()
    return this.resync('crossed', this.buffer, nowMs)
  }

  private askAfterFailure(nowMs: number): readonly BookEffect[] {
    this.pace.failed()
    return [this.request(nowMs)]
  }

  private request(nowMs: number): BookEffect {
    return { type: 'requestSnapshot', ...this.pace.ask(nowMs) }
  }

  private stale(): readonly BookEffect[] {
    this.counters.stale++
    return NOTHING
  }

  private ignored(): readonly BookEffect[] {
    this.counters.snapshotsIgnored++
    return NOTHING
  }

  private forget(): void {
    this.buffer = []
    this.waitingId = undefined
    this.bids.clear()
    this.asks.clear()
    this.reachPpm = TWO_PERCENT_PPM
  }
}

/** What happened to a book since it was made. */
export interface BookCounters {
  applied: number
  /** Diffs that were ignored, or dropped from the buffer, because they were old. */
  stale: number
  gaps: number
  crossed: number
  malformed: number
  /** Quantities of 0 for a level that was not there: usual, beyond the snapshot's levels. */
  unknownDeletes: number
  snapshotsTooOld: number
  /** Answers that nobody waited for. */
  snapshotsIgnored: number
  snapshotsFailed: number
  /** Diffs dropped because the buffer was full. */
  overflowed: number
}

export function noCounts(): BookCounters {
  return {
    ...{ applied: 0, stale: 0, gaps: 0, crossed: 0, malformed: 0, unknownDeletes: 0 },
    ...{ snapshotsTooOld: 0, snapshotsIgnored: 0, snapshotsFailed: 0, overflowed: 0 },
  }
}

/** Bid at or above ask. A book with one side is not crossed. */
export function isCrossed({ bids, asks }: Pick<Book, 'bids' | 'asks'>): boolean {
  return bids.count > 0 && asks.count > 0 && bids.bestTicks >= asks.bestTicks
}

interface KeptDiff {
  readonly U: number
  readonly u: number
  readonly pu: number
  readonly levels: KeptLevels
}

function kept({ U, u, pu }: DepthFrame, levels: FrameLevels): KeptDiff {
  return { U, u, pu, levels: levels.copy() }
}

function isUpdateId(value: unknown): boolean {
  return Number.isSafeInteger(value)
}
