import {
  type Grid,
  type GridConnection,
  type GridEntryEvent,
  type GridFailure,
  type GridMap,
  type GridState,
  GridUnavailable,
} from '../../src/ports/grid.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/** What comes of one call. */
export interface CallOutcome {
  readonly afterMs: number
  /** Absent: it succeeds. */
  readonly fails?: GridFailure
  /** Of a change that fails: it was made all the same. */
  readonly isMade?: boolean
}

/** A call as it was made. */
export interface GridCall {
  readonly what: string
  readonly map: string
  readonly keys: readonly string[]
}

type Listener = { readonly key: string | undefined; readonly hear: (event: GridEntryEvent) => void }

/**
 * Maps of a grid on virtual time whose every call ends as a script says. A connection that is lost fails what is under way,
 * unknown whether it was made, and refuses what comes; nothing is told meanwhile.
 */
export class ScriptedGrid implements Pick<Grid, 'map' | 'connection'> {
  readonly data = new Map<string, Map<string, string>>()
  readonly calls: GridCall[] = []
  underWay = 0
  underWayMost = 0
  outcome: (call: GridCall) => CallOutcome = () => ({ afterMs: 1 })
  private readonly maps = new Map<string, GridMap>()
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly connectionListeners = new Set<(state: GridState, members: number) => void>()
  private readonly lost = new Set<() => void>()
  private state: GridState = 'CONNECTED'
  readonly connection: GridConnection

  constructor(private readonly time: VirtualTime) {
    const { connectionListeners } = this
    const stateNow = () => this.state
    this.connection = {
      isEmbedded: false,
      get state() {
        return stateNow()
      },
      get members() {
        return stateNow() === 'CONNECTED' ? 1 : 0
      },
      listen(listener) {
        connectionListeners.add(listener)
        return () => connectionListeners.delete(listener)
      },
    }
  }

  map(name: string): GridMap {
    const map = this.maps.get(name) ?? this.newMap(name)
    this.maps.set(name, map)
    return map
  }

  /** @param forget what a cluster does that was down as a whole. */
  set(state: GridState, { forget = false } = {}): void {
    if (forget) this.data.clear()
    if (this.state === state) return
    this.state = state
    if (state !== 'CONNECTED') for (const lose of [...this.lost]) lose()
    this.time.after(0, () => {
      for (const listener of this.connectionListeners) listener(state, this.connection.members)
    })
  }

  /** Somebody else's change. */
  change(map: string, key: string, value: string | undefined): void {
    const values = this.data.get(map) ?? new Map<string, string>()
    this.data.set(map, values)
    const kind = value === undefined ? 'removed' : values.has(key) ? 'updated' : 'added'
    if (value === undefined) values.delete(key)
    else values.set(key, value)
    if (this.state === 'CONNECTED') this.tell(map, { kind, key, ...(value !== undefined && { value }) })
  }

  private tell(map: string, event: GridEntryEvent): void {
    for (const listener of this.listeners.get(map) ?? []) {
      if (listener.key === undefined || listener.key === event.key) this.time.after(0, () => listener.hear(event))
    }
  }

  private newMap(name: string): GridMap {
    const values = () => this.data.get(name) ?? new Map<string, string>()
    const call = <T>(what: string, keys: readonly string[], take: () => T) => this.call({ what, map: name, keys }, take)
    return {
      name,
      get: (key) => call('get', [key], () => values().get(key)),
      getAll: (keys) => call('getAll', keys, () => new Map([...values()].filter(([key]) => keys.includes(key)))),
      set: (key, value) => call('set', [key], () => this.change(name, key, value)),
      setAll: (entries) => {
        const copy = [...entries]
        return call('setAll', [...entries.keys()], () => {
          for (const [key, value] of copy) this.change(name, key, value)
        })
      },
      remove: (key) => call('remove', [key], () => this.change(name, key, undefined)),
      keys: () => call('keys', [], () => [...values().keys()]),
      listen: (hear, options) => {
        const listener = { key: options?.key, hear }
        return call('listen', [], () => {
          const ofMap = this.listeners.get(name) ?? new Set<Listener>()
          this.listeners.set(name, ofMap)
          ofMap.add(listener)
          return async () => {
            ofMap.delete(listener)
          }
        })
      },
    }
  }

  private call<T>(call: GridCall, take: () => T): Promise<T> {
    this.calls.push(call)
    if (this.state !== 'CONNECTED') {
      const reason = this.state === 'CLOSED' ? 'closed' : 'offline'
      return Promise.reject(new GridUnavailable(reason, `${call.what} of ${call.map}`))
    }
    const { afterMs, fails, isMade } = this.outcome(call)
    this.underWay++
    this.underWayMost = Math.max(this.underWayMost, this.underWay)
    return new Promise((resolve, reject) => {
      const end = (failure: GridFailure | undefined) => {
        callOff()
        this.lost.delete(lose)
        this.underWay--
        const taken = failure === undefined || isMade ? take() : undefined
        if (failure === undefined) resolve(taken as T)
        else reject(new GridUnavailable(failure, `${call.what} of ${call.map}`))
      }
      const lose = () => end('indeterminate')
      const callOff = this.time.after(afterMs, () => end(fails))
      this.lost.add(lose)
    })
  }
}

/** Lets virtual time pass, with turns for promises after every moment in which something happened. */
export async function passTime(time: VirtualTime, ms: number): Promise<void> {
  const endMs = time.epochMs() + ms
  await turns()
  for (;;) {
    const dueMs = time.nextDueMs()
    if (dueMs === undefined || dueMs > endMs) break
    time.runTo(dueMs)
    await turns()
  }
  time.runTo(endMs)
  await turns()
}

/** A promise chain in this folder is a few turns long. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve()
}
