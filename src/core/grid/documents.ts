import type { GridDocument } from './document.js'
import { LATEST_EIGEN_SCAN } from './eigen-scan.js'
import { ACB_BOOST, ACB_STATE, EXTERNAL_FACTORS, FOREWARNER } from './feature-documents.js'
import {
  FEATURE_KEYS,
  GRID_MAPS,
  HEARTBEAT_KEYS,
  LATEST,
  RESULT_KEYS,
  STATE_KEYS,
  STATUS_KEYS,
  type StrategyColour,
} from './names.js'
import { OBSERVATION } from './observation-document.js'
import { ORDER_BOOK, ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD, UNIVERSE } from './order-book-documents.js'
import { SHARD_MAPS } from './shards.js'
import { DAILY_RESULT, FLOW_STATE, SIGNALS, SUPERVISED_STATE, TRADER_STATE } from './trader-documents.js'
import {
  CERTIFICATE,
  FLOW_HEARTBEAT,
  META_HEALTH,
  PROBE,
  SAFETY,
  SERVICE_HEARTBEAT,
  STATUS,
} from './watch-documents.js'

/** Where in the grid which document stands. Whoever writes there writes this and nothing else. */
export interface GridPlace {
  /** Maps, when there are several of the same. */
  readonly maps: readonly string[]
  /** The key, or how keys are formed: `<symbol>`, `YYYY-MM-DD:live`. */
  readonly key: string
  // biome-ignore lint/suspicious/noExplicitAny: each row has a document of its own type.
  readonly document: GridDocument<any, unknown>
  readonly writer: string
  readonly readers: string
  readonly cadence: string
  readonly notes: string
}

const COLOURS: readonly StrategyColour[] = ['BLUE', 'GREEN']
const RESULTS = COLOURS.map(GRID_MAPS.pnl)
const STATES = COLOURS.map(GRID_MAPS.state)
const DAY = 'YYYY-MM-DD'
const WATCHERS = 'displays'

/** Every map and key. Source: system bible §15.1, §27.5, §28.3; spec "The grid". */
export const GRID_PLACES: readonly GridPlace[] = [
  ...features([
    [
      FEATURE_KEYS.scan,
      LATEST_EIGEN_SCAN,
      'scanner, bridge',
      `trader, breaker, meta-health, ${WATCHERS}`,
      'every scan, 5 s',
      'Read in the nested form (NG7), too. Told apart by scan_number within a session of the scanner.',
    ],
    [
      FEATURE_KEYS.breaker,
      ACB_BOOST,
      'breaker',
      'trader, meta-health',
      'day start, new factors, new scans',
      'Written under the lock, with its token; applied at the top of the next bar.',
    ],
    [
      FEATURE_KEYS.breakerState,
      ACB_STATE,
      'breaker',
      WATCHERS,
      'with acb_boost',
      'For people: nothing is decided by it.',
    ],
    [
      FEATURE_KEYS.forewarner,
      FOREWARNER,
      'forewarner',
      `trader, survival, ${WATCHERS}`,
      'day start, every 4 h',
      'Stays until it is replaced.',
    ],
    [
      FEATURE_KEYS.externalFactors,
      EXTERNAL_FACTORS,
      'external-factors',
      `breaker, survival, meta-health, ${WATCHERS}`,
      '60 s',
      'Fresh by _pushed_at.',
    ],
    [
      FEATURE_KEYS.externalFactorsBefore,
      EXTERNAL_FACTORS,
      'older releases',
      `breaker, survival, ${WATCHERS}`,
      '',
      'The older name of exf_latest: read where that is absent, not written.',
    ],
    [
      FEATURE_KEYS.universe,
      UNIVERSE,
      'order-book-universe',
      'meta-health, asset selection',
      '60 s',
      'Health of all perpetuals; nothing is traded by it.',
    ],
    [
      FEATURE_KEYS.orderBook,
      ORDER_BOOK_FEATURES,
      'order-book',
      `trader, survival, ${WATCHERS}`,
      'every bar',
      '`ob_cache/latest_ob_features.json` is the same document, for when the grid is away.',
    ],
    [
      FEATURE_KEYS.observation,
      OBSERVATION,
      'observation',
      WATCHERS,
      'every second',
      'Regime and status of what is observed. Fresh by _pushed_at; FAILED stays until the service starts anew.',
    ],
  ]),
  place(
    SHARD_MAPS,
    '<symbol>',
    ORDER_BOOK_SHARD,
    'order-book',
    'strategies, displays',
    '100 ms, changed symbols',
    'Symbols are discovered by their keys. The sum of UTF-16 units mod 10 is the shard.',
  ),
  place(
    [GRID_MAPS.orderBooks],
    '<symbol>',
    ORDER_BOOK,
    'order-book',
    'strategies, displays',
    '100 ms, changed symbols',
    'The best 20 levels of each side.',
  ),
  place(
    [GRID_MAPS.safety],
    LATEST,
    SAFETY,
    'survival',
    `trader, flows, ${WATCHERS}`,
    '5 s and on change',
    'The linearizable reference of the same name holds the same text and is asked first. Older than 60 s: no entries.',
  ),
  place(
    RESULTS,
    RESULT_KEYS.flow(DAY),
    DAILY_RESULT,
    'paper flow',
    'analysis',
    'end of the day',
    'With stale_state it is no ground for live orders.',
  ),
  place(RESULTS, RESULT_KEYS.supervised(DAY), DAILY_RESULT, 'supervised flow', 'analysis', 'end of the day', ''),
  place(RESULTS, RESULT_KEYS.live(DAY), DAILY_RESULT, 'trader', `analysis, ${WATCHERS}`, 'every scan', ''),
  place(
    STATES,
    STATE_KEYS.flow,
    FLOW_STATE,
    'paper flow',
    `paper flow, ${WATCHERS}`,
    'end of the day',
    'Capital and position go on from it.',
  ),
  place(STATES, STATE_KEYS.supervised, SUPERVISED_STATE, 'supervised flow', 'supervised flow', 'end of the day', ''),
  place(
    STATES,
    STATE_KEYS.live,
    TRADER_STATE,
    'trader',
    `trader, survival, ${WATCHERS}`,
    'every scan',
    'The journal wins over it, and the exchange over both.',
  ),
  place(
    STATES,
    STATE_KEYS.run({ strategy: '<strategy>', date: `<${DAY}>` }),
    FLOW_STATE,
    'paper flow',
    'recovery',
    'end of the day',
    'Kept.',
  ),
  place(
    STATES,
    STATE_KEYS.supervisedRun({ strategy: '<strategy>', date: `<${DAY}>` }),
    SUPERVISED_STATE,
    'supervised flow',
    'supervised flow',
    'end of the day',
    'Kept.',
  ),
  place(
    [GRID_MAPS.heartbeat],
    '<service>',
    SERVICE_HEARTBEAT,
    'every service',
    `meta-health, ${WATCHERS}`,
    '5 s, while it makes progress',
    'A service that is stuck sends none.',
  ),
  place(
    [GRID_MAPS.heartbeat],
    HEARTBEAT_KEYS.trader,
    SERVICE_HEARTBEAT,
    'trader',
    WATCHERS,
    '5 s, while it makes progress',
    "The trader's once more, under the name that older displays listen to.",
  ),
  place(
    [GRID_MAPS.heartbeat],
    HEARTBEAT_KEYS.flow,
    FLOW_HEARTBEAT,
    'flows',
    'meta-health',
    'start, engine start, end',
    '',
  ),
  place(
    [GRID_MAPS.heartbeat],
    HEARTBEAT_KEYS.probe,
    PROBE,
    'survival, flows',
    'survival, meta-health',
    '5 s',
    'No JSON: a time. It is alive when what was written is read back.',
  ),
  place(
    [GRID_MAPS.signals],
    '<strategy>',
    SIGNALS,
    'trader',
    'strategies, displays',
    'every scan',
    'What was wanted, before arbitration.',
  ),
  place(
    [GRID_MAPS.metaHealth],
    LATEST,
    META_HEALTH,
    'meta-health',
    WATCHERS,
    '10 s',
    '`run_logs/meta_health.json` is the same document.',
  ),
  place(
    [GRID_MAPS.status],
    STATUS_KEYS.status,
    STATUS,
    'status',
    WATCHERS,
    'every second',
    'Under the contract that it names, in `specs/status`.',
  ),
  place(
    [GRID_MAPS.status],
    STATUS_KEYS.certificate,
    CERTIFICATE,
    'status',
    WATCHERS,
    'start, and when it changes',
    'The verdict; the signed certificate is a file.',
  ),
]

/** The document that stands at a key; undefined where none of the system's does. */
export function documentAt(map: string, key: string): GridPlace['document'] | undefined {
  const places = GRID_PLACES.filter(({ maps }) => maps.includes(map))
  const found = places.find((one) => one.key === key) ?? places.find((one) => patternOf(one.key).test(key))
  return found?.document
}

type Row = readonly [string, GridPlace['document'], string, string, string, string]

function features(rows: readonly Row[]): GridPlace[] {
  return rows.map((row) => place([GRID_MAPS.features], ...row))
}

function place(maps: readonly string[], ...[key, document, writer, readers, cadence, notes]: Row): GridPlace {
  return { maps, key, document, writer, readers, cadence, notes }
}

function patternOf(key: string): RegExp {
  const pattern = key.replace(/<YYYY-MM-DD>|YYYY-MM-DD/, '\\d{4}-\\d{2}-\\d{2}').replace(/<\w+>/, '\\S+')
  return new RegExp(`^${pattern}$`)
}
