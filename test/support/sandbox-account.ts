import { createHmac } from 'node:crypto'
import type { ExchangeEffect, ExchangeInput } from '../../src/sandbox/exchange-events.js'
import type { FaultPlan } from '../../src/sandbox/fault-board.js'
import type { ActName, KnobName } from '../../src/sandbox/faults.js'
import { SandboxDesk } from './sandbox-exchange.js'

/** A client of the sandbox's exchange that signs what it asks, and hears its account's stream. */
export class SandboxAccount extends SandboxDesk {
  private sockets = 0

  override put(input: ExchangeInput): readonly ExchangeEffect[] {
    const effects = super.put(input)
    for (const effect of effects) {
      if (effect.kind === 'ping') this.put({ kind: 'pong', socketId: effect.socketId })
    }
    return effects
  }

  /** Bid, and an ask a tick above it; the mark is the bid unless it is said. */
  price(bid: string, { symbol = 'BTCUSDT', mark = bid, size = '100' } = {}): void {
    const ask = String(Math.round((Number(bid) + 0.1) * 10) / 10)
    const quote = { symbol, bid, bidQuantity: size, ask, askQuantity: size, mark, timestampMs: this.nowMs }
    this.market({ kind: 'quote', quote })
  }

  knob<Name extends KnobName>(name: Name, value: FaultPlan[Name]): void {
    this.exchange.faults.set(name, value)
  }

  /** What a fault does happens now. */
  strike(act: ActName, argument?: number | string): readonly ExchangeEffect[] {
    this.exchange.faults.strike(act, argument)
    return this.put({ kind: 'time' })
  }

  /** Sends a request and does not look at what comes of it. */
  send(method: string, path: string, params: Params = {}, how: Manner = {}): number {
    const { apiKey = 'key', secret = 'secret', timestamp = this.nowMs, inBody = false, sign = true } = how
    const form = encode(sign ? { ...params, timestamp: String(timestamp) } : params)
    const text = sign ? `${form}&signature=${how.signature ?? hmac(secret, form)}` : form
    const httpId = ++this.httpIds
    this.put({
      kind: 'http',
      httpId,
      method,
      target: inBody || text === '' ? path : `${path}?${text}`,
      headers: apiKey === '' ? {} : { 'x-mbx-apikey': apiKey },
      body: inBody ? text : '',
    })
    return httpId
  }

  ask(method: string, path: string, params: Params = {}, how: Manner = {}): Answer {
    const httpId = this.send(method, path, params, how)
    const answer = this.answerTo(httpId)
    if (answer === undefined) throw new Error(`no answer to ${method} ${path}`)
    return answer
  }

  answerTo(httpId: number): Answer | undefined {
    const answer = this.effects.find((effect) => effect.kind === 'answer' && effect.httpId === httpId)
    if (answer?.kind !== 'answer') return undefined
    const isJson = answer.headers['content-type'] === 'application/json'
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(answer.body) : answer.body }
  }

  order(params: Params, how: Manner = {}): Answer {
    const defaults = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1' }
    return this.ask('POST', '/fapi/v1/order', { ...defaults, ...params }, how)
  }

  limit(params: Params, how: Manner = {}): Answer {
    return this.order({ type: 'LIMIT', timeInForce: 'GTC', ...params }, how)
  }

  algo(params: Params): Answer {
    return this.ask('POST', '/fapi/v1/algoOrder', {
      algoType: 'CONDITIONAL',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      workingType: 'MARK_PRICE',
      ...params,
    })
  }

  /** Takes a listen key and opens a socket for it. */
  listen(): string {
    const { body } = this.ask('POST', '/fapi/v1/listenKey', {}, { sign: false })
    this.put({ kind: 'open', socketId: `user${++this.sockets}`, target: `/private/ws/${body.listenKey}` })
    return body.listenKey
  }

  /** What the last socket was told, oldest first. */
  get events(): Payload[] {
    return this.heard(`user${this.sockets}`)
  }

  /** Each event in a word: its type, and of orders what has happened and what they are. */
  get told(): string[] {
    return this.events.map(({ e, o, a }) => {
      if (e === 'ORDER_TRADE_UPDATE') return `${o.x} ${o.X}`
      if (e === 'ALGO_UPDATE') return `ALGO ${o.X}`
      return e === 'ACCOUNT_UPDATE' ? `ACCOUNT ${a.m}` : e
    })
  }

  forget(): void {
    this.effects.length = 0
  }
}

type Params = Readonly<Record<string, string>>

export interface Manner {
  readonly apiKey?: string
  readonly secret?: string
  readonly timestamp?: number
  readonly signature?: string
  readonly inBody?: boolean
  readonly sign?: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Payload
}

/** Of a foreign API: each test knows its part of it. */
// biome-ignore lint/suspicious/noExplicitAny: that part is not for a type to say
type Payload = any

export function encode(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

export function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
