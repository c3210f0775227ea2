import { hostname, userInfo } from 'node:os'
import { SurroundingsFailed } from '../../base/mistakes.js'
import type { HeldTurn } from '../../ports/flow-scheduler.js'
import type { FlowKey } from '../../ports/vocabulary/flows.js'
import type { FlowTasks } from '../compose/flow-tasks.js'
import { type OpenFlows, openFlows, openTasks } from '../compose/flows.js'
import { checkedRun } from '../run-options.js'
import { noticeWarning } from '../shell/terminal.js'
import type { FlowsChoice } from './options.js'

/** A process that has died a moment ago still has its turn for 4 s. */
const WAIT_MS = 6_000

export async function withFlows<T>({ flows }: FlowsChoice, use: (open: OpenFlows) => Promise<T>): Promise<T> {
  const open = await openFlows(flows, noticeWarning)
  try {
    return await use(open)
  } finally {
    await open.close()
  }
}

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

export async function withTasks<T>(choice: FlowsChoice, use: (tasks: FlowTasks) => Promise<T>): Promise<T> {
  const tasks = await openTasks(tasksOf(choice))
  try {
    return await use(tasks)
  } finally {
    await tasks.close()
  }
}

/** The settings of the tasks' work, out of the options. */
export function tasksOf(choice: FlowsChoice): Parameters<typeof openTasks>[0] {
  return {
    ...choice,
    runOf: ({ config, posture, capital }) =>
      checkedRun({ config, posture, ...(capital === undefined ? {} : { capital: String(capital) }) }),
    report: noticeWarning,
  }
}

/** Who writes into the ledger without a turn. */
export function operatorName(): string {
  return `${userInfo().username}@${hostname()}`
}
