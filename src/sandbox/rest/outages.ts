import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { Params } from './params.js'
import { Page, Refusal } from './refusal.js'
import type { RestRoute } from './route.js'

/** What goes wrong between a client and the exchange, as the faults want it. Source of the texts: notes on Binance, 1.6. */
export class Outages {
  private readonly floor: Floor
  private maintainedUntilMs = 0
  private unknowns = 0

  constructor(floor: Floor) {
    this.floor = floor
  }

  strike({ act, argument }: Strike): void {
    if (act === 'maintenance') this.maintainedUntilMs = this.floor.clock.nowMs + Number(argument)
  }

  /** Instead of looking at the request at all. */
  refuse(): Page | Refusal | undefined {
    if (this.floor.clock.nowMs < this.maintainedUntilMs) return MAINTENANCE
    const { faults } = this.floor
    const { htmlShare, unavailableShare, internalErrorShare } = faults.plan
    if (faults.happens(htmlShare)) return NOT_OF_THE_API
    if (faults.happens(unavailableShare)) return UNAVAILABLE
    return faults.happens(internalErrorShare) ? INTERNAL_ERROR : undefined
  }

  /** What protects the engine: overload, which spares what takes risk away, and its own look at the time. */
  refuseAtEngine(engine: RestRoute<unknown>['engine'], params: Params): Refusal | undefined {
    if (engine !== 'throttled') return undefined
    const { faults } = this.floor
    const { throttledShare, expiredInEngineShare } = faults.plan
    if (!takesRiskAway(params) && faults.happens(throttledShare)) return THROTTLED
    return faults.happens(expiredInEngineShare) ? EXPIRED_IN_ENGINE : undefined
  }

  /** Is what becomes of a request to the engine left open, and was it carried out? */
  unknown(): 'done' | 'lost' | undefined {
    const { faults } = this.floor
    const { unknownDoneShare, unknownLostShare } = faults.plan
    if (faults.happens(unknownDoneShare)) return 'done'
    return faults.happens(unknownLostShare) ? 'lost' : undefined
  }

  /** The ways in which a client hears that nothing is known, one after the other; undefined: the connection is cut. */
  nextUnknown(): Refusal | undefined {
    return UNKNOWN[this.unknowns++ % UNKNOWN.length]
  }
}

function takesRiskAway(params: Params): boolean {
  return params.text('reduceOnly') === 'true' || params.text('closePosition') === 'true'
}

const MAINTENANCE = new Page(503, '<html><head><title>503</title></head><body>System maintenance</body></html>')
const NOT_OF_THE_API = new Page(200, '<!DOCTYPE html><html><head><title>Attention</title></head><body></body></html>')
const UNAVAILABLE = new Refusal(0, 'Service Unavailable.', 503)
const INTERNAL_ERROR = new Refusal(-1001, 'Internal error; unable to process your request. Please try again.', 503)
const THROTTLED = new Refusal(
  -1008,
  'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.',
  503,
)
const EXPIRED_IN_ENGINE = new Refusal(-5028, 'Timestamp for this request is outside of the ME recvWindow.')
const UNKNOWN: readonly (Refusal | undefined)[] = [
  new Refusal(0, 'Unknown error, please check your request or try again later.', 503),
  new Refusal(
    -1007,
    'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
    408,
  ),
  new Refusal(-1006, 'An unexpected response was received from the message bus. Execution status unknown.', 503),
  undefined,
]
