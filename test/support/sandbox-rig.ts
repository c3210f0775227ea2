import type { Wire, WireCommand, WireEvent } from '../../src/adapters/binance/wire.js'
import { assert } from '../../src/base/assert.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { MarketEvent } from '../../src/ports/played-market.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { ExchangeDrive, type ExchangeMachine } from '../../src/sandbox/exchange-drive.js'
import type { ExchangeEffect } from '../../src/sandbox/exchange-events.js'

/** Whole ms, drawn evenly between the two. */
export interface RigLatency {
  readonly minMs: number
  readonly maxMs: number
}

export interface RigSettings {
  readonly exchange: ExchangeMachine
  readonly time: VirtualTime
  /** Of the latencies. Default 1. */
  readonly seed?: number
  /** From a client to the exchange, and from the exchange to a client. Default 5 … 20 ms each. */
  readonly there?: RigLatency
  readonly back?: RigLatency
}

/** The exchange of the sandbox on virtual time, and wires that lead to it. */
export interface SandboxRig {
  readonly drive: ExchangeDrive
  /** One for each life of a client: a client that is gone closes its wire, and the next one takes another. */
  wire(): RigWire
  market(event: MarketEvent): void
}

/** What may go wrong on a client's way to the exchange, beside what the exchange itself does. */
export interface RigWire extends Wire {
  /** A cut network: requests and texts are lost, and nothing comes. Sockets stay open, as they do in the world. */
  isCut: boolean
  /** Asked for each request: whether it, or its answer, is lost on the way. */
  lose: ((target: string) => 'request' | 'answer' | undefined) | undefined
}

/** Connects clients on a `Wire` with an exchange of the sandbox, all on virtual time and in one order for one seed. */
export function sandboxRig(settings: RigSettings): SandboxRig {
  const wires = new Map<string, VirtualWire>()
  const askers = new Map<number, { readonly wire: VirtualWire; readonly httpId: number }>()
  const random = new Xoshiro128(settings.seed ?? 1, RIG_STREAM)
  let httpIds = 0
  const drive = new ExchangeDrive({
    exchange: settings.exchange,
    timer: settings.time,
    carry(effect) {
      if (effect.kind === 'answer' || effect.kind === 'hangUp') {
        const asker = askers.get(effect.httpId)
        askers.delete(effect.httpId)
        asker?.wire.answered(asker.httpId, effect)
      } else wires.get(wireOf(effect.socketId))?.exchangeDid(effect)
    },
  })
  return {
    drive,
    wire() {
      const name = `w${wires.size}`
      const ask = (wire: VirtualWire, httpId: number): number => {
        askers.set(++httpIds, { wire, httpId })
        return httpIds
      }
      const wire = new VirtualWire({ name, drive, ask, random, settings })
      wires.set(name, wire)
      return wire
    },
    market: (event) => drive.put({ kind: 'market', event }),
  }
}

/** "RIG", so that no other stream of the same seed is drawn from. */
const RIG_STREAM = 0x52_49_47
/** After it a connection that does not come about is given up. */
const CONNECT_MS_MAX = 10_000
const DEFAULT_LATENCY: RigLatency = { minMs: 5, maxMs: 20 }

interface WireParts {
  readonly name: string
  readonly drive: ExchangeDrive
  ask(wire: VirtualWire, httpId: number): number
  readonly random: Xoshiro128
  readonly settings: RigSettings
}

/** What is sent over one socket arrives in the order in which it was sent, there and back. */
interface RigSocket {
  thereMs: number
  backMs: number
}

class VirtualWire implements RigWire {
  isCut = false
  lose: ((target: string) => 'request' | 'answer' | undefined) | undefined
  private readonly parts: WireParts
  private readonly sockets = new Map<string, RigSocket>()
  private readonly requests = new Map<number, { readonly giveUp: () => void; readonly loses: boolean }>()
  private listener: ((event: WireEvent) => void) | undefined
  private isClosed = false

  constructor(parts: WireParts) {
    this.parts = parts
  }

  listen(listener: (event: WireEvent) => void): void {
    this.listener = listener
  }

  carry(command: WireCommand): void {
    if (this.isClosed) return
    switch (command.kind) {
      case 'http':
        this.request(command.request)
        break
      case 'open':
        assert(!this.sockets.has(command.socketId), 'a socket id is used once')
        this.sockets.set(command.socketId, { thereMs: 0, backMs: 0 })
        if (this.isCut) {
          this.after(CONNECT_MS_MAX, () => this.closeSocket(command.socketId, { code: 1006, reason: '' }))
          break
        }
        this.sendThere(command.socketId, (socketId) => {
          this.sendBack(command.socketId, { kind: 'opened', socketId: command.socketId })
          this.parts.drive.put({ kind: 'open', socketId, target: `/${command.path}${command.target}` })
        })
        break
      case 'text':
        this.sendThere(command.socketId, (socketId) => {
          this.parts.drive.put({ kind: 'text', socketId, text: command.text })
        })
        break
      case 'close':
        this.sendThere(command.socketId, (socketId) => this.parts.drive.put({ kind: 'gone', socketId }))
        this.closeSocket(command.socketId, { code: 1000, reason: '' })
        break
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    for (const socketId of this.sockets.keys()) {
      this.sendThere(socketId, (id) => this.parts.drive.put({ kind: 'gone', socketId: id }))
    }
    this.isClosed = true
    for (const { giveUp } of this.requests.values()) giveUp()
    this.sockets.clear()
    this.requests.clear()
  }

  /** The exchange has answered a request of this wire, or hung up. */
  answered(httpId: number, effect: Extract<ExchangeEffect, { readonly kind: 'answer' | 'hangUp' }>): void {
    const request = this.requests.get(httpId)
    if (this.isCut || request === undefined || request.loses) return
    this.after(this.latencyMs(this.parts.settings.back), () => {
      if (!this.requests.delete(httpId)) return
      request.giveUp()
      if (effect.kind === 'answer') this.listener?.({ ...effect, kind: 'httpAnswer', httpId })
      else this.listener?.({ kind: 'httpLost', httpId, mayHaveArrived: true, message: 'the connection was cut' })
    })
  }

  exchangeDid(effect: Exclude<ExchangeEffect, { readonly kind: 'answer' | 'hangUp' }>): void {
    const socketId = effect.socketId.slice(this.parts.name.length + 1)
    if (!this.sockets.has(socketId)) return
    switch (effect.kind) {
      case 'text':
        this.sendBack(socketId, { kind: 'text', socketId, text: effect.text })
        break
      case 'ping':
        this.sendThere(socketId, (id) => this.parts.drive.put({ kind: 'pong', socketId: id }))
        this.sendBack(socketId, { kind: 'ping', socketId })
        break
      case 'close':
        this.closeSocket(socketId, effect)
        break
      case 'cut':
        this.closeSocket(socketId, { code: 1006, reason: '' })
        break
    }
  }

  private request(request: Extract<WireCommand, { readonly kind: 'http' }>['request']): void {
    const { httpId, method, target, headers, timeoutMs } = request
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    const fate = this.isCut ? 'request' : this.lose?.(target)
    const giveUp = this.parts.settings.time.after(timeoutMs, () => {
      if (!this.requests.delete(httpId)) return
      this.listener?.({ kind: 'httpLost', httpId, mayHaveArrived: true, message: `no answer in ${timeoutMs} ms` })
    })
    this.requests.set(httpId, { giveUp, loses: fate === 'answer' })
    if (fate === 'request') return
    this.parts.settings.time.after(this.latencyMs(this.parts.settings.there), () => {
      this.parts.drive.put({
        kind: 'http',
        httpId: this.parts.ask(this, httpId),
        method,
        target,
        headers: lower,
        body: '',
      })
    })
  }

  private closeSocket(socketId: string, { code, reason }: { readonly code: number; readonly reason: string }): void {
    if (!this.sockets.has(socketId)) return
    this.sendBack(socketId, { kind: 'closed', socketId, code, reason })
    this.sockets.delete(socketId)
  }

  /** A client that has left is still heard out. */
  private sendThere(socketId: string, arrive: (exchangeSocketId: string) => void): void {
    const socket = this.sockets.get(socketId)
    if (socket === undefined || this.isCut) return
    socket.thereMs = Math.max(socket.thereMs, this.nowMs() + this.latencyMs(this.parts.settings.there))
    this.parts.settings.time.at(socket.thereMs, () => arrive(`${this.parts.name}:${socketId}`))
  }

  private sendBack(socketId: string, event: WireEvent): void {
    const socket = this.sockets.get(socketId)
    if (socket === undefined || (this.isCut && event.kind !== 'closed')) return
    socket.backMs = Math.max(socket.backMs, this.nowMs() + this.latencyMs(this.parts.settings.back))
    this.after(socket.backMs - this.nowMs(), () => this.listener?.(event))
  }

  private after(ms: number, happen: () => void): void {
    this.parts.settings.time.after(ms, () => {
      if (!this.isClosed) happen()
    })
  }

  private nowMs(): number {
    return this.parts.settings.time.epochMs()
  }

  private latencyMs({ minMs, maxMs }: RigLatency = DEFAULT_LATENCY): number {
    return this.parts.random.integer(minMs, maxMs)
  }
}

function wireOf(socketId: string): string {
  return socketId.slice(0, socketId.indexOf(':'))
}
