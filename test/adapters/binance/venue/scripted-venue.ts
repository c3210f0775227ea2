import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import type { RouteName } from '../../../../src/adapters/binance/rest/routes.js'
import type { MarketStreamEffect, UserStreamEffect } from '../../../../src/adapters/binance/streams/stream-effects.js'
import { VenueMachine } from '../../../../src/adapters/binance/venue/venue-machine.js'
import type {
  UsedOrder,
  VenueInput,
  VenueSettings,
  VenueTold,
} from '../../../../src/adapters/binance/venue/venue-told.js'
import type { VenueRequest } from '../../../../src/ports/venue.js'
import { venueTradeId } from '../../../../src/ports/vocabulary/ids.js'
import type { OrderRequest } from '../../../../src/ports/vocabulary/orders.js'

export const START_MS = 1_700_000_000_000

type Params = Readonly<Record<string, string>>
/** What the exchange answers: a value, a code with which it refuses, or what became of a call that it did not answer. */
export type Scripted =
  | { readonly value: unknown }
  | { readonly code: number; readonly message?: string; readonly httpStatus?: number; readonly reject?: string }
  | { readonly lost: 'unknown' | 'notSent'; readonly why?: string }

type Script = Scripted | ((params: Params) => Scripted)

/** A venue machine between two scripts: what the exchange answers, and what its streams say. Time passes when it is told to. */
export class ScriptedVenue {
  readonly machine: VenueMachine
  readonly calls: RestCall[] = []
  readonly told: VenueTold[] = []
  readonly inputsOfUserStream: string[] = []
  wanted: readonly string[] = []
  nowMs = START_MS
  private readonly scripts = new Map<RouteName, Script>(Object.entries(QUIET) as [RouteName, Script][])
  private readonly held = new Map<RouteName, RestCall[]>()
  private outcomes: RestOutcome[] = []
  private userSaid: UserStreamEffect[] = []
  private marketSaid: MarketStreamEffect[] = []

  constructor({ usedOrders = [], ...settings }: Partial<VenueSettings> & { readonly usedOrders?: UsedOrder[] } = {}) {
    this.machine = new VenueMachine({
      rest: {
        handle: (input) => {
          if (input.kind === 'call') return this.onCall(input.call)
          const { outcomes } = this
          this.outcomes = []
          return outcomes.map((outcome) => ({ kind: 'outcome', outcome }))
        },
        nextDueMs: () => undefined,
        exchangeMs: (nowMs) => nowMs,
      },
      userStream: {
        handle: (input) => {
          if (input.kind !== 'time') this.inputsOfUserStream.push(input.kind)
          const said = this.userSaid
          this.userSaid = []
          return said
        },
        nextDueMs: () => undefined,
      },
      marketStreams: {
        handle: (input) => {
          if (input.kind === 'want') this.wanted = input.streams
          const said = this.marketSaid
          this.marketSaid = []
          return said
        },
        nextDueMs: () => undefined,
      },
      settings: { symbols: ['BTCUSDT'], ...settings },
      usedOrders,
    })
  }

  /** Ready, with an account at rest. */
  static ready(settings: ConstructorParameters<typeof ScriptedVenue>[0] = {}): ScriptedVenue {
    const venue = new ScriptedVenue(settings)
    venue.put({ kind: 'start' })
    venue.connect(true)
    venue.told.length = 0
    venue.calls.length = 0
    return venue
  }

  /** What the exchange answers from now on. */
  answers(route: RouteName, script: Script): void {
    this.scripts.set(route, script)
  }

  /** Calls of the route have no answer until {@link release}. */
  hold(route: RouteName): void {
    this.held.set(route, [])
  }

  release(route: RouteName): void {
    const calls = this.held.get(route) ?? []
    this.held.delete(route)
    this.outcomes.push(...calls.map((call) => this.outcomeOf(call)))
    this.put({ kind: 'time' })
  }

  put(input: VenueInput | { readonly kind: 'time' }): void {
    for (const effect of this.machine.handle(input, this.nowMs)) this.told.push(effect as VenueTold)
  }

  /** Time passes; whatever is due meanwhile is done when it is. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms
    for (;;) {
      const dueMs = this.machine.nextDueMs() ?? Number.POSITIVE_INFINITY
      if (dueMs > endMs) break
      this.nowMs = Math.max(this.nowMs, dueMs)
      this.put({ kind: 'time' })
    }
    this.nowMs = endMs
    this.put({ kind: 'time' })
  }

  request(request: VenueRequest): void {
    this.put({ kind: 'request', request })
  }

  submit(requestId: string, change: Partial<OrderRequest> = {}): void {
    const order = { ...BUY, clientOrderId: requestId, ...change }
    this.request({ kind: 'submit', requestId, order, validUntilMs: this.nowMs + 5_000 })
  }

  snapshot(requestId: string, fillsAfter = 0, symbol = 'BTCUSDT'): void {
    this.request({ kind: 'snapshot', requestId, symbol, fillsAfter: venueTradeId(fillsAfter) })
  }

  connect(connected: boolean): void {
    this.userSaid.push({ kind: 'userConnection', connected })
    this.put({ kind: 'time' })
  }

  user(event: Readonly<Record<string, unknown>> & { readonly e: string }): void {
    this.userSaid.push({ kind: 'user', event: { E: this.nowMs, T: this.nowMs, ...event } })
    this.put({ kind: 'time' })
  }

  market(effect: MarketStreamEffect): void {
    this.marketSaid.push(effect)
    this.put({ kind: 'time' })
  }

  of<K extends VenueTold['kind']>(kind: K): Extract<VenueTold, { readonly kind: K }>[] {
    return this.told.filter((told) => told.kind === kind) as Extract<VenueTold, { readonly kind: K }>[]
  }

  routes(): RouteName[] {
    return this.calls.map(({ route }) => route)
  }

  callsOf(route: RouteName): RestCall[] {
    return this.calls.filter((call) => call.route === route)
  }

  private onCall(call: RestCall) {
    this.calls.push(call)
    const held = this.held.get(call.route)
    if (held === undefined) return [{ kind: 'outcome', outcome: this.outcomeOf(call) } as const]
    held.push(call)
    return []
  }

  private outcomeOf({ callId, route, params }: RestCall): RestOutcome {
    const script = this.scripts.get(route) ?? NOT_FOUND
    const answer = typeof script === 'function' ? script(params) : script
    if ('value' in answer) return { kind: 'done', callId, value: answer.value, sentAtExchangeMs: this.nowMs }
    if ('lost' in answer) {
      const message = `${answer.lost} on purpose`
      if (answer.lost === 'unknown') return { kind: 'unknown', callId, message }
      return { kind: 'notSent', callId, why: (answer.why ?? 'UNREACHABLE') as 'UNREACHABLE', message }
    }
    const { code, message = 'refused on purpose', httpStatus = 400, reject = null } = answer
    return { kind: 'refused', callId, error: { httpStatus, code, message, rejectCode: reject as null } }
  }
}

export const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', reduceOnly: false } as const
/** What closes a long position when the mark falls. */
export const STOP = { side: 'SELL', type: 'STOP_MARKET', stopPrice: '50000', reduceOnly: true } as const

export const NOT_FOUND: Scripted = { code: -2013, message: 'Order does not exist.' }

/** `exchangeInfo` of one perpetual contract. */
export function listing(change: Readonly<Record<string, unknown>> = {}) {
  return {
    symbols: [
      {
        symbol: 'BTCUSDT',
        contractType: 'PERPETUAL',
        status: 'TRADING',
        maintMarginPercent: '2.5000',
        requiredMarginPercent: '5.0000',
        filters: [
          { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
          { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
          { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
          { filterType: 'MIN_NOTIONAL', notional: '50' },
          { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9600', multiplierDecimal: '4' },
        ],
        ...change,
      },
    ],
  }
}

/** An order as the REST API has it. */
export function restOrder(change: Readonly<Record<string, unknown>> = {}) {
  return {
    clientOrderId: 's1',
    orderId: 11,
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'MARKET',
    origType: 'MARKET',
    timeInForce: 'GTC',
    reduceOnly: false,
    origQty: '0.010',
    executedQty: '0',
    status: 'NEW',
    updateTime: START_MS,
    ...change,
  }
}

/** A conditional order as the algo service has it. */
export function algoOrder(change: Readonly<Record<string, unknown>> = {}) {
  return {
    algoId: 2146760,
    clientAlgoId: 'stop',
    algoType: 'CONDITIONAL',
    orderType: 'STOP_MARKET',
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '0.010',
    algoStatus: 'NEW',
    triggerPrice: '50000.00',
    reduceOnly: true,
    updateTime: START_MS,
    ...change,
  }
}

/** An event of an order in the matching engine. */
export function orderUpdate(o: Readonly<Record<string, unknown>> = {}) {
  return {
    e: 'ORDER_TRADE_UPDATE',
    o: {
      s: 'BTCUSDT',
      c: 's1',
      S: 'BUY',
      o: 'MARKET',
      f: 'GTC',
      q: '0.010',
      p: '0',
      ap: '0',
      sp: '0',
      x: 'NEW',
      X: 'NEW',
      i: 11,
      l: '0',
      z: '0',
      L: '0',
      T: START_MS,
      t: 0,
      m: false,
      R: false,
      ot: 'MARKET',
      ...o,
    },
  }
}

/** An execution in the stream. */
export function trade(t: number, o: Readonly<Record<string, unknown>> = {}) {
  const execution = {
    x: 'TRADE',
    X: 'FILLED',
    l: '0.010',
    z: '0.010',
    L: '60000.10',
    ap: '60000.10000',
    N: 'USDT',
    n: '0.3',
  }
  return orderUpdate({ ...execution, t, ...o })
}

/** The same as a row of `userTrades`. */
export function tradeRow(id: number, change: Readonly<Record<string, unknown>> = {}) {
  return {
    id,
    orderId: 11,
    symbol: 'BTCUSDT',
    side: 'BUY',
    price: '60000.10',
    qty: '0.010',
    commission: '0.30000000',
    commissionAsset: 'USDT',
    maker: false,
    time: START_MS,
    ...change,
  }
}

export function algoUpdate(X: string, o: Readonly<Record<string, unknown>> = {}) {
  const common = {
    caid: 'stop',
    aid: 2146760,
    at: 'CONDITIONAL',
    o: 'STOP_MARKET',
    s: 'BTCUSDT',
    S: 'SELL',
    q: '0.010',
  }
  return { e: 'ALGO_UPDATE', o: { ...common, X, R: true, ...o } }
}

/** The position has become so. */
export function positionUpdate(pa: string, m = 'ORDER') {
  return { e: 'ACCOUNT_UPDATE', a: { m, B: [], P: [{ s: 'BTCUSDT', pa, ep: '60000', up: '0', ps: 'BOTH' }] } }
}

export function accountOf(walletBalance = '10000.00000000', availableBalance = walletBalance) {
  const usdt = { asset: 'USDT', walletBalance, availableBalance }
  return { assets: [{ asset: 'USDC', walletBalance: '7', availableBalance: '7' }, usdt] }
}

export function positionRow(change: Readonly<Record<string, unknown>> = {}) {
  return {
    symbol: 'BTCUSDT',
    positionSide: 'BOTH',
    positionAmt: '0.010',
    entryPrice: '60000.10',
    markPrice: '60000.00000000',
    unRealizedProfit: '-0.00100000',
    liquidationPrice: '0',
    updateTime: START_MS - 60_000,
    ...change,
  }
}

/** An exchange at rest, and an account as it must be. */
const QUIET: Partial<Record<RouteName, Script>> = {
  exchangeInfo: { value: listing() },
  leverageBracket: {
    value: [{ symbol: 'BTCUSDT', brackets: [{ bracket: 1, initialLeverage: 125, maintMarginRatio: 0.004 }] }],
  },
  positionMode: { value: { dualSidePosition: false } },
  multiAssetsMode: { value: { multiAssetsMargin: false } },
  feeBurn: { value: { feeBurn: false } },
  apiRestrictions: { value: { enableWithdrawals: false } },
  symbolConfig: { value: [{ symbol: 'BTCUSDT', marginType: 'CROSSED', leverage: 20 }] },
  account: { value: accountOf() },
  positionRisk: { value: [] },
  openOrders: { value: [] },
  openAlgoOrders: { value: [] },
  userTrades: { value: [] },
  income: { value: [] },
  newOrder: (params) => ({ value: restOrder({ clientOrderId: params.newClientOrderId, side: params.side }) }),
  newAlgoOrder: (params) => ({ value: algoOrder({ clientAlgoId: params.clientAlgoId, side: params.side }) }),
  countdownCancelAll: { value: {} },
}
