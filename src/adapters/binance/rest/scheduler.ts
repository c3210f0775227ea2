import type { NotSentReason, Priority, RestCall } from './call.js'
import type { ExchangeClock } from './exchange-clock.js'
import { ExitsWhileHeld } from './exits-while-held.js'
import { ROUTES, type Route } from './routes.js'
import { type Span, UsageWindow } from './usage-window.js'

/**
 * Decides when a call may leave. Within each limit the exchange's windows hold, the more urgent goes first: each priority may
 * use the limits up to its share, so that what is less urgent leaves a reserve, and none of it overtakes what waits for the same
 * limit. A call that can certainly not leave in time is given up at once: whoever made it can still do something else.
 */
export class Scheduler {
  readonly weight: UsageWindow
  readonly orders10s: UsageWindow
  readonly orders1m: UsageWindow
  /** Local time until when nothing but exits leaves, and until when nothing does. */
  heldUntilMs = Number.NEGATIVE_INFINITY
  bannedUntilMs = Number.NEGATIVE_INFINITY
  private busyUntilMs = Number.NEGATIVE_INFINITY
  private readonly exitsWhileHeld = new ExitsWhileHeld()
  private dataUnderWay = 0
  /** Until when certainly no data that waits has to be given up. */
  private dataEndsMs = Number.POSITIVE_INFINITY
  private dueMs = Number.POSITIVE_INFINITY
  private readonly clock: ExchangeClock
  private readonly queues: Record<Priority, Queued[]> = { exit: [], truth: [], entry: [], data: [] }

  constructor({ clock, limits }: { readonly clock: ExchangeClock; readonly limits: RateLimits }) {
    this.clock = clock
    this.weight = new UsageWindow({ lengthMs: 60_000, limit: limits.weight1m })
    this.orders10s = new UsageWindow({ lengthMs: 10_000, limit: limits.orders10s })
    this.orders1m = new UsageWindow({ lengthMs: 60_000, limit: limits.orders1m })
  }

  get limits(): RateLimits {
    return { weight1m: this.weight.limit, orders10s: this.orders10s.limit, orders1m: this.orders1m.limit }
  }

  set limits({ weight1m, orders10s, orders1m }: RateLimits) {
    this.weight.limit = weight1m
    this.orders10s.limit = orders10s
    this.orders1m.limit = orders1m
  }

  get queued(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.queues[priority].length, 0)
  }

  add(queued: Queued): void {
    this.noteEnd(queued)
    this.queues[queued.call.priority].push(queued)
  }

  /** Before all others of its priority: it has been at its turn already. */
  putBack(queued: Queued): void {
    this.noteEnd(queued)
    this.queues[queued.call.priority].unshift(queued)
  }

  /** The exchange was too busy for a call: it waits, and everything that is no exit does. */
  busy(queued: Queued, nowMs: number): void {
    const delayMs = BUSY_DELAYS_MS[Math.min(queued.busyAnswers, BUSY_DELAYS_MS.length - 1)]!
    this.busyUntilMs = Math.max(this.busyUntilMs, nowMs + delayMs)
    this.putBack({ ...queued, busyAnswers: queued.busyAnswers + 1, notBeforeMs: nowMs + delayMs })
  }

  /** The exchange has refused a call as one too many. */
  limited({ call }: Queued, { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number }): void {
    this.heldUntilMs = Math.max(this.heldUntilMs, untilMs)
    if (call.priority === 'exit') this.exitsWhileHeld.refused(nowMs)
  }

  /** Takes out what is to leave now, in this order, and what never will. */
  take(nowMs: number): Taken {
    const leaving: Queued[] = []
    const givenUp: GivenUp[] = []
    const turn: Turn = { nowMs, weightAwaited: false, ordersAwaited: false }
    this.dueMs = Number.POSITIVE_INFINITY
    for (const priority of PRIORITIES) this.takeOf(this.queues[priority], turn, { leaving, givenUp })
    return { leaving, givenUp }
  }

  private takeOf(queue: Queued[], turn: Turn, { leaving, givenUp }: Taken): void {
    const { nowMs } = turn
    let seen = 0
    let kept = 0
    let endsMs = Number.POSITIVE_INFINITY
    while (seen < queue.length) {
      const queued = queue[seen]!
      seen += 1
      const wait = this.waitOf(queued, turn)
      const end = endOf(queued.call, this.clock)
      if (nowMs >= end.ms || (wait?.certain && wait.untilMs >= end.ms)) {
        const { why, message } = wait === undefined || (nowMs >= end.ms && end.why === 'EXPIRED') ? end : wait
        givenUp.push({ queued, why, message })
      } else if (wait === undefined) {
        leaving.push(queued)
        this.sent(queued)
        if (queued.call.priority === 'exit' && nowMs < this.heldUntilMs) this.exitsWhileHeld.left(nowMs)
      } else {
        queue[kept] = queued
        kept += 1
        endsMs = Math.min(endsMs, end.ms)
        this.dueMs = Math.min(this.dueMs, wait.untilMs, end.ms)
        if (wait === CROWDED && nowMs < this.dataEndsMs) break
      }
    }
    if (seen < queue.length) this.dueMs = Math.min(this.dueMs, this.dataEndsMs)
    else if (queue === this.queues.data) this.dataEndsMs = endsMs
    queue.splice(kept, seen - kept)
  }

  /** When `take` may have something else to say, if nothing happens before. */
  nextDueMs(): number {
    return this.dueMs
  }

  /**
   * The question for the exchange's time, if it may leave now; otherwise until when it waits, local time. It is as urgent as an
   * exit when one waits for its answer.
   */
  takeTimeQuestion(nowMs: number): Queued | number {
    const { offsetKnown } = this.clock
    const exitWaits = !offsetKnown && this.queues.exit.some(({ call }) => ROUTES[call.route].access === 'signed')
    const queued = newlyQueued({ ...TIME_QUESTION, priority: exitWaits ? 'exit' : 'truth' })
    const wait = this.waitOf(queued, { nowMs, weightAwaited: false, ordersAwaited: false })
    if (wait !== undefined) return wait.untilMs
    this.sent(queued)
    return queued
  }

  private sent({ call }: Queued): void {
    if (call.priority === 'data') this.dataUnderWay += 1
    this.forEachWindow(call, (window, weight) => window.sent(weight))
  }

  takenBack({ call }: Queued): void {
    if (call.priority === 'data') this.dataUnderWay -= 1
    this.forEachWindow(call, (window, weight) => window.takenBack(weight))
  }

  /** The exchange has taken a call: it does not refuse all of them. */
  taken({ call }: Queued): void {
    if (call.priority === 'exit') this.exitsWhileHeld.taken()
  }

  over({ call }: Queued, span: Span): void {
    if (call.priority === 'data') this.dataUnderWay -= 1
    this.forEachWindow(call, (window, weight) => window.over(weight, span))
  }

  /** The exchange's time is known, or known better: what was held to be of a later minute may not have been. */
  reach(nowMs: number): void {
    const { earliestMs } = this.clock.between(nowMs)
    for (const window of [this.weight, this.orders10s, this.orders1m]) window.reach(earliestMs)
  }

  /** What the exchange has counted, in the headers of an answer. */
  hear(headers: Readonly<Record<string, string>>, span: Span): void {
    for (const [window, header] of [
      [this.weight, 'x-mbx-used-weight-1m'],
      [this.orders10s, 'x-mbx-order-count-10s'],
      [this.orders1m, 'x-mbx-order-count-1m'],
    ] as const) {
      const count = Number(headers[header] ?? Number.NaN)
      if (Number.isFinite(count)) window.heard(count, span)
    }
  }

  /** Thousands of calls for data may wait behind the few that are under way: they are not looked at before one must end. */
  private noteEnd({ call: { priority, deadlineMs, validUntilMs } }: Queued): void {
    if (priority !== 'data') return
    this.dataEndsMs = Math.min(this.dataEndsMs, validUntilMs === undefined ? deadlineMs : Number.NEGATIVE_INFINITY)
  }

  private forEachWindow({ route, params }: RestCall, act: (window: UsageWindow, weight: number) => void): void {
    const { weight, isOrder }: Route = ROUTES[route]
    act(this.weight, weight(params))
    if (!isOrder) return
    act(this.orders10s, 1)
    act(this.orders1m, 1)
  }

  /** Why it does not leave now; undefined when it does. */
  private waitOf({ call, notBeforeMs }: Queued, turn: Turn): Wait | undefined {
    const { nowMs } = turn
    const isExit = call.priority === 'exit'
    if (nowMs < this.bannedUntilMs) return { ...BANNED, untilMs: this.bannedUntilMs }
    const heldUntilMs = isExit ? Math.min(this.heldUntilMs, this.exitsWhileHeld.nextMs) : this.heldUntilMs
    if (nowMs < heldUntilMs) return { ...HELD, untilMs: heldUntilMs }
    const busyUntilMs = isExit ? notBeforeMs : Math.max(notBeforeMs, this.busyUntilMs)
    if (nowMs < busyUntilMs) return { ...BUSY, untilMs: busyUntilMs }
    const { access, isOrder, weight }: Route = ROUTES[call.route]
    if (access === 'signed' && !this.clock.offsetKnown) return CLOCKLESS
    // A process that is started again and again at an exchange that refuses more requests adds one each time, not all that it begins with.
    if (this.clock.isFirstOut) return CLOCKLESS
    if (call.priority === 'data' && this.dataUnderWay >= DATA_UNDER_WAY_MAX) return CROWDED
    const share = SHARES[call.priority]
    const needed = weight(call.params)
    if (needed > 0) {
      const wait = turn.weightAwaited ? QUEUED : this.windowWait(this.weight, { needed, share, nowMs })
      if (wait !== undefined) {
        turn.weightAwaited = true
        return wait
      }
    }
    if (!isOrder) return undefined
    const wait = turn.ordersAwaited
      ? QUEUED
      : (this.windowWait(this.orders1m, { needed: 1, share, nowMs }) ??
        this.windowWait(this.orders10s, { needed: 1, share, nowMs }))
    if (wait !== undefined) turn.ordersAwaited = true
    return wait
  }

  private windowWait(
    window: UsageWindow,
    { needed, share, nowMs }: { readonly needed: number; readonly share: number; readonly nowMs: number },
  ): Wait | undefined {
    const allowed = Math.floor(window.limit * share)
    if (needed > allowed) return { ...LIMITED, untilMs: Number.POSITIVE_INFINITY, certain: true }
    // What may be in the window after it already counts in this one, and nothing is later than the latest.
    const { earliestMs } = this.clock.between(nowMs)
    window.reach(earliestMs)
    if (window.used(earliestMs) + needed <= allowed) return undefined
    const certain = window.certain(earliestMs) + needed > allowed
    return { ...LIMITED, untilMs: this.clock.reachedMs(window.endMs(earliestMs)), certain }
  }
}

/** A call that waits, and what has become of it so far. */
export interface Queued {
  readonly call: RestCall
  /** How often the exchange was too busy for it. */
  readonly busyAnswers: number
  readonly notBeforeMs: number
  /** It was sent once, and certainly did not arrive. */
  readonly retried: boolean
}

export function newlyQueued(call: RestCall): Queued {
  return { call, busyAnswers: 0, notBeforeMs: Number.NEGATIVE_INFINITY, retried: false }
}

export interface Taken {
  readonly leaving: Queued[]
  readonly givenUp: GivenUp[]
}

export interface GivenUp {
  readonly queued: Queued
  readonly why: NotSentReason
  readonly message: string
}

export interface RateLimits {
  /** Of the address, in a UTC minute. */
  readonly weight1m: number
  /** Of the account. */
  readonly orders10s: number
  readonly orders1m: number
}

export const PRIORITIES: readonly Priority[] = ['exit', 'truth', 'entry', 'data']

/** How often a call is sent again to an exchange that is too busy, and after which times. Source: notes on Binance, 1.6. */
export const BUSY_ANSWERS_MAX = 5
const BUSY_DELAYS_MS = [200, 400, 800]

/** How much of a limit is used before a priority waits. */
export const SHARES: Readonly<Record<Priority, number>> = { exit: 1, truth: 0.9, entry: 0.8, data: 0.6 }

/** More would open more connections, which does not make the exchange any faster. */
const DATA_UNDER_WAY_MAX = 8

interface Turn {
  readonly nowMs: number
  /** Something at least as urgent waits for this limit. */
  weightAwaited: boolean
  ordersAwaited: boolean
}

interface Wait {
  readonly why: NotSentReason
  readonly message: string
  /** Local time; infinite where something has to happen first. */
  readonly untilMs: number
  /** Whether it certainly cannot leave before. */
  readonly certain: boolean
}

const BANNED = { why: 'BANNED', message: 'the exchange has banned this address for now', certain: true } as const
const HELD = { why: 'RATE_LIMITED', message: 'the exchange has refused more requests for now', certain: true } as const
const BUSY = { why: 'RATE_LIMITED', message: 'the exchange is too busy', certain: true } as const
const LIMITED = { why: 'RATE_LIMITED', message: 'the allowance of this minute is used up' } as const
const EVENT = { untilMs: Number.POSITIVE_INFINITY, certain: false } as const
const QUEUED: Wait = { why: 'RATE_LIMITED', message: 'others wait for the allowance before it', ...EVENT }
const CROWDED: Wait = { why: 'DEADLINE', message: 'others were not answered in time', ...EVENT }
const CLOCKLESS: Wait = { why: 'UNREACHABLE', message: 'the exchange has not told its time', ...EVENT }

const TIME_QUESTION = { callId: '', route: 'time', params: {}, deadlineMs: Number.POSITIVE_INFINITY } as const

interface End {
  readonly ms: number
  readonly why: NotSentReason
  readonly message: string
}

/** From when on it must not leave any more. */
function endOf({ deadlineMs, validUntilMs }: RestCall, clock: ExchangeClock): End {
  const deadline: End = { ms: deadlineMs, why: 'DEADLINE', message: 'it could not be sent in time' }
  if (validUntilMs === undefined || !clock.offsetKnown) return deadline
  const expiryMs = clock.reachedMs(validUntilMs)
  return expiryMs < deadlineMs ? { ms: expiryMs, why: 'EXPIRED', message: 'it was valid no longer' } : deadline
}
