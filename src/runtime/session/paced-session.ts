import type { Journal, JournalListener } from '../../ports/journal.js'
import type { PacedTime } from '../time/paced-time.js'

/**
 * A journal whose disk is as fast as it is, however fast its session's time: while lines wait for it, the time is held. A limit
 * on how long a record may take to be durable means the same in such a session as in a live one.
 */
export class PacedJournal implements Journal {
  private release: (() => void) | undefined
  private hasFailed = false

  constructor(
    private readonly files: Journal,
    private readonly time: Pick<PacedTime, 'hold'>,
  ) {}

  get depth(): number {
    return this.files.depth
  }

  get capacity(): number {
    return this.files.capacity
  }

  append(line: string): void {
    this.files.append(line)
    if (this.files.depth > 0 && !this.hasFailed) this.release ??= this.time.hold()
  }

  listen(listener: JournalListener): void {
    this.files.listen({
      durable: (lines) => {
        // What the record was waited for happens at the time of the disk, too.
        listener.durable(lines)
        if (this.files.depth === 0) this.letGo()
      },
      failed: (message) => {
        this.hasFailed = true
        this.letGo()
        listener.failed(message)
      },
      checkpoint: () => listener.checkpoint?.(),
    })
  }

  async close(): Promise<void> {
    await this.files.close()
    this.letGo()
  }

  private letGo(): void {
    this.release?.()
    this.release = undefined
  }
}

/** Steps whose reading takes real time, however fast the session's: the next bar is not late because a day was read slowly. */
export async function* pacedSteps<Step>(
  steps: AsyncIterable<Step> | Iterable<Step>,
  time: PacedTime,
): AsyncGenerator<Step, void, void> {
  let release = time.hold()
  try {
    for await (const step of steps) {
      release()
      yield step
      release = time.hold()
    }
  } finally {
    release()
  }
}
