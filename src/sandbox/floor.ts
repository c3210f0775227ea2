import type { Agenda } from './agenda.js'
import type { ExchangeEffect } from './exchange-events.js'
import type { FaultBoard } from './fault-board.js'
import type { Listing } from './listing.js'
import type { SandboxSettings } from './settings.js'

/** What all parts of the sandbox's exchange stand on. */
export interface Floor {
  readonly settings: SandboxSettings
  readonly clock: ExchangeClock
  readonly agenda: Agenda
  readonly faults: FaultBoard
  readonly listing: Listing
  /** Goes out with the step in hand, after everything that was emitted before. */
  emit(effect: ExchangeEffect): void
}

/** The time of the step in hand. */
export interface ExchangeClock {
  /** Of whoever runs the exchange, UTC ms: what the agenda goes by. */
  readonly nowMs: number
  /** What the exchange takes it for: every stamp and every judgement of a timestamp. Differs by the fault `clockOffsetMs`. */
  readonly exchangeMs: number
}

/** An event of a user's stream as it goes out, without the envelope of a combined stream. */
export type UserEvent = { readonly e: string } & Readonly<Record<string, unknown>>
