import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'

export type SideName = 'decision' | 'execution'

export const SIDES: readonly SideName[] = ['decision', 'execution']

interface FaultKindRow {
  /** What goes wrong; `amount` is named in it where it has a meaning. */
  readonly what: string
  /** Does it strike one side, or the world? */
  readonly perSide: boolean
  /** How long it lasts, ms: lowest and highest. Both 0 when it is a moment. */
  readonly forMs: readonly [number, number]
  readonly amount: readonly [number, number]
  /** How often it is drawn, next to the others. */
  readonly weight: number
}

const MOMENT = [0, 0] as const
const NONE = [0, 0] as const

/** Every way in which the world goes wrong. A link fault strikes what its side should receive. */
export const FAULT_KINDS = {
  'link-loss': row('Messages are lost, with probability `amount`', true, [500, 20_000], [0.05, 1], 4),
  'link-delay': row('Messages take up to `amount` ms longer, in order', true, [500, 20_000], [50, 3_000], 3),
  'link-duplicate': row('Messages arrive twice, with probability `amount`', true, [1_000, 20_000], [0.1, 1], 3),
  'link-reorder': row('Messages are overtaken, with probability `amount`', true, [1_000, 20_000], [0.05, 0.6], 3),
  'link-corrupt': row('Messages change on the way, with probability `amount`', true, [500, 5_000], [0.02, 0.5], 2),
  'link-replay': row(
    'Messages of long ago arrive again, with probability `amount`',
    true,
    [500, 10_000],
    [0.02, 0.5],
    2,
  ),
  'link-partition': row('Nothing gets through, either way', false, [2_000, 60_000], NONE, 3),
  'clock-skew': row(
    'The clock is `amount` ms off, and slews back afterwards',
    true,
    [2_000, 30_000],
    [-8_000, 25_000],
    2,
  ),
  'clock-insane': row(
    'The clock is `amount` ms ahead: beyond the sane 30 s',
    true,
    [2_000, 10_000],
    [31_000, 40_000],
    1,
  ),
  'venue-timeout-done': row('Requests are done, but no answer comes: unknown', false, [500, 8_000], [0.2, 1], 6),
  'venue-timeout-lost': row('Requests never arrive: unknown', false, [500, 8_000], [0.2, 1], 4),
  'venue-late-arrival': row(
    'Requests arrive `amount` ms late, after their answer was unknown',
    false,
    [500, 8_000],
    [3_000, 15_000],
    3,
  ),
  'venue-reject': row('Orders are rejected, with probability `amount`', false, [500, 15_000], [0.2, 1], 6),
  'venue-thin-book': row(
    'Displayed sizes shrink to `amount` of theirs: partial fills',
    false,
    [2_000, 30_000],
    [0.0005, 0.05],
    4,
  ),
  'venue-late-stream': row('Fills and order events come up to `amount` ms late', false, [500, 20_000], [50, 8_000], 4),
  'venue-duplicate-stream': row(
    'Fills and order events come again, with probability `amount`',
    false,
    [500, 30_000],
    [0.2, 1],
    4,
  ),
  'venue-lost-stream': row(
    'Fills and order events never come, with probability `amount`',
    false,
    [500, 20_000],
    [0.2, 1],
    4,
  ),
  'venue-disconnect': row(
    'The connection is cut: requests are unknown, stream events lost',
    false,
    [500, 30_000],
    NONE,
    3,
  ),
  'venue-rate-limit': row('Every request is refused as one too many', false, [500, 10_000], NONE, 3),
  'venue-slow-answers': row('Answers take up to `amount` ms longer', false, [500, 15_000], [200, 6_000], 3),
  'venue-foreign-order': row('Someone rests an order by hand in the account', false, MOMENT, [0, 1], 1),
  'venue-foreign-fill': row('Someone trades by hand in the account', false, MOMENT, [0.05, 1.5], 1),
  'venue-halt': row('The instrument is halted', false, [1_000, 20_000], NONE, 2),
  'venue-margin-bound': row(
    'The venue binds the share `amount` of the equity as margin',
    false,
    [2_000, 30_000],
    [0.7, 1],
    2,
  ),
  'market-gap': row('The price jumps by the fraction `amount`', false, MOMENT, [-0.14, 0.14], 3),
  'market-crash': row('The price moves against the position to liquidation', false, MOMENT, [0.5, 0.9], 1),
  'market-silence': row('No quotes come', false, [1_000, 20_000], NONE, 2),
  'bars-stall': row('No bars reach the strategies', false, [5_000, 30_000], NONE, 2),
  'feed-gap': row('A feed loses events: of the book below half, of the trades above', false, MOMENT, [0, 1], 2),
  'disk-filling': row("The journal's disk is `amount` percent full", true, [1_000, 30_000], [80, 100], 2),
  'disk-full': row('Nothing more can be written', true, [1_000, 20_000], NONE, 1),
  'disk-slow-fsync': row('An fsync takes up to `amount` ms', true, [1_000, 20_000], [100, 5_000], 3),
  'disk-fsync-failure': row('An fsync fails', true, [1, 5_000], NONE, 1),
  'disk-torn-write': row(
    'Power fails in the middle of a write: a part of the last lines stays',
    true,
    MOMENT,
    [0, 1],
    2,
  ),
  'disk-bit-flip': row(
    'Power fails, and a bit of what was on the disk, segments or checkpoint, has flipped',
    true,
    MOMENT,
    [0, 1],
    3,
  ),
  crash: row('The process dies after `amount` more effects and starts again', true, [200, 20_000], [0, 12], 5),
  'loop-stall': row('The process did not run for a while, as it finds out afterwards', true, [5_000, 30_000], NONE, 2),
  'crash-both': row('Both processes die and start again', false, [200, 20_000], NONE, 2),
  'wrong-build': row(
    'The process is started again as another build, later as the right one',
    true,
    [2_000, 30_000],
    NONE,
    4,
  ),
  'operator-kill': row('The operator kills, and resumes later', false, [3_000, 30_000], NONE, 2),
  'operator-reduce-only': row('The operator allows no entries, and resumes later', true, [3_000, 30_000], NONE, 2),
  'operator-maintenance': row('The operator maintains, and ends it later', true, [3_000, 30_000], NONE, 2),
  'operator-flatten': row('The operator closes the position', true, MOMENT, NONE, 2),
  'operator-resync': row('The operator opens a new session', true, MOMENT, NONE, 2),
  'books-reduce-only': row(
    'The books of the decision side order reduce-only while they are told of a record, with probability `amount`',
    false,
    [1_000, 10_000],
    [0.05, 0.5],
    2,
  ),
  'exchange-ban': row('The address is banned: 418, whatever is asked', false, [2_000, 20_000], NONE, 3),
  'exchange-limit': row(
    'The weight of the minute is used up by somebody else at the address',
    false,
    [1_000, 15_000],
    NONE,
    2,
  ),
  'exchange-clock': row("The exchange's clock is `amount` ms off", false, [5_000, 30_000], [-4_000, 4_000], 3),
  'exchange-maintenance': row(
    'Every request is answered with a page of HTML, 503; then every socket is cut',
    false,
    [1_000, 20_000],
    NONE,
    3,
  ),
  'exchange-html': row(
    'Requests are answered 200 with HTML, with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 1],
    2,
  ),
  'exchange-unknown-done': row(
    'Orders are executed and answered "execution unknown", with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 1],
    4,
  ),
  'exchange-unknown-lost': row(
    'Orders are lost and answered "execution unknown", with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 1],
    4,
  ),
  'exchange-late-answers': row(
    'Answers to orders come 8 s late, with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 1],
    3,
  ),
  'exchange-throttled': row(
    'Requests are answered -1008, with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 0.9],
    2,
  ),
  'exchange-expired': row(
    'The engine finds orders too old, with probability `amount`',
    false,
    [500, 15_000],
    [0.2, 1],
    2,
  ),
  'exchange-events-first': row(
    'Events come before the answer, with probability `amount`',
    false,
    [5_000, 60_000],
    [0.5, 1],
    3,
  ),
  'exchange-silent-sockets': row('No stream says anything, while sockets stay open', false, [2_000, 30_000], NONE, 3),
  'exchange-silent-market': row('The streams of market data say nothing', false, [2_000, 40_000], NONE, 2),
  'exchange-cut-sockets': row('Every socket is cut, without a close frame', false, MOMENT, NONE, 3),
  'exchange-key-stolen': row('Another client of the account deletes its listen key', false, MOMENT, NONE, 3),
  'exchange-key-expired': row('The listen key has its age', false, MOMENT, NONE, 2),
  'exchange-algo-lag': row(
    'An algo order is not found for `amount` ms after it was accepted',
    false,
    [5_000, 40_000],
    [1_000, 30_000],
    4,
  ),
  'exchange-algo-stuck': row('A triggered algo order stays TRIGGERING', false, [5_000, 60_000], NONE, 4),
  'exchange-algo-slow': row(
    'From TRIGGERING to TRIGGERED it takes `amount` ms',
    false,
    [5_000, 60_000],
    [50, 1_500],
    2,
  ),
  'exchange-post-only-expires': row('What would take is accepted and expires', false, [5_000, 60_000], NONE, 1),
  'exchange-remainder-expires': row(
    'What a market order does not find at once expires',
    false,
    [5_000, 60_000],
    NONE,
    2,
  ),
  'exchange-adl': row('The position is closed against others', false, MOMENT, NONE, 1),
  'exchange-margin-call': row('A margin call is told', false, MOMENT, NONE, 1),
  'exchange-leverage': row('Another client of the account sets the leverage', false, MOMENT, NONE, 1),
} as const satisfies Record<string, FaultKindRow>

export type FaultKind = keyof typeof FAULT_KINDS

/** What stands between the execution side and the market: the port's contract alone, or the adapter and its exchange. */
export type VenueKind = 'port' | 'binance'

export const ALL_FAULT_KINDS = Object.keys(FAULT_KINDS) as readonly FaultKind[]

/** What can go wrong with an adapter and its exchange cannot with the port alone, and here and there the other way round. */
export const KINDS_OF: Readonly<Record<VenueKind, readonly FaultKind[]>> = {
  port: ALL_FAULT_KINDS.filter((kind) => !kind.startsWith('exchange-')),
  binance: ALL_FAULT_KINDS.filter((kind) => !['venue-reject', 'venue-rate-limit', 'venue-late-arrival'].includes(kind)),
}

/** One thing that goes wrong. A plan is data, so that it can be printed, cut down and played again. */
export interface Fault {
  /** Its own random stream is that of the seed and this number, whatever other faults there are. */
  readonly id: number
  readonly kind: FaultKind
  /** Ms since the run began. */
  readonly atMs: number
  readonly forMs: number
  readonly amount: number
  readonly side: SideName
}

export type FaultPlan = readonly Fault[]

export interface PlanLimits {
  /** No fault lasts beyond it, ms since the run began. */
  readonly stopMs: number
  readonly venue: VenueKind
  /** Nothing but these. */
  readonly kinds?: readonly FaultKind[] | undefined
}

/** The faults of a seed, by time. Some seeds see many, some few, and one in twenty none. */
export function drawPlan(seed: number, { stopMs, venue, kinds: only }: PlanLimits): FaultPlan {
  const random = new Xoshiro128(seed, PLAN_STREAM)
  const perMinute = random.integer(0, 19) === 0 ? 0 : random.between(1, 12)
  const count = Math.round((perMinute * stopMs) / 60_000)
  const kinds = only ?? favourites(random, venue)
  const faults: Fault[] = []
  for (let id = 1; id <= count; id++) {
    const fault = drawFault(random, id, kinds[random.integer(0, kinds.length - 1)]!, stopMs)
    if (fault !== undefined) faults.push(fault)
  }
  return faults.sort((a, b) => a.atMs - b.atMs || a.id - b.id)
}

/** A seed knows a handful of kinds only, or all: combinations of few kinds, repeated, reach deeper than a bit of everything. */
function favourites(random: Xoshiro128, venue: VenueKind): readonly FaultKind[] {
  const weighted = KINDS_OF[venue].flatMap((kind) => Array<FaultKind>(FAULT_KINDS[kind].weight).fill(kind))
  if (random.integer(0, 2) === 0) return weighted
  const few = random.integer(2, 8)
  return Array.from({ length: few }, () => weighted[random.integer(0, weighted.length - 1)]!)
}

function drawFault(random: Xoshiro128, id: number, kind: FaultKind, stopMs: number): Fault | undefined {
  const { forMs: lasts, amount: sizes } = FAULT_KINDS[kind]
  const forMs = Math.round(random.between(...lasts))
  const amount = random.between(...sizes)
  const side: SideName = random.integer(0, 1) === 0 ? 'decision' : 'execution'
  const atMs = Math.round(random.between(FIRST_FAULT_MS, stopMs))
  // A clock that is off needs as long again to slew back.
  const over = atMs + forMs + (kind.startsWith('clock') ? Math.abs(amount) * 1.2 : 0)
  return over > stopMs ? undefined : { id, kind, atMs, forMs, amount: Number(amount.toPrecision(4)), side }
}

/** Both sides need a few seconds to greet each other; faults during that are drawn too, but not before it began. */
const FIRST_FAULT_MS = 500
const PLAN_STREAM = 0x91a2

function row(
  what: string,
  perSide: boolean,
  forMs: readonly [number, number],
  amount: readonly [number, number],
  weight: number,
): FaultKindRow {
  return { what, perSide, forMs, amount, weight }
}
