import { DataRefused } from '../../base/mistakes.js'
import { StaleFence } from '../../ports/flow-store.js'
import type { FlowRecord, FlowRow } from '../../ports/vocabulary/flows.js'
import { type LogEntry, SharedLog } from './shared-log.js'

/**
 * All that is written down of one flow of one configuration: turns, rows of the ledger, and records of runs, in one log, so that it is
 * plain for everybody which turn came first. Whatever an earlier turn writes after a later one began does not count.
 */
export class KeyLog {
  private readonly log: SharedLog
  private readonly rowsByStamp = new Map<string, FlowRow>()
  private readonly recordsByStamp = new Map<string, FlowRecord[]>()
  private readonly refused = new Set<string>()
  private firstStamp: string | null = null
  private newestFence = 0
  private written = 0

  /** @param process names this process among all that write the log. */
  constructor(
    private readonly path: string,
    private readonly process: string,
  ) {
    this.log = new SharedLog(path, (entry) => this.take(entry))
  }

  /** Oldest stamp first. */
  async rows(): Promise<readonly FlowRow[]> {
    await this.log.refresh()
    return [...this.rowsByStamp.values()].sort((a, b) => (a.stamp < b.stamp ? -1 : 1))
  }

  async records(stamp: string): Promise<readonly FlowRecord[]> {
    await this.log.refresh()
    return [...(this.recordsByStamp.get(stamp) ?? [])]
  }

  async since(): Promise<string | null> {
    await this.log.refresh()
    return this.firstStamp
  }

  async setSince(stamp: string): Promise<void> {
    if ((await this.since()) === null) await this.write(0, { kind: 'since', stamp })
  }

  /** @throws StaleFence */
  async begin(fence: number, owner: string): Promise<void> {
    await this.write(fence, { kind: 'turn', owner })
  }

  /** @throws StaleFence */
  async put(row: FlowRow): Promise<void> {
    await this.write(row.fence, { kind: 'row', row })
  }

  /** @throws StaleFence */
  async record(stamp: string, fence: number, record: FlowRecord): Promise<void> {
    await this.write(fence, { kind: 'record', stamp, record })
  }

  close(): Promise<void> {
    return this.log.close()
  }

  private async write(fence: number, entry: LogEntry): Promise<void> {
    await this.log.refresh()
    if (this.isStale(fence)) throw staleFence(fence, this.newestFence)
    const id = `${this.process}/${++this.written}`
    await this.log.append([{ ...entry, fence, id }])
    if (this.refused.delete(id)) throw staleFence(fence, this.newestFence)
  }

  /** An operator has no turn, and needs none. */
  private isStale(fence: number): boolean {
    return fence !== 0 && fence < this.newestFence
  }

  private take(entry: LogEntry): void {
    if (entry.kind === 'repaired') return
    const fence = Number(entry.fence)
    if (!Number.isSafeInteger(fence)) throw this.unknown(entry)
    if (this.isStale(fence)) {
      const id = String(entry.id)
      if (id.startsWith(`${this.process}/`)) this.refused.add(id)
      return
    }
    this.newestFence = Math.max(this.newestFence, fence)
    this.takeValid(entry)
  }

  private takeValid(entry: LogEntry): void {
    switch (entry.kind) {
      case 'turn':
        return
      case 'row': {
        const row = entry.row as FlowRow
        this.rowsByStamp.set(row.stamp, row)
        return
      }
      case 'record': {
        const stamp = String(entry.stamp)
        const records = this.recordsByStamp.get(stamp) ?? []
        records.push(entry.record as FlowRecord)
        this.recordsByStamp.set(stamp, records)
        return
      }
      case 'since':
        this.firstStamp ??= String(entry.stamp)
        return
      default:
        throw this.unknown(entry)
    }
  }

  private unknown({ kind }: LogEntry): DataRefused {
    const message = `expected a line of a turn, row, record or since, found ${JSON.stringify(kind)}: is the log of a newer version?`
    return new DataRefused({ place: { file: this.path }, message })
  }
}

function staleFence(found: number, newest: number): StaleFence {
  return new StaleFence(`expected the turn ${newest}, the newest, found ${found}: another process has the turn`)
}
