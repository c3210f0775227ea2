import { assert } from '../../base/assert.js'
import type { CircuitBreaker } from '../../core/grid/circuit-breaker.js'
import { SHARD_MAPS, shardOf } from '../../core/grid/shards.js'
import type { Grid } from '../../ports/grid.js'
import { allOver } from './all-over.js'
import type { Attempted, GridCircuit, GridTime } from './grid-circuit.js'

/** How often changed values leave, ms. Source: system bible §22.1; spec "Settled late", "Shard writes". */
export const PUSH_EVERY_MS = 100
/** Symbols that it remembers; the exchange has some 600. */
const SYMBOLS_MAX = 1_000

export interface ShardPusherSettings {
  readonly grid: Pick<Grid, 'map' | 'connection'>
  /** Shared by everybody who writes over this connection. */
  readonly circuit: GridCircuit
  readonly time: GridTime
  readonly report?: (text: string) => void
  /** Into this map, instead of the shards. */
  readonly map?: string
}

export interface ShardPusherHealth {
  readonly circuit: CircuitBreaker['state']
  readonly symbols: number
  /** Symbols whose latest value their shard is not known to hold. */
  readonly waiting: number
  /** Bulk writes that succeeded and that failed, and the values in those that succeeded. */
  readonly written: number
  readonly failed: number
  readonly values: number
  /** Ticks in which a shard had something to write while a write of it was under way, or nothing was let through. */
  readonly passedOver: number
  /** Values of a symbol too many. */
  readonly refused: number
}

/**
 * The order-book features of every symbol on their way into the shards, or other latest values of symbols on their way into one
 * map. Each 100 ms every shard with a changed symbol gets one bulk write, unless one is under way; what changes meanwhile replaces what was there, so that a grid that is slow or away
 * makes nothing grow. When a connection is back all of it is written anew.
 */
export class ShardPusher {
  private readonly shards: readonly Shard[]
  private readonly counts = { written: 0, failed: 0, values: 0, passedOver: 0, refused: 0 }
  private symbols = 0
  private dueMs: number
  private callOff: (() => void) | undefined
  private readonly stopListening: () => void

  constructor(private readonly settings: ShardPusherSettings) {
    const { grid, time, map } = settings
    this.shards = (map === undefined ? SHARD_MAPS : [map]).map(emptyShard)
    this.dueMs = time.epochMs()
    this.stopListening = grid.connection.listen((state) => {
      if (state !== 'CONNECTED') return
      for (const { latest, changed } of this.shards) for (const [symbol, text] of latest) changed.set(symbol, text)
    })
    this.next()
  }

  /** The value of a symbol from now on. Returns at once; one that is as before is not written again. */
  put(symbol: string, text: string): void {
    const shard = this.shardOf(symbol)
    const before = shard.latest.get(symbol)
    if (before === text) return
    if (before === undefined && !this.takesOneMore(symbol)) return
    shard.latest.set(symbol, text)
    shard.changed.set(symbol, text)
    shard.removed.delete(symbol)
  }

  /** A symbol that is traded no more: readers no longer discover it. */
  remove(symbol: string): void {
    const shard = this.shardOf(symbol)
    if (!shard.latest.delete(symbol)) return
    this.symbols--
    shard.changed.delete(symbol)
    shard.removed.add(symbol)
  }

  health(): ShardPusherHealth {
    return {
      circuit: this.settings.circuit.state,
      symbols: this.symbols,
      waiting: this.shards.reduce((sum, { changed, underWay }) => sum + changed.size + (underWay?.size ?? 0), 0),
      ...this.counts,
    }
  }

  /** Nothing is written any more: what the shards hold is old in a moment, and readers see how old. */
  stop(): void {
    this.callOff?.()
    this.stopListening()
  }

  /** By the clock's multiples from the start on; ticks that were missed are not made up for. */
  private next(): void {
    const { time } = this.settings
    const nowMs = time.epochMs()
    this.dueMs += Math.max(1, Math.ceil((nowMs - this.dueMs + 1) / PUSH_EVERY_MS)) * PUSH_EVERY_MS
    this.callOff = time.at(this.dueMs, () => {
      this.next()
      for (const shard of this.shards) this.push(shard)
    })
  }

  private push(shard: Shard): void {
    if (shard.changed.size === 0 && shard.removed.size === 0) return
    const attempted = shard.underWay === undefined ? this.attempt(shard) : undefined
    if (attempted === undefined) this.counts.passedOver++
  }

  private attempt(shard: Shard): Promise<void> | undefined {
    const { circuit, grid } = this.settings
    const { changed: values, removed } = shard
    const map = () => grid.map(shard.map)
    const attempted = circuit.attempt(() =>
      allOver([
        ...(values.size > 0 ? [map().setAll(values)] : []),
        ...[...removed].map((symbol) => map().remove(symbol)),
      ]),
    )
    if (attempted === undefined) return undefined
    shard.underWay = values
    shard.changed = new Map()
    shard.removed = new Set()
    return attempted.then((answer) => this.answered(shard, { answer, values, removed }))
  }

  private answered(
    shard: Shard,
    { answer, values, removed }: { answer: Attempted; values: Values; removed: Set<string> },
  ): void {
    shard.underWay = undefined
    if (answer.ok) {
      this.counts.written++
      this.counts.values += values.size
      return
    }
    this.counts.failed++
    // What has changed or gone meanwhile is newer than what failed.
    for (const [symbol, text] of values) {
      if (shard.latest.has(symbol) && !shard.changed.has(symbol)) shard.changed.set(symbol, text)
    }
    for (const symbol of removed) if (!shard.latest.has(symbol)) shard.removed.add(symbol)
  }

  private shardOf(symbol: string): Shard {
    return this.shards[this.shards.length === 1 ? 0 : shardOf(symbol)]!
  }

  private takesOneMore(symbol: string): boolean {
    assert(symbol !== '', 'a symbol has a name')
    if (this.symbols < SYMBOLS_MAX) {
      this.symbols++
      return true
    }
    if (this.counts.refused++ === 0)
      this.settings.report?.(`features of one symbol more than ${SYMBOLS_MAX} are refused: ${symbol}`)
    return false
  }
}

function emptyShard(map: string): Shard {
  return { map, latest: new Map(), changed: new Map(), removed: new Set(), underWay: undefined }
}

type Values = ReadonlyMap<string, string>

interface Shard {
  readonly map: string
  /** Of every symbol. */
  readonly latest: Map<string, string>
  /** Not yet in a write. */
  changed: Map<string, string>
  removed: Set<string>
  /** What the write that is under way carries. */
  underWay: Values | undefined
}
