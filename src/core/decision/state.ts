import type { DecimalText } from '../../base/exact.js'
import type { Mandate } from '../../ports/strategy.js'
import type { AlertLevel, TradingMode } from '../../ports/vocabulary/alerts.js'
import type { OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { PositionId } from '../../ports/vocabulary/ids.js'
import type { InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { Direction, Posture } from '../../ports/vocabulary/market.js'
import type { ExitTrigger, FillPurpose, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import type { AssumptionStands } from '../assumptions/assumption-registry.js'
import type { Position } from '../position/position.js'
import { closedBreaker, type LossBreaker } from '../risk/loss-breaker.js'
import { type HarnessMemory, NEW_HARNESS_MEMORY } from './harness-memory.js'
import type { DecisionSettings } from './settings.js'

/** A proposal, and what has become of it. Money in USD, quantities in base units. */
export interface Holding {
  readonly positionId: PositionId
  readonly strategyId: string
  readonly instrument: InstrumentIdentity
  readonly direction: Direction
  readonly side: OrderSide
  readonly orderedQuantity: DecimalText
  readonly requestedPrice: DecimalText
  readonly targetNotionalUsd: DecimalText
  /** The strategies' bar, counted from 0. */
  readonly entryBar: number
  readonly entryBarAtMs: number
  readonly proposedAtMs: number
  /** Null: it can not have been entered. */
  readonly permissionId: string | null
  /** First fill. */
  readonly openedAtMs: number | null
  readonly entryFeesUsd: DecimalText
  readonly exitQuantity: DecimalText
  readonly exitValueUsd: DecimalText
  readonly exitFeesUsd: DecimalText
  readonly fundingUsd: DecimalText
  readonly lastExit: LastExit | null
  /** What the harness released it with; absent: none stood before it. */
  readonly provenance?: OrderProvenance
}

export interface LastExit {
  readonly purpose: FillPurpose
  readonly requestedPrice: DecimalText | null
  readonly atMs: number
  /** The strategies' bar, counted from 0. */
  readonly bar: number
  /** In the strategy's own terms or in those of what ended it. */
  readonly reason: string
  /** As the strategy is told: its own reason, or which outside force it was. */
  readonly strategyReason: string
}

/** A command to leave, in force until it has been acknowledged as done. */
export interface ExitOrder {
  readonly exitId: string
  /** Null: whatever is open. */
  readonly positionId: PositionId | null
  readonly trigger: ExitTrigger
  readonly reason: string
  readonly requestedPrice: DecimalText | null
  /** The strategies' bar, counted from 0. */
  readonly bar: number
}

/** An approved reduction of which not everything is known yet. */
export interface Reduction {
  readonly actionId: string
  readonly positionId: PositionId
  readonly quantity: DecimalText
  readonly filledQuantity: DecimalText
  readonly requestedPrice: DecimalText
  readonly proposedAtMs: number
}

/** Everything that survives a restart, the strategies' own state aside. Plain JSON; never changed in place. */
export interface DecisionState {
  /** What the journal was begun with; null before. */
  readonly begun: { readonly idPrefix: string; readonly initialBalanceUsd: DecimalText } | null
  /** Number of the last record; 0 before the first. */
  readonly records: number
  /** Number of the last session of the link; 0 before the first. */
  readonly session: number
  /** The last bar; −1 before the first. */
  readonly bar: number
  readonly barAtMs: number
  readonly posture: Posture
  /** Of the day. */
  readonly forewarner: 'OK' | 'ORANGE' | 'RED'
  readonly symbols: readonly string[]
  /** Mandates of the last bar that no cycle has decided yet; those to hold ask for nothing and are not kept. */
  readonly undecided: readonly Mandate[]
  readonly mode: TradingMode
  readonly modeCause: string
  /** An operator works on the system. */
  readonly isMaintained: boolean
  readonly latches: Readonly<Partial<Record<OpenPermissionReason, string>>>
  /** Strategies that threw, with what they threw. */
  readonly blocked: Readonly<Record<string, string>>
  /** Null when flat. */
  readonly position: Position | null
  readonly holding: Holding | null
  readonly reduction: Reduction | null
  readonly exit: ExitOrder | null
  /** USD: the wallet without the holding that is under way. */
  readonly balanceUsd: DecimalText
  readonly breaker: LossBreaker
  /** Number of the last report of the execution side that was taken in. */
  readonly reportsSeen: number
  /** What the tests of assumptions have said so far. */
  readonly assumptions: AssumptionStands
  /** Truths in a row that disagreed about the position, and about the account. */
  readonly mismatches: { readonly position: number; readonly account: number }
  readonly harness: HarnessMemory
}

export function initialState(settings: Pick<DecisionSettings, 'initialBalanceUsd'>): DecisionState {
  return {
    begun: null,
    records: 0,
    session: 0,
    bar: -1,
    barAtMs: 0,
    posture: 'APEX',
    forewarner: 'OK',
    symbols: [],
    undecided: [],
    mode: 'ACTIVE',
    modeCause: '',
    isMaintained: false,
    latches: {},
    blocked: {},
    position: null,
    holding: null,
    reduction: null,
    exit: null,
    balanceUsd: settings.initialBalanceUsd,
    breaker: closedBreaker(settings.initialBalanceUsd),
    reportsSeen: 0,
    assumptions: {},
    mismatches: { position: 0, account: 0 },
    harness: NEW_HARNESS_MEMORY,
  }
}

/** A strategy that threw, or issued what is no mandate. */
export interface StrategyFault {
  readonly strategyId: string
  readonly call: 'onBar' | 'fill' | 'dropped' | 'snapshot'
  readonly message: string
}

/** Something that a record brought to light and that somebody should know. Raised live, not again in recovery. */
export interface Notice {
  readonly level: AlertLevel
  readonly category: string
  readonly message: string
  /** What blocked a strategy: its record says so to a recovery, in which the strategy may not fail again. */
  readonly fault?: StrategyFault
}
