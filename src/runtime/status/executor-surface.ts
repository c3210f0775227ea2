import { directionName, openedDirection } from '../../base/direction.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import type { ExecutionTimings } from '../../core/execution/settings.js'
import type { Conditions } from '../../core/mode/mode.js'
import { SessionHistory } from '../../core/status/session-history.js'
import { statusOf } from '../../core/status/status.js'
import { executorState } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { CommandOutcome, SessionView, StatusSurface } from '../../ports/status-surface.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { carryOut } from './carry-out.js'
import { give, type HostedExecution } from './hosted-side.js'
import { LastingKill } from './lasting-kill.js'
import { LoopLag } from './loop-lag.js'
import type { StandingCommands } from './standing-commands.js'
import { SurfaceListeners } from './surface-listeners.js'

export interface ExecutorIdentity {
  readonly configHash: string
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly buildId: string
  readonly conditions: Conditions
  readonly timings: ExecutionTimings
  /** UTC ms, of the clock below. */
  readonly startedAtMs: number
  epochMs(): number
}

/** An executor as its own status server sees it: its gate, link, journal and position, and nothing of strategies. */
export class ExecutorSurface implements StatusSurface {
  private readonly history: SessionHistory
  private readonly lastingKill: LastingKill
  private readonly loop = new LoopLag()
  private readonly listeners = new SurfaceListeners()
  private execution: HostedExecution | undefined

  constructor(
    private readonly identity: ExecutorIdentity,
    private readonly standing: StandingCommands,
    tell: (message: string) => void,
  ) {
    this.lastingKill = new LastingKill({ standing, epochMs: () => identity.epochMs(), tell })
    this.history = new SessionHistory({ initialCapitalUsd: '0', startedAtMs: identity.startedAtMs })
  }

  attach(execution: HostedExecution): void {
    this.execution = execution
    this.listeners.changed()
  }

  /** Each record as it is made, and before that those that a journal was read from. */
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

  status(): StatusDocument {
    const { execution, identity } = this
    if (execution === undefined) throw new Error('the executor has not started yet')
    execution.host.post({ kind: 'time' })
    const { depth, capacity } = execution.journal
    const nowMs = identity.epochMs()
    const { startedAtMs, configHash, buildId, conditions, timings } = identity
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
          buildId,
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

  operate(command: OperatorCommand): Promise<CommandOutcome> {
    const { execution } = this
    return carryOut(command, {
      here:
        execution === undefined
          ? []
          : [{ name: 'execution side', take: (each: OperatorCommand) => give(execution.host, each) }],
      elsewhere: [],
      persist: (each) => {
        this.lastingKill.superseded(each)
        return this.standing.write(each, this.identity.epochMs())
      },
      journalFault: () => (execution?.side.isJournalFailed ? 'cannot be written' : undefined),
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

  private position(): SessionView['position'] {
    const entry = this.execution?.side.openPosition ?? null
    if (entry === null || entry.position.entryPrice === null) return null
    const { symbol, quantity, entryPrice } = entry.position
    return {
      symbol,
      direction: directionName(openedDirection(entry.side)),
      quantity,
      entryPrice,
      markPrice: null,
      unrealizedPnlUsd: null,
      openedAtMs: entry.issuedAtMs,
    }
  }
}
