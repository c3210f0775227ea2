import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type StatusServer, type StatusServerSettings, serveStatus } from '../../../src/adapters/http/status-server.js'
import { statusOf } from '../../../src/core/status/status.js'
import type { OperatorCommand } from '../../../src/ports/sides.js'
import type { CommandOutcome, StatusSurface } from '../../../src/ports/status-surface.js'
import { HEALTHY } from '../../support/system-state.js'

const TOKEN = 'correct horse battery staple'

let surface: TestSurface
let server: StatusServer
let nowMs = 0

beforeEach(async () => {
  nowMs = 0
  surface = new TestSurface()
  server = await serve({ token: TOKEN, page: '<!doctype html><script>1+1</script>' })
})

afterEach(() => server.close())

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
    expect((await ask('GET', '/api/v1/status', { host: 'localhost:1' })).status).toBe(200)
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

  test('is held back when commands flood in, unless it kills', async () => {
    for (let i = 0; i < 10; i++) expect((await operate('resync', { reason: 'again' })).status).toBe(200)
    expect((await operate('resync', { reason: 'again' })).status).toBe(429)
    expect((await operate('kill', { reason: 'enough' })).status).toBe(200)
  })

  test('with guessed tokens is held back as well', async () => {
    for (let i = 0; i < 10; i++) expect((await ask('POST', '/api/v1/operator/kill', {}, '{}')).status).toBe(401)
    expect((await ask('POST', '/api/v1/operator/kill', {}, '{}')).status).toBe(429)
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
    }
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
