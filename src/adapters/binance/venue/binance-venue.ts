import type { Timer } from '../../../ports/clock.js'
import type { Venue, VenueEvent, VenueRequest } from '../../../ports/venue.js'
import { Driven } from '../machine.js'
import type { Notice } from '../notice.js'
import type { Wire } from '../wire.js'
import type { VenueMachine } from './venue-machine.js'
import type { StartedUp, StartRefused, VenueInput, VenueTold } from './venue-told.js'

/** An account at Binance USD-M as a {@link Venue}: its machine over a wire and a timer. */
export class BinanceVenue implements Venue {
  private readonly driven: Driven<VenueInput, VenueTold>
  private readonly report: BinanceVenueOptions['report']
  private listener: ((event: VenueEvent) => void) | undefined
  /** Also those whose answer is on its way: what ends meanwhile is unknown. */
  private readonly unanswered = new Set<string>()
  private readonly timer: Timer
  private closed = false

  constructor({ machine, wire, timer, report }: BinanceVenueOptions) {
    this.timer = timer
    this.report = report
    this.driven = new Driven({ machine, wire, timer, tell: (told) => this.tell(told) })
  }

  /** Begins the start-up: `ready` or `refused` is reported when it is over. Once. */
  start(): void {
    this.driven.put({ kind: 'start' })
  }

  /** @throws when a request with this id is still unanswered. */
  send(request: VenueRequest): void {
    const { requestId } = request
    if (this.unanswered.has(requestId)) throw new Error(`binance venue: request ${requestId} is still unanswered`)
    this.unanswered.add(requestId)
    if (this.closed) this.timer.at(this.timer.epochMs(), () => this.end(requestId))
    else this.driven.put({ kind: 'request', request })
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  /** What is unanswered is `unknown`; nothing is told afterwards. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const isOver = this.driven.close()
    for (const requestId of [...this.unanswered]) this.end(requestId)
    await isOver
  }

  private tell(told: VenueTold): void {
    if (told.kind === 'notice' || told.kind === 'ready' || told.kind === 'refused') this.report?.(told)
    else if (!('requestId' in told) || this.unanswered.delete(told.requestId)) this.listener?.(told)
  }

  private end(requestId: string): void {
    if (this.unanswered.delete(requestId))
      this.listener?.({ kind: 'unknown', requestId, message: 'the venue was closed' })
  }
}

export interface BinanceVenueOptions {
  readonly machine: VenueMachine
  readonly wire: Wire
  readonly timer: Timer
  /** What is not the port's to tell: notices, and how the start-up ended. */
  report?(told: Notice | StartedUp | StartRefused): void
}
