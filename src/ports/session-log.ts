import type { DailyStats, MissedEntry, SessionSummary, TradeRecord } from './vocabulary/session.js'

/**
 * Where a session's results are kept. Calls return at once; whoever opened the log makes it durable and lets go of it.
 *
 * - A trade and a missed entry are kept once each: one that is there already changes nothing, so a session that is computed
 *   again fills the gap that a crash left. One that is there with other content is refused by throwing.
 * - Days and summary are replaced as a whole each time.
 */
export interface SessionLog {
  trade(trade: TradeRecord): void
  missedEntry(entry: MissedEntry): void
  /** Every day of the session so far. */
  daily(days: readonly DailyStats[]): void
  summary(summary: Omit<SessionSummary, 'schema' | 'sessionId' | 'missedEntries'>): void
}
