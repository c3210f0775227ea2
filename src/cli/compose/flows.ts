import { join } from 'node:path'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { openFlowFiles } from '../../adapters/flow-files/flow-files.js'
import { present } from '../../base/present.js'
import type { FlowsConfig } from '../../config/flows-config.js'
import type { FlowScheduler } from '../../ports/flow-scheduler.js'
import type { FlowStore } from '../../ports/flow-store.js'
import type { FlowKey } from '../../ports/vocabulary/flows.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import { type DayRun, type FlowTasks, openFlowTasks } from './flow-tasks.js'
import { EMBEDDED_GRID } from './grid-address.js'
import type { RunSettings } from './run-settings.js'

/** Schedules, turns and the ledger. */
export interface OpenFlows {
  readonly store: FlowStore
  readonly scheduler: FlowScheduler
  close(): Promise<void>
}

/** Where schedules and the ledger are: in a folder, or in a Redis that several machines share. @throws Mistake */
export async function openFlows(
  { folder, redis }: Pick<FlowsConfig, 'folder' | 'redis'>,
  report: (text: string) => void,
): Promise<OpenFlows> {
  const failed = (error: unknown, { flow, colour }: FlowKey): void =>
    report(`${flow} ${colour}: ${error instanceof Error ? error.message : String(error)}`)
  if (redis === undefined) return openFlowFiles(folder, { clock: systemClock, report: failed })
  const { openRedisFlows } = await import('../../adapters/bullmq/redis-flows.js')
  return openRedisFlows(redis, { clock: systemClock, report: failed })
}

export interface TasksChoice {
  readonly flows: Omit<FlowsConfig, 'days'> & { readonly days: string }
  readonly grid: string
  readonly posture?: Posture
  readonly forewarnerTrades?: string
  runOf(of: DayRun): RunSettings
  report(text: string): void
}

/** The work of the flows' tasks; an embedded grid is kept in the flows' folder. @throws Mistake */
export function openTasks(choice: TasksChoice): Promise<FlowTasks> {
  const { flows, grid, posture, forewarnerTrades, runOf, report } = choice
  const { days, strategies, capital, paperLogs, folder } = flows
  return openFlowTasks({
    grid: { url: grid, ...present({ file: gridFileOf(choice) }) },
    ...{ days, strategies, paperLogs, runOf, report },
    reports: join(folder, 'reports'),
    ...present({ capital, posture, forewarnerTrades }),
  })
}

/** Where an embedded grid is kept; undefined: it is a cluster. */
export function gridFileOf({ flows: { folder }, grid }: Pick<TasksChoice, 'flows' | 'grid'>): string | undefined {
  return grid === EMBEDDED_GRID ? join(folder, 'grid') : undefined
}
