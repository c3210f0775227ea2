import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FlowStore } from '../../ports/flow-store.js'
import {
  COLOURS,
  FLOWS,
  type FlowDate,
  type FlowEvent,
  type FlowKey,
  type FlowRecord,
  type FlowRow,
} from '../../ports/vocabulary/flows.js'
import { KeyLog } from './key-log.js'

/** The ledger in a folder: a folder for each flow and configuration. */
export class FlowStoreFiles implements FlowStore {
  private readonly logs = new Map<string, KeyLog>()

  constructor(
    private readonly folder: string,
    private readonly process: string,
  ) {}

  async rows(key: FlowKey): Promise<readonly FlowRow[]> {
    return this.log(key).rows()
  }

  async allRows(): Promise<readonly FlowRow[]> {
    const names = new Set(await foldersIn(this.folder))
    const keys = FLOWS.flatMap((flow) => COLOURS.map((colour) => ({ flow, colour })))
    const known = keys.filter((key) => names.has(folderOf(key)))
    return (await Promise.all(known.map((key) => this.rows(key)))).flat()
  }

  since(key: FlowKey): Promise<string | null> {
    return this.log(key).since()
  }

  setSince(key: FlowKey, stamp: string): Promise<void> {
    return this.log(key).setSince(stamp)
  }

  put(row: FlowRow): Promise<void> {
    return this.log(row).put(row)
  }

  records(date: FlowDate): Promise<readonly FlowRecord[]> {
    return this.log(date).records(date.stamp)
  }

  async append(date: FlowDate, fence: number, atMs: number, event: FlowEvent): Promise<FlowRecord> {
    const log = this.log(date)
    const before = await log.records(date.stamp)
    const record: FlowRecord = { ...event, seq: (before.at(-1)?.seq ?? 0) + 1, atMs }
    await log.record(date.stamp, fence, record)
    return record
  }

  /** From now on whatever an earlier turn of the key writes is refused. */
  begin(key: FlowKey, fence: number, owner: string): Promise<void> {
    return this.log(key).begin(fence, owner)
  }

  async close(): Promise<void> {
    for (const log of this.logs.values()) await log.close()
    this.logs.clear()
  }

  private log(key: FlowKey): KeyLog {
    const name = folderOf(key)
    const log = this.logs.get(name) ?? new KeyLog(join(this.folder, name, 'log.jsonl'), this.process)
    this.logs.set(name, log)
    return log
  }
}

export function folderOf({ flow, colour }: FlowKey): string {
  return `${flow}-${colour}`
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
