import { directionName } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { healthView, type SystemHealth } from '../../core/status/health-view.js'
import { statusOf } from '../../core/status/status.js'
import { sessionState } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { SessionView } from '../../ports/status-surface.js'
import type { BarObservation } from '../../ports/vocabulary/observation.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { CommandTargets } from './carry-out.js'
import { give, type HostedDecision, type HostedExecution } from './hosted-side.js'
import { type RunningIdentity, RunningSurface } from './running-surface.js'

export interface SessionIdentity extends RunningIdentity {
  readonly strategyId: string
  readonly initialCapitalUsd: DecimalText
}

/** A running session as its status server sees it. Records are told to it as they are made; sides when they are there. */
export class SessionSurface extends RunningSurface<SessionIdentity> {
  private decision: HostedDecision | undefined
  private execution: HostedExecution | undefined
  private elsewhere: CommandTargets['elsewhere'] = []
  private health: (() => SystemHealth) | undefined
  private observation: BarObservation | undefined

  /** The sides, and how commands reach an execution side in another process. */
  attach(parts: {
    readonly decision: HostedDecision
    readonly execution?: HostedExecution
    readonly elsewhere?: CommandTargets['elsewhere']
    /** What its trades make of it; absent: nobody counts them. */
    readonly health?: () => SystemHealth
  }): void {
    this.health = parts.health
    this.decision = parts.decision
    this.execution = parts.execution
    this.elsewhere = parts.elsewhere ?? []
    this.listeners.changed()
  }

  decided(record: DecisionRecord): void {
    this.history.decided(record)
    if (record.type === 'bar') this.observation = record.bar.observation
    this.listeners.changed()
  }

  /** @throws Error before a session is attached: there is nothing to show yet. */
  status(): StatusDocument {
    const { decision, execution, identity } = this
    if (decision === undefined) throw new Error('the session has not started yet')
    // Timers that are due fire first: what has become stale or lost meanwhile is said, not what was true at the last event.
    decision.host.post({ kind: 'time' })
    execution?.host.post({ kind: 'time' })
    const failures = this.failures()
    const journals = [decision, ...(execution === undefined ? [] : [execution])].map(({ journal }, i) => {
      const { depth, capacity } = journal
      return { depth, capacity, failures: failures[i]! }
    })
    const host = this.hostFacts(identity.strategyId, journals)
    const recent = this.history.facts(host.nowMs)
    return statusOf(sessionState({ decision: decision.side, execution: execution?.side, host, recent }))
  }

  override session(): SessionView {
    const { decision, health, observation } = this
    if (decision === undefined) return super.session()
    const view = { ...super.session(), harness: decision.side.harnessView }
    if (health === undefined) return view
    const facts = decision.side.assumptions()
    return facts.assumptions.length === 0
      ? view
      : { ...view, health: healthView({ ...facts, health: health(), observation }) }
  }

  protected position(): SessionView['position'] {
    return this.decision === undefined ? null : positionView(this.decision.side)
  }

  /** @internal */
  protected targets(): Omit<CommandTargets, 'persist' | 'mode'> {
    const here = [
      { name: 'decision side', hosted: this.decision },
      { name: 'execution side', hosted: this.execution },
    ].flatMap(({ name, hosted }) =>
      hosted === undefined ? [] : [{ name, take: (each: OperatorCommand) => give(hosted.host, each) }],
    )
    const journalFault = () => (this.failures().includes(1) ? 'cannot be written' : undefined)
    return { here, elsewhere: this.elsewhere, journalFault }
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
