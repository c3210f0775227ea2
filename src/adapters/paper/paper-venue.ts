import type { Clock } from '../../ports/clock.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Venue, VenueEvent, VenueRequest } from '../../ports/venue.js'
import type { PaperExchange } from './paper-exchange.js'

export interface PaperVenueOptions {
  readonly exchange: PaperExchange
  readonly clock: Clock
  /** A request without an answer by then is answered `unknown`; its answer is dropped if it still comes. Default 3,000. */
  readonly requestTimeoutMs?: number
}

/** A paper exchange in real time: the port's contract over a machine that knows only the times it is told. */
export class PaperVenue implements Venue {
  private readonly exchange: PaperExchange
  private readonly clock: Clock
  private readonly requestTimeoutMs: number
  private listener: ((event: VenueEvent) => void) | undefined
  /** Unanswered requests and when they time out, earliest first. */
  private readonly unanswered = new Map<string, number>()
  private timer: { readonly dueMs: number; readonly abort: AbortController } | undefined
  private lastMs = 0
  private closed = false

  constructor({ exchange, clock, requestTimeoutMs = 3_000 }: PaperVenueOptions) {
    this.exchange = exchange
    this.clock = clock
    this.requestTimeoutMs = requestTimeoutMs
  }

  /** @throws when a request with this id is still unanswered. */
  send(request: VenueRequest): void {
    const { requestId } = request
    if (this.unanswered.has(requestId)) throw new Error(`paper venue: request ${requestId} is still unanswered`)
    const nowMs = this.nowMs()
    // After the end nobody answers: the caller learns so by the timeout, here a timeout of nothing.
    this.unanswered.set(requestId, nowMs + (this.closed ? 0 : this.requestTimeoutMs))
    if (!this.closed) this.exchange.handle(request, nowMs)
    this.schedule()
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
    this.schedule()
  }

  /** What the market does at this moment. */
  market(event: MarketEvent): void {
    if (this.closed) return
    this.exchange.market(event, this.nowMs())
    this.schedule()
  }

  /** Cuts the connection: what is unanswered is `unknown`, what is on its way is lost. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.stopTimer()
    for (const requestId of [...this.unanswered.keys()]) this.timeOut(requestId, 'the venue was closed')
  }

  /** UTC; the system's clock may be set back, the exchange's may not. */
  private nowMs(): number {
    this.lastMs = Math.max(this.lastMs, this.clock.epochMs())
    return this.lastMs
  }

  private schedule(): void {
    if (this.listener === undefined) return
    const deadlineMs = this.unanswered.values().next().value ?? Infinity
    const exchangeMs = this.closed ? Infinity : (this.exchange.nextDueMs() ?? Infinity)
    const dueMs = Math.min(deadlineMs, exchangeMs)
    if (this.timer !== undefined && this.timer.dueMs <= dueMs) return
    this.stopTimer()
    if (dueMs < Infinity) void this.wakeAt(dueMs)
  }

  private async wakeAt(dueMs: number): Promise<void> {
    const abort = new AbortController()
    const timer = { dueMs, abort }
    this.timer = timer
    try {
      await this.clock.sleep(dueMs - this.nowMs(), abort.signal)
    } catch (error) {
      if (abort.signal.aborted) return
      throw error
    }
    if (this.timer !== timer) return
    this.timer = undefined
    this.deliver()
    this.schedule()
  }

  private stopTimer(): void {
    this.timer?.abort.abort()
    this.timer = undefined
  }

  private deliver(): void {
    const nowMs = this.nowMs()
    for (const event of this.closed ? [] : this.exchange.advanceTo(nowMs)) {
      if (this.closed) break
      // The answer of a request that was called unknown before has nobody to go to.
      if (!('requestId' in event) || this.unanswered.delete(event.requestId)) this.listener!(event)
    }
    for (const [requestId, deadlineMs] of [...this.unanswered]) {
      if (deadlineMs <= nowMs) this.timeOut(requestId, `no answer within ${this.requestTimeoutMs} ms`)
    }
  }

  private timeOut(requestId: string, message: string): void {
    if (this.unanswered.delete(requestId)) this.listener?.({ kind: 'unknown', requestId, message })
  }
}
