import type { Floor, UserEvent } from '../floor.js'
import type { StreamServer } from '../streams/stream-server.js'
import type { ListenKeys } from './listen-keys.js'

/** What the account's stream tells, as late, as often and as incompletely as the faults want it. */
export class UserFeed {
  private readonly floor: Floor
  private readonly streams: StreamServer
  private readonly keys: ListenKeys
  /** Undefined: nothing is held back. */
  private held: (() => void)[] | undefined

  constructor(floor: Floor, streams: StreamServer, keys: ListenKeys) {
    this.floor = floor
    this.streams = streams
    this.keys = keys
  }

  /** What is told from now on waits for `release`, so that an answer can go before it. */
  hold(): void {
    this.held ??= []
  }

  release(): void {
    const held = this.held ?? []
    this.held = undefined
    for (const tell of held) tell()
  }

  /** `make` is asked only where somebody hears it. */
  tell(make: () => UserEvent): void {
    const { faults, settings } = this.floor
    const { key } = this.keys
    const isHeard = key !== undefined && this.streams.hears(key)
    if (!isHeard && settings.witness === undefined) return
    const event = make()
    settings.witness?.(event)
    if (!isHeard) return
    const { userEventDelayMs, userEventDropShare, userEventRepeatShare } = faults.plan
    if (faults.happens(userEventDropShare)) return
    this.send(key, event, userEventDelayMs)
    if (faults.happens(userEventRepeatShare)) this.send(key, event, userEventDelayMs)
  }

  private send(key: string, event: UserEvent, delayMs: number): void {
    const { agenda, clock } = this.floor
    const publish = () => {
      if (this.keys.key === key) this.streams.publishUser(key, event)
    }
    if (delayMs > 0) agenda.at(clock.nowMs + delayMs, publish)
    else if (this.held !== undefined) this.held.push(publish)
    else publish()
  }
}
