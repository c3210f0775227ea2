import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type StatusServer, type StatusServerSettings, serveStatus } from '../../../src/adapters/http/status-server.js'
import { statusOf } from '../../../src/core/status/status.js'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import type { CommandOutcome, HealthView, ObservedView, StatusSurface } from '../../../src/ports/status-surface.js'
import { AILING } from '../../support/health-view.js'
import { HEALTHY } from '../../support/system-state.js'

const TOKEN = 'correct horse battery staple'
const FOREIGN = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }
const WHOLE_REQUEST = 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
/** What is slow is let go after seconds. */
const SLOW = { timeout: 60_000 }

let surface: TestSurface
let server: StatusServer
let nowMs = 0
const opened: Socket[] = []

beforeEach(async () => {
  nowMs = 0
  surface = new TestSurface()
  server = await serve({ token: TOKEN, page: '<!doctype html><script>1+1</script>' })
})

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await server.close()
})

describe('reading', () => {
  test('gives the document, the session and the health of the process', async () => {
    expect(await json('GET', '/api/v1/status')).toMatchObject({ status: 200, body: { trading_mode: 'Active' } })
    expect(await json('GET', '/api/v1/session')).toMatchObject({ status: 200, body: { position: null } })
    expect(await ask('GET', '/healthz')).toMatchObject({ status: 200, text: 'ok\n' })
  })

  test('gives metrics that follow the document', async () => {
    expect((await ask('GET', '/metrics')).text).toContain('dolphin_trading_mode{value="Active"} 1')
    surface.state = { ...HEALTHY, operatorMode: 'KILL', linkAgeMs: null }
    const { text, headers } = await ask('GET', '/metrics')
    expect(headers['content-type']).toContain('text/plain')
    expect(text).toContain('dolphin_trading_mode{value="Kill"} 1')
    expect(text).toContain('dolphin_trading_mode{value="Active"} 0')
    expect(text).toContain('dolphin_mode_reason{reason="KILL_OPERATOR"} 1')
    expect(text).toContain('dolphin_link_age_ms Nan')
  })

  test('gives metrics of what the system takes for granted, where it takes anything', async () => {
    expect((await ask('GET', '/metrics')).text).not.toMatch(/^dolphin_(assumptions|system_regime)\{/m)
    surface.health = AILING
    const { text } = await ask('GET', '/metrics')
    for (const line of [
      'dolphin_assumptions{status="INVALID"} 1',
      'dolphin_assumptions{status="EXPIRED"} 0',
      'dolphin_component_unsafe{component="marketData"} 1',
      'dolphin_component_unsafe{component="execution"} 0',
      'dolphin_system_regime{value="EDGE_DECAYING"} 1',
      'dolphin_system_regime{value="EDGE_GONE"} 0',
      'dolphin_parameter_drift{parameter="win_rate"} 0.31',
      'dolphin_parameter_drift{parameter="entry_slippage"} Nan',
    ])
      expect(text).toContain(line)
  })

  test('counts what the observation of a session has refused, where it observes', async () => {
    expect((await ask('GET', '/metrics')).text).not.toContain('dolphin_observation_refused_total{')
    surface.view = {
      ...{ status: 'FAILED', timestampMs: 1_000, leftOut: { bookGaps: 2 } },
      counters: {
        intervalsProcessed: 1,
        accepted: { TRADE: 9 },
        refused: { 'TRADE:TOO_OLD': 4 },
        evicted: {},
        noted: {},
      },
    }
    const { text } = await ask('GET', '/metrics')
    for (const line of [
      'dolphin_observation_accepted_total{kind="TRADE"} 9',
      'dolphin_observation_refused_total{kind="TRADE",reason="TOO_OLD"} 4',
      'dolphin_observation_left_out_total{what="bookGaps"} 2',
      'dolphin_observation_status{value="FAILED"} 1',
      'dolphin_observation_snapshot_time_ms 1000',
    ])
      expect(text).toContain(`${line}\n`)
  })

  test('lets the page run its own script and no other', async () => {
    const { headers } = await ask('GET', '/')
    expect(headers['content-security-policy']).toContain("script-src 'sha256-")
    expect(headers['content-security-policy']).not.toContain("script-src 'unsafe-inline'")
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test.each([
    ['GET', '/nothing', 404],
    ['POST', '/api/v1/status', 405],
    ['DELETE', '/', 405],
  ])('answers %s %s with a problem document, %d', async (method, path, status) => {
    const answer = await ask(method, path)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(answer.text)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
  })

  test('refuses a name that is not its own', async () => {
    expect((await ask('GET', '/api/v1/status', { host: 'evil.example:80' })).status).toBe(421)
    expect((await ask('GET', '/api/v1/status', { host: 'LocalHost:1' })).status).toBe(200)
  })

  test('answers HEAD as GET, without a body, and without a place among the streams', async () => {
    for (const path of ['/api/v1/status', '/healthz', '/']) {
      expect(await ask('HEAD', path)).toMatchObject({ status: 200, text: '' })
    }
    for (let i = 0; i < 40; i++) {
      const { status, headers, text } = await ask('HEAD', '/api/v1/events')
      expect({ status, text }).toEqual({ status: 200, text: '' })
      expect(headers['content-type']).toContain('text/event-stream')
    }
    const events = await openStream()
    expect((await events.next()).status.trading_mode).toBe('Active')
    events.close()
  })

  test('holds back who asks too often, and says how long', async () => {
    for (let i = 0; i < 200; i++) expect((await ask('GET', '/healthz')).status).toBe(200)
    const { status, headers } = await ask('GET', '/healthz')
    expect({ status, wait: headers['retry-after'] }).toEqual({ status: 429, wait: '1' })
    nowMs += 1_000
    expect((await ask('GET', '/healthz')).status).toBe(200)
  })
})

describe('a command', () => {
  test('reaches the system with its reason', async () => {
    expect(await operate('kill', { reason: 'looks wrong' })).toMatchObject({
      status: 200,
      body: { command: 'kill', inForce: true, durable: true },
    })
    expect(surface.commands).toEqual([{ command: 'kill', reason: 'looks wrong' }])
  })

  test.each([
    ['no token', {}, 401],
    ['another token', { authorization: 'Bearer wrong' }, 401],
    ['a token of another scheme', { authorization: `Basic ${TOKEN}` }, 401],
  ])('an operator command is refused that comes with %s', async (_, headers, status) => {
    const answer = await ask('POST', '/api/v1/operator/kill', { ...headers, 'content-type': 'application/json' }, '{}')
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain(TOKEN)
    expect(surface.commands).toEqual([])
  })

  test.each<[string, string, number]>([
    ['no JSON', 'stop!', 400],
    ['an object without a reason', '{}', 422],
    ['an object with an empty reason', '{"reason":" "}', 422],
    ['an object with a reason of another type', '{"reason":3}', 422],
    ['a list', '[]', 422],
    ['an object with more than the reason', '{"reason":"a","force":true}', 422],
    ['too long', JSON.stringify({ reason: 'x'.repeat(5_000) }), 413],
  ])('an operator command is refused whose body is %s', async (_, body, status) => {
    expect((await send('kill', body)).status).toBe(status)
    expect(surface.commands).toEqual([])
  })

  test('is refused as another media type, as GET, and when it does not exist', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect(
      (await ask('POST', '/api/v1/operator/kill', { ...headers, 'content-type': 'text/plain' }, '{}')).status,
    ).toBe(415)
    expect((await ask('GET', '/api/v1/operator/kill', headers)).status).toBe(405)
    expect((await ask('POST', '/api/v1/operator/launch', headers, '{}')).status).toBe(404)
  })

  test('is refused by a server without a token', async () => {
    await server.close()
    server = await serve({})
    expect(await operate('kill', { reason: 'now' })).toMatchObject({ status: 403 })
  })

  test('that is not in force is a conflict', async () => {
    surface.outcome = { inForce: false, durable: false, detail: 'nothing to clear' }
    expect(await operate('clear-lockout', { reason: 'looked' })).toMatchObject({
      status: 409,
      body: { inForce: false, detail: 'nothing to clear' },
    })
  })

  test('takes the scheme of its token in any case', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      const headers = { authorization: `${scheme} ${TOKEN}`, 'content-type': 'application/json' }
      expect((await ask('POST', '/api/v1/operator/kill', headers, '{"reason":"now"}')).status).toBe(200)
    }
  })

  test.each(['kill', 'flatten', 'reduce-only', 'maintenance-on'])('%s is never held back', async (command) => {
    for (let i = 0; i < 30; i++) expect((await operate(command, { reason: 'again' })).status).toBe(200)
  })

  test.each(['resume', 'clear-lockout', 'reset-breaker', 'resync', 'maintenance-off'])(
    '%s is held back when it floods in, and what reduces risk is not',
    async (command) => {
      for (let i = 0; i < 10; i++) expect((await operate(command, { reason: 'again' })).status).toBe(200)
      expect((await operate(command, { reason: 'again' })).status).toBe(429)
      expect((await operate('flatten', { reason: 'enough' })).status).toBe(200)
    },
  )

  test('with guessed tokens is held back as well', async () => {
    for (let i = 0; i < 10; i++) expect((await ask('POST', '/api/v1/operator/kill', {}, '{}')).status).toBe(401)
    expect((await ask('POST', '/api/v1/operator/kill', {}, '{}')).status).toBe(429)
  })

  test.each([
    ['orders without the token', () => ask('POST', '/api/v1/operator/resume', {}, '{}')],
    ['orders of a page of another origin', () => ask('POST', '/api/v1/operator/resume', FOREIGN, '{}')],
    ['reads', () => ask('GET', '/api/v1/status')],
  ])('and a read with the right token get through after any number of %s', async (_, flood) => {
    await Promise.all(Array.from({ length: 250 }, flood))
    expect((await flood()).status).toBeGreaterThanOrEqual(400)
    for (let i = 0; i < 5; i++) expect((await operate('resume', { reason: 'owner' })).status).toBe(200)
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await ask('GET', '/api/v1/status', headers)).status).toBe(200)
  })

  test.each([
    ['its Origin', { origin: 'http://evil.example' }],
    ['an Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['an Origin that is hidden', { origin: 'null' }],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site of the same machine', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('of a page of another origin is refused by %s, with the right token too', async (_, headers) => {
    const authorized = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers }
    for (let i = 0; i < 20; i++) {
      expect((await ask('POST', '/api/v1/operator/kill', authorized, '{"reason":"x"}')).status).toBe(403)
    }
    expect(surface.commands).toEqual([])
    // None of it was anybody's budget.
    expect((await ask('POST', '/api/v1/operator/kill', {}, '{}')).status).toBe(401)
  })

  test('of a page of its own is taken', async () => {
    const own = { origin: server.address.toUpperCase(), 'sec-fetch-site': 'same-origin' }
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...own }
    expect((await ask('POST', '/api/v1/operator/kill', headers, '{"reason":"x"}')).status).toBe(200)
  })
})

describe('connections', () => {
  test('beyond the limit close the oldest that ask for nothing, so that an order gets through', async () => {
    await server.close()
    const told: string[] = []
    server = await serve({ token: TOKEN, openFiles: 32, tell: (line) => told.push(line) })
    const events = await openStream()
    await events.next()
    const ended: Promise<unknown>[] = []
    for (let i = 0; i < 100; i++) ended.push(once((await open()).resume(), 'end'))
    expect(await operate('kill', { reason: 'now' })).toMatchObject({ status: 200 })
    await Promise.all(ended.slice(0, 88))
    // Whoever asks for something stays.
    expect((await events.next()).status.trading_mode).toBe('Active')
    events.close()
    await server.close()
    expect(told).toEqual([expect.stringMatching(/^The status server .*: \d+ connections closed for newer ones$/)])
  })

  test.each([
    { requests: 201, refusals: 1 },
    { requests: 202, refusals: 0 },
  ])('over which $requests requests come at once end with $refusals refusals', async ({ requests, refusals }) => {
    const socket = await open(WHOLE_REQUEST.repeat(requests))
    let taken = ''
    socket.on('data', (chunk: Buffer) => {
      taken += chunk.toString()
    })
    await once(socket, 'close')
    expect(taken.split('429 Too Many Requests').length - 1).toBe(refusals)
  })

  test('that send nothing, or take too long over a request, an order or the next request, end', SLOW, async () => {
    const order = [
      'POST /api/v1/operator/kill HTTP/1.1',
      `host: 127.0.0.1\r\nauthorization: Bearer ${TOKEN}`,
      'content-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    ]
    const texts = ['', 'GET /healthz HTTP/1.1\r\nhost: 127', order.join('\r\n'), WHOLE_REQUEST]
    const slow = await Promise.all(texts.map(open))
    await Promise.all(slow.map((socket) => once(socket.resume(), 'end')))
    expect(surface.commands).toEqual([])
  })

  test('whose reader takes too long over an answer end in its middle', async () => {
    const bytes = 30_000_000
    await server.close()
    server = await serve({ page: 'x'.repeat(bytes) })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const reader = await open(WHOLE_REQUEST.replace('/healthz', '/'))
    await once(reader, 'readable')
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    let taken = 0
    reader.on('data', (chunk: Buffer) => {
      taken += chunk.length
    })
    await once(reader, 'close')
    expect(taken).toBeLessThan(bytes)
  })
})

describe('the event stream', () => {
  test('begins with the state, and follows every change', async () => {
    const events = await openStream()
    expect((await events.next()).status.trading_mode).toBe('Active')
    surface.change({ ...HEALTHY, operatorMode: 'KILL' })
    expect((await events.next()).status.trading_mode).toBe('Kill')
    events.close()
  })

  test('beats while nothing changes', async () => {
    const events = await openStream()
    for (let i = 0; i < 3; i++) expect((await events.next()).session.position).toBeNull()
    events.close()
  })
})

class TestSurface implements StatusSurface {
  state = HEALTHY
  health: HealthView | undefined
  view: ObservedView | undefined
  outcome: CommandOutcome = { inForce: true, durable: true, detail: 'done' }
  readonly commands: OperatorCommand[] = []
  private readonly listeners = new Set<() => void>()

  change(state: typeof HEALTHY): void {
    this.state = state
    for (const listener of this.listeners) listener()
  }

  status() {
    return statusOf(this.state)
  }

  session() {
    return {
      position: null,
      initialCapitalUsd: '25000',
      realizedCapitalUsd: '25000',
      equity: [],
      trades: [],
      events: [],
      ...(this.health && { health: this.health }),
    }
  }

  observed(): ObservedView | undefined {
    return this.view
  }

  async operate(command: OperatorCommand): Promise<CommandOutcome> {
    this.commands.push(command)
    return this.outcome
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

function serve(settings: Partial<StatusServerSettings>): Promise<StatusServer> {
  return serveStatus(surface, { host: '127.0.0.1', port: 0, nowMs: () => nowMs, ...settings })
}

function operate(command: string, body: object) {
  return send(command, JSON.stringify(body))
}

async function send(command: string, body: string) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const { status, text } = await ask('POST', `/api/v1/operator/${command}`, headers, body)
  return { status, body: JSON.parse(text) as unknown }
}

async function json(method: string, path: string) {
  const { status, text } = await ask(method, path)
  return { status, body: JSON.parse(text) as unknown }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${server.address}${path}`, { method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A connection over which so much is sent. */
async function open(text = ''): Promise<Socket> {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1')
  opened.push(socket)
  socket.on('error', () => {}).write(text)
  await once(socket, 'connect')
  return socket
}

/** The documents of the stream, one by one. */
async function openStream() {
  const controller = new AbortController()
  const response = await fetch(`${server.address}/api/v1/events`, { signal: controller.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let buffered = ''
  return {
    async next() {
      while (!buffered.includes('\n\n')) buffered += (await reader.read()).value ?? ''
      const [event, ...rest] = buffered.split('\n\n')
      buffered = rest.join('\n\n')
      return JSON.parse(/^data: (.*)$/m.exec(event!)![1]!)
    },
    close: () => controller.abort(),
  }
}
