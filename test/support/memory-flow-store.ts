import { type FlowStore, StaleFence } from '../../src/ports/flow-store.js'
import type { FlowDate, FlowEvent, FlowKey, FlowRecord, FlowRow } from '../../src/ports/vocabulary/flows.js'

/** A ledger that lasts as long as the test. What is read of it is what a file would give: JSON, and nobody else's object. */
export class MemoryFlowStore implements FlowStore {
  /** What happened to it, in order: for tests that say what must be written, and when. */
  readonly written: (FlowRow | FlowRecord)[] = []
  private readonly rowsOf = new Map<string, Map<string, string>>()
  private readonly recordsOf = new Map<string, string[]>()
  private readonly sinceOf = new Map<string, string>()
  private readonly fences = new Map<string, number>()

  async rows(key: FlowKey): Promise<readonly FlowRow[]> {
    return this.newest(named(key))
  }

  async allRows(): Promise<readonly FlowRow[]> {
    return [...this.rowsOf.keys()].sort().flatMap((key) => this.newest(key))
  }

  async since(key: FlowKey): Promise<string | null> {
    return this.sinceOf.get(named(key)) ?? null
  }

  async setSince(key: FlowKey, stamp: string): Promise<void> {
    if (!this.sinceOf.has(named(key))) this.sinceOf.set(named(key), stamp)
  }

  async put(row: FlowRow): Promise<void> {
    if (row.fence !== OPERATOR) this.checkFence(row, row.fence)
    const rows = this.rowsOf.get(named(row)) ?? new Map<string, string>()
    this.rowsOf.set(named(row), rows.set(row.stamp, JSON.stringify(row)))
    this.written.push(row)
  }

  async records(date: FlowDate): Promise<readonly FlowRecord[]> {
    return (this.recordsOf.get(dated(date)) ?? []).map((line) => JSON.parse(line) as FlowRecord)
  }

  async append(date: FlowDate, fence: number, atMs: number, event: FlowEvent): Promise<FlowRecord> {
    this.checkFence(date, fence)
    const lines = this.recordsOf.get(dated(date)) ?? []
    const record = JSON.parse(JSON.stringify({ ...event, seq: lines.length + 1, atMs })) as FlowRecord
    lines.push(JSON.stringify(record))
    this.recordsOf.set(dated(date), lines)
    this.written.push(record)
    return record
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private newest(key: string): readonly FlowRow[] {
    const rows = [...(this.rowsOf.get(key) ?? new Map<string, string>())].sort(([a], [b]) => (a < b ? -1 : 1))
    return rows.map(([, row]) => JSON.parse(row) as FlowRow)
  }

  private checkFence(key: FlowKey, fence: number): void {
    const seen = this.fences.get(named(key)) ?? 0
    if (fence < seen) throw new StaleFence(`the fence ${fence} of ${named(key)} is older than ${seen}`)
    this.fences.set(named(key), fence)
  }
}

/** Fence of a row that an operator writes: it is never too late. */
const OPERATOR = 0

function named({ flow, colour }: FlowKey): string {
  return `${flow}/${colour}`
}

function dated(date: FlowDate): string {
  return `${named(date)}/${date.stamp}`
}
