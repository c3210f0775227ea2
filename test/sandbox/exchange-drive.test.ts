import { expect, test } from 'vitest'
import type { WireEvent } from '../../src/adapters/binance/wire.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import type { ExchangeMachine } from '../../src/sandbox/exchange-drive.js'
import type { ExchangeEffect, ExchangeInput } from '../../src/sandbox/exchange-events.js'
import { sandboxRig } from '../support/sandbox-rig.js'

const START_MS = 1_790_000_000_000

test('the exchange is woken when something is due, and what it does reaches the wire it is for', () => {
  const { heard, time, wire } = rigOf(new Ticker())
  wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
  wire.carry({ kind: 'text', socketId: 's', text: 'hello' })
  time.runTo(START_MS + 2_500)
  expect(heard.map((event) => (event.kind === 'text' ? event.text : event.kind))).toEqual([
    'opened',
    '/public/ws/a',
    'hello',
    'tick',
    'tick',
  ])
})

test('each request has one end: its answer, or the word that there is none', () => {
  const { heard, time, wire } = rigOf(new Ticker())
  wire.lose = (target) => (target === '/lost' ? 'request' : undefined)
  for (const [i, target] of ['/answered', '/lost', '/cut'].entries()) {
    wire.carry({
      kind: 'http',
      request: { httpId: i, method: 'GET', target, headers: { 'X-A': 'b' }, timeoutMs: 1_000 },
    })
  }
  time.runTo(START_MS + 5_000)
  expect(heard.map((event) => [event.kind, 'httpId' in event && event.httpId])).toEqual(
    expect.arrayContaining([
      ['httpAnswer', 0],
      ['httpLost', 1],
      ['httpLost', 2],
    ]),
  )
  expect(heard).toHaveLength(3)
  expect(heard.find((event) => event.kind === 'httpAnswer')).toMatchObject({ status: 200, body: 'x-a=b' })
})

test('a socket is closed once, whoever closes it', () => {
  const { heard, time, wire } = rigOf(new Ticker())
  wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
  wire.carry({ kind: 'text', socketId: 's', text: 'close' })
  time.runTo(START_MS + 500)
  wire.carry({ kind: 'close', socketId: 's' })
  time.runTo(START_MS + 5_000)
  expect(heard.filter((event) => event.kind === 'closed')).toEqual([
    { kind: 'closed', socketId: 's', code: 1008, reason: 'told to' },
  ])
})

/** Says what it hears, and a tick each second to whoever has connected. */
class Ticker implements ExchangeMachine {
  private readonly sockets = new Set<string>()
  private dueMs: number | undefined

  handle(input: ExchangeInput, nowMs: number): readonly ExchangeEffect[] {
    switch (input.kind) {
      case 'http': {
        const { httpId } = input
        if (input.target === '/cut') return [{ kind: 'hangUp', httpId }]
        return [{ kind: 'answer', httpId, status: 200, headers: {}, body: `x-a=${input.headers['x-a']}` }]
      }
      case 'open':
        this.sockets.add(input.socketId)
        this.dueMs ??= nowMs + 1_000
        return [{ kind: 'text', socketId: input.socketId, text: input.target }]
      case 'text':
        if (input.text !== 'close') return [{ kind: 'text', socketId: input.socketId, text: input.text }]
        return [{ kind: 'close', socketId: input.socketId, code: 1008, reason: 'told to' }]
      case 'time':
        if (this.dueMs === undefined || nowMs < this.dueMs) return []
        this.dueMs += 1_000
        return [...this.sockets].map((socketId) => ({ kind: 'text', socketId, text: 'tick' }))
      default:
        return []
    }
  }

  nextDueMs(): number | undefined {
    return this.dueMs
  }
}

function rigOf(exchange: ExchangeMachine) {
  const time = new VirtualTime(START_MS)
  const wire = sandboxRig({ exchange, time }).wire()
  const heard: WireEvent[] = []
  wire.listen((event) => heard.push(event))
  return { heard, time, wire }
}
