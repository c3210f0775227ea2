import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callerOf, isForeignPage, isOwnName } from './access.js'
import { Connections, connectionLimits } from './connections.js'
import { RateLimit } from './rate-limit.js'

export interface ReadServerSettings {
  /** An address of this machine: nobody is asked for a token. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Files that this process may have open; connections take half of them. Absent: as many as it likes. */
  readonly openFiles?: number
  /** A clock that never goes back, ms. */
  readonly nowMs: () => number
}

export interface ReadServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string
  close(): Promise<void>
}

export interface ReadAnswer {
  /** Of HTTP. */
  readonly status: number
  readonly type: string
  readonly text: string
}

export const TEXT = 'text/plain; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'

const READS = { perSecond: 50, burst: 200 }
/** A request that is not there whole by then is not waited for. */
const REQUEST_MS_MAX = 5_000

/** Serves what can be read, by path, and changes nothing. @throws what the system says when the address cannot be had. */
export async function serveReads(
  answers: Readonly<Record<string, () => Promise<ReadAnswer>>>,
  { host, port, openFiles, nowMs }: ReadServerSettings,
): Promise<ReadServer> {
  const reads = new RateLimit(READS, nowMs)
  const connections = new Connections(connectionLimits(openFiles), () => {})
  const paths = Object.keys(answers)
  const expected = `expected ${paths.slice(0, -1).join(', ')} or ${paths.at(-1)}\n`
  const server = createServer(
    { headersTimeout: REQUEST_MS_MAX, requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: REQUEST_MS_MAX },
    (request, response) => {
      connections.asks(request.socket, { isOwner: false })
      response.on('close', () => connections.rests(request.socket))
      answer(request, response).catch((error: Error) => {
        if (response.headersSent) response.destroy()
        else send(response, { status: 500, type: TEXT, text: `${error.message}\n` })
      })
    },
  )
  server.prependListener('connection', (socket) => connections.admit(socket))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff').setHeader('cache-control', 'no-store')
    if (!isOwnName(request, host))
      return send(response, { status: 421, type: TEXT, text: 'expected this server by its own name\n' })
    if (isForeignPage(request))
      return send(response, { status: 403, type: TEXT, text: 'a page of another origin asks for this\n' })
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return send(response, { status: 405, type: TEXT, text: 'expected GET or HEAD\n' })
    }
    const waitS = reads.take(callerOf(request.socket.remoteAddress))
    if (waitS > 0) {
      response.setHeader('retry-after', waitS)
      return send(response, { status: 429, type: TEXT, text: `wait ${waitS} s\n` })
    }
    const path = (request.url ?? '/').split('?')[0]!
    const known = Object.hasOwn(answers, path) ? answers[path] : undefined
    return send(response, known === undefined ? { status: 404, type: TEXT, text: expected } : await known())
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = (server.address() as AddressInfo).port
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, { status, type, text }: ReadAnswer): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(response.req.method === 'HEAD' ? undefined : text)
}
