import { POSTURES } from '../../ports/vocabulary/market.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { checkStatus } from '../status/check.js'
import { type GridDocument, gridDocument, notJson, parsedJson } from './document.js'
import { shown } from './document-check.js'
import {
  boolean,
  count,
  date,
  integerFrom,
  isoTime,
  listOf,
  name,
  noted,
  nullable,
  number,
  object,
  oneOf,
  prose,
  recordOf,
  share,
  unixSeconds,
} from './document-schema.js'
import { isoMs } from './iso-time.js'

/** Documents of whoever watches: posture, health, heartbeats, status. Source: system bible §11, §15.1, §24.5; spec "Services". */

/** A service that makes progress, every 5 s. */
export const SERVICE_HEARTBEAT = gridDocument(
  'service_heartbeat',
  object(
    {
      ts: unixSeconds,
      iso: isoTime,
      name,
      state: oneOf('STARTING', 'RUNNING', 'STOPPING', 'EXITED', 'FATAL'),
    },
    {
      since_ms: noted('When it came into this state.', integerFrom(0)),
      last_progress_at_ms: noted('null before the first.', nullable(integerFrom(0))),
      detail: prose(500),
      pid: count,
      host: name,
      version: name,
    },
  ),
)

const sensor = noted('A sensor category, 1: nothing is wrong.', share)
const posture = oneOf(...POSTURES)

/**
 * The posture; the linearizable reference holds the same text. One that does not say when it was made, or was made more than a
 * minute ago, permits nothing. `target`, `level`, `below` and `above` let the survival service go on where it stopped.
 */
export const SAFETY = gridDocument(
  'safety',
  object(
    {
      posture,
      Rm: noted('The risk multiplier, after the bound on recovery.', share),
      sensors: object({ cat1: sensor, cat2: sensor, cat3: sensor, cat4: sensor, cat5: sensor }),
    },
    {
      updated_at: isoTime,
      target: noted('The risk multiplier before the bound on recovery.', share),
      level: noted('The posture that Rm alone would mean.', posture),
      below: noted('Updates in a row whose level was below the posture.', count),
      above: noted('Updates in a row whose level was above the posture.', count),
      cold: noted('No update was made yet: sensors are not known.', boolean),
      fixed: noted('A person said so; sensors are not looked at.', boolean),
      dvol_spike_at: noted('The last jump of implied volatility.', isoTime),
      reason: prose(500),
    },
  ),
)

/** How the system does. */
export const META_HEALTH = gridDocument(
  'meta_health',
  object(
    {
      rm_meta: share,
      status: oneOf('GREEN', 'DEGRADED', 'CRITICAL', 'DEAD'),
      m4_control_plane: share,
      m1_data_infra: share,
      m1_trader: share,
      m2_heartbeat: share,
      m3_data_freshness: share,
      m5_coherence: share,
      service_status: noted(
        'By service.',
        recordOf(
          object({ state: name }, { up_s: nullable(number), critical: boolean, maintenance_until: nullable(isoTime) }),
        ),
      ),
      hz_key_status: noted(
        'By key.',
        recordOf(object({ score: share, age_s: nullable(number) }, { problem: nullable(prose(200)) })),
      ),
      timestamp: isoTime,
    },
    {
      named: noted('What is missing, unreadable, out of range or from the future.', listOf(name, { itemsMax: 1_000 })),
    },
  ),
)

/** A daily flow, at its beginning, when its engine begins, and at its end. */
export const FLOW_HEARTBEAT = gridDocument(
  'flow_heartbeat',
  object({ ts: unixSeconds, iso: isoTime, run_date: date, phase: name, flow: name }),
)

/** What the operator's certificate is worth, as last checked; the signed file stays with its owner. */
export const CERTIFICATE = gridDocument(
  'certificate',
  object({
    state: oneOf('PASS', 'STALE', 'FAIL', 'MISSING', 'INVALID'),
    expires_at_ms: noted('UTC ms; null exactly for MISSING and INVALID.', nullable(integerFrom(0))),
    why: prose(1_000),
    checked_at: isoTime,
  }),
)

/** The `/status` document, under the contract of `specs/status` that it names. */
export const STATUS: GridDocument<StatusDocument> = {
  name: 'status',
  version: 1,
  schema: undefined,
  read(text) {
    const json = parsedJson(text)
    if (json === undefined) return { refused: notJson('status', text) }
    const [broken] = checkStatus(json.value)
    if (broken === undefined) return { value: json.value as StatusDocument }
    const { field, expected, found } = broken
    return { refused: { path: `status.${field}`, expected, found: shown(found) } }
  },
  write: (value) => JSON.stringify(value),
}

/** When the grid was last written and read back: a time as bare text. */
export const PROBE: GridDocument<number> = {
  name: 'probe_ts',
  version: 1,
  schema: undefined,
  read(text) {
    const seconds = /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) : undefined
    const ms = seconds === undefined ? isoMs(text) : Math.floor(seconds * 1000)
    return ms === undefined
      ? {
          refused: { path: 'probe_ts', expected: 'a time in ISO 8601, or seconds since the epoch', found: shown(text) },
        }
      : { value: ms }
  },
  /** @param value UTC ms. */
  write: (value) => new Date(value).toISOString(),
}
