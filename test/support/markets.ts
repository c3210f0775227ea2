import fc from 'fast-check'
import type { DayStart } from '../../src/core/engine/day.js'
import { Engine } from '../../src/core/engine/engine.js'
import type { EnginePorts } from '../../src/core/engine/fills.js'
import { DEFAULT_PARAMETERS, type EngineParameters } from '../../src/core/engine/parameters.js'
import type { EngineSnapshot } from '../../src/core/engine/snapshot.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { OrderBookTable } from '../../src/core/orderbook/table-order-book.js'
import { TableOrderBook } from '../../src/core/orderbook/table-order-book.js'
import type { DayColumns } from '../../src/ports/days.js'
import type { Posture } from '../../src/ports/vocabulary/market.js'
import type { DayRecord, EntryRecord, Trade } from '../../src/ports/vocabulary/trades.js'

/** Something that happens just before a row of its day. */
export type MarketEvent = { readonly row: number } & (
  | { readonly kind: 'posture'; readonly posture: Posture }
  | { readonly kind: 'acb'; readonly boost: number; readonly beta: number }
)

export interface MarketDay {
  readonly columns: DayColumns
  readonly start: DayStart
  /** Absent: the warm-up rule. */
  readonly volOk?: Uint8Array
  /** In order of their rows. */
  readonly events: readonly MarketEvent[]
}

/** Everything that a run is made of. */
export interface Market {
  readonly parameters: EngineParameters
  readonly initialCapital: number
  readonly orderBook?: OrderBookTable
  /** Absent: `off` and `wait`. */
  readonly rules?: Pick<EnginePorts, 'liquidation' | 'delisting'>
  readonly days: readonly MarketDay[]
}

/** What a run did, as plain data. */
export interface MarketRun {
  readonly trades: readonly Trade[]
  readonly days: readonly DayRecord[]
  readonly openPosition: EntryRecord | undefined
  readonly snapshot: EngineSnapshot
}

/** A day from plain lists, a NaN for every missing price; with timestamps a second apart unless told otherwise. */
export function dayOf(
  date: string,
  velDiv: ArrayLike<number>,
  prices: Readonly<Record<string, ArrayLike<number>>>,
  timestamps = true,
): DayColumns {
  const startNs = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n
  return {
    date,
    bars: velDiv.length,
    ...(timestamps
      ? { timestampNs: BigInt64Array.from({ length: velDiv.length }, (_, i) => startNs + BigInt(i) * 1_000_000_000n) }
      : {}),
    velDiv: Float64Array.from(velDiv),
    eigen: {},
    assets: Object.keys(prices),
    prices: Object.values(prices).map((column) => Float64Array.from(column)),
  }
}

/** A source of its own for each run: it remembers where its last query ended. */
export function engineOf(market: Market): Engine {
  return new Engine(market.parameters, market.initialCapital, portsOf(market))
}

export function portsOf({ orderBook, rules }: Market): EnginePorts {
  return { ...rules, ...(orderBook === undefined ? {} : { orderBook: new TableOrderBook(orderBook) }) }
}

/** How a run goes through its bars. The engine's decisions must not depend on it. */
export interface Playback {
  /** `bulk`: attach and run; `rows`: step. */
  readonly mode?: 'bulk' | 'rows'
  /** Bulk: extra global bars at which a call of `run` ends. */
  readonly stops?: readonly number[]
  /** The engine is replaced by its restored snapshot before these global bars. */
  readonly restoreAt?: readonly number[]
  /** After a restore in the middle of a day, go on in this mode for the rest of that day. */
  readonly modeAfterRestore?: 'bulk' | 'rows'
  /** Called for every entry and exit in order, with the bar at which it was seen (bulk: unused). */
  readonly onEntry?: (entry: EntryRecord) => void
}

/** Plays a market through an engine and closes it if the parameters ask for it. */
export function play(market: Market, playback: Playback = {}): MarketRun {
  let engine = engineOf(market)
  const trades: Trade[] = []
  const days: DayRecord[] = []
  const restoreAt = new Set(playback.restoreAt ?? [])
  for (const day of market.days) {
    let mode = playback.mode ?? 'bulk'
    engine.beginDay(day.start)
    const open = () => {
      if (mode === 'bulk') engine.attach(day.columns)
      else engine.addAssets(day.columns.assets)
    }
    open()
    const firstBar = engine.bars
    const pending = [...day.events]
    const marks = new Set([
      ...day.events.map((event) => event.row),
      ...[...restoreAt, ...(playback.stops ?? [])].map((bar) => bar - firstBar),
      day.columns.bars,
    ])
    const ends = [...marks].filter((row) => row >= 0 && row <= day.columns.bars).sort((a, b) => a - b)
    for (const end of ends) {
      trades.push(...advance(engine, day, mode, engine.bars - firstBar, end))
      if (restoreAt.has(firstBar + end)) {
        engine = Engine.restore(JSON.parse(JSON.stringify(engine.snapshot())), portsOf(market))
        mode = playback.modeAfterRestore ?? mode
        open()
      }
      while (pending[0]?.row === end && end < day.columns.bars) applyEvent(engine, pending.shift()!)
    }
    engine.endDay()
    days.push(engine.dayRecord())
  }
  if (market.parameters.close_at_end && days.length > 0) {
    const last = engine.closeAtEnd()
    if (last !== undefined) {
      trades.push(last)
      days[days.length - 1] = engine.dayRecord()
    }
  }
  return { trades, days, openPosition: engine.openPosition, snapshot: engine.snapshot() }
}

function advance(engine: Engine, day: MarketDay, mode: 'bulk' | 'rows', from: number, to: number): Trade[] {
  if (mode === 'bulk') return engine.run(to, day.volOk)
  const trades: Trade[] = []
  const { columns, volOk } = day
  for (let row = from; row < to; row++) {
    const time = columns.timestampNs?.[row]
    const { exit } = engine.step({
      velDiv: columns.velDiv[row]!,
      prices: engine.universe.map((symbol) => columns.prices[columns.assets.indexOf(symbol)]?.[row] ?? Number.NaN),
      volOk: volOk === undefined ? row >= 100 : volOk[row] === 1,
      ...(time === undefined ? {} : { timeMs: Number(time / 1_000_000n) }),
    })
    if (exit !== undefined) trades.push(exit)
  }
  return trades
}

function applyEvent(engine: Engine, event: MarketEvent): void {
  if (event.kind === 'posture') engine.setPosture(event.posture)
  else engine.parkAcb({ boost: event.boost, beta: event.beta })
}

/** What two runs must share to be the same run: everything that JSON can tell apart. */
export function runText(run: MarketRun): string {
  return JSON.stringify(run)
}

export interface MarketShape {
  readonly seed: number
  /** Bars of each day. */
  readonly dayBars: readonly number[]
  readonly assets: number
  /** Share of missing or impossible values among prices and signals. */
  readonly holes: number
  readonly orderBook: boolean
  readonly timestamps: boolean
  readonly parameters: Partial<EngineParameters>
  readonly initialCapital: number
}

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT', 'DOGEUSDT', 'ADAUSDT']
const NOT_PRICES = [Number.NaN, Number.NaN, 0, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const NOT_SIGNALS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
/** Where comparisons turn, and a little beyond. */
const EDGES = [-0.02, -0.0200001, -0.05, -0.075, -0.035, 0.01, 0.0100001, 0.04, 0.06, 0.025, 0.02, -0.0151, 0]

/** A market that trades often: signals around the thresholds, walks that turn, short holds. Equal shapes, equal markets. */
export function marketOf(shape: MarketShape): Market {
  const rng = new Xoshiro128(shape.seed)
  const universe = SYMBOLS.slice(0, shape.assets)
  const walks = universe.map(() => ({ price: 10 ** rng.between(-3, 3), drift: 0 }))
  let bars = 0
  const days = shape.dayBars.map((rows, index) => {
    bars += rows
    const date = `2026-01-${String(index + 1).padStart(2, '0')}`
    // Assets appear, vanish and change places between days.
    const assets = universe.filter(() => rng.double() > 0.15)
    if (rng.double() < 0.5) assets.reverse()
    const velDiv = Float64Array.from({ length: rows }, () => signal(rng, shape.holes))
    const columns = universe.map((_, i) => Float64Array.from({ length: rows }, () => nextPrice(rng, walks[i]!, shape)))
    const prices = Object.fromEntries(assets.map((asset) => [asset, columns[universe.indexOf(asset)]!]))
    return dayOfMarket(rng, dayOf(date, velDiv, prices, shape.timestamps))
  })
  return {
    parameters: { ...DEFAULT_PARAMETERS, ...shape.parameters },
    initialCapital: shape.initialCapital,
    ...(shape.orderBook ? { orderBook: orderBookOf(rng, universe, bars) } : {}),
    days,
  }
}

function signal(rng: Xoshiro128, holes: number): number {
  const kind = rng.double()
  if (kind < holes / 2) return NOT_SIGNALS[rng.integer(0, 2)]!
  if (kind < 0.3) return EDGES[rng.integer(0, EDGES.length - 1)]!
  return rng.between(-0.09, 0.09)
}

function nextPrice(rng: Xoshiro128, walk: { price: number; drift: number }, { holes }: MarketShape): number {
  if (rng.double() < 0.03) walk.drift = rng.between(-0.0015, 0.0015)
  if (rng.double() < 0.002) walk.price *= rng.double() < 0.5 ? 0.2 : 5
  walk.price *= 1 + walk.drift + rng.between(-0.001, 0.001)
  if (rng.double() < holes) return NOT_PRICES[rng.integer(0, NOT_PRICES.length - 1)]!
  return walk.price
}

function dayOfMarket(rng: Xoshiro128, columns: DayColumns): MarketDay {
  const postures: readonly Posture[] = ['APEX', 'APEX', 'STALKER', 'TURTLE', 'HIBERNATE']
  const events: MarketEvent[] = []
  for (let row = 0; row < columns.bars; row++) {
    const kind = rng.double()
    if (kind < 0.01) events.push({ row, kind: 'posture', posture: postures[rng.integer(0, 4)]! })
    else if (kind < 0.02) events.push({ row, kind: 'acb', boost: rng.between(1, 2), beta: rng.between(0, 1) })
  }
  const volOk = Uint8Array.from({ length: columns.bars }, () => (rng.double() < 0.9 ? 1 : 0))
  const report = { envelopeScore: rng.between(-1.5, 1), catastrophicProbability: rng.between(0, 0.2) }
  return {
    columns,
    start: {
      date: columns.date,
      ...(rng.double() < 0.8 ? { direction: rng.double() < 0.6 ? (-1 as const) : (1 as const) } : {}),
      ...(rng.double() < 0.3 ? { posture: postures[rng.integer(0, 3)]! } : {}),
      ...(rng.double() < 0.6
        ? {
            acb: {
              boost: rng.between(1, 1.6),
              beta: rng.double() < 0.3 ? 0 : rng.between(0.1, 0.9),
              source: rng.double() < 0.5 ? ('breaker' as const) : ('given' as const),
            },
          }
        : {}),
      ...(rng.double() < 0.4 ? { forewarner: { assess: () => ({ ...report, source: 'REAL_MODEL' as const }) } } : {}),
    },
    ...(rng.double() < 0.9 ? { volOk } : {}),
    events,
  }
}

function orderBookOf(rng: Xoshiro128, assets: readonly string[], bars: number): OrderBookTable {
  const rows = Array.from({ length: Math.ceil(bars / 3) }, () => ({
    bar: rng.integer(0, bars),
    assetIndex: rng.integer(0, assets.length - 1),
    book:
      rng.double() < 0.1
        ? undefined
        : {
            imbalanceMa5: rng.between(-0.5, 0.5),
            persistence: rng.double(),
            withdrawalVelocity: rng.between(-0.4, 0.4),
            depthQuality: rng.between(0, 1.5),
            fillProbability: rng.double(),
          },
  }))
  const macro = Array.from({ length: Math.ceil(bars / 20) }, () => ({
    bar: rng.integer(0, bars),
    macro: { cascadeCount: rng.integer(0, 3) === 0 ? 1 : 0, regimeSignal: rng.integer(-1, 1) },
  }))
  return { assets, rows, macro }
}

/** Parameters that make small markets trade, and switch everything that can be switched. */
const parameters: fc.Arbitrary<Partial<EngineParameters>> = fc.record({
  fixed_tp_pct: fc.constantFrom(0.0095, 0.002),
  stop_pct: fc.constantFrom(1, 0.003),
  max_hold_bars: fc.constantFrom(120, 15, 4),
  lookback: fc.constantFrom(100, 30, 0),
  fraction: fc.constantFrom(0.2, 0.1),
  dc_lookback_bars: fc.constantFrom(7, 60),
  dc_skip_contradicts: fc.boolean(),
  min_irp_alignment: fc.constantFrom(0.45, 0.1),
  irp_returns: fc.constantFrom('absolute', 'relative'),
  use_asset_selection: fc.constantFrom(true, true, true, false),
  use_sp_fees: fc.boolean(),
  use_sp_slippage: fc.boolean(),
  vd_enabled: fc.boolean(),
  close_at_end: fc.boolean(),
})

/** Random small markets of 0 … 450 bars over one to four days. */
export const marketShape: fc.Arbitrary<MarketShape> = fc.record({
  seed: fc.nat(0xffffffff),
  dayBars: fc.array(fc.oneof(fc.integer({ min: 60, max: 150 }), fc.nat(4)), { minLength: 1, maxLength: 4 }),
  assets: fc.integer({ min: 1, max: SYMBOLS.length }),
  holes: fc.constantFrom(0, 0.03, 0.3),
  orderBook: fc.boolean(),
  timestamps: fc.boolean(),
  parameters,
  initialCapital: fc.constantFrom(25_000, 25_000, 25_000, 1, 0),
})

/** A record of an entry at 100 with notional 1000, short; for tests of what comes after it. */
export function entryRecord(overrides: Partial<EntryRecord> = {}): EntryRecord {
  return {
    asset: 'BTCUSDT',
    direction: -1,
    entryBar: 0,
    entryTimeMs: null,
    entryPrice: 100,
    notional: 1000,
    leverage: 1,
    fraction: 0.1,
    bucket: 3,
    strength: 0.1,
    confidence: 0.5,
    isExtreme: false,
    dc: 'NEUTRAL',
    ars: null,
    arsAdjusted: null,
    alignment: null,
    velDiv: -0.03,
    regimeSizeMult: 1,
    obMult: 1,
    leverageCeiling: 5,
    bucketMult: 1,
    streakMult: 1,
    trendMult: 1,
    ...overrides,
  }
}
