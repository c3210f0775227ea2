import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { FieldName, FieldNames } from './contract.js'
import { startMs } from './start-time.js'

/** One row of the table of what holds between two documents of one system, a later one behind an earlier one. */
export interface StreamRule {
  readonly rule: string
  /** Whose values it binds together; the first is where to look first. */
  readonly fields: FieldNames
  /** The pairs of documents that it speaks of. */
  readonly when: string
  /** What must be so in the later one. */
  readonly expected: string
  readonly source: string
  readonly holds: (earlier: StatusDocument, later: StatusDocument) => boolean
}

/** A stream whose documents keep coming and whose time has stood still for longer says nothing of now, ms. */
export const STANDS_STILL_AFTER_MS = 3_000

/** The rule of a time that stands still: it takes the reader's own clock, and {@link StatusStream} asks it. */
export const TIME_STANDS_STILL: Omit<StreamRule, 'holds'> = {
  rule: 'STATUS_TIME_STANDS_STILL',
  fields: ['status_ts_ms'],
  when: `heard ${STANDS_STILL_AFTER_MS} ms or more after its status_ts_ms was first heard`,
  expected: 'a later time than the last: the documents keep coming, and none is of now',
  source: 'status_ts_ms is the time at which the document is true',
}

/** What cannot change while a process runs. */
const FIXED: readonly FieldName[] = [
  'contract_version',
  'schema_version',
  'deployment_environment',
  'strategy_id',
  'champion_hash',
  'config_hash',
  'build_id',
]

const SAME_PROCESS = 'of one process'

/** In the order in which they are asked. */
export const STREAM_RULES: readonly StreamRule[] = [
  {
    rule: 'STATUS_TIME_GOES_ON',
    fields: ['status_ts_ms'],
    when: 'any',
    expected: 'not before the last document',
    source: 'clocks of this product never go back',
    holds: (earlier, later) => later.status_ts_ms >= earlier.status_ts_ms,
  },
  {
    rule: 'UPTIME_GOES_ON',
    fields: ['uptime_s', 'status_ts_ms'],
    when: 'any',
    expected: 'as much more as status_ts_ms, or a start since the last document',
    source: 'uptime_s counts from the start of the process',
    holds: (earlier, later) => isOneProcess(earlier, later) || startMs(later) >= earlier.status_ts_ms,
  },
  ...FIXED.map((field) => ({
    rule: `${field.toUpperCase()}_STAYS`,
    fields: [field, 'status_ts_ms', 'uptime_s'] as const,
    when: SAME_PROCESS,
    expected: 'the same as before',
    source: 'fixed when a process starts',
    holds: within((earlier, later) => earlier[field] === later[field]),
  })),
  {
    rule: 'SCAN_NUMBER_GOES_ON',
    fields: ['last_scan_number', 'status_ts_ms', 'uptime_s'],
    when: SAME_PROCESS,
    expected: 'no earlier scan',
    source: 'scans are numbered',
    holds: within((earlier, later) => (later.last_scan_number ?? -1) >= (earlier.last_scan_number ?? -1)),
  },
  {
    rule: 'RECONCILIATION_GOES_ON',
    fields: ['reconcile_last_ok_ts_ms', 'status_ts_ms', 'uptime_s'],
    when: SAME_PROCESS,
    expected: 'no earlier reconciliation',
    source: 'what has happened stays so',
    holds: within((earlier, later) => (later.reconcile_last_ok_ts_ms ?? -1) >= (earlier.reconcile_last_ok_ts_ms ?? -1)),
  },
]

type BetweenTwo = StreamRule['holds']

function within(holds: BetweenTwo): BetweenTwo {
  return (earlier, later) => !isOneProcess(earlier, later) || holds(earlier, later)
}

/** By the times at which they say that they started. */
function isOneProcess(earlier: StatusDocument, later: StatusDocument): boolean {
  return Math.abs(startMs(later) - startMs(earlier)) <= START_DIFFERS_MS_MAX
}

/** Two clocks that are read one after the other may differ by so much. */
const START_DIFFERS_MS_MAX = 1_000
