import type { Journal, JournalListener } from '../ports/journal.js'
import type { Link } from '../ports/link.js'
import type { Timer } from './timer.js'

/** Two ends of a link that takes `delayMs` of a timer's time; nothing is lost. */
export function delayedLinkPair(timer: Timer, delayMs: number): readonly [Link, Link] {
  const left = new DelayedLink(timer, delayMs)
  const right = new DelayedLink(timer, delayMs)
  left.peer = right
  right.peer = left
  return [left, right]
}

class DelayedLink implements Link {
  peer: DelayedLink | undefined
  private listener: ((text: string) => void) | undefined
  private readonly timer: Timer
  private readonly delayMs: number

  constructor(timer: Timer, delayMs: number) {
    this.timer = timer
    this.delayMs = delayMs
  }

  send(text: string): void {
    this.timer.at(this.timer.epochMs() + this.delayMs, () => this.peer?.listener?.(text))
  }

  listen(listener: (text: string) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.listener = undefined
  }
}

/**
 * A journal whose lines count as durable `delayMs` later on a virtual clock, while the files take them at the disk's own
 * pace: a disk's speed would otherwise change what happens in a session that is to give the same bytes every time. Nothing
 * leaves such a session's process, so whatever a crash takes from the files has taken the effects with it.
 */
export class VirtualJournal implements Journal {
  readonly capacity: number
  private readonly files: Journal
  private readonly timer: Timer
  private readonly delayMs: number
  private listener: JournalListener | undefined
  private appended = 0
  private durable = 0
  private told = false
  private failure: string | undefined

  constructor(files: Journal, timer: Timer, delayMs: number) {
    this.files = files
    this.timer = timer
    this.delayMs = delayMs
    this.capacity = files.capacity
    files.listen({
      durable: () => this.release?.(),
      failed: (message) => {
        this.failure = message
        this.release?.()
      },
    })
  }

  get depth(): number {
    return this.appended - this.durable
  }

  append(line: string): void {
    this.files.append(line)
    this.appended++
    if (this.told) return
    this.told = true
    this.timer.at(this.timer.epochMs() + this.delayMs, () => {
      this.told = false
      this.durable = this.appended
      this.listener?.durable(this.durable)
    })
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  /** Waits while the files are further behind than they may be. Throws when they cannot be written: there is no session without. */
  async keepUp(): Promise<void> {
    while (this.failure === undefined && this.files.depth > this.files.capacity / 2) {
      await new Promise<void>((resolve) => {
        this.release = resolve
      })
    }
    if (this.failure !== undefined) throw new Error(this.failure)
  }

  private release: (() => void) | undefined

  close(): Promise<void> {
    return this.files.close()
  }
}
