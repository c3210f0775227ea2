import type { TradeDirection } from '../base/direction.js'
import type { OperatorCommand } from './sides.js'
import type { AssumptionStatus, ComponentSafety, ModelHealthStatus, SystemRegime } from './vocabulary/assumptions.js'
import type { CycleOutcome, HarnessMode } from './vocabulary/harness.js'
import type { PositionId } from './vocabulary/ids.js'
import type { ObservationSnapshot, RegimeType } from './vocabulary/observation.js'
import type { StatusDocument } from './vocabulary/status.generated.js'

/** What the dashboard shows beside `/status`: views, never authority. Money in USD, times UTC ms. */
export interface SessionView {
  readonly position: {
    readonly symbol: string
    readonly direction: TradeDirection
    readonly quantity: string
    readonly entryPrice: string
    readonly markPrice: string | null
    readonly unrealizedPnlUsd: string | null
    readonly openedAtMs: number
  } | null
  readonly initialCapitalUsd: string
  readonly realizedCapitalUsd: string
  /** Realised capital over the session: at its start and after every closed trade, at most 500 points. */
  readonly equity: readonly { readonly atMs: number; readonly usd: number }[]
  /** The last closed trades, newest first, at most 20. */
  readonly trades: readonly {
    readonly tradeId: PositionId
    readonly symbol: string
    readonly direction: TradeDirection
    readonly closedAtMs: number
    readonly netUsd: string
    readonly reason: string
  }[]
  /** What happened lately, newest first, at most 50. */
  readonly events: readonly {
    readonly atMs: number
    readonly level: 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL' | 'EMERGENCY'
    readonly category: string
    readonly message: string
  }[]
  /** The connections to an exchange; absent: there are none. */
  readonly exchange?: readonly ExchangeView[]
  /** The order books that decide; absent: none do. */
  readonly books?: BooksView
  /** How what it takes for granted stands; absent: nothing is. */
  readonly health?: HealthView
  /** The execution harness; absent: there is none here. */
  readonly harness?: HarnessView
}

/** How the execution harness stands between what strategies want to enter and what is decided on. */
export interface HarnessView {
  readonly mode: HarnessMode
  /** Why its machine stands still until an operator resumes; null: it does not. */
  readonly halted: string | null
  /** What the last cycle came to, UTC ms; null before the first. */
  readonly last: { readonly cycle: string; readonly atMs: number; readonly outcome: CycleOutcome } | null
  /** Ids of skills that a violation has taken out of service. */
  readonly outOfService: readonly string[]
}

/** What the system takes for granted, and what its trades and its market say of that. */
export interface HealthView {
  readonly assumptions: readonly {
    readonly name: string
    readonly status: AssumptionStatus
    /** UTC ms; null: never. */
    readonly testedAtMs: number | null
    /** Figures of the last test; null: there was none. */
    readonly detail: string | null
  }[]
  readonly components: readonly {
    readonly component: string
    readonly safety: ComponentSafety
    /** While it is unsafe, nothing opens. */
    readonly isNeeded: boolean
    /** Assumptions that make it unsafe. */
    readonly against: readonly string[]
  }[]
  readonly systemRegime: {
    readonly regime: SystemRegime
    /** 0 to 1. */
    readonly confidence: number
    /** Closed so far. */
    readonly trades: number
    /** Of the last fifty, a fraction; null: none was closed. */
    readonly winRate: number | null
  }
  readonly parameters: readonly {
    readonly name: string
    readonly unit: string
    /** That it was calibrated with. */
    readonly value: number
    readonly healthStatus: ModelHealthStatus
    /** Null: too few were observed. */
    readonly observedMean: number | null
    /** A fraction. */
    readonly driftPct: number | null
  }[]
  /** Where a strategy observes the market, as of the last bar. */
  readonly marketRegimes: readonly { readonly symbol: string; readonly regime: RegimeType }[]
}

/** How the observation of a market stands. */
export interface ObservedView extends Pick<ObservationSnapshot, 'status' | 'timestampMs' | 'counters'> {
  /** Beside what a snapshot counts: frames of books that could not be used, and figures that were too many or too late, by what. */
  readonly leftOut: Readonly<Record<string, number>>
}

/** How the order books stand that a session decides on. */
export interface BooksView {
  /** To the exchange. */
  readonly connections: number
  /** Contracts whose book was known at the last closed bar. */
  readonly known: number
  /** Contracts whose books are followed. */
  readonly followed: number
  /** Since the last bar of the books ended, ms; null: none has been closed. */
  readonly barAgeMs: number | null
}

/** How a connection to an exchange stands: what of the allowance of its address is used, and how old what it says is. */
export interface ExchangeView {
  /** `prices`, `account`. */
  readonly connection: string
  /** Of request weight, in this UTC minute; other programs at the same address included. */
  readonly weightUsed: number
  /** Request weight that a UTC minute allows. */
  readonly weightLimit: number
  /** Orders in this UTC minute. */
  readonly ordersUsed: number
  /** Orders that a UTC minute allows. */
  readonly ordersLimit: number
  /** Until when nothing but exits leaves, and until when nothing does; null: nothing holds it back. */
  readonly heldUntilMs: number | null
  readonly bannedUntilMs: number | null
  /** Clock of the exchange − clock of this machine, ms; null while it is not known. */
  readonly clockOffsetMs: number | null
  /** Since the prices that came last were made, or since the account's stream last said anything, ms; null: nothing has come. */
  readonly dataAgeMs: number | null
}

/** What became of a command. `durable` false: it is in force, but would not survive a restart. */
export interface CommandOutcome {
  readonly inForce: boolean
  readonly durable: boolean
  readonly detail: string
}

/**
 * A running system as its status server sees it.
 *
 * - `status` and `session` answer from memory, at once, and do not throw while the process lives.
 * - `operate` never waits for anything outside the process before a kill is in force.
 * - `listen` calls back after every change; the answer ends it.
 */
export interface StatusSurface {
  status(): StatusDocument
  session(): SessionView
  /** How the observation stands that strategies decide on; undefined: none is made here. */
  observed?(): ObservedView | undefined
  operate(command: OperatorCommand): Promise<CommandOutcome>
  listen(listener: () => void): () => void
}
