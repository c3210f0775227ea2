import { describe, expect, test } from 'vitest'
import { SANDBOX_START_MS, SandboxDesk } from '../../support/sandbox-exchange.js'

describe('the three paths (notes on Binance, 2.1)', () => {
  test.each<readonly [target: string, name: string, isTold: boolean]>([
    ['/public/ws', 'btcusdt@bookTicker', true],
    ['/public/stream', 'btcusdt@bookTicker', true],
    ['/ws', 'btcusdt@bookTicker', true],
    ['/stream', 'btcusdt@bookTicker', true],
    ['/public/ws', 'btcusdt@depth5@100ms', true],
    ['/public/ws', 'btcusdt@depth', true],
    ['/market/ws', 'btcusdt@aggTrade', true],
    ['/market/ws', 'btcusdt@markPrice@1s', true],
    // Recorded on 2026-10-07: the wrong path.
    ['/market/ws', 'btcusdt@bookTicker', false],
    ['/public/ws', 'btcusdt@aggTrade', false],
    ['/ws', 'btcusdt@markPrice@1s', false],
    ['/private/ws', 'btcusdt@bookTicker', false],
    // A symbol and a stream that do not exist, capitals, and a speed that is spelled out.
    ['/public/ws', 'nobodyusdt@bookTicker', false],
    ['/public/ws', 'btcusdt@bookticker', false],
    ['/public/ws', 'BTCUSDT@bookTicker', false],
    ['/public/ws', 'btcusdt@depth5@250ms', false],
    ['/public/ws', 'btcusdt@depth7', false],
    ['/market/ws', 'btcusdt@kline_7m', false],
  ])('%s takes %s, whether it says anything (%s) or not', (target, name, isTold) => {
    const desk = new SandboxDesk()
    desk.open('s', target)
    desk.say('s', { method: 'SUBSCRIBE', params: [name], id: 7 })
    expect(desk.heard('s')).toEqual([{ result: null, id: 7 }])
    desk.quote('60000', '60000.1')
    desk.print('60000', '0.5')
    desk.passMs(3_000)
    expect(desk.heard('s').length > 1).toBe(isTold)
  })

  test('a connection to anything else is cut', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/elsewhere/ws')
    expect(desk.effects).toEqual([{ kind: 'cut', socketId: 's' }])
  })
})

describe('what a connection asks for', () => {
  test('names in the path are served raw, names in the query in an envelope', () => {
    const desk = new SandboxDesk()
    desk.open('raw', '/public/ws/btcusdt@bookTicker/ethusdt@bookTicker')
    desk.open('wrapped', '/public/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker')
    desk.quote('60000', '60000.1')
    desk.quote('3000', '3000.01', { symbol: 'ETHUSDT' })
    expect(desk.heard('raw').map(({ e, s }) => [e, s])).toEqual([
      ['bookTicker', 'BTCUSDT'],
      ['bookTicker', 'ETHUSDT'],
    ])
    expect(desk.heard('wrapped')).toEqual(
      desk.heard('raw').map((data) => ({ stream: `${data.s.toLowerCase()}@bookTicker`, data })),
    )
  })

  test.each([[7], ['0x1f'], [null]])('the id %s comes back as it came', (id) => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/stream')
    desk.say('s', { method: 'SUBSCRIBE', params: ['btcusdt@depth'], id })
    desk.say('s', { method: 'LIST_SUBSCRIPTIONS', id })
    expect(desk.heard('s')).toEqual([
      { result: null, id },
      { result: ['btcusdt@depth'], id },
    ])
  })

  test('what was unsubscribed says nothing more, and what never was is acknowledged', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@bookTicker')
    desk.say('s', { method: 'UNSUBSCRIBE', params: ['btcusdt@bookTicker', 'nobody@depth'], id: 1 })
    desk.quote('60000', '60000.1')
    expect(desk.heard('s')).toEqual([{ result: null, id: 1 }])
  })

  test('names that are no names are listed as they came', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/stream?streams=币安人生usdt@bookTicker/NONSENSE')
    desk.say('s', { method: 'LIST_SUBSCRIPTIONS', id: 1 })
    expect(desk.heard('s')[0].result).toEqual(['币安人生usdt@bookTicker', 'NONSENSE'])
  })

  test('the envelope can be chosen later', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@bookTicker')
    desk.say('s', { method: 'SET_PROPERTY', params: ['combined', true], id: 1 })
    desk.say('s', { method: 'GET_PROPERTY', params: ['combined'], id: 2 })
    desk.quote('60000', '60000.1')
    expect(desk.heard('s')).toMatchObject([
      { result: null, id: 1 },
      { result: true, id: 2 },
      { stream: 'btcusdt@bookTicker' },
    ])
  })

  test.each([['{'], ['[]'], ['{"method":"PLAY","id":3}'], ['{"method":"SUBSCRIBE","params":[1],"id":3}']])(
    '%s is answered with an error, and the connection goes on',
    (text) => {
      const desk = new SandboxDesk()
      desk.open('s', '/public/ws/btcusdt@bookTicker')
      desk.say('s', text)
      desk.quote('60000', '60000.1')
      expect(desk.heard('s')).toMatchObject([{ error: { code: expect.any(Number) } }, { e: 'bookTicker' }])
    },
  )
})

describe('limits of a connection (notes on Binance, 2.2)', () => {
  test('the 1,025th stream is answered with code 4, and costs the connection', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/stream?streams=btcusdt@bookTicker')
    const names = Array.from({ length: 1_023 }, (_, i) => `symbol${i}usdt@depth`)
    desk.say('s', { method: 'SUBSCRIBE', params: names, id: 1 })
    desk.say('s', { method: 'SUBSCRIBE', params: ['ethusdt@depth'], id: 2 })
    expect(desk.heard('s')).toEqual([
      { result: null, id: 1 },
      { error: { code: 4, msg: 'Too many subscriptions' }, id: 2 },
    ])
    expect(desk.effects.at(-1)).toEqual({ kind: 'close', socketId: 's', code: 1008, reason: 'Invalid request' })
    desk.quote('60000', '60000.1')
    expect(desk.heard('s')).toHaveLength(2)
  })

  test('fifteen messages at once are answered, and the sixteenth ends the connection', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws')
    for (let id = 1; id <= 40; id++) desk.say('s', { method: 'LIST_SUBSCRIPTIONS', id })
    expect(desk.heard('s')).toHaveLength(15)
    expect(desk.effects.at(-1)).toEqual({ kind: 'close', socketId: 's', code: 1008, reason: 'Too many requests' })
  })

  test('ten messages a second are taken for as long as anybody likes', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws')
    for (let id = 1; id <= 100; id++) {
      desk.say('s', { method: 'LIST_SUBSCRIPTIONS', id })
      desk.passMs(100)
    }
    expect(desk.heard('s')).toHaveLength(100)
  })

  test('a ping comes every three minutes with the time, and a connection that answers them stays', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws')
    for (let minute = 0; minute < 60; minute++) {
      desk.passMs(60_000)
      if (minute % 3 === 0) desk.put({ kind: 'pong', socketId: 's' })
    }
    expect(desk.effects).toHaveLength(20)
    expect(desk.effects[0]).toEqual({ kind: 'ping', socketId: 's', payload: `${SANDBOX_START_MS + 180_000}` })
  })

  test('a connection without a pong is cut ten minutes after the first ping', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws')
    desk.passMs(180_000 + 599_999)
    expect(desk.effects.every(({ kind }) => kind === 'ping')).toBe(true)
    desk.passMs(1)
    expect(desk.effects.at(-1)).toEqual({ kind: 'cut', socketId: 's' })
  })

  test('a connection ends after 24 hours, without a close frame', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws')
    for (let minute = 0; minute < 24 * 60 - 1; minute++) {
      desk.passMs(60_000)
      desk.put({ kind: 'pong', socketId: 's' })
    }
    expect(desk.effects.some(({ kind }) => kind === 'cut')).toBe(false)
    desk.passMs(60_000)
    expect(desk.effects.at(-1)).toEqual({ kind: 'cut', socketId: 's' })
  })
})

describe('what can be made to go wrong', () => {
  test('silent sockets are open and say nothing, not even a ping', () => {
    const desk = new SandboxDesk()
    desk.open('s', '/public/ws/btcusdt@bookTicker')
    desk.exchange.faults.set('silentSockets', true)
    desk.quote('60000', '60000.1')
    desk.passMs(200_000)
    expect(desk.effects).toEqual([])
  })

  test('cut sockets end without a close frame', () => {
    const desk = new SandboxDesk()
    desk.open('a', '/public/ws/btcusdt@bookTicker')
    desk.open('b', '/private/ws/nobody')
    desk.exchange.faults.strike('cutSockets')
    desk.passMs(0)
    expect(desk.effects).toEqual([
      { kind: 'cut', socketId: 'a' },
      { kind: 'cut', socketId: 'b' },
    ])
  })

  test('a silent subscription is acknowledged', () => {
    const desk = new SandboxDesk()
    desk.exchange.faults.set('silentStreamShare', 1)
    desk.open('s', '/public/ws')
    desk.say('s', { method: 'SUBSCRIBE', params: ['btcusdt@bookTicker'], id: 1 })
    desk.quote('60000', '60000.1')
    expect(desk.heard('s')).toEqual([{ result: null, id: 1 }])
  })
})
