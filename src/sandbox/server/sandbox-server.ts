import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Timer } from '../../ports/clock.js'
import { ExchangeDrive } from '../exchange-drive.js'
import type { ExchangeEffect } from '../exchange-events.js'
import type { MarketPlayer } from '../market/market-player.js'
import type { SandboxExchange } from '../sandbox-exchange.js'
import { Archive } from './archive.js'
import { ControlApi } from './control-api.js'
import { readBody } from './http-body.js'
import { playMarket } from './played-market.js'

export interface SandboxServerSettings {
  readonly exchange: SandboxExchange
  /** Whose time the exchange goes by: of the machine, or scaled. */
  readonly timer: Timer
  /** Absent: nothing happens but what is asked for. */
  readonly market?: MarketPlayer
  /** Default 0: any free one. */
  readonly port?: number
  /** What whoever changes something by `/sandbox/…` must show. */
  readonly token: string
  /** With which orders of another client of the account are signed. */
  readonly key: { readonly apiKey: string; readonly secret: string }
}

export interface SandboxServer {
  /** `http://127.0.0.1:8181`: of the REST API, of the streams (`ws:`), of the archive and of the control API. */
  readonly origin: string
  readonly drive: ExchangeDrive
  close(): Promise<void>
}

/** Serves an exchange of the sandbox on loopback, and nowhere else. Rejects when the port cannot be had. */
export async function serveSandbox(settings: SandboxServerSettings): Promise<SandboxServer> {
  const carrier = new SandboxCarrier(settings)
  const server = createServer((request, response) => carrier.answer(request, response))
  server.on('upgrade', (request, socket, head) => carrier.upgrade(request, socket, head))
  await listen(server, settings.port ?? 0)
  const stopMarket =
    settings.market === undefined ? () => {} : playMarket(settings.market, settings.timer, carrier.drive)
  return {
    origin: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    drive: carrier.drive,
    close: () =>
      new Promise((resolve) => {
        stopMarket()
        carrier.stop()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const HOST = '127.0.0.1'
/** A client that takes nothing any more is left: what is kept for it would grow for ever. Bytes. */
const BUFFERED_BYTES_MAX = 32_000_000

const FOREIGN_NAME = JSON.stringify({ error: 'expected 127.0.0.1 or localhost as the name of the host' })

/** Between sockets of this machine and the exchange. */
class SandboxCarrier {
  readonly drive: ExchangeDrive
  private readonly streams = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 })
  private readonly responses = new Map<number, ServerResponse>()
  private readonly sockets = new Map<string, WebSocket>()
  private readonly control: ControlApi
  private readonly archive: Archive
  private readonly timer: Timer
  private ids = 0
  private awayUntilMs = 0

  constructor({ exchange, timer, market, token, key }: SandboxServerSettings) {
    this.timer = timer
    this.drive = new ExchangeDrive({ exchange, timer, carry: (effect) => this.carry(effect) })
    this.archive = new Archive(exchange)
    this.control = new ControlApi({
      exchange,
      drive: this.drive,
      market,
      token,
      key,
      leave: (ms) => this.leave(ms),
      ask: (request, answered) => {
        const httpId = ++this.ids
        this.asked.set(httpId, answered)
        this.drive.put({ kind: 'http', httpId, ...request })
      },
    })
  }

  /** Requests that did not come over a socket. */
  private readonly asked = new Map<number, (answer: { readonly status: number; readonly body: string }) => void>()

  answer(request: IncomingMessage, response: ServerResponse): void {
    const target = request.url ?? '/'
    if (!isOwnName(request)) {
      response.writeHead(403, { 'content-type': 'application/json' }).end(FOREIGN_NAME)
      return
    }
    if (this.isAway() && !target.startsWith('/sandbox/')) {
      request.socket.destroy()
      return
    }
    readBody(request).then(
      (body) => {
        if (target.startsWith('/sandbox/')) this.control.answer(request, response, body)
        else if (this.archive.has(target)) this.archive.answer(target, response)
        else this.ask(request, response, body)
      },
      () => response.destroy(),
    )
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.isAway() || !isOwnName(request)) {
      socket.destroy()
      return
    }
    this.streams.handleUpgrade(request, socket, head, (webSocket) => {
      const socketId = `s${++this.ids}`
      this.sockets.set(socketId, webSocket)
      webSocket.on('message', (data) => this.drive.put({ kind: 'text', socketId, text: String(data) }))
      webSocket.on('pong', () => this.drive.put({ kind: 'pong', socketId }))
      webSocket.on('error', () => webSocket.terminate())
      webSocket.on('close', () => {
        this.sockets.delete(socketId)
        this.drive.put({ kind: 'gone', socketId })
      })
      this.drive.put({ kind: 'open', socketId, target: request.url ?? '/' })
    })
  }

  stop(): void {
    this.drive.stop()
    for (const webSocket of this.sockets.values()) webSocket.terminate()
    this.streams.close()
  }

  /** As an exchange that is restarted: connections end and none is taken, until it is there again. */
  private leave(ms: number): void {
    this.awayUntilMs = this.timer.epochMs() + ms
    for (const webSocket of this.sockets.values()) webSocket.terminate()
    for (const response of this.responses.values()) response.socket?.destroy()
  }

  private isAway(): boolean {
    return this.timer.epochMs() < this.awayUntilMs
  }

  private ask(request: IncomingMessage, response: ServerResponse, body: string): void {
    const httpId = ++this.ids
    this.responses.set(httpId, response)
    response.on('close', () => this.responses.delete(httpId))
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    )
    this.drive.put({ kind: 'http', httpId, method: request.method ?? 'GET', target: request.url ?? '/', headers, body })
  }

  private carry(effect: ExchangeEffect): void {
    if (effect.kind === 'answer' || effect.kind === 'hangUp') this.carryAnswer(effect)
    else {
      const webSocket = this.sockets.get(effect.socketId)
      if (webSocket !== undefined) carryOver(webSocket, effect)
    }
  }

  private carryAnswer(effect: Extract<ExchangeEffect, { readonly kind: 'answer' | 'hangUp' }>): void {
    const { httpId } = effect
    const answered = this.asked.get(httpId)
    this.asked.delete(httpId)
    if (effect.kind === 'answer') answered?.(effect)
    else answered?.({ status: 504, body: '' })
    const response = this.responses.get(httpId)
    if (response === undefined) return
    this.responses.delete(httpId)
    if (effect.kind === 'hangUp') response.socket?.destroy()
    else response.writeHead(effect.status, { 'content-type': 'application/json', ...effect.headers }).end(effect.body)
  }
}

function carryOver(
  webSocket: WebSocket,
  effect: Exclude<ExchangeEffect, { readonly kind: 'answer' | 'hangUp' }>,
): void {
  switch (effect.kind) {
    case 'text':
      if (webSocket.bufferedAmount > BUFFERED_BYTES_MAX) webSocket.terminate()
      else webSocket.send(effect.text)
      break
    case 'ping':
      webSocket.ping(effect.payload)
      break
    case 'close':
      webSocket.close(effect.code, effect.reason)
      break
    case 'cut':
      webSocket.terminate()
      break
  }
}

/** A page of somebody else's can make a browser ask this machine under a name of its own (DNS rebinding). */
function isOwnName({ headers }: IncomingMessage): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/i.test(headers.host ?? '')
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: HOST }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
