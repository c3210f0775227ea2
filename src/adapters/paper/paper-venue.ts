import { callback, fields, having, milliseconds, optional, refuse } from '../../base/arguments.js'
import type { Timer } from '../../ports/clock.js'
import type { MarketEvent, PlayedMarket, Standstill } from '../../ports/played-market.js'
import type { VenueEvent, VenueRequest } from '../../ports/venue.js'
import type { ExchangeJournal } from './exchange-journal.js'
import type { PaperExchange } from './paper-exchange.js'

/**
 * A paper exchange in time, a machine's or virtual: the port's contract over a machine that knows only the times it is told.
 * With a journal it outlives its process: what it tells waits until everything that had happened by then is durable. A journal
 * that fails is an exchange that cannot be reached: nothing is told any more that a restart would not know.
 */
export class PaperVenue implements PlayedMarket {
  readonly standstill: Standstill = {
    answerMaxMs: () => this.answerMaxMs(),
    passOver: (snapshots) => this.exchange.passOver(snapshots),
  }
  private readonly exchange: PaperExchange
  private readonly timer: Timer
  private readonly requestTimeoutMs: number
  private listener: ((event: VenueEvent) => void) | undefined
  /** Unanswered requests and when they time out, earliest first. */
  private readonly unanswered = new Map<string, number>()
  private readonly journal: ExchangeJournal | undefined
  private readonly journalFailed: PaperVenueOptions['journalFailed']
  /** What is told when the journal is durable up to a position, in order. */
  private readonly told: { readonly event: VenueEvent; readonly position: number }[] = []
  private wake: { readonly dueMs: number; readonly callOff: () => void } | undefined
  private lastMs = 0
  private closed = false

  /** @throws InputMistake that names every option that is wrong. */
  constructor(options: PaperVenueOptions) {
    refuse(OPTIONS(options, 'options'))
    const { exchange, timer, requestTimeoutMs = 3_000, journal, journalFailed } = options
    this.exchange = exchange
    this.timer = timer
    this.requestTimeoutMs = requestTimeoutMs
    this.journal = journal
    this.journalFailed = journalFailed
    this.lastMs = journal?.atMs ?? 0
    journal?.listen({ durable: () => this.tellDurable(), failed: (message) => this.fail(message) })
  }

  /** @throws when a request with this id is still unanswered. */
  send(request: VenueRequest): void {
    const { requestId } = request
    if (this.unanswered.has(requestId)) throw new Error(`paper venue: request ${requestId} is still unanswered`)
    const nowMs = this.nowMs()
    // After the end nobody answers: the caller learns so by the timeout, here a timeout of nothing.
    this.unanswered.set(requestId, nowMs + (this.closed ? 0 : this.requestTimeoutMs))
    if (!this.closed) this.exchange.handle(request, nowMs)
    this.keep(nowMs)
    this.setWake()
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
    this.setWake()
  }

  market(event: MarketEvent): void {
    if (this.closed) return
    const nowMs = this.nowMs()
    this.exchange.market(event, nowMs)
    this.keep(nowMs)
    this.setWake()
  }

  /** Cuts the connection: what is unanswered is `unknown`, what is on its way is lost. */
  async close(): Promise<void> {
    this.shut('the venue was closed')
    await this.journal?.close()
  }

  private shut(why: string): void {
    if (this.closed) return
    this.closed = true
    this.told.length = 0
    this.callOffWake()
    for (const requestId of [...this.unanswered.keys()]) this.timeOut(requestId, why)
  }

  private fail(message: string): void {
    if (this.closed) return
    this.journalFailed?.(message)
    this.shut("the exchange's journal cannot be written")
    this.listener?.({ kind: 'connection', connected: false })
  }

  /** An answer that may come after its request has timed out is no answer: then every question is asked. */
  private answerMaxMs(): number | undefined {
    if (this.unanswered.size > 0 || this.closed) return undefined
    const maxMs = this.exchange.answerMaxMs()
    return maxMs === undefined || maxMs > this.requestTimeoutMs ? undefined : maxMs
  }

  /** UTC; the system's clock may be set back, the exchange's may not. */
  private nowMs(): number {
    this.lastMs = Math.max(this.lastMs, this.timer.epochMs())
    return this.lastMs
  }

  private setWake(): void {
    if (this.listener === undefined) return
    const deadlineMs = this.unanswered.values().next().value ?? Infinity
    const exchangeMs = this.closed ? Infinity : (this.exchange.nextDueMs() ?? Infinity)
    const dueMs = Math.min(deadlineMs, exchangeMs)
    if (dueMs === Infinity || (this.wake !== undefined && this.wake.dueMs <= dueMs)) return
    this.callOffWake()
    const wake = {
      dueMs,
      callOff: this.timer.at(dueMs, () => {
        if (this.wake !== wake) return
        this.wake = undefined
        this.deliver()
        this.setWake()
      }),
    }
    this.wake = wake
  }

  private callOffWake(): void {
    this.wake?.callOff()
    this.wake = undefined
  }

  private deliver(): void {
    const nowMs = this.nowMs()
    const events = this.closed ? [] : this.exchange.advanceTo(nowMs)
    this.keep(nowMs)
    for (const event of events) this.tell(event)
    if (this.unanswered.size === 0) return
    for (const [requestId, deadlineMs] of [...this.unanswered]) {
      if (deadlineMs <= nowMs) this.timeOut(requestId, `no answer within ${this.requestTimeoutMs} ms`)
    }
  }

  private keep(nowMs: number): void {
    if (this.journal === undefined || this.closed) return
    const change = this.exchange.takeChange()
    if (change !== undefined) this.journal.changed(change, nowMs)
  }

  private tell(event: VenueEvent): void {
    if (this.closed) return
    const position = this.journal?.position ?? 0
    if (this.told.length > 0 || this.journal?.isDurable(position) === false) this.told.push({ event, position })
    else this.tellNow(event)
  }

  private tellDurable(): void {
    while (this.told[0] !== undefined && this.journal!.isDurable(this.told[0].position))
      this.tellNow(this.told.shift()!.event)
  }

  /** The answer of a request that was called unknown before has nobody to go to. */
  private tellNow(event: VenueEvent): void {
    if (!('requestId' in event) || this.unanswered.delete(event.requestId)) this.listener?.(event)
  }

  private timeOut(requestId: string, message: string): void {
    if (this.unanswered.delete(requestId)) this.listener?.({ kind: 'unknown', requestId, message })
  }
}

export interface PaperVenueOptions {
  readonly exchange: PaperExchange
  readonly timer: Timer
  /** A request without an answer by then is answered `unknown`; its answer is dropped if it still comes. Default 3,000. */
  readonly requestTimeoutMs?: number
  /** What the exchange was restored from, and goes on with; absent: the exchange ends with its process. */
  readonly journal?: ExchangeJournal
  /** Nothing is told any more, for it would not be known after a restart. */
  journalFailed?(message: string): void
}

const OPTIONS = fields<PaperVenueOptions>({
  exchange: having('a PaperExchange', 'handle', 'market', 'advanceTo', 'nextDueMs'),
  timer: having('a timer', 'epochMs', 'at'),
  requestTimeoutMs: optional(milliseconds),
  journal: optional(having('an ExchangeJournal', 'changed', 'isDurable', 'listen', 'close')),
  journalFailed: optional(callback),
})
