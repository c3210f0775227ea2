import { assert } from '../../base/assert.js'
import type { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionQuiet } from '../../core/decision/quiet-decision.js'
import type { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionQuiet } from '../../core/execution/quiet-execution.js'
import type { Standstill } from '../../ports/played-market.js'
import type { QuietSpan } from '../../ports/sides.js'
import type { VirtualTime } from '../time/virtual-time.js'

/**
 * Virtual time of two sides and a venue, passed over where it is quiet. While nothing is under way, both sides exchange
 * heartbeats and the venue's truths, and each is like the last: what they would leave behind is reckoned instead, to the last
 * sequence number and the last latency drawn, and the journals are the same.
 *
 * In a gap of the recorded market longer than an hour, truths that change nothing are not recorded each minute either, but once
 * with their number when it ends: such a gap takes as long as its first minutes, however many days it has.
 */
export class QuietTime {
  constructor(private readonly parts: QuietParts) {}

  /** Lets everything happen that is due at `epochMs` or before; then it is `epochMs`. */
  passTo(epochMs: number): void {
    const { time } = this.parts
    const isGap = epochMs - time.epochMs() > GAP_MS
    do {
      while (time.waiting === HOSTS && this.passOver(epochMs, isGap)) {
        // One quiet span after another, until something is to happen.
      }
    } while (time.step(epochMs))
  }

  /** Truths first, as many as may be, then the heartbeats before the next. False when nothing is to be passed over. */
  private passOver(epochMs: number, isGap: boolean): boolean {
    const { decision, execution } = this.parts
    const there = execution.side.quiet
    const here = there === undefined ? undefined : decision.side.quiet
    if (there === undefined || here === undefined || !decision.host.hasWake || !execution.host.hasWake) return false
    if (here.heartbeatEveryMs !== there.heartbeatEveryMs) return false
    const untilMs = Math.min(epochMs, here.untilMs - 1)
    return this.passOverTruths(here, there, untilMs, isGap) || this.passOverBeats(there, untilMs)
  }

  /** Begins when the last truth must have come, however long it took: then so has the last of those that are passed over. */
  private passOverTruths(here: DecisionQuiet, there: ExecutionQuiet, epochMs: number, isGap: boolean): boolean {
    const nowMs = this.parts.time.epochMs()
    if (here.truths === null || there.truths === null) return false
    const { everyMs, askedAtMs, cameAtMs, answerMaxMs, statements } = there.truths
    const untilMs = isGap ? epochMs : Math.min(epochMs, here.truths.recordMs - 1)
    const count = Math.floor((untilMs - nowMs) / everyMs)
    if (count < 1 || everyMs % there.heartbeatEveryMs !== 0) return false
    const venueMaxMs = this.parts.venue.answerMaxMs()
    if (venueMaxMs === undefined || venueMaxMs >= answerMaxMs) return false
    if (nowMs < askedAtMs + venueMaxMs + here.truths.agreedAtMs - cameAtMs) return false
    const ms = count * everyMs
    const { thereMs, backMs } = this.parts.venue.passOver(count)
    const venueAtMs = askedAtMs + ms + thereMs
    const toLastMs = venueAtMs + backMs - cameAtMs
    const tookMs = thereMs + backMs
    this.carryOut({ ms, truths: { count, statements: count * statements, venueAtMs, tookMs, toLastMs } })
    return true
  }

  private passOverBeats({ untilMs, heartbeatEveryMs }: ExecutionQuiet, epochMs: number): boolean {
    const leftMs = Math.min(epochMs, untilMs - 1) - this.parts.time.epochMs()
    const beats = Math.floor(leftMs / heartbeatEveryMs)
    if (beats < 1) return false
    this.carryOut({ ms: beats * heartbeatEveryMs, truths: null })
    return true
  }

  private carryOut(span: QuietSpan): void {
    const { time, decision, execution } = this.parts
    time.passOver(span.ms)
    for (const { side, host } of [decision, execution]) {
      side.passOver(span)
      host.passOver(span.ms)
    }
    assert(time.waiting === HOSTS, 'nothing has happened in a time that was passed over')
  }
}

export interface QuietParts {
  readonly time: VirtualTime
  readonly venue: Standstill
  readonly decision: { readonly side: Pick<DecisionSide, 'quiet' | 'passOver'>; readonly host: QuietHost }
  readonly execution: { readonly side: Pick<ExecutionSide, 'quiet' | 'passOver'>; readonly host: QuietHost }
}

/** What drives a side. */
interface QuietHost {
  readonly hasWake: boolean
  passOver(ms: number): void
}

/** Each side's host has asked for one timer, and nobody else for any: nothing is on its way. */
const HOSTS = 2
const GAP_MS = 3_600_000
