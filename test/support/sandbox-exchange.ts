import type { MarketEvent } from '../../src/ports/played-market.js'
import type { ExchangeEffect, ExchangeInput } from '../../src/sandbox/exchange-events.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import type { SandboxSettings } from '../../src/sandbox/settings.js'
import { instrument } from './instruments.js'

/** A whole minute, and a whole hour after a settlement of funding. */
export const SANDBOX_START_MS = Date.UTC(2026, 9, 7, 9)

/** An exchange of the sandbox, asked directly: time passes as it is told to, and everything that it does is kept. */
export class SandboxDesk {
  readonly exchange: SandboxExchange
  readonly effects: ExchangeEffect[] = []
  nowMs = SANDBOX_START_MS
  protected httpIds = 0

  constructor(changes: Partial<SandboxSettings> = {}) {
    this.exchange = new SandboxExchange({
      instruments: [instrument(), instrument({ tickSize: '0.01' }, 'ETHUSDT')],
      startingBalanceUsd: '10000',
      seed: 1,
      keys: [{ apiKey: 'key', secret: 'secret' }],
      ...changes,
    })
  }

  put(input: ExchangeInput): readonly ExchangeEffect[] {
    const effects = this.exchange.handle(input, this.nowMs)
    this.effects.push(...effects)
    return effects
  }

  /** Everything that is due happens at its own moment. */
  passMs(ms: number): void {
    const untilMs = this.nowMs + ms
    for (
      let dueMs = this.exchange.nextDueMs();
      dueMs !== undefined && dueMs <= untilMs;
      dueMs = this.exchange.nextDueMs()
    ) {
      this.nowMs = Math.max(this.nowMs, dueMs)
      this.put({ kind: 'time' })
    }
    this.nowMs = untilMs
    this.put({ kind: 'time' })
  }

  market(event: MarketEvent): void {
    this.put({ kind: 'market', event })
  }

  quote(bid: string, ask: string, { symbol = 'BTCUSDT', bidQuantity = '5', askQuantity = '5' } = {}): void {
    const quote = { symbol, bid, bidQuantity, ask, askQuantity, mark: bid, timestampMs: this.nowMs }
    this.market({ kind: 'quote', quote })
  }

  print(price: string, quantity: string, aggressor: 'BUY' | 'SELL' = 'BUY'): void {
    this.market({ kind: 'print', symbol: 'BTCUSDT', price, quantity, aggressor })
  }

  open(socketId: string, target: string): void {
    this.put({ kind: 'open', socketId, target })
  }

  say(socketId: string, message: object | string): void {
    this.put({ kind: 'text', socketId, text: typeof message === 'string' ? message : JSON.stringify(message) })
  }

  /** What a socket was told, its JSON parsed. */
  heard(socketId: string): Payload[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'text' && effect.socketId === socketId ? [JSON.parse(effect.text)] : [],
    )
  }

  /** The answer to a public request. */
  get(target: string): {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Payload
  } {
    const httpId = ++this.httpIds
    this.put({ kind: 'http', httpId, method: 'GET', target, headers: {}, body: '' })
    const answer = this.effects.find((effect) => effect.kind === 'answer' && effect.httpId === httpId)
    if (answer?.kind !== 'answer') throw new Error(`no answer to ${target}`)
    return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body) }
  }
}

/** Of a foreign API: each test knows its part of it. */
// biome-ignore lint/suspicious/noExplicitAny: that part is not for a type to say
type Payload = any
