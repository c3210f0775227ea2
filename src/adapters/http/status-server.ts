import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { REDUCES_RISK } from '../../ports/sides.js'
import type { StatusSurface } from '../../ports/status-surface.js'
import { callerOf, isForeignPage, isOwnName, tokenCheck } from './access.js'
import { Connections, connectionLimits } from './connections.js'
import { EVENT_STREAM_TYPE, EventStreams } from './event-stream.js'
import { StatusMetrics } from './metrics.js'
import { type HttpProblem, isCommand, isProblem, problem, readCommand } from './operator-request.js'
import { RateLimit } from './rate-limit.js'
import { type Refusal, RefusalCount } from './refusals.js'

export interface StatusServerSettings {
  /** Default `127.0.0.1`: this machine alone. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** What an operator must show; without one no command is taken. Never logged, never shown. */
  readonly token?: string
  /** The dashboard, served at `/`. */
  readonly page?: string
  /** Files that this process may have open; connections take half of them. Absent: as many as it likes. */
  readonly openFiles?: number
  /** Told once a minute how much was turned away, while anything is. */
  readonly tell?: (line: string) => void
  /** A clock that never goes back, ms, by which requests are counted; default the process's own. */
  readonly nowMs?: () => number
}

export interface StatusServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string
  close(): Promise<void>
}

/** Of strangers by caller, and of the owner by himself: what strangers use up is not the owner's. */
const READS = { perSecond: 50, burst: 200 }
/** Orders are for people: a flood of them is a mistake or a guesser of tokens. What reduces risk is never held back. */
const ORDERS = { perSecond: 1, burst: 10 }
const OWNER = 'owner'

/** A request that is not there whole by then is not waited for, nor the next one on an idle connection. */
const REQUEST_MS_MAX = 5_000
/** An answer that has not been taken by then is given up. */
const ANSWER_MS_MAX = 10_000
/** Whoever asks too often waits for the refusal: who floods over a number of connections is slowed down by it. */
const HOLD_MS = 250
/** How often the times above are looked at. */
const CHECK_MS = 500
/** Connections that the kernel keeps for us while we are busy: a flood must not make the owner's wait for its second try. */
const BACKLOG = 4_096

/**
 * Serves a running system: `GET /api/v1/status`, `/api/v1/events`, `/api/v1/session`, `/healthz`, `/metrics`, the dashboard at `/`,
 * and `POST /api/v1/operator/<command>`. Rejects when the address cannot be had.
 */
export async function serveStatus(surface: StatusSurface, chosen: StatusServerSettings = {}): Promise<StatusServer> {
  const settings = { host: '127.0.0.1', port: 0, nowMs: () => performance.now(), ...chosen }
  const refusals = new RefusalCount(settings.tell ?? (() => {}))
  const streams = new EventStreams(surface)
  const connections = new Connections(connectionLimits(settings.openFiles), () => refusals.add('connection'))
  const handler = new Handler(surface, settings, { streams, connections, refusals })
  const server = createServer(
    {
      headersTimeout: REQUEST_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => {
      handler.answer(request, response).catch((error: Error) => {
        if (response.headersSent) response.destroy()
        else sendProblem(response, problem(500, 'Internal error', error.message))
      })
    },
  )
  server.prependListener('connection', (socket) => connections.admit(socket))
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
        refusals.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** With defaults in place. */
type Served = StatusServerSettings & Required<Pick<StatusServerSettings, 'host' | 'port' | 'nowMs'>>

interface HandlerParts {
  readonly streams: EventStreams
  readonly connections: Connections
  readonly refusals: RefusalCount
}

/** Who asks: a stranger by where it is, or whoever shows the token. */
interface Asker {
  readonly caller: string
  readonly isOwner: boolean
}

class Handler {
  private readonly metrics: StatusMetrics
  private readonly reads: RateLimit
  private readonly orders: RateLimit
  private readonly showsToken: (request: IncomingMessage) => boolean

  constructor(
    private readonly surface: StatusSurface,
    private readonly settings: Served,
    private readonly parts: HandlerParts,
  ) {
    this.metrics = new StatusMetrics(surface, parts.refusals.totals)
    this.reads = new RateLimit(READS, settings.nowMs)
    this.orders = new RateLimit(ORDERS, settings.nowMs)
    this.showsToken = settings.token === undefined ? () => false : tokenCheck(settings.token)
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    // Who asks on behind a refusal that is still to come does not wait for it: reading thousands of such requests takes a second.
    if (this.parts.connections.isRefused(socket)) socket.destroy()
    // What came behind a request that ended its connection is not answered any more.
    if (socket.destroyed || !socket.writable) return
    secure(response)
    if (!isOwnName(request, this.settings.host)) {
      return sendProblem(response, problem(421, 'Misdirected request', 'expected this server by its own name'))
    }
    if (isForeignPage(request)) {
      return this.refuse(response, 'foreign-page', problem(403, 'Forbidden', 'a page of another origin asks for this'))
    }
    const isOwner = this.showsToken(request)
    const asker = { caller: isOwner ? OWNER : callerOf(socket.remoteAddress), isOwner }
    this.parts.connections.asks(socket, asker)
    response.on('close', () => this.parts.connections.rests(socket))
    const path = (request.url ?? '/').split('?')[0]!
    const command = /^\/api\/v1\/operator\/([a-z-]+)$/.exec(path)?.[1]
    if (command !== undefined) return this.operate(request, response, { name: command, asker })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendProblem(response, notAllowed(response, 'GET, HEAD'))
    const waitS = this.reads.take(asker.caller)
    if (waitS > 0) return this.refuse(response, 'rate', tooMany(response, waitS))
    return this.read(path, response, { asker, isHead: request.method === 'HEAD' })
  }

  private async read(
    path: string,
    response: ServerResponse,
    { asker, isHead }: { readonly asker: Asker; readonly isHead: boolean },
  ): Promise<void> {
    if (path === '/api/v1/events') return this.stream(response, { asker, isHead })
    limitTime(response)
    switch (path) {
      case '/api/v1/status':
        return sendJson(response, 200, this.surface.status())
      case '/api/v1/session':
        return sendJson(response, 200, this.surface.session())
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

  private stream(
    response: ServerResponse,
    { asker, isHead }: { readonly asker: Asker; readonly isHead: boolean },
  ): void {
    if (isHead) response.writeHead(200, { 'content-type': EVENT_STREAM_TYPE, connection: 'close' }).end()
    else if (!this.parts.streams.add(response, asker))
      this.refuse(response, 'rate', problem(503, 'Too many streams', 'close one and try again'))
  }

  /** The right token is looked for first: what is done without it costs the owner nothing. */
  private async operate(
    request: IncomingMessage,
    response: ServerResponse,
    { name, asker }: { readonly name: string; readonly asker: Asker },
  ): Promise<void> {
    limitTime(response)
    if (!isCommand(name)) return sendProblem(response, problem(404, 'Not found', `there is no command ${name}`))
    if (request.method !== 'POST') return sendProblem(response, notAllowed(response, 'POST'))
    if (this.settings.token === undefined) {
      return sendProblem(response, problem(403, 'Forbidden', 'this server was started without an operator token'))
    }
    const waitS = asker.isOwner && REDUCES_RISK[name] ? 0 : this.orders.take(asker.caller)
    if (waitS > 0) return this.refuse(response, 'rate', tooMany(response, waitS))
    if (!asker.isOwner) {
      response.setHeader('www-authenticate', 'Bearer')
      const detail = 'expected the operator token as Authorization: Bearer'
      return this.refuse(response, 'no-token', problem(401, 'Unauthorized', detail))
    }
    const command = await readCommand(request, name)
    if (isProblem(command)) return sendProblem(response, command)
    const outcome = await this.surface.operate(command)
    sendJson(response, outcome.inForce ? 200 : 409, { command: command.command, ...outcome })
  }

  private refuse(response: ServerResponse, why: Refusal, refusal: HttpProblem): void {
    this.parts.refusals.add(why)
    if (why !== 'rate') {
      sendProblem(response, refusal)
      return
    }
    this.parts.connections.refuses(response.req.socket)
    const timer = setTimeout(() => sendProblem(response, refusal), HOLD_MS)
    response.on('close', () => clearTimeout(timer))
  }
}

/** An answer that nobody takes is given up, however slowly its reader reads. */
function limitTime(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), ANSWER_MS_MAX)
  response.on('close', () => clearTimeout(timer))
}

function listen(server: Server, { host, port }: Served): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, () => {
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
