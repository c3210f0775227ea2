import type { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionInput } from '../../core/decision/event.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import type { Journal } from '../../ports/journal.js'
import type { ExecutionInput, OperatorCommand } from '../../ports/sides.js'
import type { SideHost } from '../host/side-host.js'

/** A side of this process with what drives it and what it writes to. */
export interface HostedSide<Side, Input extends { readonly kind: string }, Record> {
  readonly side: Side
  readonly host: Pick<SideHost<Input, Record>, 'post' | 'isRunning'>
  readonly journal: Pick<Journal, 'depth' | 'capacity'>
}

export type HostedDecision = HostedSide<DecisionSide, DecisionInput, DecisionRecord>
export type HostedExecution = HostedSide<ExecutionSide, ExecutionInput, ExecutionRecord>

/** @throws Error when the side has stopped: it obeys nothing, and the operator is to know. */
export function give(host: HostedDecision['host'] | HostedExecution['host'], command: OperatorCommand): void {
  if (host.isRunning) host.post({ kind: 'command', command })
  // A command may be what breaks a side: then it was not carried out.
  if (!host.isRunning) throw new Error('it has stopped and handles nothing')
}
