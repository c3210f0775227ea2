import type { Timer } from '../../ports/clock.js'
import { GridUnavailable } from '../../ports/grid.js'
import { Delivery, type Turn } from './delivery.js'

/** What the maps, locks and streams of one client have in common: its listeners' turns, its waits, and its end. */
export class MemoryClient {
  readonly delivery: Delivery
  private readonly timer: Timer
  /** Ends of what is under way. */
  private readonly ends = new Set<() => void>()
  private closed = false

  constructor({ timer, turn }: { timer: Timer; turn: Turn }, listenerFailed: (error: unknown, of: string) => void) {
    this.timer = timer
    this.delivery = new Delivery(turn, listenerFailed)
  }

  get isClosed(): boolean {
    return this.closed
  }

  close(): void {
    this.closed = true
    for (const end of [...this.ends]) end()
  }

  /** @throws GridUnavailable once it is closed. */
  checkOpen(): void {
    if (this.closed) throw new GridUnavailable('closed', 'asked for something after it was closed')
  }

  /** Calls back when the client is closed. Answers how to call that off. */
  atClose(end: () => void): () => void {
    this.ends.add(end)
    return () => this.ends.delete(end)
  }

  /**
   * What is handed over within `waitMs`, undefined when nothing is; rejects when the client is closed before.
   *
   * @param begin is given what to hand it over to, later; it answers how to stop that.
   */
  waitFor<T>(waitMs: number, begin: (give: (value: T) => void) => () => void): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stop()
        callOff()
        keepOpen()
      }
      const stop = begin((value) => {
        end()
        resolve(value)
      })
      const callOff = this.timer.at(this.timer.epochMs() + Math.ceil(waitMs), () => {
        end()
        resolve(undefined)
      })
      const keepOpen = this.atClose(() => {
        end()
        reject(new GridUnavailable('closed', 'was closed while a call waited'))
      })
    })
  }
}
