import {
  anyText,
  type Check,
  callback,
  decimal,
  fields,
  flag,
  having,
  listOf,
  matching,
  milliseconds,
  number,
  optional,
  text,
} from '../../base/arguments.js'
import type { DecimalText } from '../../base/exact.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DECISION_SETTINGS, type DecisionSettings } from '../../core/decision/settings.js'
import type { DecisionState } from '../../core/decision/state.js'
import { EXECUTION_SETTINGS, type ExecutionSettings } from '../../core/execution/settings.js'
import type { SessionStart } from '../../core/performance/daily-book.js'
import type { Clock } from '../../ports/clock.js'
import type { DiskUsage } from '../../ports/disk.js'
import type { Journal } from '../../ports/journal.js'
import type { Link } from '../../ports/link.js'
import type { PlayedMarket } from '../../ports/played-market.js'
import type { SessionLog } from '../../ports/session-log.js'
import type { OperatorCommand } from '../../ports/sides.js'
import { STRATEGIES, type Strategy, type StrategyBar } from '../../ports/strategy.js'
import type { Venue } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { SessionSurface } from '../status/session-surface.js'
import type { StandingCommands } from '../status/standing-commands.js'
import type { VirtualTime } from '../time/virtual-time.js'
import type { AssumptionParts } from './assumption-watch.js'
import type { SessionPoint, SessionRecovery } from './session-recovery.js'
import type { SessionStep } from './session-steps.js'

/** Everything that a session runs with. The session owns links, journals and venue from then on, and lets go of them. */
export interface SessionParts {
  /** What its books start from. */
  readonly start: SessionStart
  /**
   * On virtual time the same parts give the same session, record for record, as fast as it goes; venue and links must be on
   * that time, too. By a clock each step comes when its time has come; where everything is in this process, `PacedTime` is a
   * clock that a busy machine makes slower and not wrong.
   */
  readonly time: VirtualTime | Clock
  /**
   * What is traded, in order; asked for once. `from`: where a session by a clock goes on, undefined where it begins. Bars up to
   * that one are ignored, whether the source repeats them or not; where it repeats the last, the market is shown its prices.
   */
  steps(signal: AbortSignal, from?: SessionPoint): AsyncIterable<SessionStep> | Iterable<SessionStep>
  readonly strategies: readonly Strategy[]
  readonly decision: SideParts<DecisionSettings>
  /** The execution side: in this process, or somewhere else at the same venue or one of its own. */
  readonly execution: SideParts<ExecutionSettings> | RemoteExecution
  /**
   * A played market is shown the prices of each bar, and funding at `fundingRate`. Any other venue has prices and funding of its
   * own, and bars reach the strategies alone. Absent only where the execution side is elsewhere, at a venue of its own.
   */
  readonly venue?: Venue | PlayedMarket | undefined
  /**
   * By a clock: what the journals hold, which were read into it when they were opened. Its settings and strategies are those
   * above. The venue must be the one that the journals know: one that outlives its process.
   */
  readonly recovery?: SessionRecovery | undefined
  /** Of a played market: fraction of the notional at each settlement; absent: none is settled. */
  readonly fundingRate?: DecimalText | undefined
  /** Whoever opened it makes it durable afterwards. */
  readonly log: SessionLog
  /** What people see of it and command it by. */
  readonly status?: { readonly surface: SessionSurface; readonly standing: StandingCommands } | undefined
  /** Tests of what the decision side's settings take for granted; absent: none is run. */
  readonly assumptions?: AssumptionParts | undefined
  /** That the journals lie on; by a clock it forbids entries when it fills up. */
  readonly disk?: DiskUsage | undefined
  /** Both sides are up, and commands that outlived their process are in force: the first step waits for this. */
  started?(): Promise<void>
  /** Handed the decision side once it is up: what reaches it besides bars, and what it has come to. */
  outside?(decision: WatchedDecision): void
  /** A record of the decision side has been appended; it is not durable yet. For views and results. */
  recorded?(record: DecisionRecord): void
  onStep?(step: SessionStep): void
  /** A session that goes on has come to its first new bar: prices between its last one and this one were missed, if any were. */
  onResumed?(from: SessionPoint, bar: StrategyBar): void
  onAlert?(alert: Alert): void
}

/** The decision side of a session, as its surroundings know it. */
export interface WatchedDecision {
  /** What is told when the session has ended is not heard. */
  tell(input: OutsideInput): void
  /** Never changed in place. */
  state(): DecisionState
}

/** What a feed, a grid or a machine has to say to the decision side. */
export type OutsideInput = Extract<DecisionInput, { readonly kind: 'conditions' | 'gatesMoved' | 'feedGap' }>

/** What one side runs with. */
export interface SideParts<Settings> {
  readonly settings: Settings
  readonly journal: SideJournal
  /** This side's end. */
  readonly link: Link
}

/** A journal, and on virtual time the sums of the lines that it holds already (`LineSums`), of a session that was interrupted. */
export interface SideJournal {
  readonly journal: Journal
  readonly there: readonly string[]
}

/** An execution side elsewhere, at the other end of the decision side's link. */
export interface RemoteExecution {
  readonly name: string
  /** Rejects when the command cannot get there, or is refused. */
  take(command: OperatorCommand): Promise<void>
  /** Lets go of everything but the link; asked for again it answers the same. */
  stop(): Promise<JournalStanding>
}

export interface JournalStanding {
  /** Number of the last record. */
  readonly records: number
  readonly stateHash: string
}

const sideOf = (settings: Check) =>
  fields<SideParts<unknown>>({
    settings,
    journal: fields<SideJournal>({
      journal: having('a journal', 'append', 'listen', 'close'),
      there: listOf(anyText),
    }),
    link: having('an end of a link', 'send', 'listen', 'close'),
  })

const rate = matching('a decimal as text', /^-?\d{1,20}(\.\d{1,18})?$/)
const hosted = sideOf(EXECUTION_SETTINGS)
const remote = fields<RemoteExecution>({ name: text, take: callback, stop: callback })
const isRemote = (value: unknown): boolean => typeof (value as Partial<RemoteExecution> | null)?.take === 'function'

/** Everything that a session is handed, before any of it is made. */
export const SESSION_PARTS = fields<SessionParts>({
  start: fields<SessionStart>({
    initialCapitalUsd: decimal('above zero'),
    startedAtMs: milliseconds,
    expectedWinRate: optional(number({ above: 0, max: 1 })),
    stopPct: optional(number({ above: 0 })),
  }),
  time: having('a VirtualTime or a clock', 'nowMs', 'epochMs', 'sleep'),
  steps: callback,
  strategies: STRATEGIES,
  decision: sideOf(DECISION_SETTINGS),
  execution: (value, path) => (isRemote(value) ? remote : hosted)(value, path),
  venue: optional(having('a venue', 'send', 'listen', 'close')),
  fundingRate: optional(rate),
  log: having('a session log', 'trade', 'missedEntry', 'daily', 'summary'),
  status: optional(
    fields<NonNullable<SessionParts['status']>>({
      surface: having('a SessionSurface', 'attach', 'decided', 'executed'),
      standing: having('StandingCommands', 'inForce'),
    }),
  ),
  assumptions: optional(
    fields<AssumptionParts>({
      tests: having('tests by name'),
      isNow: flag,
      feedLatencyMs: optional(callback),
      feedLatencyMsMax: optional(number({ above: 0 })),
      earlierSlippageBps: optional(listOf(number({}))),
    }),
  ),
  disk: optional(having('a disk', 'usedPct')),
  started: optional(callback),
  outside: optional(callback),
  recorded: optional(callback),
  onStep: optional(callback),
  onResumed: optional(callback),
  onAlert: optional(callback),
  recovery: optional(having('a SessionRecovery', 'decisionSide', 'executionSide')),
})
