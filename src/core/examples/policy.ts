import type { Check } from '../../base/arguments.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { ObservationStatus, ObservedMarket, RegimeReading } from '../../ports/vocabulary/observation.js'
import type { M4PrimitiveBundle } from '../../ports/vocabulary/primitives.js'

/**
 * An external policy: what is observed of one symbol in, what to do about it out. Pure: the same state and input give the same
 * answer, nothing that is handed in is changed, and nothing is remembered but the state. An input that is absent makes no mandate,
 * and an observation that has failed makes none at all. Source: spec, "External policies".
 */
export interface Policy<State> {
  /** Its name and version: a policy that decides otherwise has another one. */
  readonly id: string
  /** Of a symbol of which nothing has been seen. Plain JSON, as every state is. */
  readonly initial: State
  /** Of a state that comes out of a snapshot. */
  readonly stateCheck: Check
  evaluate(state: State, input: PolicyInput): PolicyAnswer<State>
}

export interface PolicyInput {
  readonly symbol: string
  readonly snapshot: { readonly status: ObservationStatus; readonly primitives: M4PrimitiveBundle }
  readonly regime: RegimeReading
  readonly market: ObservedMarket
  /** The one position of whoever asks, of whichever symbol; absent: none. */
  readonly position?: PolicyPosition
  /** UTC ms of the snapshot. */
  readonly nowMs: number
}

export interface PolicyPosition {
  readonly symbol: string
  readonly direction: Direction
  /** `asked`: its entry is neither filled nor dropped yet. */
  readonly state: 'asked' | 'held'
}

export interface PolicyAnswer<State> {
  readonly state: State
  /** At most one. */
  readonly mandates: readonly PolicyMandate[]
}

/** What a policy wants; how much, at which price and with what authority is not its to say. */
export type PolicyMandate =
  | { readonly type: 'ENTRY'; readonly direction: Direction; readonly reason: string }
  | { readonly type: 'EXIT'; readonly reason: string }

export const NO_MANDATES: readonly PolicyMandate[] = Object.freeze([])

/** Whether the position is this symbol's, and filled. */
export function isHeld({ symbol, position }: PolicyInput): boolean {
  return position !== undefined && position.symbol === symbol && position.state === 'held'
}
