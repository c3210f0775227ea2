import { type DecimalText, Exact } from '../../base/exact.js'
import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { DecisionSettings } from '../../core/decision/settings.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import { recordLine } from '../../core/journal/frame.js'
import type { Link } from '../../ports/link.js'
import type { MarketEvent, PlayedMarket } from '../../ports/played-market.js'
import type { ExecutionInput, OperatorCommand } from '../../ports/sides.js'
import type { Strategy, StrategyBar } from '../../ports/strategy.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { hostedVenue } from '../host/hosted-venue.js'
import { SideHost } from '../host/side-host.js'
import type { VirtualTime } from '../time/virtual-time.js'
import type { TimedJournal } from './timed-journal.js'

export interface VirtualSessionSetup {
  readonly time: VirtualTime
  readonly decision: DecisionSettings
  readonly execution: ExecutionSettings
  /** On the same time. */
  readonly venue: PlayedMarket
  /** The decision side's end and the execution side's, on the same time. */
  readonly links: readonly [Link, Link]
  readonly strategies: readonly Strategy[]
  readonly journals: { readonly decision: TimedJournal; readonly execution: TimedJournal }
  alerted(side: 'decision' | 'execution', alert: Alert): void
  /** Each record of the decision side, once it is appended. */
  recorded(record: DecisionRecord): void
}

/**
 * Both sides, the link between them and the exchange in one process, on virtual time: the same setup and the same bars give
 * the same records, message for message.
 */
export class VirtualSession {
  readonly decision: DecisionSide
  readonly execution: ExecutionSide
  private readonly setup: VirtualSessionSetup
  private readonly decisionHost: SideHost<DecisionInput, DecisionRecord>
  private readonly executionHost: SideHost<ExecutionInput, ExecutionRecord>
  private failure: { readonly error: unknown } | undefined

  constructor(setup: VirtualSessionSetup) {
    const { time, journals } = setup
    this.setup = setup
    this.decision = new DecisionSide(setup.decision, setup.strategies)
    this.execution = new ExecutionSide(setup.execution)
    const [decisionEnd, executionEnd] = setup.links
    const broken = (error: unknown): void => {
      this.failure ??= { error }
    }
    this.decisionHost = new SideHost<DecisionInput, DecisionRecord>(this.decision, {
      timer: time,
      journal: journals.decision,
      link: decisionEnd,
      format: recordLine,
      recorded: (record) => setup.recorded(record),
      alerted: (alert) => setup.alerted('decision', alert),
      broken,
    })
    this.executionHost = new SideHost<ExecutionInput, ExecutionRecord>(this.execution, {
      timer: time,
      journal: journals.execution,
      link: executionEnd,
      venue: hostedVenue(setup.venue),
      format: recordLine,
      recorded: () => {},
      alerted: (alert) => setup.alerted('execution', alert),
      broken,
    })
  }

  start(): void {
    this.executionHost.start()
    this.decisionHost.start()
  }

  /**
   * Lets time pass to the bar, and the bar happen. The strategies see it before the exchange moves: what they decide at it
   * reaches an exchange that shows its prices, and an order that it triggers is over before the next bar is looked at.
   */
  bar(bar: StrategyBar): void {
    this.runTo(bar.timestampMs)
    this.decisionHost.post({ kind: 'bar', bar })
    for (const event of pricesOf(bar)) this.setup.venue.market(event)
    this.throwFailure()
  }

  /** Hands the decision side a command; it is carried out after what is being handled. */
  command(command: OperatorCommand): void {
    this.decisionHost.post({ kind: 'command', command })
  }

  /** Funding settles at a moment, on whatever position is held in these symbols. */
  funding(symbols: readonly string[], rate: DecimalText, atMs: number): void {
    this.runTo(Math.max(atMs, this.setup.time.epochMs()))
    for (const symbol of symbols) this.setup.venue.market({ kind: 'fundingRate', symbol, rate })
  }

  runTo(epochMs: number): void {
    this.setup.time.runTo(epochMs)
    this.throwFailure()
  }

  /** Lets go of everything; journals are durable when it resolves. */
  async stop(): Promise<void> {
    await this.decisionHost.stop()
    await this.executionHost.stop()
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error
  }
}

/** A bar as the market that an exchange sees. */
export function pricesOf({ symbols, prices }: StrategyBar): MarketEvent[] {
  return symbols.flatMap((symbol, i) => {
    const price = prices[i]!
    return price > 0 ? [{ kind: 'bar' as const, symbol, close: new Exact(price).toFixed() }] : []
  })
}
