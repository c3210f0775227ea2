import type { HttpArrival } from '../exchange-events.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { MarketData } from '../market/market-data.js'
import { PUBLIC_ROUTES } from '../market/public-routes.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { ACCOUNT_ROUTES } from './account-routes.js'
import { ALGO_ROUTES } from './algo-routes.js'
import { Gate } from './gate.js'
import { HISTORY_ROUTES } from './history-routes.js'
import { Limits } from './limits.js'
import { ORDER_ROUTES } from './order-routes.js'
import { Outages } from './outages.js'
import { refuseParams } from './param-rules.js'
import type { Params } from './params.js'
import { Page, Refusal } from './refusal.js'
import { type RestRequest, readRequest } from './request.js'
import type { RestRoute, RouteTable } from './route.js'

/** The REST API from the wire inwards: who asks, may they, what does it cost, and what is the answer. */
export class RestApi {
  private readonly floor: Floor
  private readonly trading: TradingFloor
  private readonly routes = new Map<string, BoundRoute>()
  private readonly gate: Gate
  private readonly limits: Limits
  private readonly outages: Outages

  constructor(floor: Floor, { market, trading }: { readonly market: MarketData; readonly trading: TradingFloor }) {
    this.floor = floor
    this.trading = trading
    this.gate = new Gate(floor.settings.keys)
    this.limits = new Limits(floor.settings.weightPerMinute ?? WEIGHT_PER_MINUTE)
    this.outages = new Outages(floor)
    this.bind(PUBLIC_ROUTES, market)
    for (const table of [ORDER_ROUTES, ALGO_ROUTES, ACCOUNT_ROUTES, HISTORY_ROUTES]) this.bind(table, trading)
  }

  arrive(arrival: HttpArrival): void {
    const request = readRequest(arrival)
    const bound = this.routes.get(request.routeName)
    const refused = this.refuse(request, bound?.route)
    if (refused !== undefined) this.reply(request, refused)
    else if (bound === undefined) this.reply(request, NO_SUCH_PATH)
    else this.carryOut(request, bound)
  }

  strike(strike: Strike): void {
    const { clock } = this.floor
    if (strike.act === 'ban') this.limits.ban(clock, Number(strike.argument))
    if (strike.act === 'limit') this.limits.limit(clock, Number(strike.argument))
    this.outages.strike(strike)
  }

  private bind<Part>(table: RouteTable<Part>, part: Part): void {
    for (const [name, route] of Object.entries(table)) {
      this.routes.set(name, { route, answer: (params) => route.answer(params, part) })
    }
  }

  /** In the order in which the exchange finds something wrong. */
  private refuse(request: RestRequest, route: RestRoute<never> | undefined): Refusal | Page | undefined {
    const { exchangeMs } = this.floor.clock
    const { params } = request
    const outage = this.outages.refuse()
    if (outage !== undefined) return outage
    const weight = route?.weight ?? 1
    const limited = this.limits.spend(typeof weight === 'number' ? weight : weight(params), this.floor.clock)
    if (limited !== undefined || route === undefined) return limited
    return (
      this.gate.refuse(request, route.access, exchangeMs) ??
      (route.orders && this.limits.order(route.orders, exchangeMs)) ??
      (route.takes && refuseParams(params, route.takes, this.floor.listing)) ??
      this.outages.refuseAtEngine(route.engine, params)
    )
  }

  /** What the account's stream tells of it comes behind the answer, unless the fault wants it before. */
  private carryOut(request: RestRequest, { route, answer }: BoundRoute): void {
    const unknown = route.engine === undefined ? undefined : this.outages.unknown()
    if (unknown === 'lost') {
      this.leaveOpen(request)
      return
    }
    const { faults } = this.floor
    const { feed } = this.trading
    feed.hold()
    const outcome = answer(request.params)
    if (faults.happens(faults.plan.eventsFirstShare)) feed.release()
    if (unknown === 'done') this.leaveOpen(request)
    else this.reply(request, outcome, route)
    feed.release()
  }

  private leaveOpen(request: RestRequest): void {
    const refusal = this.outages.nextUnknown()
    if (refusal === undefined) this.floor.emit({ kind: 'hangUp', httpId: request.httpId })
    else this.reply(request, refusal)
  }

  private reply({ httpId }: RestRequest, outcome: object | Refusal | Page, route?: RestRoute<never>): void {
    const { agenda, clock, faults } = this.floor
    const { answerDelayMs, lateAnswerShare, lateAnswerMs } = faults.plan
    const { status, body } = written(outcome)
    const headers = this.headers(outcome, status, route)
    const send = () => this.floor.emit({ kind: 'answer', httpId, status, headers, body })
    const isLate = route?.engine !== undefined && faults.happens(lateAnswerShare)
    const delayMs = answerDelayMs + (isLate ? lateAnswerMs : 0)
    if (delayMs > 0) agenda.at(clock.nowMs + delayMs, send)
    else send()
  }

  private headers(outcome: object, status: number, route: RestRoute<never> | undefined): Record<string, string> {
    const { exchangeMs } = this.floor.clock
    const headers: Record<string, string> = {
      'content-type': outcome instanceof Page ? 'text/html' : 'application/json',
      'x-mbx-used-weight-1m': String(this.limits.weightUsed(exchangeMs)),
    }
    if (route?.orders !== undefined) {
      const { in10s, in1m } = this.limits.ordersUsed(exchangeMs)
      headers['x-mbx-order-count-10s'] = String(in10s)
      headers['x-mbx-order-count-1m'] = String(in1m)
    }
    if (status === 429 || status === 418)
      headers['retry-after'] = String(this.limits.retryAfterS(status, this.floor.clock))
    return headers
  }
}

interface BoundRoute {
  readonly route: RestRoute<never>
  answer(params: Params): object | Refusal | Page
}

/** Recorded exchangeInfo of 2026-10-07. */
const WEIGHT_PER_MINUTE = 2_400
const NO_SUCH_PATH = new Page(404, '<html><head><title>404 Not found</title></head><body></body></html>')

function written(outcome: object | Refusal | Page): { readonly status: number; readonly body: string } {
  if (outcome instanceof Page) return outcome
  if (outcome instanceof Refusal) {
    const { code, message, status } = outcome
    return { status, body: JSON.stringify({ code, msg: message }) }
  }
  return { status: 200, body: JSON.stringify(outcome) }
}
