import { checkAgainst, type StatusViolation } from '../core/status/check-against.js'
import { CURRENT_CONTRACT } from '../core/status/contract-2.js'
import { StatusStream } from '../core/status/stream.js'
import { STANDS_STILL_AFTER_MS, STREAM_RULES, TIME_STANDS_STILL } from '../core/status/stream-rules.js'
import type { StatusDocument } from '../ports/vocabulary/status.generated.js'

/** What the page may say: a document that keeps its contract and is fresh, or that it does not know. */
export type Verdict =
  | { readonly known: true; readonly status: StatusDocument }
  | { readonly known: false; readonly why: string; readonly details: readonly string[] }

/**
 * What can be believed of what one connection tells. Fails closed: without a document, with one that is old or whose time
 * stands still, with one that breaks a rule of its contract (an owner view that says other than the fields included), and with
 * one that contradicts those before it, nothing is known.
 */
export class Believed {
  private readonly stream = new StatusStream((document) => checkAgainst(CURRENT_CONTRACT, document))
  private heard:
    | { readonly status: unknown; readonly atMs: number; readonly broken: readonly StatusViolation[] }
    | undefined

  /** @param atMs of a clock that never goes back. */
  hear(status: unknown, atMs: number): void {
    this.heard = { status, atMs, broken: this.stream.next(status, atMs) }
  }

  /** What the page may say by now. */
  verdict(nowMs: number): Verdict {
    const { heard } = this
    if (heard === undefined) return unknown('Waiting for the first word from the system.')
    const { status, atMs, broken } = heard
    if (nowMs - atMs > STALE_AFTER_MS) {
      return unknown(`Nothing heard from the system for ${Math.floor((nowMs - atMs) / 1000)} s.`)
    }
    if (broken.length === 0) return { known: true, status: status as StatusDocument }
    const details = broken.map(({ rule, field }) => `${rule}: ${field}`)
    return unknown(reproach(broken[0]!.rule), details)
  }
}

/** No event for longer than this, where one comes every second, and nothing shown is true any more. */
const STALE_AFTER_MS = 3_000

function reproach(rule: string): string {
  if (rule === TIME_STANDS_STILL.rule) {
    return `The time of what the system says has stood still for ${STANDS_STILL_AFTER_MS / 1000} s or more.`
  }
  return STREAM_RULES.some((each) => each.rule === rule)
    ? 'What the system says contradicts what it said before.'
    : 'What the system says breaks its own contract.'
}

function unknown(why: string, details: readonly string[] = []): Verdict {
  return { known: false, why, details }
}
