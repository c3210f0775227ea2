import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type {
  Heartbeat,
  LinkState,
  Message,
  ResyncRequest,
  ResyncState,
  StandOfSide,
} from '../../ports/vocabulary/messages.js'
import { isRefusal, open, seal } from './envelope.js'
import { Hearing } from './hearing.js'
import { type LinkSignal, nextLinkState } from './link-health.js'
import type { LinkOwner } from './link-owner.js'
import { LINK_TIMINGS, type LinkTimings } from './link-timings.js'

export type LinkOutcome =
  | { readonly kind: 'send'; readonly text: string }
  /** A new message of the other side, in this session, checked. Never a heartbeat or a resync. */
  | { readonly kind: 'message'; readonly message: ApplicationMessage }
  /** The other side's heartbeat, after the endpoint has taken what it needs of it. */
  | { readonly kind: 'heartbeat'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'state'; readonly from: LinkState; readonly to: LinkState; readonly why: string }
  /** To be recorded; nothing leaves in the session until {@link LinkEndpoint.sessionDurable} says that it is on disk. */
  | { readonly kind: 'session'; readonly session: number }
  /** This process did not run for `ms`, and heard nothing meanwhile: that is no silence of the other side. */
  | { readonly kind: 'stalled'; readonly ms: number }
  /** Where the other side stands, by its own word. */
  | { readonly kind: 'stand'; readonly stand: StandOfSide }

export type ApplicationMessage = Exclude<Message, { readonly type: 'HEARTBEAT' | 'RESYNC_REQUEST' | 'RESYNC_STATE' }>

/** Sums of messages received lately, to tell a repeat from a forgery; older numbers are taken as repeats. */
const REMEMBERED = 1024

/**
 * One side's end of the link: seals, opens, counts, and knows whether the other side can be relied on. Everything but
 * the session number starts anew with the process.
 *
 * A session's first message must be durable as a number before it is sent: a restarted side that reused one would repeat
 * sequence numbers with other content, which is what corruption looks like.
 */
export class LinkEndpoint {
  state: LinkState = 'LINK_DEGRADED'
  stateSinceMs = 0
  /** The other side's last word on the link and its build; null before its first heartbeat in this session. */
  peer: Pick<Heartbeat, 'linkState' | 'build' | 'gate'> | null = null
  /** Identical repeats and late messages that were thrown away. */
  discarded = 0
  roundTripMs: number | null = null

  private isStarted = false
  /** Nothing is sent before the session's number is on disk. */
  private isDurable = false
  /** The other side is known to be in this session. */
  private isEstablished = false
  private nextSeq = 1
  private lastSeqReceived = 0
  private readonly seqs = new Float64Array(REMEMBERED)
  private readonly sums: string[] = new Array(REMEMBERED).fill('')
  private readonly hearing: Hearing
  private lastHeartbeatSentAtMs: number | null = null
  private goodInRow = 0
  private nextHeartbeatMs = 0
  private resync: { readonly resyncId: string; readonly cause: ResyncRequest['cause']; dueMs: number } | null = null
  /** Requests of the other side that came before the session was durable. */
  private unanswered: string | null = null
  private out: LinkOutcome[] = []

  constructor(
    private readonly owner: LinkOwner,
    private currentSession: number,
    private readonly timings: LinkTimings = LINK_TIMINGS,
  ) {
    this.hearing = new Hearing(timings)
  }

  get session(): number {
    return this.currentSession
  }

  /** Messages of the owner go through: the other side has joined this session. */
  get canSend(): boolean {
    return this.isDurable && this.isEstablished
  }

  /** Ms since the last valid message, or since the start. */
  ageMs(nowMs: number): number {
    return this.isStarted ? nowMs - this.hearing.lastValidMs : 0
  }

  get heartbeatEveryMs(): number {
    return this.timings.heartbeatEveryMs
  }

  /** When the last heartbeat left. */
  get beatAtMs(): number {
    return this.nextHeartbeatMs - this.timings.heartbeatEveryMs
  }

  /** When `time` has something to do. */
  get dueMs(): number {
    if (!this.isStarted) return Number.POSITIVE_INFINITY
    let due = this.hearing.dueMs(this.state)
    if (this.isDurable && this.isEstablished) due = Math.min(due, this.nextHeartbeatMs)
    if (this.isDurable && this.resync !== null) due = Math.min(due, this.resync.dueMs)
    return due
  }

  /** Opens a session of its own; the owner records the number. */
  start(nowMs: number): readonly LinkOutcome[] {
    assert(!this.isStarted, 'an endpoint starts once')
    this.isStarted = true
    this.stateSinceMs = nowMs
    this.openSession('START', nowMs)
    return this.take()
  }

  /** The session's number is on disk: what was waiting for that leaves. */
  sessionDurable(session: number, nowMs: number): readonly LinkOutcome[] {
    if (session !== this.currentSession || this.isDurable) return []
    this.isDurable = true
    if (this.resync !== null) this.requestResync(nowMs)
    if (this.unanswered !== null) this.answerResync(this.unanswered, nowMs)
    if (this.canSend) this.beat(nowMs)
    return this.take()
  }

  /** Beats, repeats what is unanswered, and notices silence. */
  time(nowMs: number): readonly LinkOutcome[] {
    this.noticeStall(nowMs)
    if (nowMs < this.dueMs) return this.take()
    this.noticeSilence(nowMs)
    if (this.isDurable && this.resync !== null && nowMs >= this.resync.dueMs) this.requestResync(nowMs)
    if (this.canSend && nowMs >= this.nextHeartbeatMs) this.beat(nowMs)
    return this.take()
  }

  /** The text to send; undefined while the session is not open on both sides: what cannot leave is lost, as on any link. */
  send(message: ApplicationMessage, nowMs: number): string | undefined {
    return this.canSend ? this.sealed(message, nowMs) : undefined
  }

  /** Both ends are well, and nothing is on its way but what each heartbeat says again. */
  get isQuiet(): boolean {
    const isOpen = this.state === 'LINK_OK' && this.canSend && this.resync === null && this.unanswered === null
    return isOpen && this.peer?.linkState === 'LINK_OK' && this.goodInRow >= this.timings.goodHeartbeats
  }

  /** As if a quiet time had passed: heartbeats both ways, and other messages, the last at `lastMs`. What was not sent has no sum. */
  passOver(ms: number, other: { readonly sent: number; readonly received: number; readonly lastMs: number }): void {
    assert(this.isQuiet, 'time is passed over while the link is quiet')
    const beats = ms / this.timings.heartbeatEveryMs
    assert(Number.isSafeInteger(beats), 'time is passed over in whole heartbeats')
    this.nextSeq += beats + other.sent
    this.lastSeqReceived += beats + other.received
    this.goodInRow += beats
    this.hearing.passOver(ms, other.lastMs)
    if (this.lastHeartbeatSentAtMs !== null) this.lastHeartbeatSentAtMs += ms
    this.nextHeartbeatMs += ms
  }

  /** An operator's command: the only way out of LINK_CORRUPT. */
  resyncByOperator(nowMs: number): readonly LinkOutcome[] {
    this.openSession('OPERATOR', nowMs)
    return this.take()
  }

  receive(text: string, nowMs: number): readonly LinkOutcome[] {
    this.noticeStall(nowMs)
    const opened = open(text)
    if (isRefusal(opened)) this.signal('BAD_MESSAGE', `${opened.why}: ${opened.problem}`, nowMs)
    else if (opened.session < this.currentSession) this.discarded++
    else if (opened.session > this.currentSession && opened.type !== 'RESYNC_REQUEST') {
      this.signal('BAD_MESSAGE', `session ${opened.session}, expected ${this.currentSession}`, nowMs)
    } else if (!this.hearing.isSane(opened.sentAtMs, nowMs)) {
      this.signal('BAD_MESSAGE', `clocks are ${opened.sentAtMs - nowMs} ms apart`, nowMs)
    } else {
      if (opened.session > this.currentSession) this.adopt(opened.session, opened.seq, nowMs)
      if (this.count(opened.seq, opened.sum, nowMs)) this.accept(opened, nowMs)
    }
    return this.take()
  }

  /** Whether the message is a new one; signals gaps and forgeries. */
  private count(seq: number, sum: string, nowMs: number): boolean {
    const slot = seq % REMEMBERED
    if (seq > this.lastSeqReceived) {
      const missing = seq - this.lastSeqReceived - 1
      this.lastSeqReceived = seq
      if (missing > 0) {
        this.signal('GAP', `${missing} messages before ${seq} are missing`, nowMs)
        this.resync ??= { resyncId: this.resyncId(), cause: 'GAP', dueMs: nowMs }
        if (this.isDurable && this.resync.dueMs <= nowMs) this.requestResync(nowMs)
      }
    } else if (this.seqs[slot] === seq) {
      if (this.sums[slot] !== sum) this.signal('BAD_MESSAGE', `sequence number ${seq} came twice and differs`, nowMs)
      else this.discarded++
      return false
    } else if (seq <= this.lastSeqReceived - REMEMBERED) {
      this.discarded++
      return false
    }
    this.seqs[slot] = seq
    this.sums[slot] = sum
    return true
  }

  private accept(message: Message, nowMs: number): void {
    this.hearing.valid(nowMs)
    switch (message.type) {
      case 'HEARTBEAT':
        this.acceptHeartbeat(message.body, (message as Message & { readonly sentAtMs: number }).sentAtMs, nowMs)
        break
      case 'RESYNC_REQUEST':
        this.acceptResyncRequest(message.body, nowMs)
        break
      case 'RESYNC_STATE':
        this.acceptResyncState(message.body, nowMs)
        break
      default:
        this.establish(nowMs)
        this.out.push({ kind: 'message', message })
    }
  }

  private acceptHeartbeat(heartbeat: Heartbeat, sentAtMs: number, nowMs: number): void {
    this.establish(nowMs)
    const isOnTime = this.hearing.heartbeat(nowMs)
    this.lastHeartbeatSentAtMs = sentAtMs
    this.peer = heartbeat
    this.out.push({ kind: 'heartbeat', heartbeat })
    if (!isOnTime) this.goodInRow = 0
    if (heartbeat.echo === null) return
    this.roundTripMs = Math.max(0, nowMs - heartbeat.echo.sentAtMs - heartbeat.echo.heldMs)
    if (this.roundTripMs > this.timings.roundTripMaxMs) {
      this.signal('SLOW', `round trip of ${this.roundTripMs} ms`, nowMs)
      return
    }
    this.goodInRow++
    if (this.goodInRow >= this.timings.goodHeartbeats && this.resync === null) {
      this.signal('RECOVERED', `${this.goodInRow} good heartbeats`, nowMs)
    }
  }

  private acceptResyncRequest(request: ResyncRequest, nowMs: number): void {
    this.out.push({ kind: 'stand', stand: request.state })
    if (request.cause === 'OPERATOR') this.signal('RESYNC_ORDERED', 'ordered by the other side', nowMs)
    else if (request.cause === 'START') this.signal('SESSION_OPENED', 'the other side started', nowMs)
    if (this.isDurable) this.answerResync(request.resyncId, nowMs)
    else this.unanswered = request.resyncId
    this.establish(nowMs)
  }

  private acceptResyncState(answer: ResyncState, nowMs: number): void {
    if (this.resync?.resyncId !== answer.resyncId) return
    this.resync = null
    this.out.push({ kind: 'stand', stand: answer.state })
    this.establish(nowMs)
  }

  /** The other side speaks in this session: an opening needs no more repeating once it has been answered. */
  private establish(nowMs: number): void {
    if (this.isEstablished) return
    if (this.resync !== null && this.resync.cause !== 'GAP') return
    this.isEstablished = true
    this.hearing.lastHeartbeatMs = nowMs
    this.nextHeartbeatMs = nowMs
    if (this.canSend) this.beat(nowMs)
  }

  private openSession(cause: 'START' | 'OPERATOR', nowMs: number): void {
    this.beginSession(this.currentSession + 1, nowMs)
    this.resync = { resyncId: this.resyncId(), cause, dueMs: nowMs }
    this.signal(cause === 'START' ? 'SESSION_OPENED' : 'RESYNC_ORDERED', `session ${this.currentSession} opened`, nowMs)
  }

  /** The other side's request says where it stands, so a session that it opened leaves nothing of ours to ask. */
  private adopt(session: number, seq: number, nowMs: number): void {
    this.beginSession(session, nowMs)
    // Its requests before this one were lost, or are late.
    this.lastSeqReceived = seq - 1
    this.resync = null
  }

  private beginSession(session: number, nowMs: number): void {
    this.currentSession = session
    this.isDurable = false
    this.isEstablished = false
    this.nextSeq = 1
    this.lastSeqReceived = 0
    this.seqs.fill(0)
    this.peer = null
    this.lastHeartbeatSentAtMs = null
    this.goodInRow = 0
    this.hearing.begin(nowMs)
    this.unanswered = null
    this.out.push({ kind: 'session', session })
  }

  private noticeStall(nowMs: number): void {
    const ms = this.hearing.turn(nowMs, this.dueMs, this.state)
    if (ms > 0) this.out.push({ kind: 'stalled', ms })
  }

  private noticeSilence(nowMs: number): void {
    const silence = this.hearing.silence(nowMs)
    if (silence !== undefined) this.signal(silence.signal, silence.why, nowMs)
  }

  private signal(signal: LinkSignal, why: string, nowMs: number): void {
    if (signal !== 'RECOVERED') this.goodInRow = 0
    const from = this.state
    const to = nextLinkState(from, signal)
    if (from === to) return
    this.state = to
    this.stateSinceMs = nowMs
    this.out.push({ kind: 'state', from, to, why })
  }

  private beat(nowMs: number): void {
    this.nextHeartbeatMs = nowMs + this.timings.heartbeatEveryMs
    const heard = this.lastHeartbeatSentAtMs
    const reportsSeen = this.owner.reportsSeen?.()
    const gate = this.owner.gate?.()
    const body: Heartbeat = {
      linkState: this.state,
      echo: heard === null ? null : { sentAtMs: heard, heldMs: nowMs - this.hearing.lastHeartbeatMs },
      build: this.owner.build,
      ...present({ reportsSeen, gate }),
    }
    this.out.push({ kind: 'send', text: this.sealed({ type: 'HEARTBEAT', body }, nowMs) })
  }

  private requestResync(nowMs: number): void {
    const { resync } = this
    assert(resync !== null, 'a resync that is asked for is pending')
    resync.dueMs = nowMs + this.timings.resyncEveryMs
    const body: ResyncRequest = { resyncId: resync.resyncId, cause: resync.cause, state: this.stand() }
    this.out.push({ kind: 'send', text: this.sealed({ type: 'RESYNC_REQUEST', body }, nowMs) })
  }

  private answerResync(resyncId: string, nowMs: number): void {
    this.unanswered = null
    const body: ResyncState = { resyncId, state: this.stand() }
    this.out.push({ kind: 'send', text: this.sealed({ type: 'RESYNC_STATE', body }, nowMs) })
  }

  private stand(): StandOfSide {
    return { ...this.owner.stand(), lastSeqReceived: this.lastSeqReceived }
  }

  private resyncId(): string {
    return `${this.owner.side}-${this.currentSession}-${this.nextSeq}`
  }

  private sealed(message: Message, nowMs: number): string {
    return seal(message, { seq: this.nextSeq++, sentAtMs: nowMs, session: this.currentSession })
  }

  private take(): readonly LinkOutcome[] {
    if (this.out.length === 0) return NOTHING
    const { out } = this
    this.out = []
    return out
  }
}

const NOTHING: readonly LinkOutcome[] = []
