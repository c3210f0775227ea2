import type { FlowKey, FlowSchedule } from './vocabulary/flows.js'

/** A lease that was seen unchanged for longer, on the observer's own clock, is of somebody who is gone. */
export const LEASE_SILENT_MS_MAX = 4_000

/** A schedule of one flow of one configuration. */
export interface ScheduledFlow extends FlowKey {
  readonly schedule: FlowSchedule
}

/**
 * Who may run a flow now, among all processes that share one scheduler: at each time of a schedule, once when it is started, and when
 * somebody asks, a turn is given to one of them. One turn per key at a time. When a holder dies, another has the turn within 5 s; a
 * turn says nothing of dates: whoever has it looks into the ledger for what is due.
 */
export interface FlowScheduler {
  /**
   * Makes the schedules known and gives turns to `turn` until it is stopped. A turn that throws is reported, and is over.
   * Called once. A schedule that is known already is replaced, never doubled.
   */
  start(flows: readonly ScheduledFlow[], turn: (turn: FlowTurn) => Promise<void>): Promise<void>
  /**
   * A turn for whoever asks, in this process: for a run by hand. Waits up to `waitMs` (default 0) for another's to end.
   * @returns the turn, which is held until `release`; or who holds it.
   */
  acquire(key: FlowKey, options?: { readonly waitMs?: number }): Promise<HeldTurn | FlowLease>
  /** Who holds the turn of a key; null: nobody that is alive. */
  lease(key: FlowKey): Promise<FlowLease | null>
  /** Gives no more turns, waits for the one that is on to end, and lets go of everything. */
  stop(): Promise<void>
}

export interface FlowTurn extends FlowKey {
  /** Higher than that of every turn of the key before. Every write to the ledger carries it. */
  readonly fence: number
  /** `host:pid`. */
  readonly owner: string
  /** Aborted when the lease is lost: another has, or may have, the turn. Nothing may be written any more. */
  readonly lost: AbortSignal
}

export interface HeldTurn extends FlowTurn {
  readonly kind: 'held'
  release(): Promise<void>
}

export interface FlowLease {
  readonly kind: 'busy'
  readonly owner: string
  readonly fence: number
}
