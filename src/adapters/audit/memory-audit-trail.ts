import type { AuditTrail } from '../../ports/audit-trail.js'
import type { AuditEvent, AuditRecord } from '../../ports/vocabulary/harness.js'

/** An audit trail that ends with its process: for trials and tests. */
export class MemoryAuditTrail implements AuditTrail {
  constructor(private readonly all: AuditRecord[] = []) {}

  async append(cycle: string, atMs: number, event: AuditEvent): Promise<AuditRecord> {
    const record: AuditRecord = { seq: this.all.length + 1, atMs, cycle, ...event }
    this.all.push(record)
    return record
  }

  async records(cycle: string): Promise<readonly AuditRecord[]> {
    return this.all.filter((record) => record.cycle === cycle)
  }

  async close(): Promise<void> {}
}
