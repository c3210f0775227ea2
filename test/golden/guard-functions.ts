import { ConnectionWatch, WATCH, type WatchAction } from '../../src/adapters/binance/streams/connection-watch.js'
import { CIRCUIT_START, step as stepCircuit } from '../../src/core/grid/circuit-breaker.js'
import { step as stepDark } from '../../src/core/orderbook/dark-streak.js'
import { isPublished } from '../../src/core/orderbook/first-flush.js'

/** `breaker` of the market vectors. */
export function breakerCase(args: unknown): unknown {
  let breaker = CIRCUIT_START
  const eras = new Map<number, number>()
  return (args as { events: BreakerEvent[] }).events.map(({ t: nowMs, type, id }) => {
    const stepped =
      type === 'attempt'
        ? stepCircuit(breaker, { type, nowMs })
        : stepCircuit(breaker, { type, era: eras.get(id)!, nowMs, jitter: 0 })
    breaker = stepped.breaker
    if (stepped.verdict === 'go' || stepped.verdict === 'probe') eras.set(id, breaker.era)
    return [stepped.verdict ?? null, breaker.state, breaker.state === 'OPEN' ? breaker.openUntilMs : null]
  })
}

/** `dark` of the market vectors. */
export function darkCase(args: unknown): unknown {
  let darkBars = 0
  return (args as { frames: number[] }).frames.map((frames) => {
    const stepped = stepDark({ darkBars, frames })
    darkBars = stepped.darkBars
    return stepped.signal ?? null
  })
}

/** `first_flush` of the market vectors. */
export function firstFlushCase(args: unknown): unknown {
  const { startMs, bars } = args as { startMs: number; bars: number[] }
  return bars.map((barMs) => isPublished({ startMs, barMs }))
}

/** `watch` of the market vectors: the actions of every tick, none of another event. */
export function watchCase(args: unknown): unknown {
  const { connections, events } = args as { connections: Record<string, string[]>; events: WatchEvent[] }
  const watch = watchOf(connections)
  return events.map((event) => {
    if (event.type === 'tick') return watch.tick(event.t).map(written)
    if (event.type === 'open') watch.opened(event.conn, event.t)
    else watch.frame({ connection: event.conn, stream: event.symbol, nowMs: event.t })
    return []
  })
}

/** Connections by name; every stream has to speak within the same time, from its first frame on. */
export function watchOf(connections: Readonly<Record<string, readonly string[]>>): ConnectionWatch {
  const watch = new ConnectionWatch()
  const speech = { firstMs: WATCH.silentMs, silentMs: WATCH.silentMs }
  for (const name of Object.keys(connections).sort())
    for (const stream of connections[name]!) watch.carry(name, stream, { speech, nowMs: 0 })
  return watch
}

type BreakerEvent = { t: number; type: 'attempt' | 'ok' | 'fail'; id: number }
type WatchEvent =
  | { t: number; type: 'open'; conn: string }
  | { t: number; type: 'frame'; conn: string; symbol: string }
  | { t: number; type: 'tick' }

function written(action: WatchAction): unknown {
  switch (action.kind) {
    case 'unknown':
    case 'dead':
      return [action.kind, action.streams]
    case 'resubscribe':
      return [action.kind, action.connection, action.streams]
    case 'reconnect':
      return [action.kind, action.connection, action.afterMs]
  }
}
