import { describe, expect, it } from 'vitest'
import type { Machine, TimeInput } from '../../../../src/adapters/binance/machine.js'
import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import { ROUTES } from '../../../../src/adapters/binance/rest/routes.js'
import { MarketStreams } from '../../../../src/adapters/binance/streams/market-streams.js'
import {
  readBookTicker,
  readDepthUpdate,
  readMarkPrice,
} from '../../../../src/adapters/binance/streams/quote-payloads.js'
import type { MarketStreamEffect, UserStreamEffect } from '../../../../src/adapters/binance/streams/stream-effects.js'
import { UserStream } from '../../../../src/adapters/binance/streams/user-stream.js'
import type { WireEvent } from '../../../../src/adapters/binance/wire.js'
import type { ExchangeEffect } from '../../../../src/sandbox/exchange-events.js'
import { SandboxDesk } from '../../../support/sandbox-exchange.js'

type Said = MarketStreamEffect | UserStreamEffect

/** Both machines of the streams before the sandbox's exchange, without a wire between: what one says the other hears at once. */
class AtSandbox {
  readonly desk = new SandboxDesk()
  readonly market = new MarketStreams()
  readonly user = new UserStream()
  readonly said: Said[] = []
  private read = 0

  want(...streams: string[]): void {
    this.take(this.market.handle({ kind: 'want', streams }, this.desk.nowMs))
  }

  start(): void {
    this.take(this.user.handle({ kind: 'start' }, this.desk.nowMs))
  }

  /** Second by second, with a price of both symbols in each. */
  passSeconds(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      const bid = 60_000 + ((this.desk.nowMs / 1_000) % 7)
      this.desk.quote(bid.toFixed(1), (bid + 0.1).toFixed(1))
      this.desk.quote('3000.00', `300${i % 9}.01`, { symbol: 'ETHUSDT' })
      this.hear()
      for (let step = 0; step < 20; step++) {
        this.desk.passMs(50)
        this.hear()
        for (const machine of [this.market, this.user] as Machine<TimeInput, Said>[])
          if ((machine.nextDueMs() ?? Number.POSITIVE_INFINITY) <= this.desk.nowMs)
            this.take(machine.handle({ kind: 'time' }, this.desk.nowMs))
      }
    }
  }

  of<Kind extends Said['kind']>(kind: Kind): Extract<Said, { kind: Kind }>[] {
    return this.said.filter((said): said is Extract<Said, { kind: Kind }> => said.kind === kind)
  }

  private hear(): void {
    while (this.read < this.desk.effects.length) {
      const event = eventOf(this.desk.effects[this.read++]!)
      if (event === undefined) continue
      this.take(this.market.handle(event, this.desk.nowMs))
      this.take(this.user.handle(event, this.desk.nowMs))
    }
  }

  private take(effects: readonly Said[]): void {
    for (const effect of effects) {
      this.said.push(effect)
      if (effect.kind === 'open') {
        this.desk.open(effect.socketId, `/${effect.path}${effect.target}`)
        for (const machine of [this.market, this.user])
          this.take(machine.handle({ kind: 'opened', socketId: effect.socketId }, this.desk.nowMs))
      }
      if (effect.kind === 'text') this.desk.say(effect.socketId, effect.text)
      if (effect.kind === 'close') this.desk.put({ kind: 'gone', socketId: effect.socketId })
      if (effect.kind === 'call')
        this.take(this.user.handle({ kind: 'outcome', outcome: this.called(effect.call) }, this.desk.nowMs))
    }
  }

  private called({ callId, route }: RestCall): RestOutcome {
    const { method, path } = ROUTES[route]
    const headers = { 'x-mbx-apikey': 'key' }
    this.desk.put({ kind: 'http', httpId: -1, method, target: path, headers, body: '' })
    const answer = this.desk.effects.findLast((effect) => effect.kind === 'answer')
    if (answer?.kind !== 'answer') throw new Error('no answer')
    const value = JSON.parse(answer.body)
    if (answer.status === 200) return { kind: 'done', callId, value, sentAtExchangeMs: this.desk.nowMs }
    const error = { httpStatus: answer.status, code: value.code, message: value.msg, rejectCode: null }
    return { kind: 'refused', callId, error }
  }
}

function eventOf(effect: ExchangeEffect): WireEvent | undefined {
  switch (effect.kind) {
    case 'text':
      return { kind: 'text', socketId: effect.socketId, text: effect.text }
    case 'ping':
      return { kind: 'ping', socketId: effect.socketId }
    case 'close':
      return { kind: 'closed', socketId: effect.socketId, code: effect.code, reason: effect.reason }
    case 'cut':
      return { kind: 'closed', socketId: effect.socketId, code: 1006, reason: '' }
    default:
      return undefined
  }
}

const READERS: Readonly<Record<string, (data: unknown) => unknown>> = {
  'btcusdt@bookTicker': readBookTicker,
  'ethusdt@bookTicker': readBookTicker,
  'btcusdt@depth5@500ms': readDepthUpdate,
  'btcusdt@markPrice@1s': readMarkPrice,
}
const WANTED = Object.keys(READERS)

describe('at the exchange of the sandbox', () => {
  it('every stream that is wanted comes, and can be read', () => {
    const at = new AtSandbox()
    at.want(...WANTED)
    at.passSeconds(5)
    const frames = at.of('frame')
    expect([...new Set(frames.map(({ stream }) => stream))].sort()).toEqual([...WANTED].sort())
    for (const { stream, data } of frames) expect(READERS[stream]!(data)).toBeTypeOf('object')
    expect(at.of('notice')).toEqual([])
  })

  it('streams come again after every socket was cut', () => {
    const at = new AtSandbox()
    at.want(...WANTED)
    at.start()
    at.passSeconds(3)
    at.desk.exchange.faults.strike('cutSockets')
    at.passSeconds(1)
    expect(
      at
        .of('dark')
        .flatMap(({ streams }) => streams)
        .sort(),
    ).toEqual([...WANTED].sort())
    at.said.length = 0
    at.passSeconds(3)
    expect(new Set(at.of('frame').map(({ stream }) => stream)).size).toBe(WANTED.length)
    expect(at.user.view(at.desk.nowMs)).toMatchObject({ connected: true, renewals: { start: 1, closed: 1 } })
  })

  it('streams come again after the sockets fell silent', () => {
    const at = new AtSandbox()
    at.want(...WANTED)
    at.passSeconds(3)
    at.desk.exchange.faults.set('silentMarketSockets', true)
    at.passSeconds(60)
    at.desk.exchange.faults.set('silentMarketSockets', false)
    at.said.length = 0
    at.passSeconds(70)
    expect(new Set(at.of('frame').map(({ stream }) => stream)).size).toBe(WANTED.length)
    expect(at.market.view(at.desk.nowMs).reconnects.silent).toBeGreaterThan(0)
  })

  it.each([
    ['expireListenKey', 'expired', 5],
    ['stealListenKey', 'keyGone', 301],
  ] as const)('the account is heard again after %s', (act, reason, seconds) => {
    const at = new AtSandbox()
    at.start()
    at.passSeconds(2)
    at.desk.exchange.faults.strike(act)
    at.passSeconds(seconds)
    expect(at.of('userConnection').map(({ connected }) => connected)).toEqual([true, false, true])
    expect(at.user.view(at.desk.nowMs).renewals).toEqual({ start: 1, [reason]: 1 })
    at.desk.exchange.faults.strike('changeLeverage', 'BTCUSDT')
    at.passSeconds(3)
    expect(at.of('user').length).toBeGreaterThan(0)
  })
})
