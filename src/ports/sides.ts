import type { VenueEvent, VenueRequest } from './venue.js'
import type { Alert } from './vocabulary/alerts.js'

/** What a person instructs a running system to do; it is journalled with its reason. */
export type OperatorCommand =
  | { readonly command: 'kill'; readonly reason: string }
  | { readonly command: 'reduce-only'; readonly reason: string }
  | { readonly command: 'resume'; readonly reason: string }
  | { readonly command: 'flatten'; readonly reason: string }
  | { readonly command: 'clear-lockout'; readonly reason: string }
  | { readonly command: 'reset-breaker'; readonly reason: string }
  /** Opens a new session: the only way out of LINK_CORRUPT. */
  | { readonly command: 'resync'; readonly reason: string }

/** What both sides are driven by. `nowMs` is the side's own clock, UTC; it never goes back. */
export type CommonEvent =
  /** First event after construction or recovery. */
  | { readonly kind: 'start'; readonly nowMs: number }
  /** Time passed: timers that are due fire. They also fire on every other event, before it is handled. */
  | { readonly kind: 'time'; readonly nowMs: number }
  /** Text from the link, unchecked. */
  | { readonly kind: 'message'; readonly nowMs: number; readonly text: string }
  /** Records 1 … `records` appended since construction are on disk. */
  | { readonly kind: 'durable'; readonly nowMs: number; readonly records: number }
  | { readonly kind: 'journalFailed'; readonly nowMs: number; readonly message: string }
  /** The journal's queue is full, or no longer. */
  | { readonly kind: 'journalPressure'; readonly nowMs: number; readonly full: boolean }
  | { readonly kind: 'command'; readonly nowMs: number; readonly command: OperatorCommand }

export type ExecutionEvent =
  | CommonEvent
  | { readonly kind: 'venue'; readonly nowMs: number; readonly event: VenueEvent }

/** What a side wants done, in this order. `Record` is the side's own journal record. */
export type SideEffect<Record> =
  /** Into the journal. The side's state has it already; it is *durable* when the host says so. */
  | { readonly kind: 'append'; readonly record: Record }
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'request'; readonly request: VenueRequest }
  | { readonly kind: 'alert'; readonly alert: Alert }

/** A side of the system: a deterministic machine that a host drives. Same events, same effects, same state. */
export interface Side<Event, Record> {
  handle(event: Event): readonly SideEffect<Record>[]
  /** When it next wants a `time` event; undefined when nothing is waiting. */
  nextDueMs(): number | undefined
  /** SHA-256 of the canonical JSON of the durable state, 16 hex digits: equal to that of a replay of its records. */
  stateHash(): string
}
