import type { Machine, TimeInput } from '../machine.js'
import type { Notice } from '../notice.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import type { MarketStreamEffect, UserStreamEffect } from '../streams/stream-effects.js'
import type { WireCommand, WireEvent } from '../wire.js'
import type { UsedOrder, VenueInput, VenueSettings, VenueTold } from './venue-told.js'

/** The account at the exchange as the port `Venue` wants it: earns the promises that the exchange does not give by itself. */
export class VenueMachine implements Machine<VenueInput | WireEvent | TimeInput, WireCommand | VenueTold> {
  constructor(readonly options: VenueMachineOptions) {}

  handle(_input: VenueInput | WireEvent | TimeInput, _nowMs: number): readonly (WireCommand | VenueTold)[] {
    return []
  }

  nextDueMs(): number | undefined {
    return undefined
  }

  /** Requests without an answer so far, in the order in which they came. */
  unanswered(): readonly string[] {
    return []
  }
}

export interface VenueMachineOptions {
  readonly rest: Machine<
    { readonly kind: 'call'; readonly call: RestCall } | WireEvent | TimeInput,
    WireCommand | RestOutcome | Notice
  >
  readonly userStream: Machine<{ readonly kind: 'start' } | RestOutcome | WireEvent | TimeInput, UserStreamEffect>
  readonly marketStreams: Machine<
    { readonly kind: 'want'; readonly streams: readonly string[] } | WireEvent | TimeInput,
    MarketStreamEffect
  >
  readonly settings: VenueSettings
  /** All orders that the session's journal knows to have been sent. */
  readonly usedOrders?: Iterable<UsedOrder>
}
