import { assert } from '../../../base/assert.js'
import type { Speech } from './stream-names.js'

/** Constants of the watch, ms. Source: system bible §20; spec "Guards". */
export const WATCH = Object.freeze({
  /** A connection without a frame for this long: its streams are unknown, and all subscribed anew. */
  quietMs: 15_000,
  /** … for this long: a new connection. */
  lostMs: 30_000,
  /** A stream without a frame for this long beside others that have them: subscribed anew; so long again: a new connection. */
  silentMs: 60_000,
  reconnectMs: 1_000,
  reconnectMsMax: 60_000,
})

/** What is to be done, in this order for each connection. Streams are sorted. */
export type WatchAction =
  /** What these have said is not known to hold any more until their next frame. */
  | { readonly kind: 'unknown'; readonly streams: readonly string[] }
  | { readonly kind: 'resubscribe'; readonly connection: string; readonly streams: readonly string[] }
  /** Neither a subscription nor a connection has brought them back: to be reported, and left alone. */
  | { readonly kind: 'dead'; readonly streams: readonly string[] }
  /** A new connection is made before the old one is dropped; {@link ConnectionWatch.opened} says when it is there. */
  | { readonly kind: 'reconnect'; readonly connection: string; readonly afterMs: number }

/**
 * Which connections and streams have gone silent, and what to do about it. Frames, openings and ticks come in the order of
 * their times, on one clock that never goes back; at equal times the tick comes last. One tick a second is meant.
 *
 * It is told of every frame, so it holds plain mutable records and allocates nothing for one.
 */
export class ConnectionWatch {
  private readonly connections = new Map<string, Connection>()

  /** A connection carries one more stream. Without `speech` it may be silent for ever. */
  carry(name: string, stream: string, { speech, nowMs }: { speech: Speech | null; nowMs: number }): void {
    const connection = this.connections.get(name) ?? newConnection()
    this.connections.set(name, connection)
    connection.streams.set(stream, { speech, heardAtMs: nowMs, stage: 'FLOWING', isKnown: false, hasSpoken: false })
    if (speech !== null && connection.speakers++ === 0) connection.heardAtMs = nowMs
  }

  drop(name: string, stream: string): void {
    const connection = this.connectionOf(name)
    const watched = connection.streams.get(stream)
    if (watched?.speech) connection.speakers--
    if (watched?.hasSpoken) connection.spoken--
    connection.streams.delete(stream)
  }

  forget(name: string): void {
    this.connections.delete(name)
  }

  /** A connection, the first or a new one, carries the subscriptions: its clocks start anew. */
  opened(name: string, nowMs: number): void {
    const connection = this.connectionOf(name)
    connection.openedAtMs = nowMs
    connection.heardAtMs = nowMs
    connection.isResubscribed = false
    connection.isReconnecting = false
    connection.failedInARow = 0
    for (const stream of connection.streams.values()) {
      stream.heardAtMs = nowMs
      // Asked for anew by the connection itself; what a new connection was made for keeps its last chance.
      if (stream.stage === 'RESUBSCRIBED') stream.stage = 'FLOWING'
    }
  }

  frame({ connection: name, stream: of, nowMs }: FrameHeard): void {
    const connection = this.connectionOf(name)
    const stream = connection.streams.get(of)
    assert(stream !== undefined, 'a frame is of a stream that its connection carries')
    connection.heardAtMs = nowMs
    connection.isResubscribed = false
    connection.openedInVain = 0
    stream.heardAtMs = nowMs
    stream.stage = 'FLOWING'
    stream.isKnown = true
    if (!stream.hasSpoken) connection.spoken++
    stream.hasSpoken = true
  }

  /** What is to be done now; each thing is said once. */
  tick(nowMs: number): WatchAction[] {
    const actions: WatchAction[] = []
    for (const [name, connection] of this.connections) {
      if (connection.openedAtMs === undefined || maySayNothing(connection)) continue
      const quietMs = nowMs - connection.heardAtMs
      if (connection.isReconnecting) {
        // Nothing more is asked, but the old connection may go quiet before the new one is there.
        if (quietMs >= WATCH.quietMs) tellUnknown(connection, namesOf(connection), actions)
        continue
      }
      if (quietMs >= WATCH.quietMs) quiet(name, connection, { quietMs, actions })
      else silences(name, connection, { nowMs, actions })
    }
    return actions
  }

  /** The connection is gone. */
  lost(name: string): WatchAction[] {
    const actions: WatchAction[] = []
    const connection = this.connectionOf(name)
    tellUnknown(connection, namesOf(connection), actions)
    return [...actions, ...this.renew(name)]
  }

  /** A new connection is wanted for another reason; nothing when one is being made. */
  renew(name: string): WatchAction[] {
    const actions: WatchAction[] = []
    const connection = this.connectionOf(name)
    if (!connection.isReconnecting) reconnect(name, connection, actions)
    return actions
  }

  /** A new connection could not be made. Frames of the old one, while it is there, say nothing about the next attempt. */
  openingFailed(name: string): WatchAction[] {
    const actions: WatchAction[] = []
    const connection = this.connectionOf(name)
    connection.failedInARow++
    reconnect(name, connection, actions)
    return actions
  }

  /** Whether it speaks now: a new connection should hear it, too, before the old one is dropped. */
  isFlowing(name: string, stream: string): boolean {
    const watched = this.connectionOf(name).streams.get(stream)
    return watched !== undefined && watched.speech !== null && watched.isKnown && watched.stage === 'FLOWING'
  }

  /** Whether it has had a frame since it was asked for. */
  hasSpoken(name: string, stream: string): boolean {
    return this.connectionOf(name).streams.get(stream)?.hasSpoken === true
  }

  private connectionOf(name: string): Connection {
    const connection = this.connections.get(name)
    assert(connection !== undefined, 'a connection that is watched carries something')
    return connection
  }
}

export interface FrameHeard {
  readonly connection: string
  readonly stream: string
  readonly nowMs: number
}

/** What has been tried for a stream that is silent. */
type Stage = 'FLOWING' | 'RESUBSCRIBED' | 'RECONNECTED' | 'DEAD'

const NEXT_STAGE: Record<Exclude<Stage, 'DEAD'>, Stage> = {
  FLOWING: 'RESUBSCRIBED',
  RESUBSCRIBED: 'RECONNECTED',
  RECONNECTED: 'DEAD',
}

interface Connection {
  /** Undefined before the first opening. */
  openedAtMs: number | undefined
  /** Its last frame, or its opening. */
  heardAtMs: number
  /** Since it went quiet. */
  isResubscribed: boolean
  /** A new one was asked for and has not been opened. */
  isReconnecting: boolean
  /** New connections in a row without any frame. */
  openedInVain: number
  /** … that did not even come to carry the subscriptions. */
  failedInARow: number
  /** Streams that have to speak, and those of all that have. */
  speakers: number
  spoken: number
  readonly streams: Map<string, WatchedStream>
}

interface WatchedStream {
  readonly speech: Speech | null
  /** Its last frame, or when its clock was started anew. */
  heardAtMs: number
  stage: Stage
  isKnown: boolean
  hasSpoken: boolean
}

function newConnection(): Connection {
  return {
    openedAtMs: undefined,
    heardAtMs: 0,
    isResubscribed: false,
    isReconnecting: false,
    openedInVain: 0,
    failedInARow: 0,
    speakers: 0,
    spoken: 0,
    streams: new Map(),
  }
}

/** With nothing on it that has to speak, silence says nothing; that of many streams which have spoken does. */
function maySayNothing({ speakers, spoken }: Connection): boolean {
  return speakers === 0 && spoken < CROWD_MIN
}

/** Streams of trades: of so many symbols one is traded in any quarter of a minute. */
const CROWD_MIN = 20

function quiet(
  name: string,
  connection: Connection,
  { quietMs, actions }: { quietMs: number; actions: WatchAction[] },
): void {
  const streams = namesOf(connection)
  tellUnknown(connection, streams, actions)
  if (quietMs >= WATCH.lostMs) reconnect(name, connection, actions)
  else if (!connection.isResubscribed) {
    connection.isResubscribed = true
    actions.push({ kind: 'resubscribe', connection: name, streams })
  }
}

function silences(
  name: string,
  connection: Connection,
  { nowMs, actions }: { nowMs: number; actions: WatchAction[] },
): void {
  const silent: Record<Stage, string[]> = { FLOWING: [], RESUBSCRIBED: [], RECONNECTED: [], DEAD: [] }
  for (const [of, stream] of connection.streams) {
    if (stream.speech === null || stream.stage === 'DEAD') continue
    if (nowMs - stream.heardAtMs < (stream.hasSpoken ? stream.speech.silentMs : stream.speech.firstMs)) continue
    silent[stream.stage].push(of)
    stream.stage = NEXT_STAGE[stream.stage]
    stream.heardAtMs = nowMs
  }
  const flowing = silent.FLOWING.sort()
  tellUnknown(connection, flowing, actions)
  if (flowing.length > 0) actions.push({ kind: 'resubscribe', connection: name, streams: flowing })
  if (silent.RECONNECTED.length > 0) actions.push({ kind: 'dead', streams: silent.RECONNECTED.sort() })
  if (silent.RESUBSCRIBED.length > 0) reconnect(name, connection, actions)
}

function namesOf({ streams }: Connection): string[] {
  return [...streams.keys()].sort()
}

/** Only what has been heard, and is not unknown yet, becomes so. */
function tellUnknown(connection: Connection, silent: readonly string[], actions: WatchAction[]): void {
  const streams = silent.filter((of) => connection.streams.get(of)!.isKnown)
  for (const of of streams) connection.streams.get(of)!.isKnown = false
  if (streams.length > 0) actions.push({ kind: 'unknown', streams })
}

function reconnect(name: string, connection: Connection, actions: WatchAction[]): void {
  const inVain = Math.max(connection.openedInVain, connection.failedInARow)
  const afterMs = inVain === 0 ? 0 : Math.min(WATCH.reconnectMs * 2 ** (inVain - 1), WATCH.reconnectMsMax)
  connection.openedInVain = inVain + 1
  connection.isReconnecting = true
  actions.push({ kind: 'reconnect', connection: name, afterMs })
}
