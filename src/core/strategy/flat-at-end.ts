import type { BooksNeeded } from '../../ports/order-book.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'

/**
 * A strategy whose position does not outlive its day: in the last bars it enters nothing, and leaves what it holds. What it holds it
 * knows from fills, as every strategy does.
 */
export class FlatAtEnd implements Strategy {
  readonly id: string
  private held: { readonly symbol: string } | undefined
  private seen = 0

  /** @param bars of the day; in the last `leaving` of them it leaves. */
  constructor(
    private readonly inner: Strategy,
    private readonly day: { readonly bars: number; readonly leaving: number },
  ) {
    this.id = inner.id
  }

  get observes(): NonNullable<Strategy['observes']> {
    return this.inner.observes ?? false
  }

  /** @returns null: flat. */
  get position(): string | null {
    return this.held?.symbol ?? null
  }

  booksNeeded(bar: StrategyBar): BooksNeeded {
    return this.inner.booksNeeded?.(bar) ?? 'none'
  }

  onBar(bar: StrategyBar): readonly Mandate[] {
    const mandates = this.inner.onBar(bar)
    this.seen++
    if (this.seen <= this.day.bars - this.day.leaving) return mandates
    for (const { type, symbol } of mandates) if (type === 'ENTRY') this.inner.onEntryDropped(symbol, REASON)
    if (this.held === undefined) return []
    const { symbol } = this.held
    const price = bar.prices[bar.symbols.indexOf(symbol)]
    return [
      {
        ...{ strategyId: this.id, symbol, type: 'EXIT', authority: 1, timestampMs: bar.timestampMs, reason: REASON },
        ...(price !== undefined && price > 0 ? { price } : {}),
      },
    ]
  }

  onEntryDropped(symbol: string, reason: string): void {
    this.inner.onEntryDropped(symbol, reason)
  }

  onFill(fill: StrategyFill): void {
    this.inner.onFill(fill)
    if (fill.leg === 'entry') this.held = { symbol: fill.symbol }
    else if (fill.complete) this.held = undefined
  }

  snapshot(): unknown {
    return { inner: this.inner.snapshot(), held: this.held ?? null, seen: this.seen }
  }

  restore(snapshot: unknown): void {
    const { inner, held, seen } = snapshot as {
      readonly inner: unknown
      readonly held: { readonly symbol: string } | null
      readonly seen: number
    }
    this.inner.restore(inner)
    this.held = held ?? undefined
    this.seen = seen
  }
}

const REASON = 'END_OF_DATA'
