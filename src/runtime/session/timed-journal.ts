import { recordLine, sumOf } from '../../core/journal/frame.js'
import type { Timer } from '../../ports/clock.js'
import {
  type Journal,
  JournalError,
  type JournalListener,
  type JournalReader,
  type JournalRecord,
} from '../../ports/journal.js'
import type { SideJournal } from './session-parts.js'

/**
 * A journal whose lines count as durable `delayMs` later on a timer, while the files take them at the disk's own pace: a
 * disk's speed would otherwise change what happens in a session that is to be the same every time. Nothing leaves such a
 * session's process, so whatever a crash takes from the files has taken its effects along.
 *
 * Lines that the files have already, from a session that was interrupted, must come again as they are there.
 */
export class TimedJournal implements Journal {
  readonly capacity: number
  private readonly files: Journal
  private readonly timer: Timer
  private readonly delayMs: number
  /** Sums of the lines that the files have already. */
  private readonly there: readonly string[]
  private listener: JournalListener | undefined
  private appended = 0
  private durable = 0
  private isTelling = false
  private failure: string | undefined
  private caughtUp: (() => void) | undefined

  constructor(files: Journal, timer: Timer, options: { readonly delayMs: number; readonly there: readonly string[] }) {
    this.files = files
    this.timer = timer
    this.delayMs = options.delayMs
    this.there = options.there
    this.capacity = files.capacity
    files.listen({
      durable: () => this.caughtUp?.(),
      checkpoint: () => this.listener?.checkpoint?.(),
      failed: (message) => {
        this.failure = message
        this.caughtUp?.()
      },
    })
  }

  get depth(): number {
    return this.appended - this.durable
  }

  /** Lines that came again. */
  get repeated(): number {
    return Math.min(this.appended, this.there.length)
  }

  /** @throws JournalDeparture when a line is not the one that is there. */
  append(line: string): void {
    const before = this.there[this.appended++]
    if (before === undefined) this.files.append(line)
    else if (before !== sumOf(line))
      throw new JournalDeparture(this.appended, `a line whose sum is ${before}`, line.trimEnd())
    if (this.isTelling) return
    this.isTelling = true
    this.timer.at(this.timer.epochMs() + this.delayMs, () => {
      this.isTelling = false
      this.durable = this.appended
      this.listener?.durable(this.durable)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  /** Waits for the files when they are far behind. Throws JournalError when they cannot be written: no journal, no session. */
  async keepUp(): Promise<void> {
    while (this.failure === undefined && this.files.depth > this.files.capacity / 2) {
      await new Promise<void>((resolve) => {
        this.caughtUp = resolve
      })
    }
    if (this.failure !== undefined) throw new JournalError(this.failure)
  }

  close(): Promise<void> {
    return this.files.close()
  }
}

/** A session that is computed again says something else than its journal. */
export class JournalDeparture extends Error {
  override readonly name = 'JournalDeparture'
  constructor(
    readonly record: number,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`record ${record}: expected ${expected}, found ${found}`)
  }
}

/** Reads a journal into the sums of its lines: what a session that is computed again has to say once more. */
export class LineSums implements JournalReader<JournalRecord> {
  readonly there: string[] = []

  take(record: JournalRecord): void {
    this.there.push(sumOf(recordLine(record)))
  }
}

/**
 * A side's journal with the sums of what it holds already, opened with what must read it.
 *
 * @example
 * ```ts
 * import { journalFormat, openFileJournal } from 'dolphin-engine/journal'
 * import { sideJournal } from 'dolphin-engine/runtime'
 *
 * const format = journalFormat('decision', '0123456789abcdef')
 * const journal = await sideJournal((sums) => openFileJournal('session/journal/decision', format, sums))
 * ```
 *
 * @throws whatever `open` does: a journal that is held by another process, or damaged.
 */
export async function sideJournal(
  open: (sums: LineSums) => Promise<{ readonly journal: Journal }>,
): Promise<SideJournal> {
  const sums = new LineSums()
  const { journal } = await open(sums)
  return { journal, there: sums.there }
}
