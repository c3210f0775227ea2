import { type Dispatcher, Pool } from 'undici'
import { clipped } from '../../../base/clipped.js'
import { printable } from '../../../base/printable.js'
import type { HttpAnswer, HttpRequest, WireEvent } from '../wire.js'

export type HttpEvent = Extract<WireEvent, { kind: 'httpAnswer' | 'httpLost' }>

/**
 * Requests to one origin over connections that are kept. There are as many connections as requests at a time: none waits for
 * another's answer. Nothing is sent twice, no redirect is followed, and certificates are always verified, whatever the
 * environment says. `tell` hears of each request once, and never during `send`.
 *
 * `Pool.dispatch` instead of `Pool.request`: on loopback 24 µs a round trip instead of 27, p99 80 µs instead of 200 and more,
 * and it says when a request began to leave.
 */
export class HttpRequests {
  private readonly pool: Pool
  private readonly tell: (event: HttpEvent) => void

  constructor({ origin, tell }: { readonly origin: string; readonly tell: (event: HttpEvent) => void }) {
    this.pool = new Pool(origin, {
      pipelining: 1,
      keepAliveTimeout: KEPT_MS,
      keepAliveMaxTimeout: KEPT_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: ANSWER_MAX_BYTES,
      connect: { timeout: CONNECT_MS, rejectUnauthorized: true },
    })
    this.tell = tell
  }

  send(request: HttpRequest): void {
    const { method, target, headers } = request
    const exchange = new HttpExchange(request, this.tell)
    this.pool.dispatch({ method, path: target, headers, idempotent: false }, exchange)
  }

  /** Gives up every request. */
  async close(): Promise<void> {
    await this.pool.destroy()
  }
}

/** Longer than the time between two questions for the exchange's clock, so that one connection is always warm. */
const KEPT_MS = 30_000
const CONNECT_MS = 10_000
/** The largest answer, the exchange's symbols, has 1.2 MB. */
const ANSWER_MAX_BYTES = 32 * 1024 * 1024

/** One request, from its dispatch to its answer or loss. */
class HttpExchange implements Dispatcher.DispatchHandler {
  private readonly httpId: number
  private readonly told: (event: HttpEvent) => void
  private readonly timer: NodeJS.Timeout
  private controller: Dispatcher.DispatchController | undefined
  /** It has begun to leave: from here on it may arrive. */
  private started = false
  private over = false
  private status = 0
  private headers: HttpAnswer['headers'] = {}
  private readonly chunks: Buffer[] = []

  constructor({ httpId, timeoutMs }: HttpRequest, tell: (event: HttpEvent) => void) {
    this.httpId = httpId
    this.told = tell
    this.timer = setTimeout(() => this.timeOut(), timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.over) controller.abort(new Error('given up'))
    else this.started = true
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    this.status = status
    this.headers = plain(headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const { httpId, status, headers } = this
    this.end({ kind: 'httpAnswer', httpId, status, headers, body: Buffer.concat(this.chunks).toString('utf8') })
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.lose(lossText(error))
  }

  private timeOut(): void {
    this.lose('no answer in time')
    this.controller?.abort(new Error('no answer in time'))
  }

  private lose(message: string): void {
    this.end({ kind: 'httpLost', httpId: this.httpId, mayHaveArrived: this.started, message })
  }

  /** Told from a microtask: an error of the listener is the program's, and must not look like one of the request. */
  private end(event: HttpEvent): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.timer)
    queueMicrotask(() => this.told(event))
  }
}

type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

function plain(headers: RawHeaders): HttpAnswer['headers'] {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) texts[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ')
  }
  return texts
}

/** By its code where it has one: a message might quote the request. */
function lossText(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? 'the connection failed' : (LOSSES[code] ?? clipped(printable(code), 60))
}

const LOSSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: `the answer is longer than ${ANSWER_MAX_BYTES / 1024 / 1024} MB`,
  ENOTFOUND: 'its name cannot be found (ENOTFOUND)',
  EAI_AGAIN: 'names cannot be looked up (EAI_AGAIN)',
}
