import { streamFacts } from '../../src/adapters/binance/streams/stream-names.js'
import type { HttpRequest, StreamPath, Wire, WireCommand, WireEvent } from '../../src/adapters/binance/wire.js'
import { assert } from '../../src/base/assert.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/**
 * What market streams of an exchange do over days, on virtual time: it opens and acknowledges, sends each stream a frame every so
 * often, pings each 3 minutes, cuts what is 24 hours old, and now and then closes a socket, takes no new one, sends what is no
 * JSON, or says nothing of one symbol for some minutes. Its clock drifts from that of whoever listens. It keeps nothing.
 */
export class ScriptedMarket implements Wire {
  readonly counts = { frames: 0, opened: 0, cutForAge: 0, closed: 0, refused: 0, silences: 0, garbled: 0 }
  /** Nothing goes wrong any more. */
  isCalm = false
  private readonly time: VirtualTime
  private readonly everyMs: number
  private readonly random: Xoshiro128
  private readonly sockets = new Map<string, FarSocket>()
  private listener: (event: WireEvent) => void = () => {}
  private slice = 0
  private mute: { readonly symbol: string; readonly untilMs: number } | undefined

  constructor({ time, everyMs, seed }: { time: VirtualTime; everyMs: number; seed: number }) {
    assert(everyMs % SLICE_MS === 0, 'frames are as far apart as some slices')
    this.time = time
    this.everyMs = everyMs
    this.random = new Xoshiro128(seed, SOAK_STREAM)
    this.later(SLICE_MS, () => this.tick())
  }

  /** Sockets that are there, open or on their way. */
  get openSockets(): number {
    return this.sockets.size
  }

  listen(listener: (event: WireEvent) => void): void {
    this.listener = listener
  }

  carry(command: WireCommand): void {
    if (command.kind === 'http') this.answer(command.request)
    else if (command.kind === 'open') this.open(command.socketId, command.path)
    else if (command.kind === 'text') this.asked(command.socketId, command.text)
    else if (this.sockets.delete(command.socketId)) this.tellClosed(command.socketId, 1_000)
  }

  async close(): Promise<void> {
    this.sockets.clear()
    this.listener = () => {}
  }

  private answer({ httpId, target }: HttpRequest): void {
    const body = target === '/fapi/v1/time' ? JSON.stringify({ serverTime: this.exchangeMs() }) : '{}'
    this.later(20, () => this.listener({ kind: 'httpAnswer', httpId, status: 200, headers: {}, body }))
  }

  private open(socketId: string, path: StreamPath): void {
    const socket = { socketId, path, openedMs: this.time.epochMs(), pingedMs: this.time.epochMs(), streams: [] }
    this.sockets.set(socketId, socket)
    const isRefused = this.happens(REFUSED_SHARE)
    this.later(40, () => {
      if (!this.sockets.has(socketId)) return
      if (isRefused) {
        this.counts.refused++
        this.drop(socket, 1_006)
        return
      }
      this.counts.opened++
      this.listener({ kind: 'opened', socketId })
    })
  }

  private asked(socketId: string, text: string): void {
    const { method, params, id } = JSON.parse(text) as { method: string; params: string[]; id: number }
    this.later(20, () => {
      const socket = this.sockets.get(socketId)
      if (socket === undefined) return
      const rest = socket.streams.filter(({ name }) => !params.includes(name))
      socket.streams = method === 'SUBSCRIBE' ? [...rest, ...params.map((name) => this.served(name, socket))] : rest
      this.listener({ kind: 'text', socketId, text: `{"result":null,"id":${id}}` })
    })
  }

  private served(name: string, { path }: FarSocket): FarStream {
    const slices = this.everyMs / SLICE_MS
    const symbol = name.slice(0, name.indexOf('@')).toUpperCase()
    return { name, symbol, isServed: streamFacts(name)?.path === path, turn: Math.floor(this.random.double() * slices) }
  }

  private tick(): void {
    const nowMs = this.time.epochMs()
    this.slice = (this.slice + 1) % (this.everyMs / SLICE_MS)
    if (nowMs % TROUBLE_MS === 0 && !this.isCalm) this.trouble(nowMs)
    for (const socket of this.sockets.values()) this.live(socket, nowMs)
    this.later(SLICE_MS, () => this.tick())
  }

  private live(socket: FarSocket, nowMs: number): void {
    const { socketId, streams } = socket
    if (nowMs - socket.openedMs >= AGE_MS) {
      this.counts.cutForAge++
      this.drop(socket, 1_008)
      return
    }
    if (nowMs - socket.pingedMs >= PING_MS) {
      socket.pingedMs = nowMs
      this.listener({ kind: 'ping', socketId })
    }
    for (const { name, symbol, isServed, turn } of streams) {
      if (turn !== this.slice || !isServed || (this.mute?.symbol === symbol && nowMs < this.mute.untilMs)) continue
      this.counts.frames++
      this.listener({ kind: 'text', socketId, text: this.frame(name, symbol) })
      // A frame may have led to its end.
      if (!this.sockets.has(socketId)) return
    }
  }

  private trouble(nowMs: number): void {
    const all = [...this.sockets.values()]
    const socket = all[Math.floor(this.random.double() * all.length)]
    if (socket === undefined) return
    const stream = socket.streams[Math.floor(this.random.double() * socket.streams.length)]
    if (this.happens(1 / 4)) {
      this.counts.closed++
      this.drop(socket, 1_001)
    } else if (this.happens(1 / 3)) {
      this.counts.garbled++
      this.listener({ kind: 'text', socketId: socket.socketId, text: '{"stream":' })
    } else if (stream !== undefined) {
      this.counts.silences++
      this.mute = { symbol: stream.symbol, untilMs: nowMs + MUTE_MS }
    }
  }

  private frame(stream: string, symbol: string): string {
    const atMs = this.exchangeMs() - 3
    const price = (100 + this.random.double()).toFixed(4)
    if (stream.endsWith('@bookTicker')) {
      return `{"stream":"${stream}","data":{"e":"bookTicker","u":${atMs},"s":"${symbol}","b":"${price}","B":"4.5","a":"${price}9","A":"1.1","E":${atMs},"T":${atMs},"st":1}}`
    }
    return `{"stream":"${stream}","data":{"e":"markPriceUpdate","E":${atMs},"s":"${symbol}","p":"${price}","i":"${price}","P":"${price}","r":"0.0001","T":${atMs + 3_600_000},"st":1}}`
  }

  private exchangeMs(): number {
    const nowMs = this.time.epochMs()
    return nowMs + Math.round(DRIFT_MS * Math.sin((2 * Math.PI * nowMs) / DRIFT_PERIOD_MS))
  }

  private drop({ socketId }: FarSocket, code: number): void {
    if (this.sockets.delete(socketId)) this.tellClosed(socketId, code)
  }

  private tellClosed(socketId: string, code: number): void {
    this.later(5, () => this.listener({ kind: 'closed', socketId, code, reason: '' }))
  }

  private happens(share: number): boolean {
    return !this.isCalm && this.random.double() < share
  }

  private later(ms: number, run: () => void): void {
    this.time.after(ms, run)
  }
}

interface FarSocket {
  readonly socketId: string
  readonly path: StreamPath
  readonly openedMs: number
  pingedMs: number
  streams: readonly FarStream[]
}

interface FarStream {
  readonly name: string
  readonly symbol: string
  /** A name is acknowledged on any path, and silent on the wrong one. */
  readonly isServed: boolean
  /** In which slice its frames come. */
  readonly turn: number
}

/** "SOAK", so that no other stream of the same seed is drawn from. */
const SOAK_STREAM = 0x53_4f_41_4b
const SLICE_MS = 100
const PING_MS = 180_000
const AGE_MS = 24 * 3_600_000
/** Something goes wrong each so many ms; a symbol is then silent for so long. */
const TROUBLE_MS = 300_000
const MUTE_MS = 240_000
const REFUSED_SHARE = 0.05
/** Clocks of two machines, set by one that sets them. */
const DRIFT_MS = 400
const DRIFT_PERIOD_MS = 2 * 3_600_000
