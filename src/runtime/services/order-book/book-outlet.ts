import { FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type { Grid } from '../../../ports/grid.js'
import type { GridCircuit } from '../../grid/grid-circuit.js'
import { GridWriter, type GridWriterHealth } from '../../grid/grid-writer.js'
import type { LatestFileSettings } from '../../grid/latest-file.js'
import { ShardPusher, type ShardPusherHealth } from '../../grid/shard-pusher.js'

export interface BookOutletSettings {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  /** Shared by everybody who writes over this connection. */
  readonly circuit: GridCircuit
  readonly time: Clock & Timer
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** Holds the document of the features, too, for readers without a grid; absent: none does. */
  readonly file?: string
  readonly report?: (text: string) => void
  readonly writeFile?: LatestFileSettings['write']
}

/**
 * Where order books are published: the shards, the features of the last bar, raw books, and the file of the features. Every call
 * returns at once, whatever the grid and the disk do; of each key the latest value counts, so that nothing piles up.
 */
export class BookOutlet {
  private readonly shards: ShardPusher
  private readonly raw: ShardPusher
  private readonly writer: GridWriter

  constructor(settings: BookOutletSettings) {
    const { file, ...shared } = settings
    const latest = { map: GRID_MAPS.features, key: FEATURE_KEYS.orderBook }
    this.shards = new ShardPusher(shared)
    this.raw = new ShardPusher({ ...shared, map: GRID_MAPS.orderBooks })
    this.writer = new GridWriter({ ...shared, files: file === undefined ? [] : [{ ...latest, path: file }] })
  }

  /** The features of the last bar, of all symbols. */
  features(text: string): void {
    this.writer.put(GRID_MAPS.features, FEATURE_KEYS.orderBook, text)
  }

  shard(symbol: string, text: string): void {
    this.shards.put(symbol, text)
  }

  book(symbol: string, text: string): void {
    this.raw.put(symbol, text)
  }

  /** A symbol that is followed no more: readers no longer discover it. */
  remove(symbol: string): void {
    this.shards.remove(symbol)
    this.raw.remove(symbol)
  }

  health(): BookOutletHealth {
    return { shards: this.shards.health(), raw: this.raw.health(), features: this.writer.health() }
  }

  /** Gives what was put last a moment to get there, and writes the file. */
  async close(): Promise<void> {
    this.shards.stop()
    this.raw.stop()
    await this.writer.stop(CLOSE_MS_MAX)
  }
}

export interface BookOutletHealth {
  readonly shards: ShardPusherHealth
  readonly raw: ShardPusherHealth
  readonly features: GridWriterHealth
}

const CLOSE_MS_MAX = 1_000
