import { DataRefused, found } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import type { AuditEvent, AuditRecord } from '../../ports/vocabulary/harness.js'

/** Where a line stands: number n of its file, from 1, is record n. */
export interface AuditPlace {
  readonly file: string
  readonly line: number
}

/** A record of a file. @throws DataRefused when it is none, or not the one that stands there. */
export function readAuditLine(text: string, { file, line }: AuditPlace): AuditRecord {
  const refused = (message: string): DataRefused =>
    new DataRefused({ place: { file: displayPath(file), line }, message })
  const record = parsed(text)
  if (record === undefined) throw refused(`expected a record of the audit trail, found ${found(text)}`)
  const { seq, atMs, cycle, kind } = record
  if (seq !== line) throw refused(`expected record ${line}, found ${found(seq)}`)
  if (!Number.isSafeInteger(atMs)) throw refused(`expected atMs, whole ms, found ${found(atMs)}`)
  if (typeof cycle !== 'string') throw refused(`expected the name of a cycle, found ${found(cycle)}`)
  const fields = Object.hasOwn(FIELDS, String(kind)) ? FIELDS[kind as AuditEvent['kind']] : undefined
  if (fields === undefined) throw refused(`expected a kind of record, found ${found(kind)}`)
  for (const field of fields) if (!(field in record)) throw refused(`expected ${field} in ${String(kind)}, found none`)
  return record as unknown as AuditRecord
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** What a record of a kind has in any case. */
const FIELDS: Readonly<Record<AuditEvent['kind'], readonly string[]>> = {
  CYCLE_STARTED: ['graph', 'bundleHash', 'mode'],
  CYCLE_RESUMED: ['graph', 'bundleHash', 'mode'],
  VALIDATED: ['verdict', 'findings'],
  CYCLE_DEGRADED: ['cause'],
  GATE: ['index', 'value'],
  TASK_SKIPPED: ['task', 'reason', 'bundleHash'],
  TASK_STARTED: ['task', 'taskId'],
  EFFECT: ['key'],
  SKILL_VIOLATION: ['skill', 'violation', 'action', 'task'],
  HARNESS_VIOLATION: ['skill', 'violation', 'action', 'task'],
  HARNESS_ERROR: ['task', 'message'],
  TASK_FINISHED: ['task', 'status'],
  TASK_REPLAYED: ['task', 'status'],
  TASK_BLOCKED: ['task', 'blockers'],
  RELEASED: ['key'],
  CYCLE_FINISHED: ['outcome'],
}
