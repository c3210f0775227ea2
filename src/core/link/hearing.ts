import type { LinkState } from '../../ports/vocabulary/messages.js'
import type { LinkSignal } from './link-health.js'
import type { LinkTimings } from './link-timings.js'

/**
 * What one end has heard of the other, and when silence means something.
 *
 * What was due and comes late was due in a process that did not run, and so was whoever would have heard the other side: its
 * messages wait to be read. Such time is left out where the other side is judged to be gone. It is not left out where
 * heartbeats are missed: nothing opens until they are heard again. A clock that is set ahead looks the same.
 */
export class Hearing {
  lastValidMs = 0
  lastHeartbeatMs = 0
  /** Since the last valid message: time that this process did not run. */
  private stalledMs = 0
  /** When this end last had its turn. */
  private ranAtMs = Number.NEGATIVE_INFINITY
  /** The last time in which this process did not run: what came meanwhile is read behind it. */
  private stall = { fromMs: Number.POSITIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY }

  constructor(private readonly timings: LinkTimings) {}

  /** When silence is to be judged again. */
  dueMs(state: LinkState): number {
    if (!isJudged(state)) return Number.POSITIVE_INFINITY
    const silentMs = this.lastValidMs + this.stalledMs + this.timings.silentMaxMs
    return state === 'LINK_OK'
      ? Math.min(silentMs, this.lastHeartbeatMs + this.timings.heartbeatsMissedMs + 1)
      : silentMs
  }

  /** A new session: silence begins. */
  begin(nowMs: number): void {
    this.valid(nowMs)
    this.lastHeartbeatMs = nowMs
  }

  valid(nowMs: number): void {
    this.lastValidMs = nowMs
    this.stalledMs = 0
  }

  /** Whether the heartbeat came in time. */
  heartbeat(nowMs: number): boolean {
    const isOnTime = nowMs - this.lastHeartbeatMs <= this.timings.heartbeatsMissedMs
    this.lastHeartbeatMs = nowMs
    return isOnTime
  }

  /** As if heartbeats had come for so long, and another message at `lastMs`. */
  passOver(ms: number, lastMs: number): void {
    this.lastHeartbeatMs += ms
    this.valid(Math.max(this.lastHeartbeatMs, lastMs))
  }

  /**
   * This end has its turn, which was due at `dueMs`. Answers for how long its process did not run, when that was long and
   * nothing has been heard for as long as a lost link takes: 0 otherwise.
   */
  turn(nowMs: number, dueMs: number, state: LinkState): number {
    const { ranAtMs } = this
    const lateMs = nowMs - Math.max(dueMs, ranAtMs)
    this.ranAtMs = nowMs
    if (lateMs < this.timings.silentMaxMs * STALLED_SHARE) return 0
    this.stalledMs += lateMs
    this.stall = { fromMs: ranAtMs, toMs: nowMs }
    return isJudged(state) && nowMs - this.lastValidMs >= this.timings.silentMaxMs ? lateMs : 0
  }

  /** What the silence so far means, if anything. */
  silence(nowMs: number): { readonly signal: LinkSignal; readonly why: string } | undefined {
    const silentMs = nowMs - this.lastValidMs
    const beatlessMs = nowMs - this.lastHeartbeatMs
    const stalled = this.stalledMs > 0 ? `, ${this.stalledMs} ms of which this process did not run` : ''
    if (silentMs - this.stalledMs >= this.timings.silentMaxMs) {
      return { signal: 'SILENT', why: `nothing heard for ${silentMs} ms${stalled}` }
    }
    if (beatlessMs <= this.timings.heartbeatsMissedMs) return undefined
    return { signal: 'HEARTBEATS_MISSED', why: `no heartbeat for ${beatlessMs} ms${stalled}` }
  }

  /**
   * Whether a message is of a clock that agrees with this one. What waited while this process did not run is as old as that,
   * until a heartbeat after.
   */
  isSane(sentAtMs: number, nowMs: number): boolean {
    const { clockSkewMaxMs, heartbeatEveryMs } = this.timings
    const { fromMs, toMs } = this.stall
    const cameSinceMs = nowMs - toMs <= heartbeatEveryMs ? fromMs : nowMs
    return sentAtMs <= nowMs + clockSkewMaxMs && sentAtMs >= cameSinceMs - clockSkewMaxMs
  }
}

/** Silence makes these worse; the others are as bad as it could make them. */
function isJudged(state: LinkState): boolean {
  return state === 'LINK_OK' || state === 'LINK_DEGRADED'
}

/** What is due and comes later than this share of a silence shows that this process did not run; 0.5 s of 5. */
const STALLED_SHARE = 0.1
