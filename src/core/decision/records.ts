import type { DecimalText } from '../../base/exact.js'
import type { JournalRecord } from '../../ports/journal.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { AssumptionRun } from '../../ports/vocabulary/assumptions.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { EntryPermission, EntryVeto, Message, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { MissedEntry, TradeClosed, TradeOpened } from '../../ports/vocabulary/session.js'
import type { NamedDecision } from '../reconciliation/reconciliation.js'
import type { CycleStats, ExecutionResult } from './controller.js'
import type { RecordedBooks } from './recorded-books.js'
import type { HarnessCycle } from './recorded-harness.js'
import type { RecordedHolding } from './recorded-holding.js'
import type { ExitOrder, Reduction, StrategyFault } from './state.js'

/** The numbered reports of the execution side. */
export type Report = Extract<Message, { readonly type: 'FILL_REPORT' | 'ENTRY_RESULT' | 'EXIT_ACK' | 'FUNDING_REPORT' }>

/** A bar as the journal keeps it: null where a number is none. Symbols are there when they differ from the bar before. */
export interface RecordedBar extends Omit<StrategyBar, 'prices' | 'velDiv' | 'symbols' | 'posture' | 'books'> {
  readonly symbols?: readonly string[]
  readonly prices: readonly (number | null)[]
  /** The instability signal, v50 minus v750; null where there is none. */
  readonly velDiv: number | null
  readonly posture: Posture
  /** What a strategy may have looked at. */
  readonly books?: RecordedBooks
}

/** What happened to trades in a record: the trade journal is made of these. */
export interface TradeFacts {
  readonly opened?: TradeOpened
  readonly closed?: TradeClosed
  readonly missed?: readonly MissedEntry[]
}

/** What a record is about. */
export type DecisionFact =
  /** First of a journal: what it is bound to. */
  | {
      readonly type: 'begun'
      readonly idPrefix: string
      readonly initialBalanceUsd: DecimalText
      readonly strategies: readonly string[]
      /** What else it is bound to, a hash. */
      readonly boundTo?: string
    }
  | { readonly type: 'started'; readonly build: string }
  /** Only in older journals, every thousand bars: the state, which the records before it lead to as well. */
  | { readonly type: 'checkpoint' }
  /** A session of the link began, of this number. */
  | { readonly type: 'session'; readonly session: number }
  | { readonly type: 'bar'; readonly bar: RecordedBar }
  /** What became of a bar's mandates, all at once: no crash can separate them. */
  | ({
      readonly type: 'cycle'
      readonly results: readonly ExecutionResult[]
      readonly stats: CycleStats
      /** A pending proposal that an exit took back. */
      readonly withdrawn: boolean
      readonly proposal: RecordedHolding | null
      readonly reduction: Reduction | null
      readonly exit: ExitOrder | null
      /** What the harness made of the bar's mandates to enter; absent: there were none, or its machine stands still. */
      readonly harness?: HarnessCycle
    } & TradeFacts)
  /** A proposal that was never permitted is taken back. */
  | ({ readonly type: 'withdrawn' } & TradeFacts)
  | { readonly type: 'permitted'; readonly permission: EntryPermission }
  /** An intent is denied. */
  | { readonly type: 'vetoed'; readonly veto: EntryVeto }
  /** A command to leave from outside the strategies. */
  | { readonly type: 'exit'; readonly exit: ExitOrder }
  /** A report, in its order, with what it makes of the holding. `fault`: it fits nothing that is known here. */
  | ({ readonly type: 'report'; readonly report: Report; readonly fault?: string } & TradeFacts)
  /** A truth that called for something. `markPrice`: what a position that is given up is valued at, USD. */
  | ({
      readonly type: 'disagreed'
      readonly subject: 'position' | 'account'
      readonly decision: NamedDecision
      readonly cause: string
      readonly markPrice?: DecimalText
    } & TradeFacts)
  /** A truth that fits: these latches are cleared. `times`: with those since the last such record, 1 where it is absent. */
  | {
      readonly type: 'agreed'
      readonly venueAtMs: number
      readonly cleared: readonly OpenPermissionReason[]
      readonly times?: number
    }
  /** An entry or a reduction of which nobody knows anything any more. */
  | ({ readonly type: 'forgotten'; readonly actionId: string } & TradeFacts)
  | { readonly type: 'latched'; readonly reason: OpenPermissionReason; readonly cause: string }
  /** `balanceUsd`: the venue's wallet, adopted by clear-lockout. */
  /** A command; `operator` is the journal's word for it. */
  | { readonly type: 'operator'; readonly operator: OperatorCommand; readonly balanceUsd?: DecimalText }
  /** A test of an assumption was run. */
  | { readonly type: 'assumption'; readonly run: AssumptionRun }
  /** `fault`: it is about a strategy that was blocked. */
  | { readonly type: 'alerted'; readonly alert: Alert; readonly fault?: StrategyFault }

/** A line of the decision journal. */
export type DecisionRecord = JournalRecord & DecisionFact

/** What a record says of trades. Each opening, closing and missed entry is in exactly one record. */
export function tradeFacts(record: DecisionRecord): TradeFacts {
  return 'opened' in record || 'closed' in record || 'missed' in record ? record : {}
}
