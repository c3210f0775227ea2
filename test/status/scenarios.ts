import { CHAMPION_HASH } from '../../src/core/engine/parameters.js'
import { type Certificate, checkCertificate, issueCertificate } from '../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../src/core/status/frozen-constants.js'
import type { ModeReason, StatusDocument } from '../../src/ports/vocabulary/status.generated.js'
import type { Fault } from '../simulation/fault-plan.js'
import { ENTERS_AT_MS, type WatchedSettings, type WatchedWorld } from './watched-world.js'

/** Something that goes wrong, what `/status` says then, and what it takes to be well again. */
export interface Scenario {
  /** Of the fixture. */
  readonly name: string
  /** What happens, for a person. */
  readonly story: string
  readonly settings: WatchedSettings
  /** Done to the running world at these times, ms since the beginning. */
  readonly acts?: readonly (readonly [atMs: number, act: (world: WatchedWorld) => void])[]
  /** The strongest reason, the one of the latch coming last; null: none. */
  readonly reason: ModeReason | null
  /** The picture is taken at the first moment at which this holds, besides the reason. */
  readonly when?: (status: StatusDocument) => boolean
  /** What a person does between the picture and Active; empty: it heals by itself. */
  readonly orders: readonly string[]
  /** Virtual ms from the picture to Active, at most. */
  readonly activeWithinMs: number
}

/** Until here every world is in order: both sides greeted each other, the market data are fresh, an entry is held. */
export const TROUBLE_AT_MS = 92_000

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'healthy_active',
    story: 'Everything is in order, and a position is held.',
    settings: { enters: true },
    reason: null,
    when: holdsPosition,
    orders: [],
    activeWithinMs: 0,
  },
  {
    name: 'partial_fill_containment',
    story: 'The book is thin: an entry fills in part, and its rest is still at the exchange.',
    settings: {
      enters: true,
      faults: [fault('venue-thin-book', { atMs: ENTERS_AT_MS - 3_000, forMs: 30_000, amount: 0.01 })],
    },
    reason: 'REDUCEONLY_PARTIAL_FILL_CONTAINMENT',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 5_000,
  },
  {
    name: 'market_data_stale',
    story:
      'No scan comes any more while a position is held; after a minute of fresh ones a reconciliation clears the latch.',
    settings: { enters: true, faults: [fault('bars-stall', { forMs: 20_000 })] },
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    orders: [],
    activeWithinMs: 90_000,
  },
  {
    name: 'wal_backpressure',
    story: 'An fsync of the decision side hangs for minutes until its queue is full.',
    settings: { faults: [fault('disk-slow-fsync', { forMs: 4_000, amount: 900_000, side: 'decision' })] },
    reason: 'REDUCEONLY_WAL_BACKPRESSURE',
    orders: [],
    activeWithinMs: 900_000,
  },
  {
    name: 'restart_reconcile',
    story: 'The process of the decision side dies while a position is held, and starts again.',
    settings: { enters: true, faults: [fault('crash', { forMs: 2_000, amount: 0, side: 'decision' })] },
    // Its link starts anew as well, and a new process has seen no market yet: those reasons come first.
    reason: 'REDUCEONLY_MARKET_DATA_STALE',
    when: ({ mode_reasons }) => mode_reasons.includes('REDUCEONLY_RESTART_RECONCILE'),
    orders: [],
    activeWithinMs: 15_000,
  },
  {
    name: 'session_termination',
    story: 'The exchange ends the session while a position is held.',
    settings: { enters: true, faults: [fault('venue-disconnect', { forMs: 10_000 })] },
    reason: 'REDUCEONLY_SESSION_TERMINATION',
    orders: [],
    activeWithinMs: 20_000,
  },
  {
    name: 'unknown_token_force_kill',
    story: 'The survival stack names a posture that this version does not know while a position is held; it is closed.',
    settings: { enters: true },
    acts: [
      [
        TROUBLE_AT_MS,
        (world) => {
          world.posture = 'CRUISE'
        },
      ],
      [
        TROUBLE_AT_MS + 10_000,
        (world) => {
          world.posture = 'APEX'
        },
      ],
    ],
    reason: 'KILL_REGISTRY_UNKNOWN_TOKEN',
    when: isFlat,
    orders: [],
    activeWithinMs: 20_000,
  },
  {
    name: 'link_corrupt',
    story: 'Messages to the decision side arrive damaged while a position is held; it is closed.',
    settings: { enters: true, faults: [fault('link-corrupt', { forMs: 2_000, side: 'decision' })] },
    reason: 'KILL_LINK_CORRUPT',
    when: isFlat,
    orders: ['decision resync', 'decision resume'],
    activeWithinMs: 20_000,
  },
  {
    name: 'link_lost',
    story: 'Nothing gets through between the two sides for twenty seconds while a position is held.',
    settings: { enters: true, faults: [fault('link-partition', { forMs: 20_000 })] },
    reason: 'REDUCEONLY_LINK_LOST',
    orders: [],
    activeWithinMs: 40_000,
  },
  {
    name: 'journal_failed',
    story: "The decision side's disk is full.",
    settings: { faults: [fault('disk-full', { forMs: 6_000, side: 'decision' })] },
    reason: 'KILL_WAL_FAILED',
    orders: ['decision restart'],
    activeWithinMs: 30_000,
  },
  {
    name: 'account_lockout',
    story: 'Somebody takes money out of the account.',
    settings: {},
    acts: [[TROUBLE_AT_MS, (world) => world.withdraw('500')]],
    reason: 'KILL_ACCOUNT_LOCKOUT',
    orders: ['decision clear-lockout', 'decision resume'],
    activeWithinMs: 15_000,
  },
  {
    name: 'posture_hibernate',
    story: 'The survival stack hibernates while a position is held; the strategy leaves it, as the champion does.',
    settings: { enters: true },
    acts: [
      [
        TROUBLE_AT_MS,
        (world) => {
          world.posture = 'HIBERNATE'
        },
      ],
      [
        TROUBLE_AT_MS + 10_000,
        (world) => {
          world.posture = 'APEX'
        },
      ],
    ],
    reason: 'KILL_POSTURE_HIBERNATE',
    when: isFlat,
    orders: [],
    activeWithinMs: 20_000,
  },
  {
    name: 'operator_kill',
    story: 'An operator stops everything while a position is held; it is closed.',
    settings: { enters: true, faults: [fault('operator-kill', { forMs: 10_000 })] },
    reason: 'KILL_OPERATOR',
    when: isFlat,
    orders: ['decision resume', 'execution resume'],
    activeWithinMs: 20_000,
  },
  {
    name: 'operator_reduce_only',
    story: 'An operator allows exits only, while a position is held.',
    settings: { enters: true, faults: [fault('operator-reduce-only', { forMs: 10_000, side: 'decision' })] },
    reason: 'REDUCEONLY_OPERATOR',
    orders: ['decision resume'],
    activeWithinMs: 20_000,
  },
  {
    name: 'executor_restart',
    story: 'The process of the execution side dies while a position is held, and starts again.',
    settings: { enters: true, faults: [fault('crash', { forMs: 2_000, amount: 0 })] },
    reason: 'REDUCEONLY_LINK_DEGRADED',
    orders: [],
    activeWithinMs: 15_000,
  },
  {
    name: 'grid_unavailable',
    story: 'The system memory cannot be reached for ten seconds while a position is held.',
    settings: { enters: true },
    acts: [
      [TROUBLE_AT_MS, (world) => world.tell({ gridConnected: false })],
      [TROUBLE_AT_MS + 10_000, (world) => world.tell({ gridConnected: true })],
    ],
    reason: 'REDUCEONLY_GRID_UNAVAILABLE',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 10_000,
  },
  {
    name: 'book_gap',
    story:
      'The feed of the order book loses events while a position is held; the next reconciliation clears the latch.',
    settings: { enters: true, faults: [fault('feed-gap', { forMs: 0, amount: 0.2, side: 'decision' })] },
    reason: 'REDUCEONLY_OPEN_PERMISSION_LATCHED',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 6_000,
  },
  {
    name: 'trades_gap',
    story: 'The feed of trades loses events; the next reconciliation clears the latch.',
    settings: { faults: [fault('feed-gap', { forMs: 0, amount: 0.8, side: 'decision' })] },
    reason: 'REDUCEONLY_OPEN_PERMISSION_LATCHED',
    orders: [],
    activeWithinMs: 6_000,
  },
  {
    name: 'maintenance',
    story: 'An operator works on the system while a position is held, and ends it.',
    settings: { enters: true, faults: [fault('operator-maintenance', { side: 'decision' })] },
    reason: 'REDUCEONLY_MAINTENANCE',
    when: holdsPosition,
    orders: ['decision maintenance-off'],
    activeWithinMs: 20_000,
  },
  {
    name: 'margin_high',
    story: 'Most of the equity is bound as margin for twenty seconds while a position is held.',
    settings: { enters: true, faults: [fault('venue-margin-bound', { forMs: 20_000, amount: 0.88 })] },
    reason: 'REDUCEONLY_MARGIN_HIGH',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 30_000,
  },
  {
    name: 'margin_critical',
    story: 'Nearly all of the equity is bound as margin while a position is held; it is closed.',
    settings: { enters: true, faults: [fault('venue-margin-bound', { forMs: 20_000, amount: 0.97 })] },
    reason: 'KILL_MARGIN_CRITICAL',
    when: isFlat,
    orders: [],
    activeWithinMs: 30_000,
  },
  {
    name: 'disk_high',
    story: "The disk of the execution side's journal is filling up while a position is held, and is cleared.",
    settings: { enters: true, faults: [fault('disk-filling', { forMs: 20_000, amount: 91 })] },
    reason: 'REDUCEONLY_DISK_HIGH',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 30_000,
  },
  {
    name: 'disk_critical',
    story: "The disk of the decision side's journal is nearly full while a position is held; it is closed.",
    settings: { enters: true, faults: [fault('disk-filling', { forMs: 20_000, amount: 97, side: 'decision' })] },
    reason: 'KILL_DISK_CRITICAL',
    when: isFlat,
    orders: [],
    activeWithinMs: 30_000,
  },
  {
    name: 'watchdog',
    story: 'The executing process did not run for more than ten seconds while a position is held.',
    settings: { enters: true, faults: [fault('loop-stall', { forMs: 30_000 })] },
    reason: 'REDUCEONLY_WATCHDOG',
    when: holdsPosition,
    orders: [],
    activeWithinMs: 40_000,
  },
  {
    name: 'certificate_expired',
    story: 'In STAGING the certificate expires, and another is issued twenty seconds later.',
    settings: { environment: 'STAGING' },
    acts: [
      [0, (world) => certify(world, TROUBLE_AT_MS)],
      [TROUBLE_AT_MS + 20_000, (world) => certify(world, TROUBLE_AT_MS + 3_600_000)],
    ],
    reason: 'REDUCEONLY_F1_CERT',
    orders: [],
    activeWithinMs: 20_000,
  },
]

const KEY = new TextEncoder().encode('the key of the simulated operator')
const BAR_SECONDS = 5

/** A real certificate of the champion, valid until `expiresMs` after the beginning. */
function certify(world: WatchedWorld, expiresMs: number): void {
  const { nowMs } = world
  const startMs = nowMs - world.sinceStartMs
  const certificate: Certificate = issueCertificate(
    {
      championHash: CHAMPION_HASH,
      constantsHash: CONSTANTS_HASH,
      dataHash: '00'.repeat(32),
      from: '2025-12-01',
      to: '2025-12-31',
      days: 31,
      barSeconds: BAR_SECONDS,
      figures: { trades: 100, roi: 0.1, profitFactor: 1.5, maxDrawdown: 0.1, sharpe: 1, roiWithoutEdge: 0 },
      demands: [{ demand: 'at least 30 trades', found: '100', holds: true }],
      engineVersion: '0.0.0',
      issuedAtMs: nowMs,
      expiresAtMs: startMs + expiresMs,
    },
    KEY,
  )
  const running = { championHash: CHAMPION_HASH, constantsHash: CONSTANTS_HASH, barSeconds: BAR_SECONDS, nowMs }
  const { state, expiresAtMs } = checkCertificate(certificate, { ...running, key: KEY })
  world.tell({ certificate: state, certificateExpiresAtMs: expiresAtMs })
}

function fault(kind: Fault['kind'], rest: Partial<Omit<Fault, 'kind'>>): Omit<Fault, 'id'> {
  return { kind, atMs: TROUBLE_AT_MS, forMs: 10_000, amount: 1, side: 'execution', ...rest }
}

function holdsPosition(status: StatusDocument): boolean {
  return status.open_position_count === 1
}

function isFlat(status: StatusDocument): boolean {
  return status.open_position_count === 0
}
