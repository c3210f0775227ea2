import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Limits of a session whose executor is a process, ms of the session, that a busy machine does not reach: at fifty times real time
 * one that waits a second for its core is silent for fifty. For tests of something else than how long anything takes.
 */
const PATIENT = `
link:
  heartbeats_missed_ms: 600000
  round_trip_max_ms: 600000
  silent_max_ms: 900000
  clock_skew_max_ms: 900000
  lost_dwell_ms: 3600000
entry: { permission_max_ms: 300000, order_delay_max_ms: 300000 }
decision: { proposal_delay_max_ms: 300000, intent_wait_max_ms: 300000, permission_delay_max_ms: 290000 }
exchange: { answer_max_ms: 600000, submit_valid_ms: 900000, truth_age_max_ms: 900000, truth_delay_max_ms: 600000 }
`

/** Writes such a configuration for `--execution` into the folder; answers its path. */
export function patientConfig(folder: string): string {
  const path = join(folder, 'patient.yml')
  writeFileSync(path, PATIENT)
  return path
}
