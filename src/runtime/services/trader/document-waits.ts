import type { Clock } from '../../../ports/clock.js'

/** Waits for something that a document of the grid brings. */
export class DocumentWaits {
  private waiters: (() => void)[] = []

  /** @param tell what is waited for, once it has not come for a while. */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (what: string) => void,
  ) {}

  /** Whatever is waited for may be there. */
  wakeUp(): void {
    for (const wake of this.waiters.splice(0)) wake()
  }

  /** Not beyond the signal; whoever aborts it wakes up whom it concerns. */
  async until(holds: () => boolean, what: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || holds()) return
    const over = new AbortController()
    void this.clock.sleep(TOLD_AFTER_MS, over.signal).then(
      () => this.tell(what),
      () => {},
    )
    while (!signal.aborted && !holds()) await new Promise<void>((resolve) => this.waiters.push(resolve))
    over.abort()
  }
}

/** What comes sooner is no news. */
const TOLD_AFTER_MS = 3000
