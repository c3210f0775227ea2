import { directionName, openedDirection } from '../../base/direction.js'
import type { ExecutionTimings } from '../../core/execution/settings.js'
import type { Conditions } from '../../core/mode/mode.js'
import { statusOf } from '../../core/status/status.js'
import { executorState } from '../../core/status/system-state.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { SessionView } from '../../ports/status-surface.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { CommandTargets } from './carry-out.js'
import { give, type HostedExecution } from './hosted-side.js'
import { type RunningIdentity, RunningSurface } from './running-surface.js'
import type { StandingCommands } from './standing-commands.js'

export interface ExecutorIdentity extends RunningIdentity {
  readonly conditions: Conditions
  readonly timings: ExecutionTimings
}

/** An executor as its own status server sees it: its gate, link, journal and position, and nothing of strategies. */
export class ExecutorSurface extends RunningSurface<ExecutorIdentity> {
  private execution: HostedExecution | undefined

  constructor(identity: ExecutorIdentity, standing: StandingCommands, tell: (message: string) => void) {
    // An executor knows of no capital: nothing that it shows is made of it.
    super({ ...identity, initialCapitalUsd: '0' }, standing, tell)
  }

  attach(execution: HostedExecution): void {
    this.execution = execution
    this.listeners.changed()
  }

  /** @throws Error before the side is attached: there is nothing to show yet. */
  status(): StatusDocument {
    const { execution, identity } = this
    if (execution === undefined) throw new Error('the executor has not started yet')
    execution.host.post({ kind: 'time' })
    const { depth, capacity } = execution.journal
    const { conditions, timings: limits } = identity
    const failures = execution.side.isJournalFailed ? 1 : 0
    const host = this.hostFacts('executor', [{ depth, capacity, failures }])
    const recent = this.history.facts(host.nowMs)
    return statusOf(executorState({ execution: execution.side, limits, conditions, host, recent }))
  }

  /** @internal */
  protected targets(): Omit<CommandTargets, 'persist' | 'mode'> {
    const { execution } = this
    const take = (command: OperatorCommand) => execution !== undefined && give(execution.host, command)
    return {
      here: execution === undefined ? [] : [{ name: 'execution side', take }],
      elsewhere: [],
      journalFault: () => (execution?.side.isJournalFailed ? 'cannot be written' : undefined),
    }
  }

  protected position(): SessionView['position'] {
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
