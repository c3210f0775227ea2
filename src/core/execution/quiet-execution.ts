import { assert } from '../../base/assert.js'
import type { QuietSpan } from '../../ports/sides.js'
import type { ExecutionDesk } from './execution-desk.js'
import { symbolToAsk } from './truth.js'

/** A time in which the execution side only beats, and asks for truths that are like the last. */
export interface ExecutionQuiet {
  readonly heartbeatEveryMs: number
  /** Nothing but heartbeats is due before, UTC ms. */
  readonly untilMs: number
  /** Null: the next truth may bring news. */
  readonly truths: ExecutionTruths | null
}

interface ExecutionTruths {
  readonly everyMs: number
  /** When the last was asked for, and when it came, UTC ms. */
  readonly askedAtMs: number
  readonly cameAtMs: number
  /** One that takes as long as this, ms, would be news. */
  readonly answerMaxMs: number
  /** Messages to the decision side with each. */
  readonly statements: number
}

/** Undefined unless nothing waits for the other side or the venue, and the last heartbeat told all the news there is. */
export function executionQuiet(desk: ExecutionDesk): ExecutionQuiet | undefined {
  const { state, link, tradeDueMs, nextTruthMs } = desk
  const { heartbeatEveryMs } = link
  if (!desk.isStarted || !link.isQuiet || link.beatAtMs <= desk.newsMs) return undefined
  const isAsking = desk.requests.size > 0 || desk.truthWanted.size > 0
  if (isAsking || state.outbox.length > 0 || desk.isJournalFailed) return undefined
  return { heartbeatEveryMs, untilMs: Math.min(tradeDueMs, nextTruthMs), truths: quietTruths(desk) }
}

/**
 * The venue was asked, and answered, after the last news, and nothing is under way: as long as neither the venue nor the
 * decision side has any, each truth is like the last.
 */
function quietTruths(desk: ExecutionDesk): ExecutionTruths | null {
  const { state, truth, settings } = desk
  const { truthEveryMs: everyMs, truthDelayMaxMs: answerMaxMs } = settings.timings
  if (truth === null) return null
  const askedAtMs = truth.atMs - truth.tookMs
  if (askedAtMs <= desk.newsMs || desk.nextTruthMs !== askedAtMs + everyMs) return null
  if (state.exit !== null || desk.tradeDueMs !== Number.POSITIVE_INFINITY || !desk.isConnected) return null
  if (desk.disagreed.size > 0 || !desk.hasTruth) return null
  if (desk.asked.size < settings.instruments.length || symbolToAsk(desk) !== desk.truthSymbol) return null
  return { everyMs, askedAtMs, cameAtMs: truth.atMs, answerMaxMs, statements: desk.statements }
}

/** As if a quiet span had passed. */
export function passOver(desk: ExecutionDesk, { ms, truths }: QuietSpan): void {
  desk.link.passOver(ms, { sent: truths?.statements ?? 0, received: 0, lastMs: 0 })
  if (truths !== null) {
    const { truth, state, truthMarks } = desk
    assert(truth !== null, 'there is a truth that the others were like')
    const { venueAtMs, tookMs } = truths
    desk.truth = { atMs: truth.atMs + truths.toLastMs, tookMs }
    desk.venueNowMs = Math.max(desk.venueNowMs, venueAtMs)
    const symbol = state.entry?.instrument.symbol ?? ''
    const held = truthMarks.get(symbol)
    if (held !== undefined) truthMarks.set(symbol, { ...held, atMs: venueAtMs })
    desk.requestCount += truths.count
    desk.nextTruthMs += ms
  }
  desk.dueMs = Math.min(desk.tradeDueMs, desk.nextTruthMs, desk.link.dueMs)
}
