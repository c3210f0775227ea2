import type { MarketDataEvent } from '../../../ports/market-data.js'
import type { DepthSnapshot } from '../../../ports/vocabulary/depth.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import { isCount, isPayload } from '../streams/payload.js'

export interface SnapshotAsked {
  readonly symbol: string
  readonly requestId: number
}

/** What a snapshot costs of the address's allowance of a minute: 1,000 levels. Source: notes on Binance, 1.3. */
export const SNAPSHOT_WEIGHT = 20
/** Calls that wait for the scheduler at a time: what is asked for meanwhile can still be taken back. */
const UNDER_WAY_MAX = 4
/** A call has its turn in this minute or the next one, unless the exchange refuses everything. */
const PATIENCE_MS = 120_000
/** From so many on that wait people are told, and how often. */
const TOLD_FROM = 72
const TOLD_EVERY_MS = 60_000

/**
 * Snapshots of books, one after the other as they were asked for: hundreds at a start take minutes, which people are told. Of a
 * symbol only the latest request waits, since whoever asks again has given the one before up.
 */
export class SnapshotDesk {
  private readonly waiting = new Map<string, number>()
  private readonly underWay = new Map<string, SnapshotAsked>()
  private calls = 0
  private readonly told: { isTold: boolean; came: number; failed: number; nextMs: number } = noneTold()

  /** None is asked for, or under way. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.underWay.size === 0
  }

  /** When it wants to tell how far it is; infinite while there is nothing to tell. */
  get dueMs(): number {
    return this.told.isTold ? this.told.nextMs : Number.POSITIVE_INFINITY
  }

  ask({ symbol, requestId }: SnapshotAsked, nowMs: number): readonly MarketDataEvent[] {
    const before = this.waiting.get(symbol)
    this.waiting.set(symbol, requestId)
    if (before === undefined || before === requestId) return []
    return [failed({ symbol, requestId: before }, 'it was asked for again meanwhile', nowMs)]
  }

  /** What waits of symbols that are not followed any more is not asked for. */
  keep(symbols: ReadonlySet<string>, nowMs: number): readonly MarketDataEvent[] {
    const events: MarketDataEvent[] = []
    for (const [symbol, requestId] of this.waiting) {
      if (symbols.has(symbol)) continue
      this.waiting.delete(symbol)
      events.push(failed({ symbol, requestId }, 'the symbol is not followed any more', nowMs))
    }
    return events
  }

  /** The call to make now, if there is one. */
  due(nowMs: number): RestCall | undefined {
    if (this.underWay.size >= UNDER_WAY_MAX) return undefined
    for (const [symbol, requestId] of this.waiting) {
      this.waiting.delete(symbol)
      const callId = `snapshot:${++this.calls}`
      this.underWay.set(callId, { symbol, requestId })
      const params = { symbol, limit: '1000' }
      return { callId, route: 'depth', params, priority: 'data', deadlineMs: nowMs + PATIENCE_MS }
    }
    return undefined
  }

  /** @returns what is told of an outcome; undefined where the call was not its own. */
  take(outcome: RestOutcome, { nowMs, exchangeMs }: Moment): TakenSnapshot | undefined {
    const asked = this.underWay.get(outcome.callId)
    if (asked === undefined) return undefined
    this.underWay.delete(outcome.callId)
    const { symbol, requestId } = asked
    const snapshot = outcome.kind === 'done' ? readSnapshot(outcome.value, requestId) : undefined
    if (snapshot !== undefined) {
      this.told.came++
      const event = { kind: 'snapshot', symbol, atMs: exchangeMs, receivedMs: nowMs, snapshot } as const
      return { event, isMalformed: false }
    }
    this.told.failed++
    return { event: failed(asked, whyOf(outcome), nowMs), isMalformed: outcome.kind === 'done' }
  }

  /** How far it is, where people have to wait for it. */
  progress(nowMs: number, perMinute: number): readonly MarketDataEvent[] {
    const { told } = this
    const left = this.waiting.size + this.underWay.size
    if (left === 0) {
      const { came, failed } = told
      const events = told.isTold
        ? [notice(`${counted(came, HAVE_COME)}${failed > 0 ? `, ${failed} failed` : ''}.`)]
        : []
      Object.assign(told, noneTold())
      return events
    }
    if (told.isTold ? nowMs < told.nextMs : left < TOLD_FROM) return []
    Object.assign(told, { isTold: true, nextMs: nowMs + TOLD_EVERY_MS })
    const minutes = Math.ceil(left / Math.max(1, perMinute))
    const so = told.came === 0 ? '' : `${counted(told.came, HAVE_COME)}, `
    return [
      notice(
        `${so}${counted(left, ARE_AWAITED)}: the exchange's limits allow about ${perMinute} a minute, so that takes about ${minutes} min.`,
      ),
    ]
  }
}

interface Moment {
  readonly nowMs: number
  readonly exchangeMs: number
}

export interface TakenSnapshot {
  readonly event: MarketDataEvent
  /** There was an answer, and it cannot be read. */
  readonly isMalformed: boolean
}

/** Its levels are for the book to read. */
function readSnapshot(answer: unknown, requestId: number): DepthSnapshot | undefined {
  if (!isPayload(answer)) return undefined
  const { lastUpdateId, bids, asks } = answer
  if (!isCount(lastUpdateId) || !Array.isArray(bids) || !Array.isArray(asks)) return undefined
  return { requestId, lastUpdateId, bids, asks }
}

function whyOf(outcome: RestOutcome): string {
  if (outcome.kind === 'done') return 'the answer is no book'
  return outcome.kind === 'refused' ? outcome.error.message : outcome.message
}

function failed({ symbol, requestId }: SnapshotAsked, message: string, nowMs: number): MarketDataEvent {
  return { kind: 'snapshotFailed', symbol, requestId, receivedMs: nowMs, message }
}

function noneTold() {
  return { isTold: false, came: 0, failed: 0, nextMs: 0 }
}

const HAVE_COME = ['has come', 'have come'] as const
const ARE_AWAITED = ['is waited for', 'are waited for'] as const

function counted(snapshots: number, [one, many]: readonly [one: string, many: string]): string {
  return snapshots === 1 ? `1 snapshot ${one}` : `${snapshots} snapshots ${many}`
}

function notice(message: string): MarketDataEvent {
  return { kind: 'notice', level: 'INFO', code: 'SNAPSHOTS', message }
}
