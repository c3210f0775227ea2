import type { Heartbeat, StandOfSide } from '../../ports/vocabulary/messages.js'

/** What the endpoint asks the side that owns it, whenever it speaks for it. */
export interface LinkOwner {
  readonly side: 'D' | 'X'
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly build: string
  stand(): Omit<StandOfSide, 'lastSeqReceived'>
  /** Decision side: reports up to here are durable with it. */
  reportsSeen?(): number
  /** Execution side: what keeps it from opening. */
  gate?(): NonNullable<Heartbeat['gate']>
}
