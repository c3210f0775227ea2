import { directionName, openedDirection } from '../../base/direction.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import type { ExecutionTimings } from '../../core/execution/settings.js'
import type { Conditions } from '../../core/mode/mode.js'
import { SessionHistory } from '../../core/status/session-history.js'
import { statusOf } from '../../core/status/status.js'
import { executorState } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { OperatorOutcome, SessionView, StatusSurface } from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { carryOut } from './carry-out.js'
import type { KillSwitch } from './kill-switch.js'
import { give, type HostedExecution, LoopLag } from './session-surface.js'

export interface ExecutorIdentity {
  readonly configHash: string
  readonly conditions: Conditions
  readonly timings: ExecutionTimings
  /** UTC ms, of the clock below. */
  readonly startedAtMs: number
  epochMs(): number
}

/** An executor as its own status server sees it: its gate, link, journal and position, and nothing of strategies. */
export class ExecutorSurface implements StatusSurface {
  private readonly history: SessionHistory
  private readonly loop = new LoopLag()
  private readonly listeners = new Set<() => void>()
  private execution: HostedExecution | undefined

  /** @param before the records of its journal. */
  constructor(
    private readonly identity: ExecutorIdentity,
    private readonly killSwitch: KillSwitch,
    before: readonly ExecutionRecord[],
  ) {
    this.history = new SessionHistory({ initialCapitalUsd: '0', startedAtMs: identity.startedAtMs })
    for (const record of before) this.history.executed(record)
  }

  attach(execution: HostedExecution): void {
    this.execution = execution
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
    const { execution, identity } = this
    if (execution === undefined) throw new Error('the executor has not started yet')
    execution.host.post({ kind: 'time' })
    const { depth, capacity } = execution.journal
    const nowMs = identity.epochMs()
    const { startedAtMs, configHash, conditions, timings } = identity
    return statusOf(
      executorState({
        execution: execution.side,
        limits: timings,
        conditions,
        host: {
          nowMs,
          startedAtMs,
          strategyId: 'executor',
          configHash,
          loopLagMs: this.loop.ms(),
          journals: [{ depth, capacity, failures: execution.side.isJournalFailed ? 1 : 0 }],
        },
        recent: this.history.facts(nowMs),
      }),
    )
  }

  session(): SessionView {
    return { position: this.position(), ...this.history.view() }
  }

  operate(operator: OperatorCommand): Promise<OperatorOutcome> {
    const { execution } = this
    return carryOut(operator, {
      here:
        execution === undefined
          ? []
          : [{ name: 'executing side', take: (order: OperatorCommand) => give(execution.host, order) }],
      elsewhere: [],
      persist: (state) => this.killSwitch.write(state, this.identity.epochMs()),
      journalFault: () => (execution?.side.isJournalFailed ? 'cannot be written' : undefined),
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

  private position(): SessionView['position'] {
    const trade = this.execution?.side.openPosition ?? null
    if (trade === null || trade.position.entryPrice === null) return null
    const { symbol, quantity, entryPrice } = trade.position
    return {
      symbol,
      direction: directionName(openedDirection(trade.side)),
      quantity,
      entryPrice,
      markPrice: null,
      unrealizedPnlUsd: null,
      openedAtMs: trade.issuedAtMs,
    }
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}
