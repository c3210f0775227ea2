import type { Signer } from '../credentials.js'
import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { WireCommand, WireEvent } from '../wire.js'
import type { RestCall, RestOutcome } from './call.js'

export type RestInput = { readonly kind: 'call'; readonly call: RestCall }

export type RestTold = { readonly kind: 'outcome'; readonly outcome: RestOutcome }

/**
 * Everything that goes to the REST API of one address and one account: when (limits, priorities, bans), signed with which
 * time, and what the answers mean. Each call has one outcome; no order and no cancellation is ever sent again after `unknown`.
 */
export class RestMachine implements Machine<RestInput | WireEvent | TimeInput, WireCommand | RestTold | Notice> {
  constructor(_options: RestMachineOptions = {}) {}

  /** Events of sockets, and of requests that are not this machine's, are passed over. */
  handle(_input: RestInput | WireEvent | TimeInput, _nowMs: number): readonly (WireCommand | RestTold | Notice)[] {
    return []
  }

  nextDueMs(): number | undefined {
    return undefined
  }

  /** The time of the exchange, UTC ms, as late as it certainly is; undefined before it is known. */
  exchangeMs(_nowMs: number): number | undefined {
    return undefined
  }

  /** As of the last input, or of `nowMs`. */
  usage(_nowMs?: number): RestUsage {
    return {
      weightUsed: 0,
      weightLimit: 2_400,
      orders10s: 0,
      orders10sLimit: 300,
      orders1m: 0,
      orders1mLimit: 1_200,
      queued: 0,
      inFlight: 0,
      heldUntilMs: null,
      bannedUntilMs: null,
      offsetMs: null,
      uncertaintyMs: null,
    }
  }
}

export interface RestMachineOptions {
  /** Absent: only public routes may be called. */
  readonly signer?: Signer
}

/** How much of its allowance an address and an account have used, for views. Times are local, UTC ms. */
export interface RestUsage {
  /** Of the address in this UTC minute, other programs at the same address included. */
  readonly weightUsed: number
  readonly weightLimit: number
  readonly orders10s: number
  readonly orders10sLimit: number
  readonly orders1m: number
  readonly orders1mLimit: number
  readonly queued: number
  readonly inFlight: number
  /** Until when nothing but exits leaves; null when nothing holds it back. */
  readonly heldUntilMs: number | null
  readonly bannedUntilMs: number | null
  /** Clock of the exchange − clock of this machine; null while it is not known. */
  readonly offsetMs: number | null
  /** How far `offsetMs` may be off, either way. */
  readonly uncertaintyMs: number | null
}
