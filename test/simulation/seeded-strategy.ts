import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../src/ports/strategy.js'
import type { Direction } from '../../src/ports/vocabulary/market.js'

/** What survives a restart. */
interface Memory {
  readonly symbol: string | null
  readonly direction: Direction
  /** ASKED: an entry was proposed. */
  readonly stage: 'FLAT' | 'ASKED' | 'OPEN'
}

const FLAT: Memory = { symbol: null, direction: 1, stage: 'FLAT' }

/** Opens, reduces and closes at random, often: each bar's dice are thrown by seed and bar number alone. */
export class SeededStrategy implements Strategy {
  private memory = FLAT

  constructor(
    readonly id: string,
    private readonly seed: number,
  ) {}

  onBar(bar: StrategyBar): readonly Mandate[] {
    const random = new Xoshiro128(this.seed, STRATEGY_STREAM, bar.timestampMs / 1_000)
    const dice = random.double()
    const { symbol, stage } = this.memory
    if (stage === 'FLAT') return dice < 0.6 ? [this.enter(bar, random)] : []
    if (stage === 'ASKED' || symbol === null) return []
    const mandate = { strategyId: this.id, symbol, authority: 1, timestampMs: bar.timestampMs }
    const price = bar.prices[bar.symbols.indexOf(symbol)]!
    if (dice < 0.3) return [{ ...mandate, type: 'EXIT', price, reason: 'DICE' }]
    if (dice < 0.45)
      return [{ ...mandate, type: 'REDUCE', notionalUsd: random.between(500, 5_000), price, reason: 'DICE' }]
    return []
  }

  onEntryDropped(): void {
    this.memory = FLAT
  }

  onFill({ symbol, direction, leg, complete }: StrategyFill): void {
    this.memory = leg === 'exit' && complete ? FLAT : { symbol, direction, stage: 'OPEN' }
  }

  snapshot(): unknown {
    return this.memory
  }

  restore(snapshot: unknown): void {
    this.memory = snapshot as Memory
  }

  private enter(bar: StrategyBar, random: Xoshiro128): Mandate {
    const index = random.integer(0, bar.symbols.length - 1)
    const symbol = bar.symbols[index]!
    const direction: Direction = random.integer(0, 1) === 0 ? 1 : -1
    this.memory = { symbol, direction, stage: 'ASKED' }
    const notionalUsd = random.between(200, 40_000)
    const { id: strategyId } = this
    const { timestampMs } = bar
    const price = bar.prices[index]!
    return {
      strategyId,
      symbol,
      type: 'ENTRY',
      authority: 0.5,
      timestampMs,
      direction,
      notionalUsd,
      price,
      reason: 'DICE',
    }
  }
}

const STRATEGY_STREAM = 0x57a7
