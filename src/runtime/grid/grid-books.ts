import { SHARD_MAPS } from '../../core/grid/shards.js'
import { NO_MACRO } from '../../core/orderbook/macro.js'
import type { Grid } from '../../ports/grid.js'
import type { AssetBook, BookMacro, OrderBookSource } from '../../ports/order-book.js'
import { FeatureFile } from './feature-file.js'
import type { GridTime } from './grid-circuit.js'
import { reportOnce } from './report-once.js'
import { type TextReader, WatchedKey } from './watched-key.js'
import { WatchedMap } from './watched-map.js'

/** Features of a symbol as the documents carry them; one that cannot be told is absent. */
export interface BookFeatures {
  readonly imbalance_ma5?: number
  readonly imbalance_persistence?: number
  readonly withdrawal_velocity?: number
  readonly depth_quality?: number
  readonly fill_probability?: number
}

/** A symbol's value in its shard. */
export interface ShardValue extends BookFeatures {
  /** End of the bar of the features, UTC s; absent while there was no bar. */
  readonly bar_ts?: number
}

/** `obf_features_latest`, in the grid and in its file. */
export interface LatestFeatures {
  /** End of the bar, UTC s. */
  readonly bar_ts: number
  readonly assets: Readonly<Record<string, BookFeatures>>
  readonly macro: { readonly cascade_count: number; readonly regime_signal: number }
}

export interface GridBooksSettings {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly readShard: TextReader<ShardValue>
  readonly readLatest: TextReader<LatestFeatures>
  /** Where `obf_features_latest` stands. */
  readonly latest: { readonly map: string; readonly key: string }
  /** The same document in a file, for a grid that is away. */
  readonly file?: string
  /** Features of a bar that ended longer ago than this are not given, ms. */
  readonly ageMsMax: number
  readonly report?: (text: string) => void
  /** Default: the file's text, and undefined where there is none. */
  readonly readFile?: (path: string) => Promise<string | undefined>
}

/** A bar that ends this far ahead of our clock, or less, is a difference of clocks, ms. */
const AHEAD_MS_MAX = 5_000
/** Symbols at most: the exchange has some 600. */
const SYMBOLS_MAX = 1_000

/**
 * The order books of a running system, as its engine reads them: features that listeners of the shards keep in this process, so
 * that a read asks nobody. Assets are those that the shards have keys of; none is configured. While the grid is away, and where
 * its values are too old, the file of `obf_features_latest` is read each second; of one asset the newer bar counts.
 *
 * `bar` is not looked at. It numbers a run's bars, and whoever runs on this source steps a bar when it has come: the answer is
 * the latest that has arrived by then, and nothing where that is older than the limit. A backtest needs a table.
 */
export class GridBooks implements OrderBookSource {
  private readonly books = new Map<string, HeldBook>()
  private held: { readonly macro: BookMacro; readonly barMs: number } = { macro: NO_MACRO, barMs: 0 }
  private names: readonly string[] = []
  private isNamesOld = false
  private newestBarMs = 0
  private readonly shards: readonly WatchedMap<ShardValue>[]
  private readonly latest: WatchedKey<LatestFeatures>
  private readonly file: FeatureFile<LatestFeatures> | undefined
  private readonly reportOnce: (cause: string) => void

  constructor(private readonly settings: GridBooksSettings) {
    this.reportOnce = reportOnce(settings.time, settings.report)
    const { readShard, readLatest, latest, file: path, readFile, ...shared } = settings
    this.shards = SHARD_MAPS.map(
      (map) =>
        new WatchedMap({
          ...shared,
          map,
          read: readShard,
          arrived: (symbol, { bar_ts, ...features }) => {
            if (bar_ts !== undefined) this.take(symbol, features, 1_000 * bar_ts)
          },
          removed: (symbol) => this.drop(symbol),
        }),
    )
    const arrived = (document: LatestFeatures) => this.takeAll(document)
    this.latest = new WatchedKey({ ...shared, ...latest, read: readLatest, arrived: ({ value }) => arrived(value) })
    if (path !== undefined) {
      const isNeeded = () => !this.isFresh()
      this.file = new FeatureFile({
        ...shared,
        path,
        read: readLatest,
        isNeeded,
        arrived,
        ...(readFile && { readFile }),
      })
    }
  }

  /** In the order of their names; the same array until one comes or goes. */
  get assets(): readonly string[] {
    if (this.isNamesOld) {
      this.names = Object.freeze([...this.books.keys()].sort())
      this.isNamesOld = false
    }
    return this.names
  }

  book(asset: string, _bar: number): AssetBook | undefined {
    const held = this.books.get(asset)
    return held !== undefined && this.isInTime(held.barMs) ? held.book : undefined
  }

  macro(_bar: number): BookMacro {
    return this.isInTime(this.held.barMs) ? this.held.macro : NO_MACRO
  }

  /** End of the newest bar that anything is known of, UTC ms; 0 before. */
  get newestBarEndMs(): number {
    return this.newestBarMs
  }

  /** Texts that could not be used. */
  get refused(): number {
    return this.shards.reduce((sum, { refused }) => sum + refused, this.latest.refused + (this.file?.refused ?? 0))
  }

  /** Begins to listen; the grid may be away. Called once. */
  start(): void {
    for (const shard of this.shards) shard.start()
    this.latest.start()
    this.file?.start()
  }

  async stop(): Promise<void> {
    this.file?.stop()
    await Promise.all([this.latest.stop(), ...this.shards.map((shard) => shard.stop())])
  }

  private isFresh(): boolean {
    return this.settings.grid.connection.state === 'CONNECTED' && this.isInTime(this.newestBarMs)
  }

  private isInTime(barMs: number): boolean {
    const ageMs = this.settings.time.epochMs() - barMs
    return ageMs <= this.settings.ageMsMax && ageMs >= -AHEAD_MS_MAX
  }

  private takeAll({ bar_ts, assets, macro: { cascade_count, regime_signal } }: LatestFeatures): void {
    const barMs = 1_000 * bar_ts
    for (const [symbol, features] of Object.entries(assets)) this.take(symbol, features, barMs)
    if (barMs < this.held.barMs && this.isInTime(this.held.barMs)) return
    this.held = { macro: { cascadeCount: cascade_count, regimeSignal: regime_signal }, barMs }
  }

  /** An older bar than the one that is held changes nothing, unless that one lies in the future and is no bar at all. */
  private take(symbol: string, features: BookFeatures, barMs: number): void {
    const before = this.books.get(symbol)
    if (before !== undefined && barMs < before.barMs && this.isInTime(before.barMs)) return
    if (before === undefined) {
      if (!this.hasRoom()) return
      this.isNamesOld = true
    }
    this.books.set(symbol, { book: bookOf(features), barMs })
    if (barMs > this.newestBarMs && this.isInTime(barMs)) this.newestBarMs = barMs
  }

  /** What is of no use any more makes room. */
  private hasRoom(): boolean {
    if (this.books.size < SYMBOLS_MAX) return true
    for (const [symbol, { barMs }] of this.books) if (!this.isInTime(barMs)) this.drop(symbol)
    if (this.books.size < SYMBOLS_MAX) return true
    this.reportOnce(`books of more than ${SYMBOLS_MAX} symbols are not kept`)
    return false
  }

  private drop(symbol: string): void {
    if (this.books.delete(symbol)) this.isNamesOld = true
  }
}

interface HeldBook {
  /** Undefined where a feature that the engine needs is absent. */
  readonly book: AssetBook | undefined
  /** End of its bar, UTC ms. */
  readonly barMs: number
}

function bookOf(features: BookFeatures): AssetBook | undefined {
  const { imbalance_ma5, imbalance_persistence, withdrawal_velocity, depth_quality, fill_probability } = features
  if (imbalance_ma5 === undefined || imbalance_persistence === undefined || withdrawal_velocity === undefined)
    return undefined
  if (depth_quality === undefined || fill_probability === undefined) return undefined
  return {
    imbalanceMa5: imbalance_ma5,
    persistence: imbalance_persistence,
    withdrawalVelocity: withdrawal_velocity,
    depthQuality: depth_quality,
    fillProbability: fill_probability,
  }
}
