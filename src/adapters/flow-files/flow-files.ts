import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Cron } from 'croner'
import type { Clock } from '../../ports/clock.js'
import type { FlowScheduler } from '../../ports/flow-scheduler.js'
import type { FlowStore } from '../../ports/flow-store.js'
import type { FlowKey, FlowSchedule } from '../../ports/vocabulary/flows.js'
import { FlowSchedulerFiles } from './flow-scheduler-files.js'
import { FlowStoreFiles } from './flow-store-files.js'

export interface FlowFiles {
  readonly store: FlowStore
  readonly scheduler: FlowScheduler
  /** Stops the scheduler, and lets go of the files. */
  close(): Promise<void>
}

/** Schedules, turns and the ledger in a folder, for the processes of one machine: nothing else is needed. */
export function openFlowFiles(
  folder: string,
  options: { readonly clock: Clock; readonly report: (error: unknown, key: FlowKey) => void },
): FlowFiles {
  const owner = `${hostname()}:${process.pid}`
  const store = new FlowStoreFiles(folder, `${owner}:${randomUUID()}`)
  const scheduler = new FlowSchedulerFiles({ ...options, folder, store, owner, onSchedule })
  return {
    store,
    scheduler,
    async close() {
      await scheduler.stop()
      await store.close()
    },
  }
}

/** In UTC: no time of a day is left out, and none comes twice. */
function onSchedule(schedule: FlowSchedule, due: () => void): () => void {
  const job = new Cron(cronOf(schedule), { timezone: 'UTC' }, due)
  return () => job.stop()
}

function cronOf(schedule: FlowSchedule): string {
  if (schedule.kind === 'hours') return `0 */${schedule.every} * * *`
  const [hours, minutes] = schedule.at.split(':').map(Number)
  return `${minutes} ${hours} * * *`
}
