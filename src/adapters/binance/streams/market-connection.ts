import type { StreamPath, WireCommand } from '../wire.js'
import { Subscriptions } from './subscriptions.js'

/** ms. */
export const CONNECTING = Object.freeze({
  /** Until a socket is open, and until it has acknowledged everything. */
  openMs: 10_000,
  carryMs: 30_000,
  /** How long the old socket is kept for streams that the new one has not told of, though it has acknowledged them. */
  overlapMs: 10_000,
  /** Between two openings of one connection, whatever the reason: an address that opens too many sockets is shut out. */
  openEveryMs: 1_000,
  /** The exchange cuts a socket at 24 h; those opened together are not replaced together. */
  ageMs: 23 * 3_600_000,
  ageStepMs: 120_000,
  ageSteps: 30,
  /** The exchange pings each 3 min: the sign of life of a socket whose streams need not speak. */
  pingMs: 600_000,
})

/**
 * A set of streams of one path and the socket that carries them. When that socket has to be replaced, the next one is opened and
 * asked for all of them beside it, and takes over when it carries them.
 */
export class MarketConnection {
  readonly name: string
  readonly path: StreamPath
  readonly streams = new Set<string>()
  private readonly sockets: SocketMaker
  private readonly ageMsMax: number
  private current: MarketSocket | undefined
  private next: MarketSocket | undefined
  private openAtMs: number | undefined
  private openedLastMs = Number.NEGATIVE_INFINITY

  constructor({ name, path, ordinal, sockets }: MarketConnectionParts) {
    this.name = name
    this.path = path
    this.sockets = sockets
    this.ageMsMax = CONNECTING.ageMs - CONNECTING.ageStepMs * (ordinal % CONNECTING.ageSteps)
  }

  carry(stream: string): void {
    this.streams.add(stream)
    for (const { subscriptions } of this.alive()) subscriptions.ask(stream)
  }

  drop(stream: string): void {
    this.streams.delete(stream)
    for (const { subscriptions } of this.alive()) subscriptions.drop(stream)
  }

  askAnew(streams: readonly string[]): void {
    for (const stream of streams) this.current?.subscriptions.askAnew(stream)
  }

  /** Another socket is opened then, beside the one there is. */
  openAfter(afterMs: number, nowMs: number): void {
    this.openAtMs = Math.max(nowMs + afterMs, this.openedLastMs + CONNECTING.openEveryMs)
  }

  /** What is due: a socket is opened, messages are sent. True when a socket was opened. */
  work(nowMs: number): boolean {
    for (const socket of this.alive()) {
      if (socket.openedAtMs === undefined) continue
      const text = socket.subscriptions.message(nowMs, this.sockets.nextMessageId)
      if (text !== undefined) this.sockets.say({ kind: 'text', socketId: socket.socketId, text })
    }
    if (this.openAtMs === undefined || nowMs < this.openAtMs) return false
    this.open(nowMs)
    return true
  }

  dueMs(): number | undefined {
    let dueMs = this.openAtMs
    for (const { openedAtMs, subscriptions } of this.alive()) {
      const messageMs = openedAtMs === undefined ? undefined : subscriptions.dueMs()
      if (messageMs !== undefined && (dueMs === undefined || messageMs < dueMs)) dueMs = messageMs
    }
    return dueMs
  }

  /** The next socket takes over when it carries what the old one does. */
  takesOver(nowMs: number, isFlowing: (stream: string) => boolean): boolean {
    const { current, next } = this
    if (next?.openedAtMs === undefined || !next.subscriptions.isSettled()) return false
    next.settledAtMs ??= nowMs
    const isWaiting = current !== undefined && nowMs - next.settledAtMs < CONNECTING.overlapMs
    if (isWaiting) for (const stream of this.streams) if (!next.heard.has(stream) && isFlowing(stream)) return false
    this.current = next
    this.next = undefined
    next.heard.clear()
    if (current !== undefined) this.close(current)
    return true
  }

  /** The next socket, when it has taken too long. */
  isStuck(nowMs: number): boolean {
    if (this.next === undefined) return false
    const { openedAtMs, askedAtMs } = this.next
    return (
      nowMs - askedAtMs >= (openedAtMs === undefined ? CONNECTING.openMs : CONNECTING.carryMs + CONNECTING.overlapMs)
    )
  }

  giveUpNext(): void {
    if (this.next !== undefined) this.close(this.next)
    this.next = undefined
  }

  /** Whether the socket that carries the streams is to be replaced for its age. */
  isOld(nowMs: number): boolean {
    return this.current !== undefined && nowMs - this.current.openedAtMs! >= this.ageMsMax
  }

  /** Whether the exchange has not even pinged for too long. */
  isDeaf(nowMs: number): boolean {
    return this.current !== undefined && nowMs - this.current.aliveAtMs >= CONNECTING.pingMs
  }

  isCurrent(socket: MarketSocket): boolean {
    return socket === this.current
  }

  /** The socket is gone already. */
  lose(socket: MarketSocket): void {
    if (socket === this.current) this.current = undefined
    if (socket === this.next) this.next = undefined
    this.sockets.forget(socket.socketId)
  }

  closeAll(): void {
    for (const socket of this.alive()) this.close(socket)
    this.current = undefined
    this.next = undefined
    this.openAtMs = undefined
  }

  alive(): readonly MarketSocket[] {
    const { current, next } = this
    if (current === undefined) return next === undefined ? [] : [next]
    return next === undefined ? [current] : [current, next]
  }

  view(nowMs: number): MarketConnectionView {
    const { current, next } = this
    return {
      name: this.name,
      state:
        current !== undefined
          ? next === undefined
            ? 'OPEN'
            : 'REPLACING'
          : next === undefined
            ? 'WAITING'
            : 'OPENING',
      ageMs: current === undefined ? null : nowMs - current.openedAtMs!,
      streams: this.streams.size,
      frameAgeMs: current?.frameAtMs === undefined ? null : nowMs - current.frameAtMs,
    }
  }

  private open(nowMs: number): void {
    this.openAtMs = undefined
    this.openedLastMs = nowMs
    this.giveUpNext()
    const subscriptions = new Subscriptions()
    for (const stream of this.streams) subscriptions.ask(stream)
    this.next = {
      socketId: this.sockets.newId(),
      connection: this,
      subscriptions,
      askedAtMs: nowMs,
      openedAtMs: undefined,
      settledAtMs: undefined,
      frameAtMs: undefined,
      aliveAtMs: nowMs,
      isGarbled: false,
      heard: new Set(),
    }
    this.sockets.remember(this.next)
    const { socketId } = this.next
    this.sockets.say({ kind: 'open', socketId, path: this.path, target: '/stream' })
  }

  private close(socket: MarketSocket): void {
    this.sockets.say({ kind: 'close', socketId: socket.socketId })
    this.sockets.forget(socket.socketId)
  }
}

export interface MarketConnectionView {
  /** `public-1`; the same when it has changed sockets. */
  readonly name: string
  /** WAITING: for its next attempt to open a socket; REPLACING: it has a socket, and opens the next one. */
  readonly state: 'OPENING' | 'OPEN' | 'REPLACING' | 'WAITING'
  /** Of its socket; null while it has none that carries its streams. */
  readonly ageMs: number | null
  readonly streams: number
  /** Since its last frame; null before the first one of its socket. */
  readonly frameAgeMs: number | null
}

export interface MarketSocket {
  readonly socketId: string
  readonly connection: MarketConnection
  readonly subscriptions: Subscriptions
  readonly askedAtMs: number
  openedAtMs: number | undefined
  /** Everything was acknowledged. */
  settledAtMs: number | undefined
  frameAtMs: number | undefined
  /** A frame, a ping, or its opening. */
  aliveAtMs: number
  /** It has sent what cannot be read. */
  isGarbled: boolean
  /** Streams that it has told of, until it has taken over. */
  readonly heard: Set<string>
}

/** Sockets as all connections share them. */
export interface SocketMaker {
  say(command: WireCommand): void
  newId(): string
  remember(socket: MarketSocket): void
  forget(socketId: string): void
  readonly nextMessageId: () => number
}

export interface MarketConnectionParts {
  readonly name: string
  readonly path: StreamPath
  /** Its place among all connections. */
  readonly ordinal: number
  readonly sockets: SocketMaker
}
