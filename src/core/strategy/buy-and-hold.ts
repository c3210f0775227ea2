import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'

/** Buys one asset at its first price and keeps it: the least that a strategy must beat, and the smallest example of one. */
export class BuyAndHold implements Strategy {
  readonly id: string
  private state: 'flat' | 'asked' | 'held' | 'done' = 'flat'

  /** @param settings `notionalUsd`: what to buy for, USD, above zero. */
  constructor(
    private readonly settings: { readonly id: string; readonly symbol: string; readonly notionalUsd: number },
  ) {
    this.id = settings.id
  }

  onBar({ symbols, prices, timestampMs }: StrategyBar): readonly Mandate[] {
    const { symbol, notionalUsd } = this.settings
    const price = prices[symbols.indexOf(symbol)]
    if (this.state !== 'flat' || price === undefined || !(price > 0)) return []
    this.state = 'asked'
    const mandate = {
      strategyId: this.id,
      symbol,
      timestampMs,
      price,
      authority: 1,
      direction: 1,
      notionalUsd,
    } as const
    return [{ ...mandate, type: 'ENTRY', reason: 'BUY_AND_HOLD' }]
  }

  onEntryDropped(): void {
    this.state = 'flat'
  }

  onFill({ leg, complete }: StrategyFill): void {
    if (leg === 'entry') this.state = 'held'
    else if (complete) this.state = 'done'
  }

  snapshot(): unknown {
    return { schema: 'dolphin.buy-and-hold/1', state: this.state }
  }

  restore(snapshot: unknown): void {
    const { schema, state } = (snapshot ?? {}) as { readonly schema?: unknown; readonly state?: unknown }
    if (schema !== 'dolphin.buy-and-hold/1')
      throw new Error(`$.schema: expected dolphin.buy-and-hold/1, found ${schema}`)
    const known = (['flat', 'asked', 'held', 'done'] as const).find((name) => name === state)
    if (known === undefined) throw new Error(`$.state: expected flat, asked, held or done, found ${state}`)
    this.state = known
  }
}
