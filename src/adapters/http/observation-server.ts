import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callerOf, isForeignPage, isOwnName } from './access.js'
import { Connections, connectionLimits } from './connections.js'
import { ObservationMetrics } from './observation-metrics.js'
import type { ObservationView } from './observation-view.js'
import { RateLimit } from './rate-limit.js'

export interface ObservationServerSettings {
  /** An address of this machine: nobody is asked for a token. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Files that this process may have open; connections take half of them. Absent: as many as it likes. */
  readonly openFiles?: number
  /** A clock that never goes back, ms. */
  readonly nowMs: () => number
  /** How old the last advance is by the exchange's clock, ms; undefined before the first. */
  readonly ageMs: () => number | undefined
}

export interface ObservationServer {
  /** `http://127.0.0.1:8080`. */
  readonly address: string
  close(): Promise<void>
}

const READS = { perSecond: 50, burst: 200 }
/** A request that is not there whole by then is not waited for. */
const REQUEST_MS_MAX = 5_000
/** An observation that has not advanced for so long stands still, ms: its cadence is a minute at most. */
const STILL_MS = 90_000

/** Serves `GET /metrics`, `/healthz` (503 once the observation has failed or stands still) and `/observation`. */
export async function serveObservation(
  look: () => ObservationView,
  settings: ObservationServerSettings,
): Promise<ObservationServer> {
  const { host, port, openFiles, nowMs } = settings
  const metrics = new ObservationMetrics(look)
  const reads = new RateLimit(READS, nowMs)
  const connections = new Connections(connectionLimits(openFiles), () => {})
  const server = createServer(
    { headersTimeout: REQUEST_MS_MAX, requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: REQUEST_MS_MAX },
    (request, response) => {
      connections.asks(request.socket, { isOwner: false })
      response.on('close', () => connections.rests(request.socket))
      answer(request, response).catch((error: Error) => {
        if (response.headersSent) response.destroy()
        else send(response, 500, { type: TEXT, text: `${error.message}\n` })
      })
    },
  )
  server.prependListener('connection', (socket) => connections.admit(socket))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff').setHeader('cache-control', 'no-store')
    if (!isOwnName(request, host))
      return send(response, 421, { type: TEXT, text: 'expected this server by its own name\n' })
    if (isForeignPage(request))
      return send(response, 403, { type: TEXT, text: 'a page of another origin asks for this\n' })
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return send(response, 405, { type: TEXT, text: 'expected GET or HEAD\n' })
    }
    const waitS = reads.take(callerOf(request.socket.remoteAddress))
    if (waitS > 0) {
      response.setHeader('retry-after', waitS)
      return send(response, 429, { type: TEXT, text: `wait ${waitS} s\n` })
    }
    switch ((request.url ?? '/').split('?')[0]) {
      case '/metrics':
        return send(response, 200, { type: metrics.contentType, text: await metrics.text() })
      case '/healthz': {
        const fault = faultOf(look(), settings.ageMs())
        return send(response, fault === undefined ? 200 : 503, { type: TEXT, text: `${fault ?? 'ok'}\n` })
      }
      case '/observation':
        return send(response, 200, { type: JSON_TYPE, text: `${JSON.stringify(documentOf(look()))}\n` })
      default:
        return send(response, 404, { type: TEXT, text: 'expected /metrics, /healthz or /observation\n' })
    }
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

const TEXT = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

/** What is wrong with an observation, in a line; undefined: nothing. */
function faultOf({ snapshot }: ObservationView, ageMs: number | undefined): string | undefined {
  if (snapshot.status === 'FAILED') return `FAILED: ${snapshot.failureReason ?? 'no reason was told'}`
  if (ageMs === undefined) return 'not advanced yet: the clock of the exchange is not known'
  return ageMs > STILL_MS ? `not advanced for ${Math.round(ageMs / 1_000)} s` : undefined
}

function documentOf({ snapshot, leftOut, ...of }: ObservationView): object {
  const { regimes, advances, followed, market, recording } = of
  const { status, timestampMs, symbolsActive, counters, failureReason } = snapshot
  return {
    schema: 'dolphin.observation-health/1',
    ...{ status, failureReason, timestampMs, symbolsActive, counters, leftOut, regimes },
    ...{ advances, followed, market, recording },
  }
}

function send(
  response: ServerResponse,
  status: number,
  { type, text }: { readonly type: string; readonly text: string },
): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(response.req.method === 'HEAD' ? undefined : text)
}
