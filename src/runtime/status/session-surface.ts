import { monitorEventLoopDelay } from 'node:perf_hooks'
import { directionName } from '../../base/direction.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import type { DecisionEvent, DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { SessionHistory } from '../../core/status/session-history.js'
import { statusOf } from '../../core/status/status.js'
import { type HostFacts, sessionState } from '../../core/status/system-state.js'
import type { Journal } from '../../ports/journal.js'
import type { ExecutionEvent, OperatorCommand } from '../../ports/sides.js'
import type { OperatorOutcome, SessionView, StatusSurface } from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { SideHost } from '../host/side-host.js'
import { carryOut, type OrderTargets } from './carry-out.js'
import type { KillSwitch } from './kill-switch.js'

/** A side with what drives it and what it writes to. */
export interface HostedSide<Side, Event extends { readonly kind: string; readonly nowMs: number }, Record> {
  readonly side: Side
  readonly host: Pick<SideHost<Event, Record>, 'post' | 'isRunning'>
  readonly journal: Pick<Journal, 'depth' | 'capacity'>
}

export type HostedDecision = HostedSide<DecisionSide, DecisionEvent, DecisionRecord>
export type HostedExecution = HostedSide<ExecutionSide, ExecutionEvent, ExecutionRecord>

export interface SessionIdentity {
  readonly strategyId: string
  readonly configHash: string
  readonly initialCapitalUsd: DecimalText
  /** UTC ms, of the clock below. */
  readonly startedAtMs: number
  epochMs(): number
}

/** A running session as its status server sees it. Records are told to it as they are made; sides when they are there. */
export class SessionSurface implements StatusSurface {
  private readonly history: SessionHistory
  private readonly loop = new LoopLag()
  private readonly listeners = new Set<() => void>()
  private decision: HostedDecision | undefined
  private execution: HostedExecution | undefined
  private elsewhere: OrderTargets['elsewhere'] = []

  constructor(
    private readonly identity: SessionIdentity,
    private readonly killSwitch: KillSwitch,
  ) {
    this.history = new SessionHistory(identity)
  }

  /** The sides, and how to order about the executing one where it is in another process. */
  attach(parts: {
    readonly decision: HostedDecision
    readonly execution?: HostedExecution
    readonly elsewhere?: OrderTargets['elsewhere']
  }): void {
    this.decision = parts.decision
    this.execution = parts.execution
    this.elsewhere = parts.elsewhere ?? []
    this.changed()
  }

  decided(record: DecisionRecord): void {
    this.history.decided(record)
    this.changed()
  }

  executed(record: ExecutionRecord): void {
    this.history.executed(record)
    this.changed()
  }

  venueTold(event: VenueEvent): void {
    this.history.venueTold(event, this.identity.epochMs())
  }

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

  operate(operator: OperatorCommand): Promise<OperatorOutcome> {
    const here = [
      { name: 'deciding side', hosted: this.decision },
      { name: 'executing side', hosted: this.execution },
    ].flatMap(({ name, hosted }) =>
      hosted === undefined ? [] : [{ name, take: (order: OperatorCommand) => give(hosted.host, order) }],
    )
    return carryOut(operator, {
      here,
      elsewhere: this.elsewhere,
      persist: (state) => this.killSwitch.write(state, this.identity.epochMs()),
      journalFault: () => (this.failures().includes(1) ? 'cannot be written' : undefined),
    })
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  close(): void {
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

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}

/** A side that has halted obeys nothing, and whoever orders is to know. */
export function give(
  host: {
    readonly isRunning: boolean
    post(event: { readonly kind: 'operator'; readonly operator: OperatorCommand }): void
  },
  operator: OperatorCommand,
): void {
  if (host.isRunning) host.post({ kind: 'operator', operator })
  // An order may be what breaks a side: then it was not carried out.
  if (!host.isRunning) throw new Error('it has stopped and handles nothing')
}

function positionView({ state, markPriceUsd }: DecisionSide): SessionView['position'] {
  const { position, trade } = state
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
    openedAtMs: trade?.openedAtMs ?? trade?.proposedAtMs ?? 0,
  }
}

const RESOLUTION_MS = 20
const NS_PER_MS = 1e6

/** How late this process comes to what is due, since it was last asked: the 99th percentile. */
export class LoopLag {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  constructor() {
    this.histogram.enable()
  }

  ms(): number {
    const lag = this.histogram.count === 0 ? 0 : this.histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS
    this.histogram.reset()
    return Math.max(0, Math.round(lag * 1000) / 1000)
  }

  close(): void {
    this.histogram.disable()
  }
}
