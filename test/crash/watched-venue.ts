import type { Venue, VenueEvent, VenueRequest, VenueSnapshot } from '../../src/ports/venue.js'
import { venueTradeId } from '../../src/ports/vocabulary/ids.js'
import type { Fill } from '../../src/ports/vocabulary/orders.js'
import type { Sign } from './kill-plan.js'

/** Requests of the rig itself. */
const OWN = 'rig-'

/** The exchange as it is, with a witness: every submit that reached it, every fill it made, whoever was told of it. */
export class WatchedVenue implements Venue {
  /** Client order id → how often a submit of it arrived, and how often one was accepted. */
  readonly submits = new Map<string, { arrived: number; accepted: number }>()
  private readonly venue: Venue
  private readonly signal: (sign: Sign) => void
  private listener: ((event: VenueEvent) => void) | undefined
  /** Request id → client order id. */
  private readonly submitting = new Map<string, string>()
  private readonly asked = new Map<string, (snapshot: VenueSnapshot) => void>()

  constructor(venue: Venue, signal: (sign: Sign) => void) {
    this.venue = venue
    this.signal = signal
    venue.listen((event) => this.hear(event))
  }

  send(request: VenueRequest): void {
    if (request.kind === 'submit') {
      const id = request.order.clientOrderId
      const seen = this.submits.get(id) ?? { arrived: 0, accepted: 0 }
      seen.arrived++
      this.submits.set(id, seen)
      this.submitting.set(request.requestId, id)
    }
    this.venue.send(request)
    this.signal(request.kind)
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  close(): Promise<void> {
    return this.venue.close()
  }

  /** The venue's own truth: account, positions, open orders, and every fill of a symbol there ever was. */
  truth(symbol: string): Promise<VenueSnapshot> {
    return new Promise((resolve) => {
      const requestId = `${OWN}${symbol}-${this.asked.size}-${performance.now()}`
      this.asked.set(requestId, resolve)
      this.venue.send({ kind: 'snapshot', requestId, symbol, fillsAfter: venueTradeId(0) })
    })
  }

  async fills(symbols: readonly string[]): Promise<Fill[]> {
    return (await Promise.all(symbols.map((symbol) => this.truth(symbol)))).flatMap(({ fills }) => fills)
  }

  private hear(event: VenueEvent): void {
    const own = 'requestId' in event && event.requestId.startsWith(OWN) ? event : undefined
    if (own === undefined) {
      const id = event.kind === 'acknowledged' ? this.submitting.get(event.requestId) : undefined
      if (id !== undefined) this.submits.get(id)!.accepted++
      this.listener?.(event)
      this.signal(event.kind)
      return
    }
    if (own.kind === 'snapshot') this.asked.get(own.requestId)?.(own.snapshot)
  }
}
