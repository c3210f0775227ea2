import { GridUnavailable } from '../../ports/grid.js'
import type { HazelcastConnection } from './connection.js'
import { gridUnavailable, type HazelcastModule } from './failure.js'

export interface CallLimits {
  /** Every call is answered within this, ms. */
  readonly deadlineMs: number
  /** Calls under way at most. */
  readonly callsMax: number
}

/**
 * What holds of every call: it is refused at once without a connection and beyond so many, and it ends within the deadline.
 * The client itself has no end for a call: asked for what the cluster cannot do at the moment it waits for as long as the
 * connection lasts. Such a call stays under way after its caller was told, so that the client's memory is bounded, too.
 */
export class Calls {
  private underWay = 0
  private readonly waiting = new Set<(error: GridUnavailable) => void>()

  constructor(
    private readonly client: HazelcastModule,
    readonly connection: HazelcastConnection,
    private readonly limits: CallLimits,
  ) {}

  /**
   * @param asked for messages: `set in map DOLPHIN_FEATURES`.
   * @param waitMs a wait that was asked for, on top of the deadline; ms.
   * @throws GridUnavailable
   */
  run<T>(asked: string, work: () => Promise<T>, waitMs = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      this.connection.check(asked)
      const { callsMax, deadlineMs } = this.limits
      if (this.underWay >= callsMax) {
        throw new GridUnavailable('busy', `asked for ${asked} while ${callsMax} calls are under way`)
      }
      const end = (): void => {
        clearTimeout(timeout)
        this.waiting.delete(giveUp)
      }
      const giveUp = (error: GridUnavailable): void => {
        end()
        reject(error)
      }
      const timeout = setTimeout(
        () => giveUp(new GridUnavailable('deadline', `asked for ${asked}, and had no answer within ${deadlineMs} ms`)),
        Math.min(deadlineMs + waitMs, TIMER_MS_MAX),
      )
      this.waiting.add(giveUp)
      this.underWay++
      const settled = (): void => {
        this.underWay--
        end()
      }
      work().then(
        (answer) => {
          settled()
          resolve(answer)
        },
        (error: unknown) => {
          settled()
          reject(gridUnavailable(this.client, error, asked))
        },
      )
    })
  }

  /** Rejects what is under way. */
  close(): void {
    for (const giveUp of [...this.waiting])
      giveUp(new GridUnavailable('closed', 'was closed while a call was under way'))
  }
}

/** A timer waits at most this long; the platform takes a longer one for 1 ms. */
const TIMER_MS_MAX = 2 ** 31 - 1
