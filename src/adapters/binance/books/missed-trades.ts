import type { MarketDataEvent } from '../../../ports/market-data.js'

/** Trades that nobody will be told of, said for people once a second: after a lost connection hundreds of symbols miss some. */
export class MissedTrades {
  private readonly bySymbol = new Map<string, { trades: number; readonly fromId: number; untilId: number }>()
  /** All of them, since the start. */
  total = 0
  private sayMs = Number.POSITIVE_INFINITY

  /** Infinite while there is nothing to tell. */
  get dueMs(): number {
    return this.sayMs
  }

  /** Those with the numbers from `fromId` up to the one before `untilId`. */
  add(symbol: string, { fromId, untilId }: { readonly fromId: number; readonly untilId: number }, nowMs: number): void {
    const missed = this.bySymbol.get(symbol) ?? { trades: 0, fromId, untilId }
    missed.trades += untilId - fromId
    this.total += untilId - fromId
    missed.untilId = untilId
    this.bySymbol.set(symbol, missed)
    this.sayMs = Math.min(this.sayMs, nowMs + SAID_EVERY_MS)
  }

  due(nowMs: number): readonly MarketDataEvent[] {
    if (nowMs < this.sayMs) return []
    this.sayMs = Number.POSITIVE_INFINITY
    const all = [...this.bySymbol].sort(([, one], [, other]) => other.trades - one.trades)
    this.bySymbol.clear()
    const trades = all.reduce((sum, [, missed]) => sum + missed.trades, 0)
    const named = all.slice(0, NAMED_MAX).map(([symbol, { trades, fromId, untilId }]) => {
      return `${symbol} ${trades} within ${fromId} … ${untilId - 1}`
    })
    const others = all.length - named.length
    const more = others > 0 ? `, and ${others} more symbols` : ''
    const message = `${trades} trades were missed and are told by nobody: ${named.join(', ')}${more}.`
    return [{ kind: 'notice', level: 'WARNING', code: 'TRADES_MISSED', message }]
  }
}

const SAID_EVERY_MS = 1_000
const NAMED_MAX = 5
