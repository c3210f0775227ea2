import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SANDBOX_TOKEN, startSandbox } from '../../support/sandbox.js'
import { until } from '../../support/until.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeEach(async () => {
  sandbox = await startSandbox()
})

afterEach(() => sandbox.close())

describe('one origin', () => {
  test('answers REST with the weight that was used', async () => {
    const response = await fetch(`${sandbox.origin}/fapi/v1/depth?symbol=BTCUSDT&limit=5`)
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('x-mbx-used-weight-1m'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ bids: expect.any(Array), asks: expect.any(Array) })
  })

  test('is on loopback', () => {
    expect(sandbox.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('streams what happens in the market', async () => {
    const { texts, socket } = await connected('/market/stream?streams=btcusdt@aggTrade')
    await until(() => texts.length > 2)
    expect(JSON.parse(texts[0]!)).toMatchObject({ stream: 'btcusdt@aggTrade', data: { e: 'aggTrade', s: 'BTCUSDT' } })
    socket.terminate()
  })

  test('acknowledges over the same socket', async () => {
    const { texts, socket } = await connected('/public/stream')
    socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: ['ethusdt@bookTicker'], id: 'x' }))
    await until(() => texts.length > 1)
    expect(JSON.parse(texts[0]!)).toEqual({ result: null, id: 'x' })
    expect(JSON.parse(texts[1]!).data).toMatchObject({ e: 'bookTicker', s: 'ETHUSDT' })
    socket.terminate()
  })

  test('cuts a connection to a path without streams', async () => {
    const socket = new WebSocket(`${sandbox.origin.replace('http', 'ws')}/elsewhere`)
    const code = await new Promise<number>((resolve) => {
      socket.on('close', resolve)
      socket.on('error', () => {})
    })
    expect(code).toBe(1006)
  })
})

describe('the control API', () => {
  test('shows the truth to anybody, and no listen key', async () => {
    const status = await shown()
    expect(status).toMatchObject({ account: { walletUsd: '10000', positions: {}, hasListenKey: false }, faults: {} })
    expect(status.account).not.toHaveProperty('listenKey')
  })

  test.each([
    ['POST', '/sandbox/faults/silentSockets'],
    ['DELETE', '/sandbox/faults'],
    ['POST', '/sandbox/price'],
    ['POST', '/sandbox/restart'],
    ['POST', '/sandbox/order'],
  ])('%s %s does nothing without the token', async (method, path) => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${SANDBOX_TOKEN}`]) {
      const response = await fetch(`${sandbox.origin}${path}`, { method, headers: { authorization } })
      expect(response.status).toBe(401)
    }
    expect(sandbox.exchange.faults.plan.silentSockets).toBe(false)
  })

  test('sets a knob, shows it, and takes it back', async () => {
    const set = await changed('POST', '/sandbox/faults/answerDelayMs', { value: 5 })
    expect(set).toEqual({ fault: 'answerDelayMs', value: 5 })
    expect((await shown()).faults).toEqual({ answerDelayMs: 5 })
    await changed('DELETE', '/sandbox/faults/answerDelayMs')
    expect(sandbox.exchange.faults.plan.answerDelayMs).toBe(0)
  })

  test.each([
    ['nothing', undefined, 'no fault is called "nothing"'],
    ['algoLagMs', 'long', 'algoLagMs takes milliseconds, found "long"'],
    ['throttledShare', 2, 'throttledShare takes a share from 0 to 1, found "2"'],
    ['algoStuck', 'perhaps', 'algoStuck takes yes or no, found "perhaps"'],
    ['settleSymbol', undefined, 'settleSymbol takes a symbol, found none'],
    ['haltSymbol', 'NOPEUSDT', 'haltSymbol takes a symbol that is listed here, found "NOPEUSDT"'],
    ['toString', undefined, 'no fault is called "toString"'],
    ['algoLagMs', { toString: 1 }, 'expected a JSON object of plain values'],
  ])('refuses %s=%s with what it expected', async (name, value, error) => {
    const refused = await changed('POST', `/sandbox/faults/${name}`, { value })
    expect(refused).toEqual({ error: expect.stringContaining(error) })
  })

  test('bans the address', async () => {
    await changed('POST', '/sandbox/faults/ban', { value: 600_000 })
    const response = await fetch(`${sandbox.origin}/fapi/v1/time`)
    expect(response.status).toBe(418)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('moves a price, and the rest of the market stays', async () => {
    const price = async (symbol: string): Promise<number> => {
      const response = await fetch(`${sandbox.origin}/fapi/v1/premiumIndex?symbol=${symbol}`)
      return Number(((await response.json()) as { readonly markPrice: string }).markPrice)
    }
    const [before, other] = [await price('BTCUSDT'), await price('ETHUSDT')]
    await changed('POST', '/sandbox/price', { symbol: 'btcusdt', percent: -20 })
    await until(async () => (await price('BTCUSDT')) < 0.85 * before)
    expect(await price('ETHUSDT')).toBeGreaterThan(0.95 * other)
  })

  test('trades as another client of the account would', async () => {
    const order = await changed('POST', '/sandbox/order', { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.002' })
    expect(order).toMatchObject({ symbol: 'BTCUSDT', side: 'BUY', origQty: '0.002' })
    await until(() => sandbox.exchange.view().positions.BTCUSDT === '0.002')
  })

  test('restarts the exchange: sockets end, and nothing is answered until it is there again', async () => {
    const { socket } = await connected('/public/ws/btcusdt@bookTicker')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await changed('POST', '/sandbox/restart', { ms: 1_000 })
    expect(await closed).toBe(1006)
    const isThere = () =>
      fetch(`${sandbox.origin}/fapi/v1/time`).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(isThere)
  })
})

describe('whoever knocks', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '', '0.0.0.0:1'])(
    'under the name %s is sent away, by HTTP and as a socket: a page could make a browser do it',
    async (host) => {
      const [status] = await knocked(`GET /sandbox/status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      expect(status).toBe('HTTP/1.1 403 Forbidden')
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: '
      const key = 'AAAAAAAAAAAAAAAAAAAAAA=='
      expect(
        await knocked(`GET /public/ws/btcusdt@bookTicker HTTP/1.1\r\nHost: ${host}\r\n${upgrade}${key}\r\n\r\n`),
      ).toEqual([''])
    },
  )

  test('under the name localhost is let in', async () => {
    const port = new URL(sandbox.origin).port
    expect(
      (await knocked(`GET /sandbox/status HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`))[0],
    ).toBe('HTTP/1.1 200 OK')
  })

  test.each([
    '/data/%',
    '/data/%zz.zip.CHECKSUM',
    '/?prefix=%',
    '//',
    '/%',
    '/fapi/v1/klines?symbol=BTCUSDT&interval=constructor',
  ])('with %s is answered, and the next one, too', async (target) => {
    const [status] = await knocked(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    expect(status).toMatch(/^HTTP\/1\.1 (?:200|400|404)/)
    expect((await fetch(`${sandbox.origin}/fapi/v1/time`)).status).toBe(200)
  })

  test('with a body that never ends is cut off, and the next one is answered', async () => {
    const cut = new Promise<void>((resolve) => {
      const asking = request(`${sandbox.origin}/fapi/v1/order`, { method: 'POST' })
      asking.on('error', () => resolve()).on('close', () => resolve())
      asking.write('x'.repeat(1_100_000))
    })
    await cut
    expect((await fetch(`${sandbox.origin}/fapi/v1/time`)).status).toBe(200)
  })
})

/** Lines of the answer to what is sent as it stands; one empty line where there is none. */
function knocked(text: string): Promise<string[]> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(sandbox.origin).port), '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (data) => {
      answer += String(data)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer.split('\r\n')))
  })
}

async function changed(method: string, path: string, value?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${SANDBOX_TOKEN}` }
  const response = await fetch(`${sandbox.origin}${path}`, { method, headers, body: JSON.stringify(value ?? {}) })
  return response.json()
}

async function connected(path: string): Promise<{ readonly socket: WebSocket; readonly texts: string[] }> {
  const socket = new WebSocket(`${sandbox.origin.replace('http', 'ws')}${path}`)
  const texts: string[] = []
  socket.on('message', (data) => texts.push(String(data)))
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return { socket, texts }
}

async function shown(): Promise<{ readonly account: object; readonly faults: object }> {
  return (await fetch(`${sandbox.origin}/sandbox/status`)).json() as Promise<{ account: object; faults: object }>
}
