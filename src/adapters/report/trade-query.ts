import type { Trade } from '../../ports/vocabulary/trades.js'
import { formatTime } from './format.js'
import { sideOf, type TradeColumn } from './trade-columns.js'

/** Empty text means any. */
export interface TradeFilter {
  readonly asset: string
  readonly reason: string
  readonly outcome: '' | 'win' | 'loss'
  /** Words that must all occur in what the row says, in any order and case. */
  readonly words: string
}

export interface TradeOrder {
  readonly key: string
  readonly sort: 'ascending' | 'descending'
}

export interface TradeTotals {
  readonly count: number
  readonly net: number
  readonly winRate: number
  readonly profitFactor: number | null
}

/** Answers filters and orders over one list of trades with the indices of the rows to show. */
export class TradeQuery {
  private readonly haystacks: readonly string[]

  constructor(
    private readonly trades: readonly Trade[],
    private readonly columns: readonly TradeColumn[],
  ) {
    this.haystacks = trades.map(haystackOf)
  }

  /** Indices of the matching trades in order. Equal values keep the order of the run; absent values come last. */
  select(filter: TradeFilter, order: TradeOrder): number[] {
    const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean)
    const matching: number[] = []
    for (let i = 0; i < this.trades.length; i++) {
      if (matches(this.trades[i]!, filter) && words.every((word) => this.haystacks[i]!.includes(word))) matching.push(i)
    }
    return this.sorted(matching, order)
  }

  totals(selected: readonly number[]): TradeTotals {
    let won = 0
    let lost = 0
    let wins = 0
    for (const i of selected) {
      const { net } = this.trades[i]!
      if (net > 0) {
        wins++
        won += net
      } else lost -= net
    }
    const count = selected.length
    const profitFactor = wins === 0 ? 0 : lost === 0 ? null : won / lost
    return { count, net: won - lost, winRate: count === 0 ? 0 : wins / count, profitFactor }
  }

  private sorted(selected: number[], order: TradeOrder): number[] {
    const column = this.columns.find((candidate) => candidate.key === order.key)
    if (column === undefined) return selected
    const sign = order.sort === 'ascending' ? 1 : -1
    const values = new Map(selected.map((i) => [i, column.value(this.trades[i]!, i)]))
    return selected.sort((a, b) => compare(values.get(a)!, values.get(b)!, sign) || a - b)
  }
}

function matches(trade: Trade, filter: TradeFilter): boolean {
  if (filter.asset !== '' && trade.asset !== filter.asset) return false
  if (filter.reason !== '' && trade.reason !== filter.reason) return false
  // A win is a net above zero; a net of exactly zero is a loss. Engine semantics, section 9.
  return filter.outcome === '' || (filter.outcome === 'win') === trade.net > 0
}

function haystackOf(trade: Trade, index: number): string {
  const times = [trade.entryTimeMs, trade.exitTimeMs].map(formatTime)
  return [`#${index + 1}`, trade.asset, sideOf(trade), trade.reason, trade.dc, ...times].join(' ').toLowerCase()
}

function compare(a: number | string | null, b: number | string | null, sign: 1 | -1): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -sign : sign
}
