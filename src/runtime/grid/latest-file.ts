import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { GridTime } from './grid-circuit.js'

export interface LatestFileSettings {
  readonly path: string
  readonly time: Pick<GridTime, 'at' | 'epochMs'>
  readonly report?: (text: string) => void
  /** Default: a whole file, durable once it resolves. */
  readonly write?: (path: string, text: string) => Promise<void>
}

/**
 * The latest text in a file that readers see whole or not at all. Texts that come faster than the disk takes them are passed
 * over; the last one is always written. A write that fails is tried again, with the latest text then.
 */
export class LatestFile {
  private text: string | undefined
  private underWay: Promise<void> | undefined
  private callOff: (() => void) | undefined
  private failedBefore = false
  private readonly counts = { written: 0, failed: 0 }

  constructor(private readonly settings: LatestFileSettings) {}

  get written(): number {
    return this.counts.written
  }

  get failed(): number {
    return this.counts.failed
  }

  /** Returns at once and throws nothing. */
  put(text: string): void {
    this.text = text
    if (this.underWay === undefined) this.callOff ??= this.later(0)
  }

  /** Writes what has not been written, once; resolves when that has gone well or not. Nothing is written after it. */
  async stop(): Promise<void> {
    this.callOff?.()
    await this.underWay
    this.callOff?.()
    if (this.text !== undefined) await this.write()
    this.callOff?.()
  }

  private later(ms: number): () => void {
    const { time } = this.settings
    return time.at(time.epochMs() + ms, () => {
      this.callOff = undefined
      this.underWay = this.write()
    })
  }

  private async write(): Promise<void> {
    const text = this.text!
    this.text = undefined
    try {
      await (this.settings.write ?? writeAtomically)(this.settings.path, text)
      this.counts.written++
      this.failedBefore = false
    } catch (error) {
      this.counts.failed++
      this.text ??= text
      if (!this.failedBefore) this.settings.report?.(`${this.settings.path} cannot be written: ${reason(error)}`)
      this.failedBefore = true
    }
    this.underWay = undefined
    // The pause also keeps a text that comes next from being written at once.
    this.callOff = this.pause()
  }

  private pause(): () => void {
    const { time } = this.settings
    return time.at(time.epochMs() + WRITE_EVERY_MS, () => {
      this.callOff = undefined
      if (this.text !== undefined) this.underWay = this.write()
    })
  }
}

/** At most one write in this time, ms: a document may change ten times a second, and each write waits for the disk. */
const WRITE_EVERY_MS = 1_000
