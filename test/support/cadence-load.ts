import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../src/core/grid/names.js'
import { ORDER_BOOK_FEATURES, ORDER_BOOK_SHARD } from '../../src/core/grid/order-book-documents.js'
import type { Grid } from '../../src/ports/grid.js'
import type { Journal, SideKind } from '../../src/ports/journal.js'
import type { ScanSink } from '../../src/ports/scan-sink.js'
import type { Mandate, StrategyBar } from '../../src/ports/strategy.js'
import { GridBooks } from '../../src/runtime/grid/grid-books.js'
import { GridCircuit } from '../../src/runtime/grid/grid-circuit.js'
import { openGridScanSink } from '../../src/runtime/grid/grid-scan-sink.js'
import { ShardPusher } from '../../src/runtime/grid/shard-pusher.js'
import { BUILD, InAndOut, instrument, SYMBOLS } from './in-and-out.js'
import { LIVE_TIME, LiveSession } from './live-session.js'
import { madeScan } from './made-scans.js'
import { MemoryArchive } from './memory-archive.js'
import { until } from './until.js'

/** A scan every 100 ms, and features of so many symbols. */
export const STEP_MS = 100
export const FEATURED = 400
const FEATURED_SYMBOLS = [
  ...SYMBOLS,
  ...Array.from({ length: FEATURED - SYMBOLS.length }, (_, i) => `O${String(i).padStart(3, '0')}USDT`),
]
/** In on one of so many bars, out on the next one. */
const BARS_PER_TRADE = 20

/** What waits somewhere at one step, before that adds to it. */
export interface CadenceSample {
  /** Scans that were published and are no bars yet. */
  readonly scans: number
  /** Symbols whose features their shard is not known to hold. */
  readonly features: number
  /** Keys of the trader's results that the grid is not known to hold. */
  readonly results: number
  /** Since this step was due, ms. */
  readonly lateMs: number
}

export interface CadenceParts {
  /** Another client of the same grid with each call. */
  client(): Promise<Grid>
  journal(kind: SideKind): Promise<Journal>
  notice(text: string): void
}

/**
 * A scanner, a publisher of order-book features and a trader that reads them, each with a client of its own of one grid, all at
 * 0.1 s: in one process, so that they are in each other's way as much as they can be.
 */
export class CadenceLoad {
  readonly delay = monitorEventLoopDelay({ resolution: 10 })
  readonly samples: CadenceSample[] = []
  /** Of each bar, over all symbols that it trades: nanoseconds per book. */
  readonly readNs: number[] = []
  published = 0
  bars = 0
  trades = 0
  /** Books that a bar did not find. */
  booksMissing = 0
  private readonly strategy: InAndOut
  private readonly stopping: (() => Promise<unknown> | unknown)[] = []
  private sink: ScanSink | undefined
  private feed: ShardPusher | undefined
  private books: GridBooks | undefined
  private session: LiveSession | undefined
  private lastMs = 0

  constructor(private readonly parts: CadenceParts) {
    this.strategy = new InAndOut(
      () => {},
      () => {},
    )
  }

  get pusher(): ShardPusher {
    return this.feed!
  }

  get trader(): LiveSession['trader'] {
    return this.session!.trader
  }

  /** Resolves when the trader hears scans and has a book of every symbol that it trades. */
  async start(): Promise<void> {
    const { parts, stopping } = this
    const { client, notice } = parts
    const [scanner, features, grid] = [await client(), await client(), await client()]
    for (const own of [scanner, features, grid]) stopping.push(() => own.close())
    const random = Math.random
    const circuit = new GridCircuit({ grid: features, time: LIVE_TIME, random, report: notice })
    this.feed = new ShardPusher({ grid: features, circuit, time: LIVE_TIME, report: notice })
    stopping.push(
      () => circuit.stop(),
      () => this.feed!.stop(),
    )
    this.books = new GridBooks({
      ...{ grid, time: LIVE_TIME, random, report: notice },
      readShard: ORDER_BOOK_SHARD.read,
      readLatest: ORDER_BOOK_FEATURES.read,
      latest: { map: GRID_MAPS.features, key: FEATURE_KEYS.orderBook },
      ageMsMax: 60_000,
    })
    this.books.start()
    stopping.push(() => this.books!.stop())
    this.sink = openGridScanSink({ grid: scanner, archive: new MemoryArchive(), clock: systemClock })
    stopping.push(() => this.sink!.close())
    this.session = new LiveSession({
      grid,
      notice,
      strategy: this.readingStrategy(),
      instruments: SYMBOLS.map(instrument),
      build: BUILD,
      decisionJournal: await parts.journal('decision'),
      execution: { journal: await parts.journal('execution') },
    })
    stopping.push(() => this.session!.stop())
    await this.session.start()
    await until(() => {
      this.putFeatures()
      return SYMBOLS.every((symbol) => this.books!.book(symbol, 0) !== undefined)
    }, STEP_MS)
  }

  /** Steps until the time is over; each by the clock, none left out. `turn` is waited for between two of them. */
  async run(steps: number, turn: (step: number) => Promise<void> | void = () => {}): Promise<void> {
    this.delay.enable()
    let dueMs = performance.now()
    for (let step = 0; step < steps; step++) {
      await systemClock.sleep(dueMs - performance.now())
      this.sample(performance.now() - dueMs)
      this.putFeatures()
      await this.publish()
      dueMs += STEP_MS
      await turn(step)
    }
    this.delay.disable()
  }

  /** Resolves when nothing waits anywhere. */
  async drained(): Promise<void> {
    await until(() => {
      const { scans, features, results } = this.standing()
      return scans + features + results === 0
    })
  }

  async stop(): Promise<void> {
    for (const stop of this.stopping.toReversed()) await stop()
  }

  private async publish(): Promise<void> {
    this.lastMs = Math.max(this.lastMs + 1, systemClock.epochMs())
    this.published++
    await this.sink!.publish(madeScan(this.published, SYMBOLS, this.lastMs))
  }

  private putFeatures(): void {
    const nowS = systemClock.epochMs() / 1_000
    for (const [i, symbol] of FEATURED_SYMBOLS.entries()) {
      this.feed!.put(symbol, ORDER_BOOK_SHARD.write({ ...FEATURES, mid: 100 + i / 7, sample_ts: nowS, bar_ts: nowS }))
    }
  }

  private sample(lateMs: number): void {
    this.samples.push({ ...this.standing(), lateMs })
  }

  private standing(): Omit<CadenceSample, 'lateMs'> {
    return {
      scans: this.published - this.bars,
      features: this.feed!.health().waiting,
      results: this.session!.writer.health().waiting,
    }
  }

  /** Reads every book at every bar, as an engine does that chooses among all. */
  private readingStrategy(): InAndOut {
    const { strategy } = this
    const decide = strategy.onBar.bind(strategy)
    strategy.onBar = (bar: StrategyBar): readonly Mandate[] => {
      this.readBooks(this.bars++)
      if (!strategy.isOpen && this.bars % BARS_PER_TRADE !== 0) return []
      if (strategy.isOpen) this.trades++
      return decide(bar)
    }
    return strategy
  }

  private readBooks(bar: number): void {
    const startNs = process.hrtime.bigint()
    let missing = 0
    for (const symbol of SYMBOLS) if (this.books!.book(symbol, bar) === undefined) missing++
    this.readNs.push(Number(process.hrtime.bigint() - startNs) / SYMBOLS.length)
    this.booksMissing += missing
  }
}

/** A sample of a book with the features of its last bar. */
const FEATURES = {
  imbalance: 0.12,
  spread_bps: 1.25,
  bid_usd: 125_000.5,
  ask_usd: 118_250.25,
  depth_usd: 1_250_000,
  pressure_ratio: 1.057,
  weighted_mid: 100.1,
  imbalance_ma5: 0.1,
  imbalance_persistence: 0.6,
  withdrawal_velocity: -0.05,
  depth_quality: 1.1,
  fill_probability: 0.5,
  fill_quality: 1,
  regime_signal: 0,
} as const
