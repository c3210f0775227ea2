import { unreachable } from '../../../base/assert.js'
import type { Machine, TimeInput } from '../machine.js'
import type { WireEvent } from '../wire.js'
import { ConnectionWatch, WATCH, type WatchAction } from './connection-watch.js'
import { Lateness } from './lateness.js'
import { MarketConnection, type MarketSocket, type SocketMaker } from './market-connection.js'
import type { MarketStreamsView, ReconnectReason } from './market-streams-view.js'
import { isPayload, parsedJson } from './payload.js'
import { eventTimeMs } from './quote-payloads.js'
import type { MarketStreamEffect, StreamFrame } from './stream-effects.js'
import { type StreamFacts, streamFacts } from './stream-names.js'
import { STREAM_NOTICES } from './stream-notices.js'

/**
 * Keeps a set of market streams coming, over as many connections as they need: whatever closes, falls silent or stays behind is
 * asked for anew, and is `dark` meanwhile. While a connection changes sockets the frames of both are passed on, so some come twice.
 */
export class MarketStreams implements Machine<MarketStreamInput | WireEvent | TimeInput, MarketStreamEffect> {
  private readonly socketPrefix: string
  private readonly streamsPerConnection: number
  private readonly watch = new ConnectionWatch()
  /** With the connection that each is on. */
  private readonly wanted = new Map<string, WatchedConnection>()
  private readonly connections = new Map<string, WatchedConnection>()
  private readonly sockets = new Map<string, MarketSocket>()
  private readonly refusedNames = new Set<string>()
  private readonly dead = new Set<string>()
  private readonly reconnects: Partial<Record<ReconnectReason, number>> = {}
  private readonly maker: SocketMaker
  private effects: MarketStreamEffect[] = []
  private offsetMs: number | undefined
  /** How old the last frame with a time was when it came, ms by the exchange's clock; undefined: none has. */
  frameAgeMs: number | undefined
  private malformed = 0
  private socketsMade = 0
  private messagesSent = 0
  private connectionsMade = 0
  private tickDueMs = Number.NEGATIVE_INFINITY
  private dueMs: number | undefined

  constructor({ socketPrefix = 'market', streamsPerConnection = 200 }: MarketStreamOptions = {}) {
    this.socketPrefix = socketPrefix
    this.streamsPerConnection = streamsPerConnection
    this.maker = {
      say: (command) => this.effects.push(command),
      newId: () => `${this.socketPrefix}-${++this.socketsMade}`,
      remember: (socket) => this.sockets.set(socket.socketId, socket),
      forget: (socketId) => this.sockets.delete(socketId),
      nextMessageId: () => ++this.messagesSent,
    }
  }

  handle(input: MarketStreamInput | WireEvent | TimeInput, nowMs: number): readonly MarketStreamEffect[] {
    this.effects = []
    // Frames are nearly all there is, and nothing falls due by one.
    if (input.kind === 'text' && !this.isAnswer(input, nowMs)) return this.effects
    if (input.kind === 'want') this.want(input.streams, nowMs)
    else if (input.kind === 'exchangeClock') this.offsetMs = input.offsetMs
    else if (input.kind === 'opened' || input.kind === 'ping' || input.kind === 'closed') this.socketEvent(input, nowMs)
    this.work(nowMs)
    return this.effects
  }

  nextDueMs(): number | undefined {
    return this.dueMs
  }

  /** Frames so far that could not be read. */
  get unread(): number {
    return this.malformed
  }

  /** For a page that shows how it is. */
  view(nowMs: number): MarketStreamsView {
    return {
      connections: [...this.connections.values()].map(({ connection }) => connection.view(nowMs)),
      reconnects: { ...this.reconnects },
      malformed: this.malformed,
      dead: [...this.dead].sort(),
    }
  }

  private want(streams: readonly string[], nowMs: number): void {
    const wanted = new Map<string, StreamFacts>()
    const unknown: string[] = []
    for (const stream of streams) {
      const facts = streamFacts(stream)
      if (facts === undefined) unknown.push(stream)
      else wanted.set(stream, facts)
    }
    this.refuse(unknown)
    for (const [stream, { name, connection }] of this.wanted) {
      if (wanted.has(stream)) continue
      this.wanted.delete(stream)
      this.dead.delete(stream)
      this.watch.drop(name, stream)
      connection.drop(stream)
    }
    for (const [stream, facts] of wanted) if (!this.wanted.has(stream)) this.place(stream, facts, nowMs)
    for (const { name, connection } of this.connections.values()) {
      if (connection.streams.size > 0) continue
      connection.closeAll()
      this.connections.delete(name)
      this.watch.forget(name)
    }
  }

  /** Told once, however often they are wanted. */
  private refuse(names: readonly string[]): void {
    const news = names.filter((name) => !this.refusedNames.has(name))
    this.refusedNames.clear()
    for (const name of names) this.refusedNames.add(name)
    if (news.length > 0) this.effects.push(STREAM_NOTICES.refused(news))
  }

  private place(stream: string, { path, speech }: StreamFacts, nowMs: number): void {
    const on = this.withRoom(path) ?? this.newConnection(path, nowMs)
    on.connection.carry(stream)
    this.watch.carry(on.name, stream, { speech, nowMs })
    this.wanted.set(stream, on)
  }

  private withRoom(path: StreamFacts['path']): WatchedConnection | undefined {
    for (const on of this.connections.values())
      if (on.connection.path === path && on.connection.streams.size < this.streamsPerConnection) return on
    return undefined
  }

  private newConnection(path: StreamFacts['path'], nowMs: number): WatchedConnection {
    const ordinal = this.connectionsMade++
    const name = `${path}-${ordinal + 1}`
    const connection = new MarketConnection({ name, path, ordinal, sockets: this.maker })
    connection.openAfter(0, nowMs)
    const on: WatchedConnection = {
      name,
      connection,
      reason: undefined,
      failures: 0,
      lateness: new Lateness(),
    }
    this.connections.set(name, on)
    return on
  }

  /** False for a frame, which is passed on, and for what means nothing. */
  private isAnswer({ socketId, text }: { socketId: string; text: string }, nowMs: number): boolean {
    const socket = this.sockets.get(socketId)
    if (socket === undefined) return false
    const message = parsedJson(text)
    if (!isPayload(message)) this.garbled(socket)
    else if (typeof message.stream === 'string') this.frame(socket, message as unknown as StreamFrame, nowMs)
    else if (typeof message.id === 'number') {
      this.answer(socket, message as { id: number }, nowMs)
      return true
    } else this.garbled(socket)
    return false
  }

  private frame(socket: MarketSocket, { stream, data }: StreamFrame, nowMs: number): void {
    if (typeof data !== 'object' || data === null) {
      this.garbled(socket)
      return
    }
    const on = this.wanted.get(stream)
    socket.aliveAtMs = nowMs
    // Given up, and not yet known to be: also by this connection in favour of another.
    if (on === undefined || on.connection !== socket.connection) return
    socket.frameAtMs = nowMs
    this.watch.frame({ connection: on.name, stream, nowMs })
    if (on.connection.isCurrent(socket)) this.lateness(on, data, nowMs)
    else socket.heard.add(stream)
    this.effects.push({ kind: 'frame', stream, data })
    if (this.dead.size > 0 && this.dead.delete(stream)) this.effects.push(STREAM_NOTICES.back(stream))
  }

  private lateness({ lateness }: WatchedConnection, data: StreamFrame['data'], nowMs: number): void {
    const eventMs = this.offsetMs === undefined ? undefined : eventTimeMs(data)
    if (eventMs !== undefined) this.frameAgeMs = lateness.heard(nowMs + this.offsetMs! - eventMs, nowMs)
  }

  private answer(socket: MarketSocket, message: { readonly id: number }, nowMs: number): void {
    const isRefusal = 'error' in message || 'code' in message
    if (!isRefusal) socket.subscriptions.acknowledged(message.id)
    const refused = isRefusal ? socket.subscriptions.refused(message.id, nowMs) : undefined
    if (refused === undefined) return
    this.effects.push(STREAM_NOTICES.subscriptionRefused(refused, message))
  }

  private garbled(socket: MarketSocket): void {
    this.malformed++
    if (socket.isGarbled) return
    socket.isGarbled = true
    this.effects.push(STREAM_NOTICES.malformed(socket.connection.name))
  }

  private socketEvent(event: Extract<WireEvent, { kind: 'opened' | 'ping' | 'closed' }>, nowMs: number): void {
    const socket = this.sockets.get(event.socketId)
    if (socket === undefined) return
    socket.aliveAtMs = nowMs
    if (event.kind === 'opened') socket.openedAtMs = nowMs
    if (event.kind !== 'closed') return
    const on = this.connections.get(socket.connection.name)!
    const carried = on.connection.isCurrent(socket)
    on.connection.lose(socket)
    const how = `${event.code}${event.reason === '' ? '' : ` ${event.reason}`}`
    if (!carried) {
      this.openingFailed(on, { how: `closed with ${how}`, nowMs })
      return
    }
    this.effects.push(STREAM_NOTICES.closed(on.name, { streams: on.connection.streams.size, how }))
    this.obey(this.watch.lost(on.name), { reason: 'closed', nowMs })
  }

  private openingFailed(on: WatchedConnection, { how, nowMs }: { how: string; nowMs: number }): void {
    if (on.failures++ % FAILURES_TOLD === 0) this.effects.push(STREAM_NOTICES.unreachable(on.name, how))
    this.obey(this.watch.openingFailed(on.name), { reason: 'opening', nowMs })
  }

  private work(nowMs: number): void {
    for (const { name, connection } of this.connections.values()) this.takeOver(name, connection, nowMs)
    if (nowMs >= this.tickDueMs) this.tick(nowMs)
    this.dueMs = this.connections.size === 0 ? undefined : this.tickDueMs
    for (const on of this.connections.values()) {
      if (on.connection.work(nowMs) && on.reason !== undefined)
        this.reconnects[on.reason] = (this.reconnects[on.reason] ?? 0) + 1
      const dueMs = on.connection.dueMs()
      if (dueMs !== undefined && dueMs < this.dueMs!) this.dueMs = dueMs
    }
  }

  private takeOver(name: string, connection: MarketConnection, nowMs: number): void {
    if (!connection.takesOver(nowMs, (stream) => this.watch.isFlowing(name, stream))) return
    const on = this.connections.get(name)!
    on.failures = 0
    on.lateness.startOver()
    this.watch.opened(name, nowMs)
  }

  /** What is looked at each second. */
  private tick(nowMs: number): void {
    this.tickDueMs = nowMs + TICK_MS
    for (const on of this.connections.values()) {
      const { connection, lateness } = on
      for (const { subscriptions } of connection.alive()) subscriptions.giveUpUnanswered(nowMs)
      if (connection.isStuck(nowMs)) {
        connection.giveUpNext()
        this.openingFailed(on, { how: 'it took too long', nowMs })
      }
      if (connection.isOld(nowMs)) this.obey(this.watch.renew(on.name), { reason: 'age', nowMs })
      if (connection.isDeaf(nowMs)) this.obey(this.watch.renew(on.name), { reason: 'silent', nowMs })
      if (lateness.isTooLong(nowMs)) this.renewLate(on, nowMs)
    }
    this.obey(this.watch.tick(nowMs), { reason: 'silent', nowMs })
  }

  private renewLate(on: WatchedConnection, nowMs: number): void {
    const actions = this.watch.renew(on.name)
    if (actions.length === 0) return
    on.lateness.renewed()
    this.effects.push(STREAM_NOTICES.late(on.name))
    this.obey(actions, { reason: 'late', nowMs })
  }

  private obey(actions: readonly WatchAction[], { reason, nowMs }: { reason: ReconnectReason; nowMs: number }): void {
    for (const action of actions) {
      switch (action.kind) {
        case 'unknown':
          this.effects.push({ kind: 'dark', streams: action.streams })
          break
        case 'resubscribe':
          this.connections.get(action.connection)!.connection.askAnew(action.streams)
          break
        case 'dead':
          this.bury(action.streams)
          break
        case 'reconnect':
          this.reconnect(action, { reason, nowMs })
          break
        default:
          unreachable(action)
      }
    }
  }

  private reconnect(
    { connection: name, afterMs }: { connection: string; afterMs: number },
    { reason, nowMs }: { reason: ReconnectReason; nowMs: number },
  ): void {
    const on = this.connections.get(name)!
    on.reason = reason
    on.connection.openAfter(afterMs, nowMs)
    // The first attempt in a row, and those that have become rare.
    if (reason === 'silent' && (afterMs === 0 || afterMs === WATCH.reconnectMsMax))
      this.effects.push(STREAM_NOTICES.silent(name))
  }

  private bury(streams: readonly string[]): void {
    for (const stream of streams) this.dead.add(stream)
    const hasSpoken = (stream: string) => this.watch.hasSpoken(this.wanted.get(stream)!.name, stream)
    const mute = streams.filter((stream) => !hasSpoken(stream))
    const silent = streams.filter(hasSpoken)
    if (mute.length > 0) this.effects.push(STREAM_NOTICES.mute(mute))
    if (silent.length > 0) this.effects.push(STREAM_NOTICES.dead(silent))
  }
}

export type MarketStreamInput =
  /** The whole set, at any time; what is not in it any more is given up. A name that the exchange does not know is refused by a notice. */
  | { readonly kind: 'want'; readonly streams: readonly string[] }
  /** The exchange's clock less the local one. Without it no connection is ever late. */
  | { readonly kind: 'exchangeClock'; readonly offsetMs: number }

export interface MarketStreamOptions {
  /** What the ids of its sockets begin with, where several share a wire. Default `market`. */
  readonly socketPrefix?: string
  /** Default 200; the exchange allows 1,024. */
  readonly streamsPerConnection?: number
}

interface WatchedConnection {
  readonly name: string
  readonly connection: MarketConnection
  /** Of the opening that comes next; undefined for the first one. */
  reason: ReconnectReason | undefined
  /** Openings that failed since one succeeded. */
  failures: number
  readonly lateness: Lateness
}

const TICK_MS = 1_000
/** Of so many failures one is told. */
const FAILURES_TOLD = 10
