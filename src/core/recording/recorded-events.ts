import type { MarketDataEvent } from '../../ports/market-data.js'
import type { MarketRows, RecordingFacts } from '../../ports/market-recording.js'
import { EVENT_TABLES, type EventRow, eventOfRow } from './event-rows.js'

/** Tables that a recorded market is told from. */
export const TOLD_TABLES = [...EVENT_TABLES, 'listings'] as const

export type ToldRow = EventRow | { readonly table: 'listings'; readonly row: MarketRows['listings'] }

/**
 * A recorded market as it was told, from its rows in the order of their running number `n`: first what is listed, with the decimals
 * that the recording states, then each event. Where a book begins anew it is lost, as it was to whoever kept it.
 */
export class RecordedEvents {
  private hasBegun = false

  constructor(private readonly facts: Pick<RecordingFacts, 'scales'>) {}

  /** What the next row says. */
  of(next: ToldRow): readonly MarketDataEvent[] {
    const told = next.table === 'listings' ? this.anew(next.row) : eventOfRow(next)
    if (this.hasBegun) return [told]
    this.hasBegun = true
    const contracts = Object.entries(this.facts.scales).map(([symbol, scale]) => ({ symbol, ...scale }))
    return [{ kind: 'listed', contracts, receivedMs: atMsOf(told) }, told]
  }

  private anew({ symbol, t_ms: atMs }: MarketRows['listings']): MarketDataEvent {
    const symbols = symbol === '' ? Object.keys(this.facts.scales) : [symbol]
    return { kind: 'lost', symbols, atMs, receivedMs: atMs }
  }
}

function atMsOf(event: MarketDataEvent): number {
  return 'receivedMs' in event ? event.receivedMs : 0
}
