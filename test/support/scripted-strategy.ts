import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../src/ports/strategy.js'
import type { Direction } from '../../src/ports/vocabulary/market.js'

/** What the strategy knows of itself: from fills and dropped entries alone. Plain JSON. */
export interface ScriptedState {
  readonly bars: number
  /** It has asked for an entry and heard nothing of it. */
  readonly pending: string | null
  readonly held: { readonly symbol: string; readonly direction: Direction; readonly sinceBar: number } | null
  readonly dropped: readonly string[]
  readonly fills: readonly StrategyFill[]
}

/** A mandate without what the strategy adds itself. */
export type Wish = Omit<Mandate, 'strategyId' | 'timestampMs' | 'authority'> & { readonly authority?: number }

export type Script = (bar: StrategyBar, state: ScriptedState) => readonly Wish[]

const NOTHING: ScriptedState = { bars: 0, pending: null, held: null, dropped: [], fills: [] }

/** A strategy that wishes what a script says; the script sees nothing but the bar and the strategy's own state. */
export class ScriptedStrategy implements Strategy {
  state: ScriptedState = NOTHING

  constructor(
    readonly id: string,
    private readonly script: Script,
  ) {}

  onBar(bar: StrategyBar): readonly Mandate[] {
    this.state = { ...this.state, bars: this.state.bars + 1 }
    const wishes = this.script(bar, this.state)
    const entry = wishes.find(({ type }) => type === 'ENTRY')
    if (entry !== undefined) this.state = { ...this.state, pending: entry.symbol }
    const { id: strategyId } = this
    return wishes.map((wish) => ({ authority: 0.5, ...wish, strategyId, timestampMs: bar.timestampMs }))
  }

  onEntryDropped(symbol: string, reason: string): void {
    this.state = { ...this.state, pending: null, dropped: [...this.state.dropped, `${symbol} ${reason}`] }
  }

  onFill(fill: StrategyFill): void {
    const { symbol, direction, leg, complete } = fill
    const fills = [...this.state.fills, fill].slice(-50)
    const held =
      leg === 'exit' && complete ? null : (this.state.held ?? { symbol, direction, sinceBar: this.state.bars })
    this.state = { ...this.state, pending: null, held, fills }
  }

  snapshot(): ScriptedState {
    return structuredClone(this.state)
  }

  restore(snapshot: unknown): void {
    this.state = structuredClone(snapshot as ScriptedState)
  }
}

/** Wishes by bar number. */
export function atBars(wishes: Readonly<Record<number, readonly Wish[]>>): Script {
  return (bar) => wishes[bar.bar] ?? []
}

/**
 * Enters and leaves at random: what it does at a bar follows from the seed, the bar and its own state, so that it needs no
 * generator in its snapshot.
 */
export function seededScript(
  seed: number,
  options: { readonly notionalUsd: number; readonly holdBars: number },
): Script {
  return ({ bar, symbols, prices }, { held, pending, bars }) => {
    const random = new Xoshiro128(seed, bar)
    const dice = random.uint32() % 8
    if (held !== null) {
      const price = prices[symbols.indexOf(held.symbol)]!
      if (bars - held.sinceBar < options.holdBars && dice > 0)
        return [{ type: 'HOLD', symbol: held.symbol, reason: 'HELD' }]
      return [{ type: 'EXIT', symbol: held.symbol, reason: 'MAX_HOLD', ...(price > 0 ? { price } : {}) }]
    }
    if (pending !== null || dice > 1) return []
    const pick = random.uint32() % symbols.length
    const price = prices[pick]!
    if (!(price > 0)) return []
    const direction = random.uint32() % 2 === 0 ? 1 : -1
    const { notionalUsd } = options
    return [{ type: 'ENTRY', symbol: symbols[pick]!, direction, notionalUsd, price, reason: 'SIGNAL' }]
  }
}
