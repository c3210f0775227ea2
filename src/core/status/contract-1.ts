import { STATUS_1_FIELDS, STATUS_1_REGISTRIES } from '../../ports/vocabulary/status-1.generated.js'
import type { Contract, Fact } from './contract.js'
import { contractRules } from './contract-rules.js'
import { COMMON_FACTS, isLatchedBy } from './facts.js'

/** A full journal and an unresolved fill were latches, and a latch had no reason of its own. */
const FACTS: readonly Fact[] = [
  ...COMMON_FACTS,
  {
    reason: 'REDUCEONLY_WAL_BACKPRESSURE',
    fields: ['wal_queue_depth', 'wal_queue_capacity', 'open_permission_reason_codes'],
    source: 'contract 1.0.0',
    fact: 'the journal queue is full or latched as full',
    holds: (status) => status.wal_queue_depth >= status.wal_queue_capacity || isLatchedBy(status, 'WAL_BACKPRESSURE'),
  },
  {
    reason: 'REDUCEONLY_PARTIAL_FILL_CONTAINMENT',
    fields: ['open_permission_reason_codes'],
    source: 'contract 1.0.0',
    fact: 'PARTIAL_FILL_UNRESOLVED is latched',
    holds: (status) => isLatchedBy(status, 'PARTIAL_FILL_UNRESOLVED'),
  },
]

/** Contract 1.0.0. */
export const FIRST_CONTRACT: Contract = {
  registries: STATUS_1_REGISTRIES,
  fields: STATUS_1_FIELDS,
  rules: contractRules(STATUS_1_REGISTRIES, FACTS),
}
