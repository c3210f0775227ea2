import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { Exact } from '../../src/base/exact.js'
import type { VenueEvent } from '../../src/ports/venue.js'
import type { Fill, OrderReport } from '../../src/ports/vocabulary/orders.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'
import type { ExchangeEffect, ExchangeInput, HttpArrival } from '../../src/sandbox/exchange-events.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { serveSandbox } from '../../src/sandbox/server/sandbox-server.js'
import { ExchangeWitness } from '../simulation/exchange-witness.js'
import type { Sign } from './kill-plan.js'
import type { RigExchange, RigExchangeParts } from './rig-exchange.js'

/**
 * The sandbox's exchange over HTTP and WebSockets: an executor reaches it with the adapter that reaches Binance. Everything is
 * known from what the exchange itself does, and from the requests that reach it.
 */
export async function sandboxRigExchange(parts: RigExchangeParts): Promise<RigExchange> {
  const fills: Fill[] = []
  const orders = new Map<string, OrderReport>()
  const submits = new Map<string, { arrived: number; accepted: number }>()
  const of = (id: string) => submits.get(id) ?? submits.set(id, { arrived: 0, accepted: 0 }).get(id)!
  const told = (event: VenueEvent): void => {
    if (event.kind === 'fill') fills.push(event.fill)
    if (event.kind === 'order') orders.set(event.report.clientOrderId, event.report)
    parts.signal(event.kind === 'order' ? 'acknowledged' : event.kind)
  }
  const witness = new ExchangeWitness(told)
  const accepted = new AcceptedOrders()
  const exchange = new ArrivalsExchange(
    {
      instruments: parts.instruments,
      startingBalanceUsd: parts.startingBalanceUsd,
      seed: parts.seed,
      keys: [KEY],
      leverage: LEVERAGE,
      // A start weighs some hundreds, and here one follows another.
      weightPerMinute: Number.POSITIVE_INFINITY,
      witness(event) {
        const id = accepted.newIn(event)
        if (id !== undefined) of(id).accepted++
        witness.take(event)
      },
    },
    (request) => {
      const id = submittedId(request)
      if (id !== undefined) of(id).arrived++
      const sign = SIGNS[`${request.method} ${request.target.split('?')[0]}`]
      if (sign !== undefined) parts.signal(sign)
    },
  )
  const timer = clockTimer(systemClock)
  const server = await serveSandbox({ exchange, timer, token: TOKEN, key: KEY })
  return {
    reached: {
      options: { 'exchange-at': server.origin, 'since-ms': String(Math.floor(timer.epochMs())) },
      environment: { DOLPHIN_BINANCE_KEY: KEY.apiKey, DOLPHIN_BINANCE_SECRET: KEY.secret },
    },
    quoted(quotes) {
      for (const quote of quotes) server.drive.put({ kind: 'market', event: { kind: 'quote', quote } })
    },
    async truth() {
      const { walletUsd, positions, openOrders, openAlgoOrders } = exchange.view()
      const algos = openAlgoOrders.map(({ clientAlgoId }) => ({ clientOrderId: clientAlgoId }))
      return {
        submits,
        fills,
        positions: Object.entries(positions).map(([symbol, quantity]) => ({ symbol, quantity })),
        openOrders: [...openOrders, ...algos],
        walletUsd,
      }
    },
    uncovered() {
      const open = Object.entries(exchange.view().positions)
      const bare = open.find(([symbol, quantity]) => !isCovered(orders, symbol, new Exact(quantity)))
      return bare && `${bare[1]} ${bare[0]}`
    },
    close: () => server.close(),
  }
}

/** Stops of the algo service that would close all of it. */
function isCovered(orders: ReadonlyMap<string, OrderReport>, symbol: string, held: Exact): boolean {
  const closing = held.gt(0) ? 'SELL' : 'BUY'
  return [...orders.values()].some(
    (order) =>
      order.symbol === symbol &&
      order.type === 'STOP_MARKET' &&
      order.side === closing &&
      order.reduceOnly &&
      order.status === 'ACKNOWLEDGED' &&
      held.abs().lte(order.quantity),
  )
}

/** The exchange, with a look at each request that reaches it. */
class ArrivalsExchange extends SandboxExchange {
  constructor(
    settings: ConstructorParameters<typeof SandboxExchange>[0],
    private readonly arrived: (request: HttpArrival) => void,
  ) {
    super(settings)
  }

  override handle(input: ExchangeInput, nowMs: number): readonly ExchangeEffect[] {
    const effects = super.handle(input, nowMs)
    if (input.kind === 'http') this.arrived(input)
    return effects
  }
}

/** Orders by the numbers that the exchange gave them: two numbers under one name are an order that was made twice. */
class AcceptedOrders {
  private readonly numbers = new Set<string>()
  /** The order that a triggered stop becomes has the stop's name, and is none that was sent. */
  private readonly stops = new Set<string>()

  /** The client order id of an order that is told of for the first time. */
  newIn({ e, o }: { readonly e: string } & Readonly<Record<string, unknown>>): string | undefined {
    const { c, i, caid, aid } = (o ?? {}) as Readonly<Record<string, unknown>>
    if (e === 'ALGO_UPDATE') {
      this.stops.add(String(caid))
      return this.firstOf(`stop ${aid}`) ? String(caid) : undefined
    }
    if (e !== 'ORDER_TRADE_UPDATE' || this.stops.has(String(c))) return undefined
    return this.firstOf(`order ${i}`) ? String(c) : undefined
  }

  private firstOf(number: string): boolean {
    return this.numbers.size < this.numbers.add(number).size
  }
}

function submittedId({ method, target, body }: HttpArrival): string | undefined {
  const [path, query = ''] = target.split('?')
  if (method !== 'POST' || (path !== '/fapi/v1/order' && path !== '/fapi/v1/algoOrder')) return undefined
  const params = new URLSearchParams(body === '' ? query : `${query}&${body}`)
  return params.get('newClientOrderId') ?? params.get('clientAlgoId') ?? undefined
}

const SIGNS: Readonly<Record<string, Sign>> = {
  'POST /fapi/v1/order': 'submit',
  'POST /fapi/v1/algoOrder': 'submit',
  'DELETE /fapi/v1/order': 'cancel',
  'DELETE /fapi/v1/algoOrder': 'cancel',
  'GET /fapi/v3/account': 'snapshot',
}
const LEVERAGE = 20
const TOKEN = 'the token of the rig'
const KEY = { apiKey: 'K'.repeat(64), secret: 'S'.repeat(64) }
