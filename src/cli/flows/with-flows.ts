import { hostname, userInfo } from 'node:os'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { Interrupted, SurroundingsFailed } from '../../base/mistakes.js'
import type { HeldTurn } from '../../ports/flow-scheduler.js'
import type { FlowKey } from '../../ports/vocabulary/flows.js'
import type { FlowTasks } from '../compose/flow-tasks.js'
import { type OpenFlows, openFlows } from '../compose/flows.js'
import { openWhenFree } from '../compose/shared-flow-tasks.js'
import type { FlowsChoice } from '../flows-options.js'
import { tasksOf } from '../flows-tasks-choice.js'
import { noticeWarning } from '../shell/terminal.js'

export async function withFlows<T>({ flows }: FlowsChoice, use: (open: OpenFlows) => Promise<T>): Promise<T> {
  const open = await openFlows(flows, noticeWarning)
  try {
    return await use(open)
  } finally {
    await open.close()
  }
}

/** A process that has died a moment ago still has its turn for 4 s. */
const WAIT_MS = 6_000

/** @throws SurroundingsFailed when another process has it. */
export async function withTurn<T>(open: OpenFlows, key: FlowKey, use: (turn: HeldTurn) => Promise<T>): Promise<T> {
  const turn = await open.scheduler.acquire(key, { waitMs: WAIT_MS })
  if (turn.kind === 'busy') {
    const message = `expected nobody at work on it, found ${turn.owner}: wait for its end, or stop it`
    throw new SurroundingsFailed({ place: `${key.flow} ${key.colour}`, message })
  }
  try {
    return await use(turn)
  } finally {
    await turn.release()
  }
}

/** What a run by hand works with; an embedded grid that another process has open is waited for. */
export async function withTasks<T>(
  choice: FlowsChoice,
  stop: AbortSignal,
  use: (tasks: FlowTasks) => Promise<T>,
): Promise<T> {
  const tasks = await openWhenFree(tasksOf(choice, noticeWarning), { clock: systemClock, stop }).catch((error) => {
    throw stop.aborted ? new Interrupted('Stopped before anything was run.') : error
  })
  try {
    return await use(tasks)
  } finally {
    await tasks.close()
  }
}

/** Who writes into the ledger without a turn. */
export function operatorName(): string {
  return `${userInfo().username}@${hostname()}`
}
