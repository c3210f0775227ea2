import {
  type Grid,
  type GridConnection,
  type GridLock,
  type GridMap,
  type GridReference,
  type GridState,
  type GridStream,
  GridUnavailable,
} from '../../src/ports/grid.js'

/** A grid that goes away and comes back when a test says so, and then has what it had; or hangs until its deadline. */
export class LeavingGrid implements Grid {
  readonly connection: GridConnection
  /** Calls that were refused while it was away. */
  refused = 0
  private isAway = false
  private members = 1
  private readonly listeners = new Set<(state: GridState, members: number) => void>()

  constructor(private readonly inner: Grid) {
    const grid = this
    this.connection = {
      isEmbedded: false,
      get state(): GridState {
        return grid.isAway ? 'OFFLINE' : 'CONNECTED'
      },
      get members() {
        return grid.isAway ? 0 : grid.members
      },
      listen(listener) {
        grid.listeners.add(listener)
        return () => grid.listeners.delete(listener)
      },
    }
  }

  leave(): void {
    this.isAway = true
    this.tell()
  }

  comeBack(members = 1): void {
    this.isAway = false
    this.members = members
    this.tell()
  }

  map(name: string): GridMap {
    return this.around(this.inner.map(name))
  }

  reference(name: string): GridReference {
    return this.around(this.inner.reference(name))
  }

  lock(name: string): GridLock {
    return this.around(this.inner.lock(name))
  }

  stream(name: string): GridStream {
    return this.around(this.inner.stream(name))
  }

  close(): Promise<void> {
    return this.inner.close()
  }

  private tell(): void {
    for (const listener of [...this.listeners])
      setImmediate(() => listener(this.connection.state, this.connection.members))
  }

  private around<T extends object>(thing: T): T {
    return new Proxy(thing, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          if (!this.isAway)
            return member.apply(
              target,
              args.map((arg) => this.deaf(arg)),
            ) as unknown
          this.refused++
          return Promise.reject(new GridUnavailable('offline', 'was away in a test'))
        }
      },
    })
  }

  /** A listener hears nothing while the grid is away. */
  private deaf(arg: unknown): unknown {
    if (typeof arg !== 'function') return arg
    return (event: unknown) => {
      if (!this.isAway) arg(event)
    }
  }
}
