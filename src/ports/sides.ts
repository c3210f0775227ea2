import type { Checkpoint } from './journal.js'
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
  /** Somebody works on the system: nothing opens, the position is managed. Neither kills nor resumes touch it. */
  | { readonly command: 'maintenance-on'; readonly reason: string }
  | { readonly command: 'maintenance-off'; readonly reason: string }

/**
 * Commands that take risk away, or at worst add none. Whoever gives one of them needs it now, and giving it once more does
 * no harm: no rate holds them back, they need no reason, and one that got no answer is given again.
 */
export const REDUCES_RISK: Readonly<Record<OperatorCommand['command'], boolean>> = {
  kill: true,
  'reduce-only': true,
  flatten: true,
  'maintenance-on': true,
  resume: false,
  'clear-lockout': false,
  'reset-breaker': false,
  resync: false,
  'maintenance-off': false,
}

/** What happens to either side. */
export type CommonInput =
  /** First input after construction or recovery. */
  | { readonly kind: 'start' }
  /** Time passed: timers that are due fire. They also fire on every other input, before it is handled. */
  | { readonly kind: 'time' }
  /** Text from the link, unchecked. */
  | { readonly kind: 'message'; readonly text: string }
  /** Records 1 … `records` appended since construction are on disk. */
  | { readonly kind: 'durable'; readonly records: number }
  | { readonly kind: 'journalFailed'; readonly message: string }
  /** The journal's queue is full, or no longer. */
  | { readonly kind: 'journalPressure'; readonly full: boolean }
  | { readonly kind: 'command'; readonly command: OperatorCommand }

/** What the process around a side measures, of itself and of the disk under the side's journal. */
export interface HostConditions {
  /** Percent; null while not measured. */
  readonly diskUsedPct: number | null
  /** Its loop did not tick for ten seconds, and has not run steadily since. */
  readonly isLoopStalled: boolean
}

/** What happens to the execution side. */
export type ExecutionInput =
  | CommonInput
  /** Those of the conditions around it that have changed. */
  | { readonly kind: 'conditions'; readonly conditions: Partial<HostConditions> }
  | { readonly kind: 'venue'; readonly event: VenueEvent }

/** An input with the time at which a side handles it: the side's own clock, UTC ms, which never goes back. */
export type Timed<Input> = Input & { readonly nowMs: number }

export type CommonEvent = Timed<CommonInput>
export type ExecutionEvent = Timed<ExecutionInput>

/** A time in which nothing comes to either side but heartbeats, and truths like the last. */
export interface QuietSpan {
  /** How long it lasts, in ms: whole heartbeats. */
  readonly ms: number
  /** Null: none came. */
  readonly truths: QuietTruths | null
}

export interface QuietTruths {
  /** How many came. */
  readonly count: number
  /** Count of the execution side's messages in which they are told. */
  readonly statements: number
  /** Of the last: the venue's time, UTC ms, and what it took. */
  readonly venueAtMs: number
  readonly tookMs: number
  /** From the last truth before the span to the last in it, as they came. */
  readonly toLastMs: number
}

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
  /** The durable state; undefined when it cannot be told. The next event may change it in place: encode it before. */
  checkpoint(): Checkpoint | undefined
}
