import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { type StatusViolation, violation } from './check-against.js'
import { STANDS_STILL_AFTER_MS, STREAM_RULES, TIME_STANDS_STILL } from './stream-rules.js'

/**
 * Documents of one system, one after the other. Each is held to its contract, and to the last that could be believed: one
 * that contradicts that one is refused, and so are those after it until one fits again. A reader that connects anew starts
 * with a new stream.
 */
export class StatusStream {
  private believed: StatusDocument | undefined
  /** By the reader's clock: when the believed time was first heard. */
  private movedAtMs = 0

  /** @param check every rule that a document breaks of its contract: `checkStatus`. */
  constructor(private readonly check: (document: unknown) => StatusViolation[]) {}

  /**
   * Every rule that the next document breaks, of its contract or of the stream; empty: it may be believed.
   *
   * @param atMs when it was heard, by a clock that never goes back.
   */
  next(document: unknown, atMs: number): StatusViolation[] {
    const broken = this.check(document)
    if (broken.length > 0) return broken
    const later = document as StatusDocument
    const { believed } = this
    if (believed !== undefined) {
      for (const { rule, fields, expected, holds } of STREAM_RULES) {
        const found = `${show(later, fields[0])} after ${show(believed, fields[0])}`
        if (!holds(believed, later)) broken.push({ rule, field: fields[0], expected, found })
      }
      if (broken.length > 0) return broken
    }
    if (believed === undefined || later.status_ts_ms > believed.status_ts_ms) this.movedAtMs = atMs
    this.believed = later
    return this.standingStill(atMs)
  }

  /** Whether the time of what was heard has stood still for too long by now. */
  private standingStill(atMs: number): StatusViolation[] {
    if (atMs - this.movedAtMs < STANDS_STILL_AFTER_MS) return []
    const { rule, fields, expected } = TIME_STANDS_STILL
    return [violation(rule, fields[0], expected, this.believed?.status_ts_ms)]
  }
}

function show(status: StatusDocument, field: keyof StatusDocument): string {
  return JSON.stringify(status[field]) ?? 'nothing'
}
