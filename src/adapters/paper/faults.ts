import type { DecimalText } from '../../base/exact.js'
import type { RejectCode } from '../../ports/venue.js'

/** What is planned to go wrong, as plain data. */
export interface FaultPlan {
  /** Orders still to be rejected. */
  readonly rejects: number
  readonly rejectCode: RejectCode
  readonly displayedMax: DecimalText | null
  /** Events still to be told twice. */
  readonly repeats: number
  readonly repeatAfterMs: number
  readonly connected: boolean
}

/**
 * Faults that only the exchange itself can make. Losing, delaying and reordering what it says, and unknown outcomes, are
 * made around it.
 */
export class PaperFaults {
  plan: FaultPlan = {
    rejects: 0,
    rejectCode: 'RATE_LIMITED',
    displayedMax: null,
    repeats: 0,
    repeatAfterMs: 0,
    connected: true,
  }
  private readonly connection: (connected: boolean, atMs: number) => void

  constructor(connection: (connected: boolean, atMs: number) => void) {
    this.connection = connection
  }

  /** The next `count` submits that would be looked at are refused with `code`. */
  rejectNext(count: number, code: RejectCode): void {
    this.plan = { ...this.plan, rejects: count, rejectCode: code }
  }

  /** No price displays more than this (base units), so that larger orders fill in parts; null ends it. */
  capDisplayed(quantity: DecimalText | null): void {
    this.plan = { ...this.plan, displayedMax: quantity }
  }

  /** The next `count` order, fill and funding events come a second time, `afterMs` after the first. */
  repeatNext(count: number, afterMs: number): void {
    this.plan = { ...this.plan, repeats: count, repeatAfterMs: afterMs }
  }

  /** Cuts the stream: what is on its way and what happens until `reconnect` is never told. Answers still come. */
  disconnect(atMs: number): void {
    if (!this.plan.connected) return
    this.connection(false, atMs)
    this.plan = { ...this.plan, connected: false }
  }

  reconnect(atMs: number): void {
    if (this.plan.connected) return
    this.plan = { ...this.plan, connected: true }
    this.connection(true, atMs)
  }

  /** The code to refuse a submit with, counting it. */
  takeReject(): RejectCode | undefined {
    if (this.plan.rejects === 0) return undefined
    this.plan = { ...this.plan, rejects: this.plan.rejects - 1 }
    return this.plan.rejectCode
  }

  /** How much later to tell an event again, counting it. */
  takeRepeat(): number | undefined {
    if (this.plan.repeats === 0) return undefined
    this.plan = { ...this.plan, repeats: this.plan.repeats - 1 }
    return this.plan.repeatAfterMs
  }
}
