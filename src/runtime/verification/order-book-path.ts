import { ORDER_BOOK_SHARD } from '../../core/grid/order-book-documents.js'
import { SHARD_MAPS } from '../../core/grid/shards.js'
import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import { type Legs, NotHeld } from './legs.js'
import type { OpenedPath, SignalPath } from './path-verification.js'
import { Sightings } from './sightings.js'

/** How often an order book's features are written, ms. Source: system bible §15.2, §23.1. */
export const FEATURES_EVERY_MS = 100

/**
 * Symbols that no exchange has, one of each shard: the sum of their characters grows by one from each to the next. Where each
 * belongs is written down, and not asked of the rule that is verified.
 */
export const MARKED_SYMBOLS: readonly (readonly [symbol: string, shard: string])[] = [
  ['VERIFY0USDT', 'DOLPHIN_FEATURES_SHARD_07'],
  ['VERIFY1USDT', 'DOLPHIN_FEATURES_SHARD_08'],
  ['VERIFY2USDT', 'DOLPHIN_FEATURES_SHARD_09'],
  ['VERIFY3USDT', 'DOLPHIN_FEATURES_SHARD_00'],
  ['VERIFY4USDT', 'DOLPHIN_FEATURES_SHARD_01'],
  ['VERIFY5USDT', 'DOLPHIN_FEATURES_SHARD_02'],
  ['VERIFY6USDT', 'DOLPHIN_FEATURES_SHARD_03'],
  ['VERIFY7USDT', 'DOLPHIN_FEATURES_SHARD_04'],
  ['VERIFY8USDT', 'DOLPHIN_FEATURES_SHARD_05'],
  ['VERIFY9USDT', 'DOLPHIN_FEATURES_SHARD_06'],
]

export interface OrderBookPathParts {
  readonly grid: Grid
  readonly clock: Clock
  /** What is verified: puts a symbol's features where they belong. */
  write(symbol: string, features: string): Promise<void>
}

const HEARD = 'features → listener of their shard'
const READ = 'read back from their shard'
const FOUND = 'symbols found by their keys'
const CADENCE = `a write every ${FEATURES_EVERY_MS} ms`

/** Order-book features into the ten shards, at their pace, and out of them again. Source: system bible §15.2, §23.1. */
export function orderBookPath(parts: OrderBookPathParts): SignalPath {
  return { name: 'order book', hops: [HEARD, READ, FOUND, CADENCE], open: () => OrderBookRounds.open(parts) }
}

interface Heard {
  readonly map: string
  readonly symbol: string
  readonly text: string
}

class OrderBookRounds implements OpenedPath {
  private readonly heard = new Sightings<Heard>()
  private readonly listening: (() => Promise<void>)[] = []
  private dueMs = 0
  private late = 0
  private rounds = 0

  private constructor(private readonly parts: OrderBookPathParts) {}

  static async open(parts: OrderBookPathParts): Promise<OrderBookRounds> {
    const rounds = new OrderBookRounds(parts)
    for (const map of SHARD_MAPS) {
      const see = ({ key, value }: { readonly key: string; readonly value?: string }): void => {
        if (value !== undefined) rounds.heard.see({ map, symbol: key, text: value })
      }
      rounds.listening.push(await parts.grid.map(map).listen(see))
    }
    return rounds
  }

  async round(round: number, legs: Legs): Promise<void> {
    const { grid, clock, write } = this.parts
    this.dueMs = round === 1 ? clock.nowMs() : this.dueMs + FEATURES_EVERY_MS
    await clock.sleep(this.dueMs - clock.nowMs(), legs.signal)
    const startedMs = clock.nowMs()
    const texts = new Map(
      MARKED_SYMBOLS.map(([symbol], i) => [symbol, markedFeatures(clock.epochMs(), round + i / 100)]),
    )
    this.heard.all.length = 0
    await legs.leg(
      HEARD,
      () =>
        Promise.all(MARKED_SYMBOLS.map(([symbol, map]) => this.hear({ symbol, map, text: texts.get(symbol)! }, write))),
      () => `not heard in time: ${this.unheard(texts).join(', ')}`,
    )
    this.rounds++
    if (clock.nowMs() - startedMs > FEATURES_EVERY_MS) this.late++
    await legs.leg(
      READ,
      async () => {
        for (const [symbol, map] of MARKED_SYMBOLS) {
          const text = await grid.map(map).get(symbol)
          if (text !== texts.get(symbol)) throw new NotHeld(READ, `${map}["${symbol}"] is not what was written last`)
        }
      },
      () => 'no answer in time',
    )
    await this.findAll(legs)
  }

  async settle(legs: Legs): Promise<void> {
    const { late, rounds } = this
    // A machine that stalls now and then is no broken path.
    legs.check(CADENCE, 2 * late > rounds ? `${late} of ${rounds} rounds were not heard within it` : undefined)
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      ...this.listening.map((stop) => stop()),
      ...MARKED_SYMBOLS.flatMap(([symbol]) => SHARD_MAPS.map((map) => this.parts.grid.map(map).remove(symbol))),
    ])
  }

  private async hear(expected: Heard, write: OrderBookPathParts['write']): Promise<void> {
    await write(expected.symbol, expected.text)
    const { map } = await this.heard.first(({ symbol, text }) => symbol === expected.symbol && text === expected.text)
    if (map !== expected.map)
      throw new NotHeld(HEARD, `${expected.symbol}: expected in ${expected.map}, heard in ${map}`)
  }

  private unheard(texts: ReadonlyMap<string, string>): string[] {
    const isHeard = (symbol: string) => this.heard.all.some(({ text }) => text === texts.get(symbol))
    return MARKED_SYMBOLS.flatMap(([symbol]) => (isHeard(symbol) ? [] : [symbol]))
  }

  private findAll(legs: Legs): Promise<void> {
    return legs.leg(
      FOUND,
      async () => {
        const keys = await Promise.all(SHARD_MAPS.map((map) => this.parts.grid.map(map).keys()))
        const found = new Set(keys.flat())
        const missing = MARKED_SYMBOLS.filter(([symbol]) => !found.has(symbol)).map(([symbol]) => symbol)
        if (missing.length > 0) throw new NotHeld(FOUND, `not among the keys: ${missing.join(', ')}`)
      },
      () => 'no answer in time',
    )
  }
}

/** Features of a symbol; the mark is in a figure that is of no use otherwise. */
function markedFeatures(nowMs: number, mark: number): string {
  return ORDER_BOOK_SHARD.write({ imbalance: 0, sample_ts: nowMs / 1000, mid: 1 + mark / 1_000 })
}
