import { FileSessionLog } from '../../src/adapters/session-log/session-log.js'
import { Exact } from '../../src/base/exact.js'
import { PerformanceTracker } from '../../src/core/performance/performance-tracker.js'
import { TradeJournal } from '../../src/core/performance/trade-journal.js'
import { positionId } from '../../src/ports/vocabulary/ids.js'
import type { BacktestReport } from '../../src/ports/vocabulary/report.js'
import type { MissedEntry, SessionSettings, TradeClosed, TradeOpened } from '../../src/ports/vocabulary/session.js'
import type { Trade } from '../../src/ports/vocabulary/trades.js'

export interface SessionTrade {
  readonly opened: TradeOpened
  readonly closed: TradeClosed
}

/** A trade of a bar-price backtest as a session that did just the same would have recorded it. */
export function sessionTradeOf(trade: Trade): SessionTrade {
  const quantity = new Exact(trade.quantity!)
  const tradeId = `blue-${trade.entryBar}`
  const barMs = (trade.exitTimeMs! - trade.entryTimeMs!) / trade.barsHeld
  return {
    opened: {
      tradeId: positionId(tradeId),
      symbol: trade.asset,
      strategy: 'blue',
      direction: trade.direction === 1 ? 'LONG' : 'SHORT',
      openedAtMs: trade.entryTimeMs! + Math.min(40, barMs / 2),
      entryBar: trade.entryBar + 1,
      entryBarAtMs: trade.entryTimeMs!,
      requestedPrice: new Exact(trade.entryPrice).toFixed(),
      targetNotionalUsd: new Exact(trade.capitalBefore * trade.fraction * trade.leverage).toFixed(),
      orderedQuantity: quantity.toFixed(),
    },
    closed: {
      tradeId: positionId(tradeId),
      closedAtMs: trade.exitTimeMs! + 40,
      exitBar: trade.exitBar + 1,
      requestedPrice: new Exact(trade.exitPrice).toFixed(),
      quantity: quantity.toFixed(),
      entryValueUsd: quantity.times(trade.entryPrice).toFixed(),
      exitValueUsd: quantity.times(trade.exitPrice).toFixed(),
      entryFeesUsd: '0',
      exitFeesUsd: '0',
      fundingUsd: '0',
      purpose: 'EXIT',
      reason: trade.reason,
    },
  }
}

/** Writes the folder of a session with these trades. */
export async function writeSession(
  out: string,
  settings: SessionSettings,
  trades: readonly SessionTrade[],
  rest: {
    readonly missed?: readonly MissedEntry[]
    readonly open?: readonly TradeOpened[]
    readonly finished?: boolean
  } = {},
): Promise<string> {
  const start = { initialCapitalUsd: settings.initialCapitalUsd, startedAtMs: settings.startedAtMs }
  const journal = new TradeJournal(start)
  const tracker = new PerformanceTracker(start)
  const log = await FileSessionLog.open(out, settings)
  for (const { opened, closed } of trades) {
    journal.open(opened)
    const record = journal.close(closed)
    tracker.add(record)
    log.trade(record)
  }
  for (const missed of rest.missed ?? []) log.missedEntry(missed)
  const atMs = trades.at(-1)?.closed.closedAtMs ?? settings.startedAtMs
  log.daily(journal.daily(atMs))
  log.summary({
    finished: rest.finished ?? true,
    updatedAtMs: atMs,
    openTrades: rest.open ?? [],
    performance: tracker.snapshot(atMs),
  })
  await log.close()
  return log.folder
}

/** The settings of a session that ran with those of the backtest. */
export function settingsOf(report: BacktestReport, days: SessionSettings['days']): Partial<SessionSettings> {
  return {
    strategy: report.strategy,
    direction: report.direction === 1 ? 'LONG' : 'SHORT',
    initialCapitalUsd: String(report.initialCapital),
    startedAtMs: Date.parse(`${report.from}T00:00:00Z`),
    fills: 'bar-price',
    hashes: report.hashes,
    days,
    options: {},
  }
}
