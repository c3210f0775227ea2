import type { SessionLog } from '../../ports/session-log.js'
import type { DailyStats, MissedEntry, SessionSummary, TradeRecord } from '../../ports/vocabulary/session.js'

/** A session's record in memory, for whoever looks at it in the same process. */
export class MemorySessionLog implements SessionLog {
  /** As last written. */
  days: readonly DailyStats[] = []
  lastSummary: Parameters<SessionLog['summary']>[0] | undefined
  private readonly tradesById = new Map<string, TradeRecord>()
  private readonly missedByKey = new Map<string, MissedEntry>()

  get trades(): readonly TradeRecord[] {
    return [...this.tradesById.values()]
  }

  get missedEntries(): readonly MissedEntry[] {
    return [...this.missedByKey.values()]
  }

  trade(trade: TradeRecord): void {
    keepOnce(this.tradesById, trade.tradeId, trade)
  }

  missedEntry(entry: MissedEntry): void {
    keepOnce(this.missedByKey, `${entry.strategy} ${entry.symbol} ${entry.entryBar}`, entry)
  }

  daily(days: readonly DailyStats[]): void {
    this.days = days
  }

  summary(summary: Omit<SessionSummary, 'schema' | 'sessionId' | 'missedEntries'>): void {
    this.lastSummary = summary
  }
}

function keepOnce<Row>(rows: Map<string, Row>, key: string, row: Row): void {
  const before = rows.get(key)
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(row)) {
    throw new Error(`session log: expected the row of ${key} as it is: ${JSON.stringify(before)}, found another`)
  }
  rows.set(key, row)
}
