import { MemoryAuditTrail } from '../../../src/adapters/audit/memory-audit-trail.js'
import type { AuditRecord } from '../../../src/ports/vocabulary/harness.js'
import { auditTrailContract } from '../../ports/audit-trail-contract.js'

auditTrailContract('memory', () => {
  const records: AuditRecord[] = []
  return { open: async () => new MemoryAuditTrail(records), records: async () => records }
})
