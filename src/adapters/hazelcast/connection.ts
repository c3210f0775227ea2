import { type GridConnection, type GridState, GridUnavailable } from '../../ports/grid.js'

/** The connection as the client tells of it. Listeners have a turn of their own. */
export class HazelcastConnection implements GridConnection {
  readonly isEmbedded = false
  /** How often it has been made: what was fetched from a cluster may be another's after that. */
  epoch = 0
  private now: GridState = 'OFFLINE'
  private membersNow = 0
  private readonly listenings = new Set<Listening>()

  constructor(private readonly listenerFailed: (error: unknown, of: string) => void) {}

  get state(): GridState {
    return this.now
  }

  /** None while it is lost. */
  get members(): number {
    return this.membersNow
  }

  listen(listener: (state: GridState, members: number) => void): () => void {
    const listening = { listener }
    this.listenings.add(listening)
    return () => this.listenings.delete(listening)
  }

  connected(members: number): void {
    this.epoch++
    this.become('CONNECTED', members)
  }

  disconnected(): void {
    this.become('OFFLINE', 0)
  }

  membersChanged(members: number): void {
    if (this.now === 'CONNECTED') this.become('CONNECTED', members)
  }

  closed(): void {
    this.become('CLOSED', 0)
  }

  /** @throws GridUnavailable unless it is connected: nothing is asked of the cluster then. */
  check(asked: string): void {
    if (this.now === 'CONNECTED') return
    if (this.now === 'CLOSED') throw new GridUnavailable('closed', `asked for ${asked} after it was closed`)
    throw new GridUnavailable('offline', `asked for ${asked}, and there is no connection`)
  }

  private become(state: GridState, members: number): void {
    if (this.now === 'CLOSED' || (this.now === state && this.membersNow === members)) return
    this.now = state
    this.membersNow = members
    queueMicrotask(() => {
      for (const listening of [...this.listenings]) this.tell(listening, state, members)
    })
  }

  private tell(listening: Listening, state: GridState, members: number): void {
    if (!this.listenings.has(listening)) return
    try {
      listening.listener(state, members)
    } catch (error) {
      this.listenerFailed(error, 'the connection')
    }
  }
}

interface Listening {
  readonly listener: (state: GridState, members: number) => void
}
