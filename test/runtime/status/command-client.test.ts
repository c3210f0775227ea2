import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import { type CommandAnswer, sendCommand } from '../../../src/runtime/status/command-client.js'

const KILL: OperatorCommand = { command: 'kill', reason: 'law' }
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that does to every connection what it is told, as soon as the whole order is there. */
async function server(act: (socket: Socket) => void): Promise<string> {
  const made = createServer((socket) => {
    let order = ''
    socket.on('error', () => {})
    socket.setEncoding('utf8').on('data', (text: string) => {
      order += text
      if (order.endsWith('}')) act(socket)
    })
  })
  servers.push(made)
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}

function answer(status: string, body: object | string, type = 'application/json; charset=utf-8'): Buffer {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close`
  return Buffer.from(`${head}\r\n\r\n${text}`)
}

const PROBLEM = { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'expected the operator token' }
const IN_FORCE = answer('200 OK', { command: 'kill', inForce: true, durable: true, detail: 'kill: done' })
const NOT_IN_FORCE = answer('409 Conflict', { command: 'kill', inForce: false, durable: false, detail: 'stopped' })
const REFUSED = answer('401 Unauthorized', PROBLEM, 'application/problem+json')

const send = (address: string, timeoutMs = 10_000) => sendCommand(address, 'token', KILL, { timeoutMs, tries: 1 })

describe('what is known of a command', () => {
  it.each<[string, Buffer, CommandAnswer]>([
    ['in force', IN_FORCE, { kind: 'outcome', outcome: { inForce: true, durable: true, detail: 'kill: done' } }],
    ['not in force', NOT_IN_FORCE, { kind: 'outcome', outcome: { inForce: false, durable: false, detail: 'stopped' } }],
    ['refused', REFUSED, { kind: 'refused', httpStatus: 401, detail: 'expected the operator token' }],
  ])('is that it is %s by a whole answer, and nothing by one that ends at any byte before', async (_, whole, known) => {
    let act = (socket: Socket): unknown => socket.end(whole)
    const address = await server((socket) => act(socket))
    expect(await send(address)).toEqual(known)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.boolean(), async (bytes, isReset) => {
        act = (socket) => {
          const end = () => (isReset ? socket.resetAndDestroy() : socket.end())
          if (bytes === 0) end()
          else socket.write(whole.subarray(0, bytes), end)
        }
        expect((await send(address)).kind).toBe('unknown')
      }),
      { numRuns: 600, examples: Array.from(whole, (_byte, i): [number, boolean] => [i, false]) },
    )
  })

  it.each([0, 1, 20, IN_FORCE.indexOf('\r\n\r\n') + 4, IN_FORCE.length - 1])(
    'is nothing by an answer that stalls after %i bytes, and is said within the limit',
    async (bytes) => {
      const address = await server((socket) => socket.write(IN_FORCE.subarray(0, bytes)))
      expect(await send(address, 100)).toEqual({ kind: 'unknown', detail: 'no whole answer in time' })
    },
  )

  it.each<[string, Buffer]>([
    ['another content type', answer('200 OK', { command: 'kill', inForce: true, durable: true }, 'text/html')],
    ['no JSON', answer('200 OK', '<!doctype html>', 'text/html')],
    ['JSON of something else', answer('200 OK', { ok: true })],
    ['JSON null', answer('200 OK', 'null')],
    ['the outcome of another command', answer('200 OK', { command: 'flatten', inForce: true, durable: true })],
    ['a status that contradicts it', answer('409 Conflict', { command: 'kill', inForce: true, durable: true })],
    ['an outcome under an error', answer('500 No', { command: 'kill', inForce: false, durable: false })],
    ['an error of the server', answer('500 Internal Server Error', PROBLEM)],
    ['an error of a proxy', answer('502 Bad Gateway', 'oops', 'text/plain')],
    ['a redirection', answer('302 Found', '')],
    ['nothing', answer('204 No Content', '')],
    ['more than an answer has', answer('200 OK', ' '.repeat(70_000))],
    ['no HTTP', Buffer.from('hello\r\n\r\n')],
  ])('is nothing by an answer that is %s', async (_, text) => {
    const address = await server((socket) => socket.end(text))
    expect((await send(address)).kind).toBe('unknown')
  })

  it.each<[OperatorCommand['command'], CommandAnswer['kind'], number]>([
    ['kill', 'outcome', 4],
    ['flatten', 'outcome', 4],
    ['reduce-only', 'outcome', 4],
    ['maintenance-on', 'outcome', 4],
    ['resume', 'unknown', 1],
    ['clear-lockout', 'unknown', 1],
    ['reset-breaker', 'unknown', 1],
    ['resync', 'unknown', 1],
    ['maintenance-off', 'unknown', 1],
  ])('of %s, whose connection breaks off three times, is %s after %i tries', async (command, kind, tries) => {
    let orders = 0
    const whole = answer('200 OK', { command, inForce: true, durable: true, detail: 'done' })
    const address = await server((socket) => (++orders <= 3 ? socket.resetAndDestroy() : socket.end(whole)))
    expect((await sendCommand(address, 'token', { command, reason: 'law' })).kind).toBe(kind)
    expect(orders).toBe(tries)
  })

  it('is said within the limit, whatever number of connections break off', async () => {
    const address = await server((socket) => socket.resetAndDestroy())
    expect((await sendCommand(address, 'token', KILL, { timeoutMs: 500, tries: 1_000_000 })).kind).toBe('unknown')
  })

  it('is that it is refused by any 4xx, also of a proxy that writes no JSON', async () => {
    const address = await server((socket) => socket.end(answer('403 Forbidden', '<h1>No</h1>', 'text/html')))
    expect(await send(address)).toEqual({ kind: 'refused', httpStatus: 403, detail: 'Forbidden' })
  })

  it('is nothing where nobody listens, and where a connection is reset before the order was read', async () => {
    expect(await send('http://127.0.0.1:1')).toEqual({
      kind: 'unknown',
      detail: expect.stringContaining('cannot connect: connect ECONNREFUSED'),
    })
    const made = createServer((socket) => socket.resetAndDestroy())
    servers.push(made)
    made.listen(0, '127.0.0.1')
    await once(made, 'listening')
    expect((await send(`http://127.0.0.1:${(made.address() as AddressInfo).port}`)).kind).toBe('unknown')
  })
})
