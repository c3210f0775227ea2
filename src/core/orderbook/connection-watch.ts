import { assert } from '../../base/assert.js'

/** Constants of the watch, ms. Source: system bible §20; spec "Guards". */
export const WATCH = Object.freeze({
  /** A connection without a frame for this long: its books are unknown, all its symbols are subscribed anew. */
  quietMs: 15_000,
  /** … for this long: a new connection. */
  lostMs: 30_000,
  /** A symbol without a frame for this long beside others that have them: subscribed anew; so long again: a new connection. */
  silentMs: 60_000,
  reconnectMs: 1_000,
  reconnectMsMax: 60_000,
})

/** What is to be done, in this order for each connection. Symbols are sorted. */
export type WatchAction =
  /** These books are not known any more until their next frame. */
  | { readonly kind: 'unknown'; readonly symbols: readonly string[] }
  | { readonly kind: 'resubscribe'; readonly connection: string; readonly symbols: readonly string[] }
  /** Neither a subscription nor a connection has brought them back: to be reported, and left alone. */
  | { readonly kind: 'dead'; readonly symbols: readonly string[] }
  /** A new connection is made before the old one is dropped; {@link ConnectionWatch.opened} says when it is there. */
  | { readonly kind: 'reconnect'; readonly connection: string; readonly afterMs: number }

/**
 * Which connections and symbols have gone silent, and what to do about it. Frames, openings and ticks come in the order of
 * their times, on one clock that never goes back; at equal times the tick comes last. One tick a second is meant.
 *
 * It is told of every frame, so it holds plain mutable records and allocates nothing for one.
 */
export class ConnectionWatch {
  /** By name, in the order of names. */
  private readonly connections: ReadonlyMap<string, Connection>

  /** @param connections the symbols that each connection carries, by its name. */
  constructor(connections: Readonly<Record<string, readonly string[]>>) {
    this.connections = new Map(
      Object.entries(connections)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, symbols]) => [name, connectionOf(symbols)]),
    )
  }

  /** A connection, the first or a new one, carries the subscriptions: its clocks start anew. */
  opened(name: string, nowMs: number): void {
    const connection = this.connectionOf(name)
    connection.openedAtMs = nowMs
    connection.heardAtMs = nowMs
    connection.isResubscribed = false
    connection.isReconnecting = false
    for (const symbol of connection.symbols.values()) {
      symbol.heardAtMs = nowMs
      // Asked for anew by the connection itself; what a new connection was made for keeps its last chance.
      if (symbol.stage === 'RESUBSCRIBED') symbol.stage = 'FLOWING'
    }
  }

  frame({ connection: name, symbol: of, nowMs }: FrameHeard): void {
    const connection = this.connectionOf(name)
    const symbol = connection.symbols.get(of)
    assert(symbol !== undefined, 'a frame is of a symbol that its connection carries')
    connection.heardAtMs = nowMs
    connection.isResubscribed = false
    connection.openedInVain = 0
    symbol.heardAtMs = nowMs
    symbol.stage = 'FLOWING'
    symbol.isKnown = true
  }

  /** What is to be done now; each thing is said once. */
  tick(nowMs: number): WatchAction[] {
    const actions: WatchAction[] = []
    for (const [name, connection] of this.connections) {
      if (connection.openedAtMs === undefined) continue
      const quietMs = nowMs - connection.heardAtMs
      if (connection.isReconnecting) {
        // Nothing more is asked, but the old connection may go quiet before the new one is there.
        if (quietMs >= WATCH.quietMs) tellUnknown(connection, [...connection.symbols.keys()], actions)
        continue
      }
      if (quietMs >= WATCH.quietMs) this.quiet(name, connection, { quietMs, actions })
      else this.silences(name, connection, { nowMs, actions })
    }
    return actions
  }

  private quiet(
    name: string,
    connection: Connection,
    { quietMs, actions }: { quietMs: number; actions: WatchAction[] },
  ) {
    tellUnknown(connection, [...connection.symbols.keys()], actions)
    if (quietMs >= WATCH.lostMs) reconnect(name, connection, actions)
    else if (!connection.isResubscribed) {
      connection.isResubscribed = true
      actions.push({ kind: 'resubscribe', connection: name, symbols: [...connection.symbols.keys()] })
    }
  }

  private silences(
    name: string,
    connection: Connection,
    { nowMs, actions }: { nowMs: number; actions: WatchAction[] },
  ) {
    const silent: Record<Stage, string[]> = { FLOWING: [], RESUBSCRIBED: [], RECONNECTED: [], DEAD: [] }
    for (const [of, symbol] of connection.symbols) {
      if (nowMs - symbol.heardAtMs < WATCH.silentMs) continue
      silent[symbol.stage].push(of)
      if (symbol.stage === 'DEAD') continue
      symbol.stage = NEXT_STAGE[symbol.stage]
      symbol.heardAtMs = nowMs
    }
    tellUnknown(connection, silent.FLOWING, actions)
    if (silent.FLOWING.length > 0) actions.push({ kind: 'resubscribe', connection: name, symbols: silent.FLOWING })
    if (silent.RECONNECTED.length > 0) actions.push({ kind: 'dead', symbols: silent.RECONNECTED })
    if (silent.RESUBSCRIBED.length > 0) reconnect(name, connection, actions)
  }

  private connectionOf(name: string): Connection {
    const connection = this.connections.get(name)
    assert(connection !== undefined, 'a connection that is watched was named at the start')
    return connection
  }
}

export interface FrameHeard {
  readonly connection: string
  readonly symbol: string
  readonly nowMs: number
}

/** What has been tried for a symbol that is silent. */
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
  /** In the order of names. */
  readonly symbols: ReadonlyMap<string, WatchedSymbol>
}

interface WatchedSymbol {
  /** Its last frame, or when its clock was started anew. */
  heardAtMs: number
  stage: Stage
  isKnown: boolean
}

function connectionOf(symbols: readonly string[]): Connection {
  return {
    openedAtMs: undefined,
    heardAtMs: 0,
    isResubscribed: false,
    isReconnecting: false,
    openedInVain: 0,
    symbols: new Map([...symbols].sort().map((of) => [of, { heardAtMs: 0, stage: 'FLOWING', isKnown: false }])),
  }
}

/** Only books that had a frame, and are not unknown yet, become so. */
function tellUnknown(connection: Connection, silent: readonly string[], actions: WatchAction[]): void {
  const symbols = silent.filter((of) => connection.symbols.get(of)!.isKnown)
  for (const of of symbols) connection.symbols.get(of)!.isKnown = false
  if (symbols.length > 0) actions.push({ kind: 'unknown', symbols })
}

function reconnect(name: string, connection: Connection, actions: WatchAction[]): void {
  const { openedInVain } = connection
  const afterMs = openedInVain === 0 ? 0 : Math.min(WATCH.reconnectMs * 2 ** (openedInVain - 1), WATCH.reconnectMsMax)
  connection.openedInVain++
  connection.isReconnecting = true
  actions.push({ kind: 'reconnect', connection: name, afterMs })
}
