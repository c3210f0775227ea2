import type { Timer } from '../../ports/clock.js'

/** Writes a while after things have changed: many changes in one write, one write at a time, and again when one fails. */
export class WriteBehind {
  private readonly settings: WriteBehindSettings
  private isDirty = false
  private isClosed = false
  private givenUp = false
  private callOff: (() => void) | undefined
  private running: Promise<void> | undefined
  private reported: string | undefined

  constructor(settings: WriteBehindSettings) {
    this.settings = settings
  }

  get isGivenUp(): boolean {
    return this.givenUp
  }

  changed(): void {
    if (this.isDirty) return
    this.isDirty = true
    this.schedule()
  }

  /** Writes nothing more, and says why. */
  giveUp(why: Error): void {
    this.givenUp = true
    this.callOff?.()
    this.report(why)
  }

  /** Resolves when nothing is left to write, or the last attempt has failed. */
  async close(): Promise<void> {
    this.isClosed = true
    this.callOff?.()
    await this.running
    if (this.isDirty && !this.givenUp) await this.write()
  }

  /** The same reason again and again is told once. */
  report(failure: unknown): void {
    const error = failure instanceof Error ? failure : new Error(String(failure))
    if (error.message === this.reported) return
    this.reported = error.message
    this.settings.failed(error)
  }

  private schedule(): void {
    if (this.isClosed || this.givenUp || this.running !== undefined) return
    const { timer, everyMs } = this.settings
    this.callOff = timer.at(timer.epochMs() + everyMs, () => {
      this.running = this.write().then(() => {
        this.running = undefined
        if (this.isDirty) this.schedule()
      })
    })
  }

  private async write(): Promise<void> {
    this.isDirty = false
    try {
      await this.settings.write()
      this.reported = undefined
    } catch (error) {
      this.isDirty = true
      this.report(error)
    }
  }
}

export interface WriteBehindSettings {
  /** Takes what is to be written at once, before anything else can change it. */
  readonly write: () => Promise<void>
  /** From a change to its write, and from the end of one write to the next. */
  readonly everyMs: number
  readonly timer: Timer
  readonly failed: (failure: Error) => void
}
