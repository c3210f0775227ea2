import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { BinanceWire } from '../../../../src/adapters/binance/io/binance-wire.js'
import { judge } from '../../../../src/adapters/binance/rest/errors.js'
import type { HttpRequest, WireEvent } from '../../../../src/adapters/binance/wire.js'
import { leaveTime, until } from '../../../support/until.js'
import { SELF_SIGNED } from './self-signed.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

describe('requests', () => {
  test('method, path, query and headers arrive as they were commanded, and the answer comes back whole', async () => {
    const seen: IncomingMessage[] = []
    const { events, send } = wireTo(
      await serve((request, response) => {
        seen.push(request)
        response.setHeader('X-MBX-USED-WEIGHT-1M', '7')
        response.statusCode = 418
        // A character of three bytes, cut in two.
        const body = Buffer.from('{"msg":"币"}')
        response.write(body.subarray(0, 9))
        setImmediate(() => response.end(body.subarray(9)))
      }),
    )
    send({
      method: 'POST',
      target: '/fapi/v1/order?symbol=%E5%B8%81&signature=a%2Bb',
      headers: { 'x-mbx-apikey': 'k' },
    })
    const answer = await next(events)
    expect(answer).toMatchObject({ kind: 'httpAnswer', httpId: 1, status: 418, body: '{"msg":"币"}' })
    expect(answer).toHaveProperty(['headers', 'x-mbx-used-weight-1m'], '7')
    const [request] = seen
    expect(`${request!.method} ${request!.url}`).toBe('POST /fapi/v1/order?symbol=%E5%B8%81&signature=a%2Bb')
    expect(request!.headers).toMatchObject({ 'x-mbx-apikey': 'k', 'content-length': '0' })
  })

  test('requests of one moment do not wait for each other, and connections are used again', async () => {
    const sockets = new Set<Socket>()
    const held: (() => void)[] = []
    const { events, send } = wireTo(
      await serve((request, response) => {
        sockets.add(request.socket)
        if (request.url === '/held') held.push(() => response.end('{}'))
        else response.end('{}')
      }),
    )
    for (const httpId of [1, 2, 3]) send({ httpId, target: '/held' })
    await until(() => held.length === 3)
    for (const answer of held) answer()
    await until(() => events.length === 3)
    for (const httpId of [4, 5, 6]) send({ httpId })
    await until(() => events.length === 6)
    expect(sockets.size).toBe(3)
  })

  test('what nobody listens for has certainly not arrived', async () => {
    const { events, send } = wireTo(`http://127.0.0.1:${await unusedPort()}`)
    send({ method: 'POST' })
    expect(await next(events)).toMatchObject({ kind: 'httpLost', httpId: 1, mayHaveArrived: false })
  })

  test.each([
    ['before its answer', (socket: Socket) => socket.destroy()],
    [
      'amid its answer',
      (socket: Socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":')
        setImmediate(() => socket.destroy())
      },
    ],
    ['with something that is not HTTP', (socket: Socket) => socket.end('hello\r\n')],
  ])('a request that is cut %s may have arrived', async (_when, act) => {
    const { events, send } = wireTo(await serveTcp((socket) => socket.once('data', () => act(socket))))
    send({ method: 'POST' })
    expect(await next(events)).toMatchObject({ kind: 'httpLost', httpId: 1, mayHaveArrived: true })
  })

  test('a request that is not answered within its time may have arrived, and its connection is not used again', async () => {
    let requests = 0
    const { events, send } = wireTo(
      await serve((_request, response) => {
        requests += 1
        if (requests > 1) response.end('{}')
      }),
    )
    // Long enough for any machine to have sent it.
    send({ timeoutMs: 1_500 })
    expect(await next(events)).toMatchObject({ kind: 'httpLost', mayHaveArrived: true, message: 'no answer in time' })
    send({ httpId: 2 })
    await until(() => events.length === 2)
    expect(events[1]).toMatchObject({ kind: 'httpAnswer', httpId: 2 })
  })

  test('a request whose connection does not come about within its time has certainly not arrived', async () => {
    // A server of TLS that never shakes hands.
    const url = await serveTcp(() => {})
    const { events, send } = wireTo(url.replace('http:', 'https:'))
    send({ timeoutMs: 50 })
    expect(await next(events)).toMatchObject({ kind: 'httpLost', mayHaveArrived: false })
  })

  test('an answer of more than 32 MB is not taken in', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'a')
    const { events, send } = wireTo(
      await serve((_request, response) => {
        const write = (): void => {
          if (!response.destroyed) response.write(chunk, () => setImmediate(write))
        }
        write()
      }),
    )
    send({ timeoutMs: 600_000 })
    expect(await next(events)).toMatchObject({
      kind: 'httpLost',
      mayHaveArrived: true,
      message: expect.stringMatching('32 MB'),
    })
  })

  test('a redirect is an answer, and is not followed', async () => {
    let requests = 0
    const { events, send } = wireTo(
      await serve((_request, response) => {
        requests += 1
        response.writeHead(302, { location: '/elsewhere' }).end()
      }),
    )
    send({})
    expect(await next(events)).toMatchObject({ kind: 'httpAnswer', status: 302 })
    expect(requests).toBe(1)
  })

  test.each(['0', undefined])(
    'a certificate that nobody vouches for is refused (NODE_TLS_REJECT_UNAUTHORIZED=%s)',
    async (value) => {
      const server = createHttpsServer(SELF_SIGNED, (_request, response) => void response.end('{}'))
      const url = (await listening(server)).replace('http:', 'https:')
      const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
      if (value !== undefined) process.env.NODE_TLS_REJECT_UNAUTHORIZED = value
      try {
        const { events, send, wire } = wireTo(url)
        send({})
        wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
        await until(() => events.length === 2)
        expect(events).toContainEqual(
          expect.objectContaining({ kind: 'httpLost', mayHaveArrived: false, message: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
        )
        expect(events).toContainEqual({
          kind: 'closed',
          socketId: 's',
          code: 1006,
          reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        })
      } finally {
        if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
        else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
      }
    },
  )

  test('what is asked of the account as a whole goes to its own address, or nowhere', async () => {
    const paths: string[] = []
    const account = await serve((request, response) => {
      paths.push(request.url!)
      response.end('{}')
    })
    const rest = `http://127.0.0.1:${await unusedPort()}`
    const other = wireTo(rest, account)
    other.send({ target: '/sapi/v1/account/apiRestrictions?a=1' })
    expect(await next(other.events)).toMatchObject({ kind: 'httpAnswer' })
    expect(paths).toEqual(['/sapi/v1/account/apiRestrictions?a=1'])
    const none = wireTo(rest, null)
    none.send({ target: '/sapi/v1/account/apiRestrictions' })
    const answer = await next(none.events)
    // The demo has none, and a start-up there must not wait for it.
    expect(answer).toMatchObject({ kind: 'httpAnswer', status: 404 })
    expect(judge(answer as Extract<WireEvent, { kind: 'httpAnswer' }>)).toMatchObject({
      kind: 'refused',
      error: { httpStatus: 404 },
      follows: 'none',
    })
  })
})

describe('sockets', () => {
  test('a stream is at its path behind the origin, and says what arrives, pings included, which are answered', async () => {
    const { url, connections, targets } = await serveSockets()
    const { events, wire } = wireTo(url)
    wire.carry({ kind: 'open', socketId: 's', path: 'market', target: '/stream?streams=btcusdt@aggTrade' })
    const client = await until(() => connections[0])
    await until(() => events.length === 1)
    expect(targets).toEqual(['/market/stream?streams=btcusdt@aggTrade'])
    const pong = once(client, 'pong')
    client.ping('1591702613943')
    expect(String((await pong)[0])).toBe('1591702613943')
    client.send('{"e":"币"}')
    const heard = once(client, 'message')
    wire.carry({ kind: 'text', socketId: 's', text: '{"method":"SUBSCRIBE"}' })
    expect(String((await heard)[0])).toBe('{"method":"SUBSCRIBE"}')
    await until(() => events.length === 3)
    expect(events).toEqual([
      { kind: 'opened', socketId: 's' },
      { kind: 'ping', socketId: 's' },
      { kind: 'text', socketId: 's', text: '{"e":"币"}' },
    ])
  })

  test.each<[string, (client: WebSocket) => void, number, string]>([
    ['closes', (client) => client.close(1008, 'Too many requests'), 1008, 'Too many requests'],
    ['closes without a code', (client) => client.close(), 1005, ''],
    ['cuts', (client) => client.terminate(), 1006, ''],
  ])('a socket that the exchange %s is told as closed, once', async (_how, act, code, reason) => {
    const { url, connections } = await serveSockets()
    const { events, wire } = wireTo(url)
    wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
    act(await until(() => events.length === 1 && connections[0]))
    await until(() => events.length === 2)
    expect(events[1]).toEqual({ kind: 'closed', socketId: 's', code, reason })
    wire.carry({ kind: 'text', socketId: 's', text: 'lost' })
    wire.carry({ kind: 'close', socketId: 's' })
    await leaveTime(20)
    expect(events).toHaveLength(2)
  })

  test('a socket that cannot be opened is told as closed, and never during the command', async () => {
    const refused = wireTo(`http://127.0.0.1:${await unusedPort()}`)
    refused.wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
    expect(refused.events).toEqual([])
    expect(await next(refused.events)).toEqual({ kind: 'closed', socketId: 's', code: 1006, reason: 'ECONNREFUSED' })
    const page = wireTo(await serve((_request, response) => void response.writeHead(403).end('<html>')))
    page.wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
    expect(await next(page.events)).toMatchObject({
      kind: 'closed',
      code: 1006,
      reason: expect.stringContaining('403'),
    })
  })

  test('a socket that was told to close says so, also when it was not open yet or the other end is deaf', async () => {
    const { url, connections } = await serveSockets()
    const { events, wire } = wireTo(url)
    wire.carry({ kind: 'open', socketId: 'early', path: 'public', target: '/ws/a' })
    wire.carry({ kind: 'close', socketId: 'early' })
    expect(await next(events)).toMatchObject({ kind: 'closed', socketId: 'early', code: 1006 })
    wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
    await until(() => events.length === 2)
    wire.carry({ kind: 'close', socketId: 's' })
    await until(() => events.length === 3)
    expect(events[2]).toMatchObject({ kind: 'closed', socketId: 's', code: 1000 })
    wire.carry({ kind: 'open', socketId: 'deaf', path: 'public', target: '/ws/a' })
    await until(() => events.length === 4)
    connections.at(-1)!.pause()
    wire.carry({ kind: 'close', socketId: 'deaf' })
    await until(() => events.length === 5)
    expect(events[4]).toMatchObject({ kind: 'closed', socketId: 'deaf', code: 1006 })
  })

  test('a socket id in use is a bug', async () => {
    const { url } = await serveSockets()
    const { wire } = wireTo(url)
    wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
    expect(() => wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/b' })).toThrow('a socket id')
  })
})

test('a wire that is closed gives everything up and tells nothing more', async () => {
  const { url, connections, http } = await serveSockets()
  const requests: IncomingMessage[] = []
  http.on('request', (request) => requests.push(request))
  const { events, send, wire } = wireTo(url)
  wire.carry({ kind: 'open', socketId: 's', path: 'public', target: '/ws/a' })
  const client = await until(() => events.length === 1 && connections[0])
  send({})
  await until(() => requests.length === 1)
  const gone = Promise.all([once(client, 'close'), once(requests[0]!.socket, 'close')])
  await wire.close()
  await gone
  send({ httpId: 2 })
  wire.carry({ kind: 'open', socketId: 't', path: 'public', target: '/ws/a' })
  await leaveTime(20)
  expect(events).toEqual([{ kind: 'opened', socketId: 's' }])
  await wire.close()
})

function wireTo(restUrl: string, accountUrl: string | null = restUrl) {
  const wire = new BinanceWire({ restUrl, accountUrl, streamUrl: restUrl.replace(/^http/, 'ws') })
  ends.push(() => wire.close())
  const events: WireEvent[] = []
  wire.listen((event) => events.push(event))
  const send = (request: Partial<HttpRequest>): void => {
    const defaults = { httpId: 1, method: 'GET', target: '/fapi/v1/ping', headers: {}, timeoutMs: 600_000 } as const
    const told = events.length
    wire.carry({ kind: 'http', request: { ...defaults, ...request } })
    expect(events).toHaveLength(told)
  }
  return { wire, events, send }
}

async function next(events: readonly WireEvent[]): Promise<WireEvent> {
  return await until(() => events[0])
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener)
  const url = await listening(server)
  ends.push(async () => server.closeAllConnections())
  return url
}

async function serveTcp(connected: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    connected(socket)
  })
  const url = await listening(server)
  ends.push(async () => {
    for (const socket of sockets) socket.destroy()
  })
  return url
}

async function serveSockets() {
  const http = createHttpServer()
  const server = new WebSocketServer({ server: http })
  const connections: WebSocket[] = []
  const targets: (string | undefined)[] = []
  server.on('connection', (client, request) => {
    client.on('error', () => {})
    targets.push(request.url)
    connections.push(client)
  })
  const url = await listening(http)
  ends.push(async () => {
    for (const client of connections) client.terminate()
    http.closeAllConnections()
  })
  return { url, http, connections, targets }
}

async function listening(server: TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function unusedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
