import { expect, test } from 'vitest'
import { Agenda } from '../../../src/sandbox/agenda.js'
import type { ExchangeEffect } from '../../../src/sandbox/exchange-events.js'
import { FaultBoard } from '../../../src/sandbox/fault-board.js'
import type { Floor } from '../../../src/sandbox/floor.js'
import { Listing } from '../../../src/sandbox/listing.js'
import { MarketData } from '../../../src/sandbox/market/market-data.js'
import { StreamServer } from '../../../src/sandbox/streams/stream-server.js'
import { instrument } from '../../support/instruments.js'
import { SANDBOX_START_MS } from '../../support/sandbox-exchange.js'

const ORDER = { e: 'ORDER_TRADE_UPDATE', o: { i: 1 } }
const ACCOUNT = { e: 'ACCOUNT_UPDATE', a: {} }

test.each<readonly [target: string, isWrapped: boolean]>([
  ['/private/ws/key1', false],
  ['/private/ws?listenKey=key1', false],
  ['/private/stream?streams=key1', true],
  ['/private/stream?listenKey=key1', true],
])('%s hears the events of its listen key, and of no other', (target, isWrapped) => {
  const { server, heard } = serve()
  server.open('s', target)
  server.publishUser('key1', ORDER)
  server.publishUser('key2', ACCOUNT)
  expect(heard('s')).toEqual([isWrapped ? { stream: 'key1', data: ORDER } : ORDER])
})

test('a listen key can be subscribed to, and given up', () => {
  const { server, heard } = serve()
  server.open('s', '/private/stream')
  expect(server.hears('key1')).toBe(false)
  server.text('s', JSON.stringify({ method: 'SUBSCRIBE', params: ['key1'], id: 'a' }))
  expect(server.hears('key1')).toBe(true)
  server.publishUser('key1', ORDER)
  server.text('s', JSON.stringify({ method: 'UNSUBSCRIBE', params: ['key1'], id: 'b' }))
  server.publishUser('key1', ACCOUNT)
  expect(server.hears('key1')).toBe(false)
  expect(heard('s')).toEqual([
    { result: null, id: 'a' },
    { stream: 'key1', data: ORDER },
    { result: null, id: 'b' },
  ])
})

test('events can be chosen for each listen key', () => {
  const { server, heard } = serve()
  server.open('s', '/private/ws?listenKey=key1&events=ORDER_TRADE_UPDATE/ALGO_UPDATE&listenKey=key2')
  for (const key of ['key1', 'key2']) for (const event of [ORDER, ACCOUNT]) server.publishUser(key, event)
  expect(heard('s')).toEqual([ORDER, ORDER, ACCOUNT])
})

test('a listen key that does not exist connects and hears nothing', () => {
  const { server, heard, effects } = serve()
  server.open('s', '/private/ws/nobody')
  expect([effects, heard('s')]).toEqual([[], []])
})

test.each([['/public/ws/key1'], ['/ws/key1'], ['/market/ws/key1'], ['/public/ws?listenKey=key1']])(
  '%s is no way to a user stream',
  (target) => {
    const { server } = serve()
    server.open('s', target)
    expect(server.hears('key1')).toBe(false)
  },
)

test('whoever has left hears nothing more', () => {
  const { server, heard } = serve()
  server.open('s', '/private/ws/key1')
  server.gone('s')
  server.publishUser('key1', ORDER)
  expect([server.hears('key1'), heard('s')]).toEqual([false, []])
})

test('of the forced orders of a symbol the first is told, and then the latest of each second', () => {
  const { floor, server, heard, passTo } = serve()
  server.open('one', '/market/ws/btcusdt@forceOrder')
  server.open('all', '/market/ws/!forceOrder@arr')
  for (let i = 1; i <= 25; i++) {
    server.publishForced({ symbol: 'BTCUSDT', side: 'SELL', quantity: `${i}`, price: '60000' })
    passTo(floor.clock.nowMs + 100)
  }
  passTo(floor.clock.nowMs + 5_000)
  expect(heard('one').map(({ o }) => o.q)).toEqual(['1', '10', '20', '25'])
  expect(heard('all')).toEqual(heard('one'))
  expect(heard('one')[0].o).toMatchObject({ s: 'BTCUSDT', S: 'SELL', X: 'FILLED', ps: 'BTCUSDT', st: 1 })
})

function serve() {
  const settings = { instruments: [instrument()], startingBalanceUsd: '1', seed: 1, keys: [] }
  const clock = { nowMs: SANDBOX_START_MS, exchangeMs: SANDBOX_START_MS }
  const effects: ExchangeEffect[] = []
  const agenda = new Agenda()
  const floor: Floor = {
    settings,
    clock,
    agenda,
    faults: new FaultBoard(1),
    listing: new Listing(settings),
    emit: (effect) => {
      effects.push(effect)
    },
  }
  return {
    floor,
    effects,
    server: new StreamServer(floor, new MarketData(floor)),
    heard: (socketId: string) =>
      effects.flatMap((effect) =>
        effect.kind === 'text' && effect.socketId === socketId ? [JSON.parse(effect.text)] : [],
      ),
    passTo(nowMs: number) {
      for (let due = agenda.takeDue(nowMs); due !== undefined; due = agenda.takeDue(nowMs)) {
        Object.assign(clock, { nowMs: due.dueMs, exchangeMs: due.dueMs })
        due.run()
      }
      Object.assign(clock, { nowMs, exchangeMs: nowMs })
    },
  }
}
