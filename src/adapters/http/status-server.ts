import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StatusSurface } from '../../ports/status-surface.js'
import { isOwnName, RateLimit, tokenCheck } from './access.js'
import { EventStreams } from './event-stream.js'
import { StatusMetrics } from './metrics.js'
import { type HttpProblem, isCommand, isProblem, problem, readCommand } from './operator-request.js'

export interface StatusServerSettings {
  /** Default `127.0.0.1`: this machine alone. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** What an operator must show; without one no command is taken. Never logged, never shown. */
  readonly token?: string
  /** The dashboard, served at `/`. */
  readonly page?: string
  /** A clock that never goes back, ms, by which requests are counted; default the process's own. */
  readonly nowMs?: () => number
}

export interface StatusServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string
  close(): Promise<void>
}

const READS = { perSecond: 50, burst: 200 }
/** Commands are for people: a flood of them is a mistake or a guesser of tokens. A kill is never held back. */
const COMMANDS = { perSecond: 1, burst: 10 }

/**
 * Serves a running system: `GET /api/v1/status`, `/api/v1/events`, `/api/v1/session`, `/healthz`, `/metrics`, the dashboard at `/`,
 * and `POST /api/v1/operator/<command>`. Rejects when the address cannot be had.
 */
export async function serveStatus(surface: StatusSurface, chosen: StatusServerSettings = {}): Promise<StatusServer> {
  const settings = { host: '127.0.0.1', port: 0, nowMs: () => performance.now(), ...chosen }
  const streams = new EventStreams(surface)
  const handler = new Handler(surface, settings, streams)
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    handler.answer(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy()
      else sendProblem(response, problem(500, 'Internal error', error.message))
    })
  })
  await listen(server, settings).catch((error: unknown) => {
    streams.close()
    throw error
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        streams.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** With defaults in place. */
type Served = StatusServerSettings & Required<Pick<StatusServerSettings, 'host' | 'port' | 'nowMs'>>

class Handler {
  private readonly metrics: StatusMetrics
  private readonly reads: RateLimit
  private readonly commands: RateLimit
  private readonly isOperator: ((request: IncomingMessage) => boolean) | undefined

  constructor(
    private readonly surface: StatusSurface,
    private readonly settings: Served,
    private readonly streams: EventStreams,
  ) {
    this.metrics = new StatusMetrics(surface)
    this.reads = new RateLimit(READS, settings.nowMs)
    this.commands = new RateLimit(COMMANDS, settings.nowMs)
    this.isOperator = settings.token === undefined ? undefined : tokenCheck(settings.token)
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    secure(response)
    if (!isOwnName(request, this.settings.host)) {
      return sendProblem(response, problem(421, 'Misdirected request', 'expected this server by its own name'))
    }
    const path = (request.url ?? '/').split('?')[0]!
    const command = /^\/api\/v1\/operator\/([a-z-]+)$/.exec(path)?.[1]
    if (command !== undefined) return this.operate(request, response, command)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendProblem(response, notAllowed(response, 'GET, HEAD'))
    const waitS = this.reads.take(request.socket.remoteAddress ?? '')
    if (waitS > 0) return sendProblem(response, tooMany(response, waitS))
    return this.read(path, response)
  }

  private async read(path: string, response: ServerResponse): Promise<void> {
    switch (path) {
      case '/api/v1/status':
        return sendJson(response, 200, this.surface.status())
      case '/api/v1/session':
        return sendJson(response, 200, this.surface.session())
      case '/api/v1/events':
        if (!this.streams.add(response))
          sendProblem(response, problem(503, 'Too many streams', 'close one and try again'))
        return
      case '/healthz':
        return sendText(response, 'text/plain; charset=utf-8', 'ok\n')
      case '/metrics':
        return sendText(response, this.metrics.contentType, await this.metrics.text())
      case '/':
        if (this.settings.page !== undefined) return sendPage(response, this.settings.page)
        break
    }
    sendProblem(response, problem(404, 'Not found', `there is nothing at ${path}`))
  }

  private async operate(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (!isCommand(name)) return sendProblem(response, problem(404, 'Not found', `there is no command ${name}`))
    if (request.method !== 'POST') return sendProblem(response, notAllowed(response, 'POST'))
    if (this.isOperator === undefined) {
      return sendProblem(response, problem(403, 'Forbidden', 'this server was started without an operator token'))
    }
    const allowed = this.isOperator(request)
    const waitS = allowed && name === 'kill' ? 0 : this.commands.take(request.socket.remoteAddress ?? '')
    if (waitS > 0) return sendProblem(response, tooMany(response, waitS))
    if (!allowed) {
      response.setHeader('www-authenticate', 'Bearer')
      return sendProblem(response, problem(401, 'Unauthorized', 'expected the operator token as Authorization: Bearer'))
    }
    const command = await readCommand(request, name)
    if (isProblem(command)) return sendProblem(response, command)
    const outcome = await this.surface.operate(command)
    sendJson(response, outcome.inForce ? 200 : 409, { command: command.command, ...outcome })
  }
}

function listen(server: Server, { host, port }: Served): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Nothing of ours is framed, sniffed, cached, or read by other origins; the page may run its own script and no other. */
function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
}

/** The page's own scripts, by hash, and no other; it talks to this server alone. */
function pagePolicy(page: string): string {
  const scripts = [...page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => `'sha256-${createHash('sha256').update(text!, 'utf8').digest('base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src ${scripts.length === 0 ? "'none'" : scripts.join(' ')}`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    'img-src data:',
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

function sendPage(response: ServerResponse, page: string): void {
  response.setHeader('content-security-policy', pagePolicy(page))
  sendText(response, 'text/html; charset=utf-8', page)
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text)
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  const text = `${JSON.stringify(value)}\n`
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

/** Whatever was left of the request is not read: the connection ends with the answer. */
function sendProblem(response: ServerResponse, { status, title, detail }: HttpProblem): void {
  const text = `${JSON.stringify({ type: 'about:blank', title, status, detail })}\n`
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  }
  response.writeHead(status, headers).end(text)
}

function notAllowed(response: ServerResponse, allowed: string): HttpProblem {
  response.setHeader('allow', allowed)
  return problem(405, 'Method not allowed', `expected ${allowed}`)
}

function tooMany(response: ServerResponse, waitS: number): HttpProblem {
  response.setHeader('retry-after', waitS)
  return problem(429, 'Too many requests', `wait ${waitS} s`)
}
