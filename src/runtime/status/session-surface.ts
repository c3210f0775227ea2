import { directionName } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { SessionHistory } from '../../core/status/session-history.js'
import { statusOf } from '../../core/status/status.js'
import { type HostFacts, sessionState } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome, SessionView, StatusSurface } from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { type CommandTargets, carryOut } from './carry-out.js'
import { give, type HostedDecision, type HostedExecution } from './hosted-side.js'
import { LastingKill } from './lasting-kill.js'
import { LoopLag } from './loop-lag.js'
import type { StandingCommands } from './standing-commands.js'
import { SurfaceListeners } from './surface-listeners.js'

export interface SessionIdentity {
  readonly strategyId: string
  readonly configHash: string
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly buildId: string
  readonly initialCapitalUsd: DecimalText
  /** UTC ms, of the clock below. */
  readonly startedAtMs: number
  epochMs(): number
}

/** A running session as its status server sees it. Records are told to it as they are made; sides when they are there. */
export class SessionSurface implements StatusSurface {
  private readonly history: SessionHistory
  private readonly lastingKill: LastingKill
  private readonly loop = new LoopLag()
  private readonly listeners = new SurfaceListeners()
  private decision: HostedDecision | undefined
  private execution: HostedExecution | undefined
  private elsewhere: CommandTargets['elsewhere'] = []

  constructor(
    private readonly identity: SessionIdentity,
    private readonly standing: StandingCommands,
    tell: (message: string) => void,
  ) {
    this.lastingKill = new LastingKill({ standing, epochMs: () => identity.epochMs(), tell })
    this.history = new SessionHistory(identity)
  }

  /** The sides, and how commands reach an execution side in another process. */
  attach(parts: {
    readonly decision: HostedDecision
    readonly execution?: HostedExecution
    readonly elsewhere?: CommandTargets['elsewhere']
  }): void {
    this.decision = parts.decision
    this.execution = parts.execution
    this.elsewhere = parts.elsewhere ?? []
    this.listeners.changed()
  }

  decided(record: DecisionRecord): void {
    this.history.decided(record)
    this.listeners.changed()
  }

  executed(record: ExecutionRecord): void {
    this.history.executed(record)
    this.listeners.changed()
  }

  /** Each alert of a side in this process, as it is raised. */
  alerted(alert: Alert): void {
    this.lastingKill.alerted(alert)
  }

  venueTold(event: VenueEvent): void {
    this.history.venueTold(event, this.identity.epochMs())
  }

  /** @throws Error before a session is attached: there is nothing to show yet. */
  status(): StatusDocument {
    const { decision, execution } = this
    if (decision === undefined) throw new Error('the session has not started yet')
    // Timers that are due fire first: what has become stale or lost meanwhile is said, not what was true at the last event.
    decision.host.post({ kind: 'time' })
    execution?.host.post({ kind: 'time' })
    const host = this.hostFacts(decision, execution)
    const recent = this.history.facts(host.nowMs)
    return statusOf(sessionState({ decision: decision.side, execution: execution?.side, host, recent }))
  }

  session(): SessionView {
    return { position: this.decision === undefined ? null : positionView(this.decision.side), ...this.history.view() }
  }

  operate(command: OperatorCommand): Promise<CommandOutcome> {
    const here = [
      { name: 'decision side', hosted: this.decision },
      { name: 'execution side', hosted: this.execution },
    ].flatMap(({ name, hosted }) =>
      hosted === undefined ? [] : [{ name, take: (each: OperatorCommand) => give(hosted.host, each) }],
    )
    return carryOut(command, {
      here,
      elsewhere: this.elsewhere,
      persist: (each) => {
        this.lastingKill.superseded(each)
        return this.standing.write(each, this.identity.epochMs())
      },
      journalFault: () => (this.failures().includes(1) ? 'cannot be written' : undefined),
    })
  }

  listen(listener: () => void): () => void {
    return this.listeners.listen(listener)
  }

  close(): void {
    this.lastingKill.close()
    this.loop.close()
    this.listeners.clear()
  }

  private hostFacts(decision: HostedDecision, execution: HostedExecution | undefined): HostFacts {
    const { identity } = this
    const failures = this.failures()
    return {
      nowMs: identity.epochMs(),
      startedAtMs: identity.startedAtMs,
      strategyId: identity.strategyId,
      configHash: identity.configHash,
      buildId: identity.buildId,
      loopLagMs: this.loop.ms(),
      journals: [decision.journal, ...(execution === undefined ? [] : [execution.journal])].map(
        ({ depth, capacity }, i) => ({ depth, capacity, failures: failures[i]! }),
      ),
    }
  }

  /** Of each journal of this process, 1 once it has failed. */
  private failures(): readonly number[] {
    const { decision, execution } = this
    return [
      ...(decision === undefined ? [] : [decision.side.modeInputs().journal.failures]),
      ...(execution === undefined ? [] : [execution.side.isJournalFailed ? 1 : 0]),
    ]
  }
}

function positionView({ state, markPriceUsd }: DecisionSide): SessionView['position'] {
  const { position, holding } = state
  if (position === null || position.entryPrice === null || position.direction === null) return null
  const { symbol, direction, quantity, entryPrice } = position
  const unrealized =
    markPriceUsd === null ? null : new Exact(markPriceUsd).minus(entryPrice).times(quantity).times(direction)
  return {
    symbol,
    direction: directionName(direction),
    quantity,
    entryPrice,
    markPrice: markPriceUsd,
    unrealizedPnlUsd: unrealized === null ? null : unrealized.toFixed(),
    openedAtMs: holding?.openedAtMs ?? holding?.proposedAtMs ?? 0,
  }
}
