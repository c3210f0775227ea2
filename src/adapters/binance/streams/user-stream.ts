import type { Machine, TimeInput } from '../machine.js'
import type { RestOutcome } from '../rest/call.js'
import type { WireEvent } from '../wire.js'
import type { UserStreamEffect } from './stream-effects.js'

/**
 * The private stream of an account: a listen key, kept alive, and a socket that is opened with it. Whatever happens to either, a
 * new key is asked for and a new socket opened, and only then is the old one dropped.
 */
export class UserStream implements Machine<UserStreamInput | WireEvent | TimeInput, UserStreamEffect> {
  constructor(_options: UserStreamOptions = {}) {}

  handle(_input: UserStreamInput | WireEvent | TimeInput, _nowMs: number): readonly UserStreamEffect[] {
    return []
  }

  nextDueMs(): number | undefined {
    return undefined
  }

  /** For a page that shows how it is; without the key. */
  view(_nowMs: number): UserStreamView {
    return { connected: false, socketAgeMs: null, keptAgeMs: null, eventAgeMs: null, renewals: {} }
  }
}

export type UserStreamInput =
  /** Before it, nothing is asked of the exchange. */
  | { readonly kind: 'start' }
  /** What became of a call whose id begins with `listenKey:`; others are passed over. */
  | { readonly kind: 'outcome'; readonly outcome: RestOutcome }
  /**
   * Something was done of which the stream must tell, so an event must come within `withinMs` from now; else the stream is taken
   * for deaf. An event may come before the answer: those that came from `sinceMs` on count, too (local time; absent: from now on).
   */
  | { readonly kind: 'expect'; readonly withinMs: number; readonly sinceMs?: number }

export interface UserStreamOptions {
  /** What the ids of its sockets begin with. Default `user`. */
  readonly socketPrefix?: string
}

export interface UserStreamView {
  readonly connected: boolean
  /** Null while there is no socket. */
  readonly socketAgeMs: number | null
  /** Since the exchange last said that the key lives. */
  readonly keptAgeMs: number | null
  readonly eventAgeMs: number | null
  /** New sockets so far, by why they were opened. */
  readonly renewals: Readonly<Partial<Record<RenewalReason, number>>>
}

export type RenewalReason = 'start' | 'closed' | 'expired' | 'keyGone' | 'keepalive' | 'deaf' | 'silent' | 'age'
