import type { Grid } from '../../../ports/grid.js'

/** Where writers of one thing meet. */
export interface FencedNames {
  /** The lock that a writer holds. */
  readonly lock: string
  /** The reference that holds the highest token that has written. */
  readonly fence: string
}

/**
 * The right to write, for one process at a time: a lock that is held from the first write on, and its token, which is checked
 * before every write against the highest one that has written. Who has lost the lock without being told finds a higher token
 * there, and writes nothing.
 */
export class FencedLock {
  private token: bigint | undefined

  constructor(
    private readonly grid: Pick<Grid, 'lock' | 'reference'>,
    private readonly names: FencedNames,
  ) {}

  /** The token, as it stands in documents; undefined while somebody else has the lock. */
  get fence(): string | undefined {
    return this.token?.toString()
  }

  /**
   * The token under which may be written now; undefined when somebody else may. One call of the grid while the lock is held.
   *
   * @throws GridUnavailable: whether it is held is not known; the next call finds out.
   */
  async permitted(): Promise<string | undefined> {
    const held = this.fence
    if (held !== undefined && (await this.reference.compareAndSet(held, held))) return held
    // Lost, or the grid has forgotten everything: both end what was held.
    await this.release()
    this.token = await this.grid.lock(this.names.lock).acquire()
    if (this.token === undefined) return undefined
    if (await this.raise(this.token)) return this.fence
    await this.release()
    return undefined
  }

  /** Lets go of it. @throws GridUnavailable */
  async release(): Promise<void> {
    const token = this.token
    this.token = undefined
    if (token !== undefined) await this.grid.lock(this.names.lock).release(token)
  }

  /** False when a higher token has written. */
  private async raise(token: bigint): Promise<boolean> {
    for (;;) {
      const seen = await this.reference.get()
      if (seen !== undefined && isToken(seen) && BigInt(seen) > token) return false
      if (await this.reference.compareAndSet(seen, token.toString())) return true
    }
  }

  private get reference() {
    return this.grid.reference(this.names.fence)
  }
}

/** What is no token bars nobody. */
function isToken(text: string): boolean {
  return /^\d{1,19}$/.test(text)
}
