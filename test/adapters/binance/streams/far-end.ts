import { type MarketStreamOptions, MarketStreams } from '../../../../src/adapters/binance/streams/market-streams.js'
import type { MarketStreamEffect } from '../../../../src/adapters/binance/streams/stream-effects.js'
import { streamFacts } from '../../../../src/adapters/binance/streams/stream-names.js'
import type { WireEvent } from '../../../../src/adapters/binance/wire.js'
import { assert } from '../../../../src/base/assert.js'

type Input = Parameters<MarketStreams['handle']>[0]

/**
 * Market streams and the exchange at their other end, on virtual time: it opens what is opened, acknowledges what it is asked,
 * sends a frame of every stream at once and then each second, and does wrong what it is told to do wrong.
 */
export class FarEnd {
  nowMs = 0
  readonly machine: MarketStreams
  /** Everything that the machine said, but frames. */
  readonly said: { readonly atMs: number; readonly effect: Exclude<MarketStreamEffect, { kind: 'frame' }> }[] = []
  /** Frames that were passed on, by stream. */
  readonly passed = new Map<string, number[]>()
  readonly sockets = new Map<string, FarSocket>()
  /** Streams of which nothing is sent, though they are subscribed. */
  readonly mute = new Set<string>()
  /** Nothing at all is sent. */
  isSilent = false
  /** No socket can be opened. */
  isAway = false
  /** No socket is answered, nor refused. */
  isHanging = false
  /** Messages are answered with an error. */
  refuses = false
  /** Messages are neither obeyed nor answered. */
  ignores = false
  /** How old the stamps of frames are. */
  lagMs = 0
  private readonly queue: { readonly atMs: number; readonly run: () => void }[] = []

  constructor(options: MarketStreamOptions = {}) {
    this.machine = new MarketStreams(options)
    this.later(1_000, () => this.second())
  }

  want(...streams: string[]): void {
    this.put({ kind: 'want', streams })
  }

  put(input: Input): void {
    for (const effect of this.machine.handle(input, this.nowMs)) this.take(effect)
  }

  /** Lets so much time pass; the machine has its time when it wants it. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (;;) {
      const event = this.queue[0]
      const dueMs = this.machine.nextDueMs() ?? Number.POSITIVE_INFINITY
      const nextMs = Math.min(event?.atMs ?? Number.POSITIVE_INFINITY, Math.max(dueMs, this.nowMs))
      if (nextMs > untilMs) break
      const stoodStill = nextMs === this.nowMs
      this.nowMs = nextMs
      if (event !== undefined && event.atMs <= nextMs) {
        this.queue.shift()
        event.run()
      } else {
        this.put({ kind: 'time' })
        const againMs = this.machine.nextDueMs()
        assert(!stoodStill || againMs === undefined || againMs > this.nowMs, 'what was due is done')
      }
    }
    this.nowMs = untilMs
  }

  cut(socketId: string, code = 1006): void {
    if (this.sockets.delete(socketId)) this.tell({ kind: 'closed', socketId, code, reason: '' })
  }

  /** The subscription is lost, and nobody told. */
  forget(stream: string): void {
    for (const { subscribed } of this.sockets.values()) subscribed.delete(stream)
  }

  /** Sockets that carry a stream. */
  carriers(stream: string): FarSocket[] {
    return [...this.sockets.values()].filter(({ subscribed }) => subscribed.has(stream))
  }

  /** `12 s open /public/stream`, in order. */
  log(): string[] {
    return this.said.map(({ atMs, effect }) => `${atMs / 1_000} s ${written(effect)}`)
  }

  notices(): string[] {
    return this.said.flatMap(({ effect }) => (effect.kind === 'notice' ? [effect.code] : []))
  }

  private take(effect: MarketStreamEffect): void {
    if (effect.kind === 'frame') {
      const times = this.passed.get(effect.stream)
      if (times === undefined) this.passed.set(effect.stream, [this.nowMs])
      else times.push(this.nowMs)
      return
    }
    this.said.push({ atMs: this.nowMs, effect })
    if (effect.kind === 'open') this.open(effect.socketId, `/${effect.path}${effect.target}`)
    if (effect.kind === 'text') this.asked(effect.socketId, effect.text)
    if (effect.kind === 'close' && this.sockets.delete(effect.socketId))
      this.later(5, () => this.put({ kind: 'closed', socketId: effect.socketId, code: 1000, reason: '' }))
  }

  private open(socketId: string, target: string): void {
    this.sockets.set(socketId, {
      socketId,
      target,
      isOpen: false,
      subscribed: new Set(),
      messagesAtMs: [],
      mostStreams: 0,
    })
    if (this.isHanging) return
    this.later(40, () => {
      const socket = this.sockets.get(socketId)
      if (socket === undefined) return
      if (this.isAway) return this.cut(socketId)
      socket.isOpen = true
      this.put({ kind: 'opened', socketId })
    })
  }

  private asked(socketId: string, text: string): void {
    const socket = this.sockets.get(socketId)
    assert(socket?.isOpen === true, 'messages go to open sockets')
    const { method, params, id } = JSON.parse(text) as { method: string; params: string[]; id: number }
    socket.messagesAtMs.push(this.nowMs)
    if (this.ignores) return
    const isRefused = this.refuses
    this.later(20, () => {
      if (!this.sockets.has(socketId)) return
      if (isRefused) {
        this.tell({ kind: 'text', socketId, text: `{"error":{"code":2,"msg":"Invalid request"},"id":${id}}` })
        return
      }
      for (const stream of params) {
        if (method === 'SUBSCRIBE') socket.subscribed.add(stream)
        else socket.subscribed.delete(stream)
      }
      socket.mostStreams = Math.max(socket.mostStreams, socket.subscribed.size)
      this.tell({ kind: 'text', socketId, text: `{"result":null,"id":${id}}` })
      if (method === 'SUBSCRIBE') for (const stream of params) this.send(socket, stream)
    })
  }

  private second(): void {
    for (const socket of [...this.sockets.values()])
      for (const stream of [...socket.subscribed]) this.send(socket, stream)
    this.later(1_000, () => this.second())
  }

  /** Streams that need not speak never do; names that mean nothing on a path are acknowledged all the same. */
  private send(socket: FarSocket, stream: string): void {
    const facts = streamFacts(stream)
    const isServed = facts !== undefined && facts.speech !== null && socket.target === `/${facts.path}/stream`
    if (!isServed || this.isSilent || this.mute.has(stream) || !this.sockets.has(socket.socketId)) return
    const text = `{"stream":"${stream}","data":{"e":"x","E":${this.nowMs - this.lagMs}}}`
    this.tell({ kind: 'text', socketId: socket.socketId, text })
  }

  private tell(event: WireEvent): void {
    this.put(event)
  }

  private later(ms: number, run: () => void): void {
    const atMs = this.nowMs + ms
    let place = this.queue.length
    while (place > 0 && this.queue[place - 1]!.atMs > atMs) place--
    this.queue.splice(place, 0, { atMs, run })
  }
}

export interface FarSocket {
  readonly socketId: string
  readonly target: string
  isOpen: boolean
  readonly subscribed: Set<string>
  readonly messagesAtMs: number[]
  mostStreams: number
}

function written(effect: Exclude<MarketStreamEffect, { kind: 'frame' }>): string {
  switch (effect.kind) {
    case 'open':
      return `open ${effect.socketId} /${effect.path}${effect.target}`
    case 'close':
      return `close ${effect.socketId}`
    case 'text': {
      const { method, params } = JSON.parse(effect.text) as { method: string; params: string[] }
      return `${effect.socketId} ${method} ${params.length > 3 ? params.length : params.join(' ')}`
    }
    case 'dark':
      return `dark ${effect.streams.join(' ')}`
    case 'notice':
      return effect.code
    case 'http':
      return 'http'
  }
}
