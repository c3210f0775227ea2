import type { MarketEvent } from '../../ports/played-market.js'
import type { Strike } from '../fault-board.js'
import type { Floor, UserEvent } from '../floor.js'
import type { MarketData } from '../market/market-data.js'
import { Connection, parseStreamTarget } from './connection.js'
import type { ForcedOrder } from './forced-order.js'
import { MarketFeed } from './market-feed.js'
import { readStreamRequest, type StreamRequest } from './stream-request.js'

/** The exchange's streams: sockets on three paths, what they have subscribed to, and what they are told. */
export class StreamServer {
  private readonly floor: Floor
  private readonly feed: MarketFeed
  private readonly connections = new Map<string, Connection>()
  private readonly byKey = new Map<string, Set<Connection>>()

  constructor(floor: Floor, market: MarketData) {
    this.floor = floor
    this.feed = new MarketFeed(floor, market, (connection, text) => this.say(connection, text))
  }

  open(socketId: string, target: string): void {
    const asked = parseStreamTarget(target)
    if (asked === undefined) {
      this.floor.emit({ kind: 'cut', socketId })
      return
    }
    const { nowMs } = this.floor.clock
    const connection = new Connection(socketId, asked, nowMs)
    this.connections.set(socketId, connection)
    for (const { listenKey, events } of asked.keys) this.addKey(connection, listenKey, events)
    for (const name of asked.names) this.addName(connection, name)
    if (connection.names.size > STREAMS_MAX) {
      this.drop(connection, { kind: 'close', socketId, code: 1008, reason: 'Invalid request' })
      return
    }
    connection.keepTimer(
      'age',
      this.floor.agenda.at(nowMs + AGE_MS_MAX, () => this.drop(connection, { kind: 'cut', socketId })),
    )
    this.planPing(connection)
  }

  text(socketId: string, text: string): void {
    const connection = this.connections.get(socketId)
    if (connection === undefined) return
    if (!connection.admits(this.floor.clock.nowMs)) {
      this.drop(connection, { kind: 'close', socketId, code: 1008, reason: 'Too many requests' })
      return
    }
    const request = readStreamRequest(text)
    if ('error' in request) this.say(connection, JSON.stringify(request))
    else this.obey(connection, request)
  }

  pong(socketId: string): void {
    const connection = this.connections.get(socketId)
    if (connection !== undefined) connection.unansweredSinceMs = undefined
  }

  gone(socketId: string): void {
    const connection = this.connections.get(socketId)
    if (connection !== undefined) this.forget(connection)
  }

  /** After {@link MarketData} has it. */
  market(event: MarketEvent): void {
    this.feed.market(event)
  }

  publishForced(order: ForcedOrder): void {
    this.feed.forced(order)
  }

  /** Does anybody hear the events of this listen key? What nobody hears need not be made. */
  hears(listenKey: string): boolean {
    return this.byKey.has(listenKey)
  }

  /** To every socket that has named the listen key. Delays, losses and repeats of the account have happened before. */
  publishUser(listenKey: string, event: UserEvent): void {
    let raw: string | undefined
    for (const connection of this.byKey.get(listenKey) ?? []) {
      const wanted = connection.keys.get(listenKey)
      if (wanted !== undefined && !wanted.has(event.e)) continue
      raw ??= JSON.stringify(event)
      this.say(connection, connection.combined ? `{"stream":${JSON.stringify(listenKey)},"data":${raw}}` : raw)
    }
  }

  /** Acts that are about sockets: `cutSockets`. */
  strike({ act }: Strike): void {
    if (act !== 'cutSockets') return
    for (const connection of [...this.connections.values()]) {
      this.drop(connection, { kind: 'cut', socketId: connection.socketId })
    }
  }

  /** Sockets that are open, for whoever looks at the sandbox. */
  get openSockets(): number {
    return this.connections.size
  }

  private obey(connection: Connection, request: StreamRequest): void {
    const { id } = request
    switch (request.method) {
      case 'SUBSCRIBE':
        for (const name of request.params) {
          if (connection.route === 'private') this.addKey(connection, name, undefined)
          else this.addName(connection, name)
        }
        if (connection.names.size + connection.keys.size > STREAMS_MAX) {
          this.say(connection, JSON.stringify({ error: { code: 4, msg: 'Too many subscriptions' }, id }))
          const { socketId } = connection
          this.drop(connection, { kind: 'close', socketId, code: 1008, reason: 'Invalid request' })
          return
        }
        break
      case 'UNSUBSCRIBE':
        for (const name of request.params) this.remove(connection, name)
        break
      case 'LIST_SUBSCRIPTIONS':
        this.say(connection, JSON.stringify({ result: [...connection.names, ...connection.keys.keys()], id }))
        return
      case 'SET_PROPERTY':
        connection.combined = request.combined
        break
      case 'GET_PROPERTY':
        this.say(connection, JSON.stringify({ result: connection.combined, id }))
        return
    }
    this.say(connection, JSON.stringify({ result: null, id }))
  }

  private addName(connection: Connection, name: string): void {
    if (connection.names.has(name)) return
    connection.names.add(name)
    if (connection.route !== 'private' && connection.names.size <= STREAMS_MAX) this.feed.add(connection, name)
  }

  private addKey(connection: Connection, listenKey: string, events: ReadonlySet<string> | undefined): void {
    connection.keys.set(listenKey, events)
    const heard = this.byKey.get(listenKey)
    if (heard === undefined) this.byKey.set(listenKey, new Set([connection]))
    else heard.add(connection)
  }

  private remove(connection: Connection, name: string): void {
    if (connection.names.delete(name)) this.feed.remove(connection, name)
    if (connection.keys.delete(name)) this.unhear(connection, name)
  }

  private unhear(connection: Connection, listenKey: string): void {
    const heard = this.byKey.get(listenKey)
    heard?.delete(connection)
    if (heard?.size === 0) this.byKey.delete(listenKey)
  }

  private planPing(connection: Connection): void {
    const { agenda, clock, faults } = this.floor
    const { socketId } = connection
    const ping = (): void => {
      const { nowMs } = clock
      if (connection.unansweredSinceMs !== undefined && nowMs - connection.unansweredSinceMs >= PONG_MS_MAX) {
        this.drop(connection, { kind: 'cut', socketId })
        return
      }
      if (!faults.plan.silentSockets) {
        connection.unansweredSinceMs ??= nowMs
        this.floor.emit({ kind: 'ping', socketId, payload: `${clock.exchangeMs}` })
      }
      this.planPing(connection)
    }
    const nextMs = clock.nowMs + PING_MS
    const lostMs = connection.unansweredSinceMs === undefined ? nextMs : connection.unansweredSinceMs + PONG_MS_MAX
    connection.keepTimer('ping', agenda.at(Math.min(nextMs, Math.max(lostMs, clock.nowMs)), ping))
  }

  private say(connection: Connection, text: string): void {
    if (this.floor.faults.plan.silentSockets) return
    this.floor.emit({ kind: 'text', socketId: connection.socketId, text })
  }

  private drop(connection: Connection, effect: Parameters<Floor['emit']>[0]): void {
    this.forget(connection)
    this.floor.emit(effect)
  }

  private forget(connection: Connection): void {
    if (!this.connections.delete(connection.socketId)) return
    connection.end()
    for (const name of connection.names) this.feed.remove(connection, name)
    for (const listenKey of connection.keys.keys()) this.unhear(connection, listenKey)
  }
}

/** Source: notes on Binance, 2.2. */
const STREAMS_MAX = 1_024
const PING_MS = 180_000
const PONG_MS_MAX = 600_000
const AGE_MS_MAX = 24 * 3_600_000
