import type { Machine, TimeInput } from '../machine.js'
import type { RestOutcome } from '../rest/call.js'
import type { WireEvent } from '../wire.js'
import type { UserStreamEffect } from './stream-effects.js'
import { type RenewalReason, USER_NOTICES } from './user-notices.js'
import { isKeyGone, readAccountEvent, readListenKey, whyNoKey } from './user-payloads.js'
import type { Renewal, UserSocket } from './user-socket.js'

/** ms. Source: notes on Binance, 2.3. */
export const USER_STREAM = Object.freeze({
  /**
   * A key lives 60 min. It is kept alive far more often than that needs: nothing else tells that another client has deleted it,
   * and the call weighs 1 of 2,400 a minute.
   */
  keepEveryMs: 300_000,
  /** After a call to keep it that failed; after the second a new key is asked for. */
  keepAgainMs: 60_000,
  keepFailuresMax: 2,
  /**
   * A refusal as one too many holds calls back to the end of the minute at the least, and no call for a key passes it: that would
   * risk a ban, under which no position can be left. One that waits leaves as soon as calls may; one given up meanwhile would be
   * made again up to `renewMsMax` later.
   */
  callMs: 70_000,
  openMs: 10_000,
  /** The old socket is kept for this long beside the new one: what is on its way to it still counts. */
  overlapMs: 2_000,
  /** The exchange pings each 3 min. */
  pingMs: 600_000,
  /** It cuts a socket at 24 h. */
  ageMs: 23 * 3_600_000,
  renewMs: 1_000,
  /** A try costs a call of weight 1 and a connection of 300 in five minutes; until one succeeds nobody hears of fills. */
  renewMsMax: 15_000,
  /** A socket that is closed sooner is no success: an address that opens sockets without a pause is shut out. */
  steadyMs: 60_000,
})

/**
 * The private stream of an account: a listen key, kept alive, and a socket that is opened with it. Whatever happens to either, a
 * new key is asked for and a new socket opened, and only then is the old one dropped. Silence is no sign of anything, since an
 * account that does nothing has nothing to tell: pings are, and events that had to come.
 */
export class UserStream implements Machine<UserStreamInput | WireEvent | TimeInput, UserStreamEffect> {
  private readonly socketPrefix: string
  private current: UserSocket | undefined
  /** On its way out: what it still tells is passed on until then. */
  private leaving: { readonly socketId: string; readonly untilMs: number } | undefined
  private renewal: Renewal | undefined
  /** Renewals that failed since one succeeded. */
  private failures = 0
  /** Sockets in a row that were closed soon after they had opened. */
  private brief = 0
  private isConnected = false
  private expectation: { readonly byMs: number } | undefined
  private eventAtMs: number | undefined
  private readonly renewals: Partial<Record<RenewalReason, number>> = {}
  private malformed = 0
  private calls = 0
  private socketsMade = 0
  private effects: UserStreamEffect[] = []

  constructor({ socketPrefix = 'user' }: UserStreamOptions = {}) {
    this.socketPrefix = socketPrefix
  }

  handle(input: UserStreamInput | WireEvent | TimeInput, nowMs: number): readonly UserStreamEffect[] {
    this.effects = []
    switch (input.kind) {
      case 'start':
        if (this.current === undefined) this.renew('start', nowMs)
        break
      case 'outcome':
        this.outcome(input.outcome, nowMs)
        break
      case 'expect':
        this.expect(input, nowMs)
        break
      case 'opened':
        this.opened(input.socketId, nowMs)
        break
      case 'text':
        this.text(input, nowMs)
        break
      case 'ping':
        if (input.socketId === this.current?.socketId) this.current.heardAtMs = nowMs
        break
      case 'closed':
        this.closed(input, nowMs)
        break
      default:
    }
    this.whatIsDue(nowMs)
    return this.effects
  }

  nextDueMs(): number | undefined {
    let dueMs = Number.POSITIVE_INFINITY
    const { current, renewal } = this
    if (current !== undefined && this.isConnected) dueMs = current.heardAtMs + USER_STREAM.pingMs
    if (current !== undefined && renewal === undefined) {
      dueMs = Math.min(dueMs, current.openedAtMs + USER_STREAM.ageMs)
      if (current.keepCallId === undefined) dueMs = Math.min(dueMs, current.keepDueMs)
    }
    if (renewal !== undefined && renewal.state !== 'ASKING') dueMs = Math.min(dueMs, renewal.dueMs)
    if (this.leaving !== undefined) dueMs = Math.min(dueMs, this.leaving.untilMs)
    if (this.expectation !== undefined) dueMs = Math.min(dueMs, this.expectation.byMs)
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
  }

  /** For a page that shows how it is; without the key. */
  view(nowMs: number): UserStreamView {
    return {
      connected: this.isConnected,
      socketAgeMs: this.current === undefined ? null : nowMs - this.current.openedAtMs,
      keptAgeMs: this.current === undefined ? null : nowMs - this.current.keptAtMs,
      eventAgeMs: this.eventAtMs === undefined ? null : nowMs - this.eventAtMs,
      renewals: { ...this.renewals },
      malformed: this.malformed,
    }
  }

  private whatIsDue(nowMs: number): void {
    const { current, leaving, renewal } = this
    if (leaving !== undefined && nowMs >= leaving.untilMs) {
      this.leaving = undefined
      this.effects.push({ kind: 'close', socketId: leaving.socketId })
    }
    if (this.expectation !== undefined && nowMs >= this.expectation.byMs) this.lost('deaf', nowMs)
    if (renewal?.state === 'WAITING' && nowMs >= renewal.dueMs) this.askForKey(nowMs)
    if (renewal?.state === 'OPENING' && nowMs >= renewal.dueMs) {
      this.effects.push({ kind: 'close', socketId: renewal.socketId })
      this.renewalFailed('its socket did not open', nowMs)
    }
    if (current === undefined) return
    if (this.isConnected && nowMs - current.heardAtMs >= USER_STREAM.pingMs) this.lost('silent', nowMs)
    if (this.renewal !== undefined) return
    if (nowMs - current.openedAtMs >= USER_STREAM.ageMs) this.renew('age', nowMs)
    else if (current.keepCallId === undefined && nowMs >= current.keepDueMs) {
      current.keepCallId = this.call('keepListenKey', nowMs)
    }
  }

  /** Nothing is told any more, or it is not known whether it is. */
  private lost(reason: RenewalReason, nowMs: number): void {
    this.disconnected()
    const { renewal } = this
    const isKeyDead = reason === 'expired' || reason === 'keyGone'
    // A socket that is being opened with the same key would be as mute.
    if (isKeyDead && renewal?.state === 'OPENING') {
      this.effects.push({ kind: 'close', socketId: renewal.socketId })
      this.renewal = undefined
    }
    this.renew(reason, nowMs)
  }

  private disconnected(): void {
    this.expectation = undefined
    if (!this.isConnected) return
    this.isConnected = false
    this.effects.push({ kind: 'userConnection', connected: false })
  }

  private renew(reason: RenewalReason, nowMs: number): void {
    if (this.renewal !== undefined) return
    this.renewals[reason] = (this.renewals[reason] ?? 0) + 1
    const told = USER_NOTICES.renewed(reason)
    if (told !== undefined) this.effects.push(told)
    if (reason !== 'closed' || this.brief < 2) this.askForKey(nowMs)
    else this.renewal = { state: 'WAITING', dueMs: nowMs + pauseMs(this.brief - 2) }
  }

  private askForKey(nowMs: number): void {
    this.renewal = { state: 'ASKING', callId: this.call('newListenKey', nowMs) }
  }

  private renewalFailed(why: string, nowMs: number, isHeld = false): void {
    const afterMs = pauseMs(isHeld ? 0 : this.failures)
    const isTold = isHeld ? this.failures === 0 : this.failures % FAILURES_TOLD === 0
    this.failures++
    if (isTold) this.effects.push(USER_NOTICES.unreachable(why))
    this.renewal = { state: 'WAITING', dueMs: nowMs + afterMs }
  }

  private call(route: 'newListenKey' | 'keepListenKey', nowMs: number): string {
    const callId = `listenKey:${++this.calls}`
    const deadlineMs = nowMs + USER_STREAM.callMs
    this.effects.push({ kind: 'call', call: { callId, route, params: {}, priority: 'truth', deadlineMs } })
    return callId
  }

  private outcome(outcome: RestOutcome, nowMs: number): void {
    const { current, renewal } = this
    if (renewal?.state === 'ASKING' && outcome.callId === renewal.callId) this.keyCame(outcome, nowMs)
    else if (current !== undefined && outcome.callId === current.keepCallId) this.kept(current, outcome, nowMs)
  }

  private keyCame(outcome: RestOutcome, nowMs: number): void {
    const key = readListenKey(outcome)
    if (key === undefined) {
      // What did not leave costs nothing, and the exchange is waited for already.
      const isHeld = outcome.kind === 'notSent' && (outcome.why === 'RATE_LIMITED' || outcome.why === 'BANNED')
      this.renewalFailed(`no listen key was given (${whyNoKey(outcome)})`, nowMs, isHeld)
      return
    }
    const socketId = `${this.socketPrefix}-${++this.socketsMade}`
    this.renewal = { state: 'OPENING', socketId, key, keptAtMs: nowMs, dueMs: nowMs + USER_STREAM.openMs }
    this.effects.push({ kind: 'open', socketId, path: 'private', target: `/ws/${encodeURIComponent(key)}` })
  }

  private kept(current: UserSocket, outcome: RestOutcome, nowMs: number): void {
    current.keepCallId = undefined
    const key = readListenKey(outcome)
    // The call names no key: what it keeps alive is the account's, which another client may have made anew.
    const isOurs = outcome.kind === 'done' && (key === undefined || key === current.key)
    if (isOurs) {
      current.keptAtMs = nowMs
      current.keepDueMs = nowMs + USER_STREAM.keepEveryMs
      current.keepFailures = 0
      return
    }
    if (outcome.kind === 'done' || isKeyGone(outcome)) {
      this.lost('keyGone', nowMs)
      return
    }
    current.keepDueMs = nowMs + USER_STREAM.keepAgainMs
    if (++current.keepFailures >= USER_STREAM.keepFailuresMax) this.renew('keepalive', nowMs)
  }

  private opened(socketId: string, nowMs: number): void {
    const { renewal, current } = this
    if (renewal?.state !== 'OPENING' || renewal.socketId !== socketId) return
    if (this.leaving !== undefined) this.effects.push({ kind: 'close', socketId: this.leaving.socketId })
    this.leaving =
      current === undefined ? undefined : { socketId: current.socketId, untilMs: nowMs + USER_STREAM.overlapMs }
    this.current = {
      socketId,
      key: renewal.key,
      openedAtMs: nowMs,
      heardAtMs: nowMs,
      keptAtMs: renewal.keptAtMs,
      keepDueMs: nowMs + USER_STREAM.keepEveryMs,
      keepFailures: 0,
      keepCallId: undefined,
    }
    this.renewal = undefined
    this.failures = 0
    this.expectation = undefined
    this.connected()
  }

  private connected(): void {
    this.isConnected = true
    this.effects.push({ kind: 'userConnection', connected: true })
  }

  private closed({ socketId, code }: { socketId: string; code: number }, nowMs: number): void {
    const { renewal } = this
    if (socketId === this.leaving?.socketId) this.leaving = undefined
    if (renewal?.state === 'OPENING' && renewal.socketId === socketId)
      this.renewalFailed(`its socket was closed with ${code}`, nowMs)
    if (socketId !== this.current?.socketId) return
    this.brief = nowMs - this.current.openedAtMs < USER_STREAM.steadyMs ? this.brief + 1 : 0
    this.current = undefined
    this.lost('closed', nowMs)
  }

  private text({ socketId, text }: { socketId: string; text: string }, nowMs: number): void {
    const isCurrent = socketId === this.current?.socketId
    if (!isCurrent && socketId !== this.leaving?.socketId) return
    const event = readAccountEvent(text)
    if (event === 'answer') return
    if (event === 'malformed') {
      this.garbled()
      return
    }
    if (isCurrent) this.current!.heardAtMs = nowMs
    // It holds the key, so it goes no further.
    if (event.e === 'listenKeyExpired') {
      if (isCurrent) this.lost('expired', nowMs)
      return
    }
    this.eventAtMs = nowMs
    if (isCurrent) this.expectation = undefined
    this.effects.push({ kind: 'user', event })
  }

  /** What could not be read may have been of an order: the account says it again. */
  private garbled(): void {
    this.malformed++
    this.effects.push(USER_NOTICES.malformed())
    if (this.isConnected) this.connected()
  }

  private expect({ withinMs, sinceMs }: { withinMs: number; sinceMs?: number }, nowMs: number): void {
    if (!this.isConnected) return
    const hasCome = sinceMs !== undefined && this.eventAtMs !== undefined && this.eventAtMs >= sinceMs
    if (hasCome) return
    this.expectation = { byMs: Math.min(this.expectation?.byMs ?? Number.POSITIVE_INFINITY, nowMs + withinMs) }
  }
}

export type UserStreamInput =
  /** Before it, nothing is asked of the exchange. */
  | { readonly kind: 'start' }
  /** What became of a call whose id begins with `listenKey:`; others are passed over. */
  | { readonly kind: 'outcome'; readonly outcome: RestOutcome }
  /**
   * Something was done of which the stream must tell, so an event must come within `withinMs` from now; else the stream is taken
   * for deaf. An event may come before the answer: those that came from `sinceMs` on count, too (local time; absent: from now on).
   */
  | { readonly kind: 'expect'; readonly withinMs: number; readonly sinceMs?: number }

export interface UserStreamOptions {
  /** What the ids of its sockets begin with. Default `user`. */
  readonly socketPrefix?: string
}

export interface UserStreamView {
  readonly connected: boolean
  /** Null while there is no socket. */
  readonly socketAgeMs: number | null
  /** Since the exchange last said that the key lives. */
  readonly keptAgeMs: number | null
  readonly eventAgeMs: number | null
  /** Renewals begun so far, by why. */
  readonly renewals: Readonly<Partial<Record<RenewalReason, number>>>
  /** Events that could not be read. */
  readonly malformed: number
}

function pauseMs(inVain: number): number {
  return Math.min(USER_STREAM.renewMs * 2 ** inVain, USER_STREAM.renewMsMax)
}

const FAILURES_TOLD = 40
