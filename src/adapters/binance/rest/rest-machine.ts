import { assert } from '../../../base/assert.js'
import type { Signer } from '../credentials.js'
import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { HttpAnswer, WireCommand, WireEvent } from '../wire.js'
import type { ExchangeError, RestCall, RestOutcome } from './call.js'
import { type Consequence, judge } from './errors.js'
import { ExchangeClock, serverTimeOf } from './exchange-clock.js'
import { limitsOf } from './rate-limits.js'
import { bannedForMs, retryAfterMs } from './refusal-times.js'
import { RestNotices } from './rest-notices.js'
import type { RestUsage } from './rest-usage.js'
import { ROUTES, type Route } from './routes.js'
import { BUSY_ANSWERS_MAX, newlyQueued, type Queued, type RateLimits, Scheduler } from './scheduler.js'
import { recvWindowMs, targetOf } from './signed-target.js'
import type { Span } from './usage-window.js'

/**
 * Everything that goes to the REST API of one address and one account: when (limits, priorities, bans), stamped and signed, and
 * what the answers mean. Each call has one outcome; an order or a cancellation that may have arrived is never sent again.
 */
export class RestMachine implements Machine<RestInput | WireEvent | TimeInput, RestEffect> {
  private readonly signer: Signer | undefined
  private readonly timeoutMs: number
  private readonly clock: ExchangeClock
  private readonly scheduler: Scheduler
  private readonly notices = new RestNotices()
  private readonly underWay = new Map<number, UnderWay>()
  /** Of the calls that have no outcome yet. */
  private readonly callIds = new Set<string>()
  /** A person knows of a ban, and not yet of its end. */
  private hasToldBan = false
  private lastHttpId = 0
  private lastMs = 0
  private dueMs: number | undefined
  private effects: RestEffect[] = []

  constructor({ signer, limits = LIMITS, timeoutMs = 10_000, clockEveryMs = 20_000 }: RestMachineOptions = {}) {
    this.signer = signer
    this.timeoutMs = timeoutMs
    this.clock = new ExchangeClock({ everyMs: clockEveryMs })
    this.scheduler = new Scheduler({ clock: this.clock, limits })
  }

  /** Events of sockets, and of requests that are not this machine's, are passed over. */
  handle(input: RestInput | WireEvent | TimeInput, nowMs: number): readonly RestEffect[] {
    if (this.hasSlept(nowMs)) this.clock.forget()
    this.lastMs = nowMs
    switch (input.kind) {
      case 'call':
        this.accept(input.call)
        break
      case 'httpAnswer':
        this.takeAnswer(input, nowMs)
        break
      case 'httpLost':
        this.takeLoss(input, nowMs)
        break
      case 'time':
        break
      default:
        return []
    }
    this.endWaits(nowMs)
    this.send(nowMs)
    const { effects } = this
    this.effects = []
    return effects
  }

  nextDueMs(): number | undefined {
    return this.dueMs
  }

  /** The time of the exchange, UTC ms, as late as it certainly is; undefined while it is not known. */
  exchangeMs(nowMs: number): number | undefined {
    return this.clock.offsetKnown && !this.hasSlept(nowMs) ? this.clock.between(nowMs).earliestMs : undefined
  }

  /** As of the last input, or of `nowMs`. */
  usage(nowMs = this.lastMs): RestUsage {
    const { weight, orders10s, orders1m, queued, heldUntilMs, bannedUntilMs } = this.scheduler
    const { earliestMs } = this.clock.between(nowMs)
    return {
      weightUsed: weight.used(earliestMs),
      weightLimit: weight.limit,
      orders10s: orders10s.used(earliestMs),
      orders10sLimit: orders10s.limit,
      orders1m: orders1m.used(earliestMs),
      orders1mLimit: orders1m.limit,
      queued,
      inFlight: this.underWay.size,
      heldUntilMs: heldUntilMs > nowMs ? heldUntilMs : null,
      bannedUntilMs: bannedUntilMs > nowMs ? bannedUntilMs : null,
      offsetMs: this.clock.offsetMs ?? null,
      uncertaintyMs: this.clock.uncertaintyMs ?? null,
    }
  }

  /** What was due was not done: this machine slept or its clock was set, and nothing is known of how the clocks stand. */
  private hasSlept(nowMs: number): boolean {
    return this.dueMs !== undefined && nowMs - this.dueMs > SLEPT_MS
  }

  private accept(call: RestCall): void {
    assert(!this.callIds.has(call.callId), `a call id is used once: ${call.callId}`)
    assert(ROUTES[call.route].access === 'public' || this.signer !== undefined, 'a call of an account has a signer')
    this.callIds.add(call.callId)
    // After a long outage the time is asked for rarely; an exit does not wait for that.
    if (call.priority === 'exit' && !this.clock.offsetKnown) this.clock.remeasure()
    this.scheduler.add(newlyQueued(call))
  }

  private takeAnswer(answer: HttpAnswer, nowMs: number): void {
    const sent = this.underWay.get(answer.httpId)
    if (sent === undefined) return
    const { queued } = sent
    const judgement = judge(answer)
    const isTime = queued.call.callId === ''
    // The exchange's time first: it says in which minute the exchange has counted what the answer tells as well.
    if (isTime && judgement.kind === 'done') this.takeTime(sent, judgement.value, nowMs)
    this.over(sent, nowMs)
    this.scheduler.hear(answer.headers, this.span(sent, nowMs))
    if (judgement.kind === 'refused') this.follow(judgement.follows, { error: judgement.error, answer, queued, nowMs })
    if (isTime) {
      if (judgement.kind !== 'done') this.takeTime(sent, undefined, nowMs)
    } else if (judgement.kind === 'busy' && !sent.told && queued.busyAnswers < BUSY_ANSWERS_MAX) {
      this.scheduler.busy(queued, nowMs)
    } else if (judgement.kind === 'busy' || judgement.kind === 'refused') {
      this.tell(sent, { kind: 'refused', error: judgement.error })
    } else if (judgement.kind === 'unknown') {
      this.tell(sent, { kind: 'unknown', message: judgement.message })
    } else {
      this.scheduler.taken(queued)
      if (queued.call.route === 'exchangeInfo') this.scheduler.limits = limitsOf(judgement.value, this.scheduler.limits)
      this.tell(sent, { kind: 'done', value: judgement.value, sentAtExchangeMs: sent.sentAtExchangeMs })
    }
  }

  private takeLoss({ httpId, mayHaveArrived, message }: Lost, nowMs: number): void {
    const sent = this.underWay.get(httpId)
    if (sent === undefined) return
    const { queued } = sent
    if (mayHaveArrived) this.over(sent, nowMs)
    else {
      this.underWay.delete(httpId)
      this.scheduler.takenBack(queued)
    }
    if (queued.call.callId === '') {
      this.lose(message, nowMs)
    } else if (mayHaveArrived) {
      this.tell(sent, { kind: 'unknown', message })
    } else if (ROUTES[queued.call.route].method === 'GET' && !queued.retried && !sent.told) {
      this.scheduler.putBack({ ...queued, retried: true })
    } else {
      this.tell(sent, { kind: 'notSent', why: 'UNREACHABLE', message })
    }
  }

  /** The exchange's answer to what its time is. */
  private takeTime(sent: UnderWay, value: unknown, nowMs: number): void {
    const serverMs = serverTimeOf(value)
    if (serverMs === undefined) {
      this.lose('it answered something else', nowMs)
      return
    }
    this.clock.answered({ sentMs: sent.sentMs, receivedMs: nowMs, serverMs })
    this.scheduler.reach(nowMs)
  }

  private lose(why: string, nowMs: number): void {
    this.clock.lost(nowMs)
    if (this.clock.failures >= UNREACHABLE_FROM) this.notify(this.notices.unreachable(nowMs, why))
  }

  private follow(follows: Consequence, { error, answer, queued, nowMs }: Refusal): void {
    const { scheduler, clock } = this
    const afterMs = retryAfterMs(answer)
    let untilMs = nowMs
    if (follows === 'ban') {
      untilMs = nowMs + (afterMs ?? bannedForMs(error, clock.between(nowMs).latestMs) ?? BAN_MIN_MS)
      scheduler.bannedUntilMs = Math.max(scheduler.bannedUntilMs, untilMs)
    } else if (follows === 'limit') {
      const minuteEndsMs = clock.reachedMs(scheduler.weight.endMs(clock.between(nowMs).latestMs))
      untilMs = Math.max(nowMs + (afterMs ?? 0), minuteEndsMs)
      scheduler.limited(queued, { nowMs, untilMs })
    } else if (follows === 'firewall' || follows === 'location') {
      untilMs = nowMs + (afterMs ?? FIREWALL_MS)
      scheduler.heldUntilMs = Math.max(scheduler.heldUntilMs, untilMs)
    } else if (follows === 'clock') {
      // The engine's own check (−5028) says that the request was slow within the exchange, which knew its stamp to be right.
      if (error.code === -1021) clock.forget()
      else clock.remeasure()
    }
    const notice = this.notices.of(follows, { error, nowMs, untilMs })
    if (follows === 'ban' && notice !== undefined) this.hasToldBan = true
    this.notify(notice)
  }

  /** What was not answered in time is not known; what the wire has forgotten counts no longer. */
  private endWaits(nowMs: number): void {
    for (const sent of this.underWay.values()) {
      if (nowMs < sent.expiresMs) continue
      const isTimeQuestion = sent.queued.call.callId === ''
      if (isTimeQuestion) this.lose(NO_ANSWER, nowMs)
      else this.tell(sent, { kind: 'unknown', message: NO_ANSWER })
      if (isTimeQuestion || nowMs >= sent.expiresMs + FORGOTTEN_MS) this.over(sent, nowMs)
    }
  }

  private send(nowMs: number): void {
    if (this.hasToldBan && nowMs >= this.scheduler.bannedUntilMs) {
      this.hasToldBan = false
      this.notify(this.notices.banOver())
    }
    const timeDueMs = this.askTime(nowMs)
    const { leaving, givenUp } = this.scheduler.take(nowMs)
    for (const { queued, why, message } of givenUp) this.outcome(queued, { kind: 'notSent', why, message })
    for (const queued of leaving) this.command(queued, nowMs)
    let dueMs = Math.min(timeDueMs, this.scheduler.nextDueMs())
    if (this.hasToldBan) dueMs = Math.min(dueMs, this.scheduler.bannedUntilMs)
    for (const { told, expiresMs } of this.underWay.values()) {
      dueMs = Math.min(dueMs, told ? expiresMs + FORGOTTEN_MS : expiresMs)
    }
    this.dueMs = Number.isFinite(dueMs) ? dueMs : undefined
  }

  /** Answers when it wants to ask next. */
  private askTime(nowMs: number): number {
    if (nowMs < this.clock.nextDueMs()) return this.clock.nextDueMs()
    const question = this.scheduler.takeTimeQuestion(nowMs)
    if (typeof question === 'number') return question
    this.clock.asked()
    this.command(question, nowMs)
    return this.clock.nextDueMs()
  }

  private command(queued: Queued, nowMs: number): void {
    const { call } = queued
    const route: Route = ROUTES[call.route]
    const { earliestMs } = this.clock.between(nowMs)
    const timeoutMs = Math.min(call.callId === '' ? TIME_TIMEOUT_MS : this.timeoutMs, call.deadlineMs - nowMs)
    this.lastHttpId += 1
    const httpId = this.lastHttpId
    const { signer } = this
    const stamp =
      route.access === 'signed'
        ? { signer: signer!, timestampMs: earliestMs, recvWindowMs: recvWindowMs(call, earliestMs) }
        : undefined
    const request = {
      httpId,
      method: route.method,
      target: targetOf(route, call.params, stamp),
      headers: route.access === 'public' ? NO_HEADERS : { 'x-mbx-apikey': signer!.apiKey },
      timeoutMs,
    }
    this.underWay.set(httpId, {
      httpId,
      queued,
      sentMs: nowMs,
      sentAtExchangeMs: earliestMs,
      expiresMs: nowMs + timeoutMs,
      told: false,
    })
    this.effects.push({ kind: 'http', request })
  }

  private over(sent: UnderWay, nowMs: number): void {
    this.underWay.delete(sent.httpId)
    this.scheduler.over(sent.queued, this.span(sent, nowMs))
  }

  private span({ queued, sentMs, sentAtExchangeMs }: UnderWay, nowMs: number): Span {
    // When a question for the time was sent, by the exchange's clock, is known best by its answer.
    const isTime = queued.call.callId === ''
    const sentAtMs = isTime ? this.clock.between(sentMs).earliestMs : sentAtExchangeMs
    return { sentMs: sentAtMs, overMs: this.clock.between(nowMs).latestMs }
  }

  private tell(sent: UnderWay, what: What): void {
    if (sent.told) return
    sent.told = true
    this.outcome(sent.queued, what)
  }

  private outcome({ call: { callId } }: Queued, what: What): void {
    this.callIds.delete(callId)
    this.effects.push({ kind: 'outcome', outcome: { ...what, callId } })
  }

  private notify(notice: Notice | undefined): void {
    if (notice !== undefined) this.effects.push(notice)
  }
}

export type RestInput = { readonly kind: 'call'; readonly call: RestCall }

export type RestTold = { readonly kind: 'outcome'; readonly outcome: RestOutcome }

export type RestEffect = WireCommand | RestTold | Notice

export interface RestMachineOptions {
  /** Absent: only public routes may be called. */
  readonly signer?: Signer | undefined
  /** Until the exchange states its own in `exchangeInfo`. */
  readonly limits?: RateLimits
  /** How long an answer is waited for, ms; not beyond a call's own deadline. */
  readonly timeoutMs?: number
  /** How often the exchange is asked for its time, ms. */
  readonly clockEveryMs?: number
}

/** Source: notes on Binance, 1.3. */
const LIMITS: RateLimits = { weight1m: 2_400, orders10s: 300, orders1m: 1_200 }

/** Longer than a busy machine is late. */
const SLEPT_MS = 5_000
const TIME_TIMEOUT_MS = 2_000
/** Questions for the time that have failed in a row before a person is told. */
const UNREACHABLE_FROM = 3
/** A wire says within its timeout what became of a request; one that does not must not use up the allowance for ever. */
const FORGOTTEN_MS = 5_000
/** The shortest ban. Source: notes on Binance, 1.6. */
const BAN_MIN_MS = 120_000
const FIREWALL_MS = 120_000
const NO_ANSWER = 'no answer in time'
const NO_HEADERS = {}

interface UnderWay {
  readonly httpId: number
  readonly queued: Queued
  readonly sentMs: number
  readonly sentAtExchangeMs: number
  readonly expiresMs: number
  /** It has its outcome: what is answered now is late. */
  told: boolean
}

type Lost = Extract<WireEvent, { kind: 'httpLost' }>

interface Refusal {
  readonly error: ExchangeError
  readonly answer: HttpAnswer
  readonly queued: Queued
  readonly nowMs: number
}

/** An outcome without whose it is. */
type What = RestOutcome extends infer Outcome ? (Outcome extends RestOutcome ? Omit<Outcome, 'callId'> : never) : never
