import {
  type Grid,
  type GridConnection,
  type GridEntryEvent,
  type GridFailure,
  type GridLock,
  type GridMap,
  type GridReference,
  type GridState,
  type GridStream,
  GridUnavailable,
} from '../../src/ports/grid.js'

/** Which call a fault hits. */
export interface FakeFault {
  readonly call: 'append' | 'set' | 'read'
  readonly reason: GridFailure
  /** The change was made all the same; only the answer is lost. */
  readonly isMade?: boolean
}

/**
 * A grid whose misfortunes a test decides: it goes away and comes back, with or without what it held, and single calls fail.
 * Every call answers in a later turn; listeners are called in turns of their own. No times to live, no locks.
 */
export class FakeGrid implements Grid {
  readonly maps = new Map<string, Map<string, string>>()
  readonly streams = new Map<string, FakeStream>()
  readonly references = new Map<string, string>()
  readonly faults: FakeFault[] = []
  /** Calls, in their order: `append DOLPHIN_SCANS`. */
  readonly calls: string[] = []
  private readonly listeners: { map: string; key: string | undefined; tell: (event: GridEntryEvent) => void }[] = []
  private readonly watchers = new Set<(state: GridState, members: number) => void>()
  private state: GridState = 'CONNECTED'

  readonly connection: GridConnection

  constructor() {
    const state = (): GridState => this.state
    this.connection = {
      isEmbedded: false,
      members: 1,
      get state() {
        return state()
      },
      listen: (watcher) => {
        this.watchers.add(watcher)
        return () => this.watchers.delete(watcher)
      },
    }
  }

  goAway(): void {
    this.changeTo('OFFLINE')
  }

  /** `emptied`: the cluster was stopped, and begins with nothing. */
  comeBack({ emptied = false } = {}): void {
    if (emptied) {
      this.maps.clear()
      this.streams.clear()
      this.references.clear()
    }
    this.changeTo('CONNECTED')
  }

  /** Texts of a stream that are kept, oldest first. */
  texts(stream: string): string[] {
    return this.streams.get(stream)?.values ?? []
  }

  /** Another client has appended this. */
  put(stream: string, text: string): void {
    const { values } = this.streams.get(stream) ?? this.streams.set(stream, new FakeStream()).get(stream)!
    values.push(text)
  }

  map(name: string): GridMap {
    const values = () => this.maps.get(name) ?? this.maps.set(name, new Map()).get(name)!
    return {
      name,
      get: (key) => this.answer('read', name, () => values().get(key)),
      getAll: (keys) => this.answer('read', name, () => new Map([...values()].filter(([key]) => keys.includes(key)))),
      set: (key, value) => this.answer('set', name, () => this.write(name, values(), key, value)),
      setAll: (entries) =>
        this.answer('set', name, () => {
          for (const [key, value] of entries) this.write(name, values(), key, value)
        }),
      remove: (key) => this.answer('set', name, () => void values().delete(key)),
      keys: () => this.answer('read', name, () => [...values().keys()]),
      listen: (tell, options) =>
        this.answer('read', name, () => {
          const listener = { map: name, key: options?.key, tell }
          this.listeners.push(listener)
          return async () => void this.listeners.splice(this.listeners.indexOf(listener), 1)
        }),
    }
  }

  stream(name: string): GridStream {
    const stream = () => this.streams.get(name) ?? this.streams.set(name, new FakeStream()).get(name)!
    return {
      name,
      append: (value) => this.answer('append', name, () => stream().values.push(value) - 1),
      bounds: () => this.answer('read', name, () => ({ oldest: 0, newest: stream().values.length - 1 })),
      read: (from, { max }) =>
        this.answer('read', name, () => {
          const { values } = stream()
          if (from > values.length) return { kind: 'lost', oldest: 0, newest: values.length - 1 } as const
          const entries = values.slice(from, from + max).map((value, i) => ({ sequence: from + i, value }))
          return { kind: 'entries', entries } as const
        }),
    }
  }

  reference(name: string): GridReference {
    return {
      name,
      get: () => this.answer('read', name, () => this.references.get(name)),
      set: (value) => this.answer('set', name, () => void this.references.set(name, value)),
      compareAndSet: (expected, next) =>
        this.answer('set', name, () => {
          const isExpected = this.references.get(name) === expected
          if (isExpected) this.references.set(name, next)
          return isExpected
        }),
    }
  }

  lock(): GridLock {
    throw new Error('this grid has no locks')
  }

  async close(): Promise<void> {
    this.changeTo('CLOSED')
  }

  private changeTo(state: GridState): void {
    this.state = state
    for (const watcher of [...this.watchers]) watcher(state, state === 'CONNECTED' ? 1 : 0)
  }

  private async answer<T>(call: FakeFault['call'], name: string, make: () => T): Promise<T> {
    this.calls.push(`${call} ${name}`)
    if (this.state !== 'CONNECTED') throw new GridUnavailable('offline', 'there is no connection')
    const at = this.faults.findIndex((fault) => fault.call === call)
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1)
    if (fault !== undefined && fault.isMade !== true) throw new GridUnavailable(fault.reason, `${call} failed`)
    const made = make()
    await Promise.resolve()
    if (fault !== undefined) throw new GridUnavailable(fault.reason, `${call} was not answered`)
    return made
  }

  private write(map: string, values: Map<string, string>, key: string, value: string): void {
    const oldValue = values.get(key)
    values.set(key, value)
    const event: GridEntryEvent = {
      kind: oldValue === undefined ? 'added' : 'updated',
      key,
      value,
      ...(oldValue === undefined ? {} : { oldValue }),
    }
    for (const listener of this.listeners) {
      if (listener.map === map && (listener.key ?? key) === key) setImmediate(() => listener.tell(event))
    }
  }
}

class FakeStream {
  readonly values: string[] = []
}
