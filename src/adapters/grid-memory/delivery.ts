/**
 * What is to be told to the listeners of one client, in the order in which it happened. A turn tells what was there when it
 * began; what comes of that is told in the next, so that listeners that answer each other leave timers and files their time.
 */
export class Delivery {
  private parcels: Parcel[] = []

  constructor(
    private readonly turn: Turn,
    private readonly failed: (error: unknown, of: string) => void,
  ) {}

  post<Event>(to: Listening<Event>, event: Event): void {
    if (this.parcels.push({ to: to as Listening<unknown>, event }) === 1) this.turn(() => this.deliver())
  }

  private deliver(): void {
    const { parcels } = this
    this.parcels = []
    for (const { to, event } of parcels) {
      if (!to.isWanted) continue
      try {
        to.tell(event)
      } catch (error) {
        this.failed(error, to.of)
      }
    }
  }
}

/** Calls back once, soon, and not while it is called itself. */
export type Turn = (callback: () => void) => void

/** One listener that somebody has added, for as long as it is wanted. */
export class Listening<Event> {
  isWanted = true

  /** @param of what it listens to, for whoever reads that it failed. */
  constructor(
    readonly tell: (event: Event) => void,
    readonly of: string,
  ) {}
}

interface Parcel {
  readonly to: Listening<unknown>
  readonly event: unknown
}
