import { positionId } from '../../src/ports/vocabulary/ids.js'
import type {
  MissedEntry,
  PerformanceSnapshot,
  SessionSettings,
  TradeOpened,
  TradeRecord,
} from '../../src/ports/vocabulary/session.js'

/** A trade whose sums agree: SHORT 0.5 at 100, bought back at 98, fees 0.02 and 0.05, funding 0.01. */
export function tradeRecord(changes: Partial<TradeRecord> = {}): TradeRecord {
  return {
    tradeId: positionId('blue-BTCUSDT-120'),
    symbol: 'BTCUSDT',
    strategy: 'blue',
    direction: 'SHORT',
    entryTimeNs: '1746756000000000000',
    entryPrice: '100',
    exitTimeNs: '1746757000000000000',
    exitPrice: '98',
    realizedPnl: '1',
    netPnl: '0.94',
    quantity: '0.5',
    entryValueUsd: '50',
    exitValueUsd: '49',
    entryFeesUsd: '0.02',
    exitFeesUsd: '0.05',
    fundingUsd: '0.01',
    entryBar: 120,
    entryBarAtMs: 1_746_756_000_000,
    exitBar: 136,
    entryRequestedPrice: '100.1',
    exitRequestedPrice: '98',
    targetNotionalUsd: '50',
    orderedQuantity: '0.5',
    capitalUsd: '25000',
    entrySlippageBps: 9.99,
    exitSlippageBps: 0,
    purpose: 'EXIT',
    reason: 'FIXED_TP',
    ...changes,
  }
}

export function tradeOpened(changes: Partial<TradeOpened> = {}): TradeOpened {
  return {
    tradeId: positionId('blue-BTCUSDT-120'),
    symbol: 'BTCUSDT',
    strategy: 'blue',
    direction: 'SHORT',
    openedAtMs: 1_746_756_000_050,
    entryBar: 120,
    entryBarAtMs: 1_746_756_000_000,
    requestedPrice: '100.1',
    targetNotionalUsd: '50',
    orderedQuantity: '0.5',
    ...changes,
  }
}

export function missedEntry(changes: Partial<MissedEntry> = {}): MissedEntry {
  return {
    strategy: 'blue',
    symbol: 'ETHUSDT',
    direction: 'SHORT',
    entryBar: 300,
    entryBarAtMs: 1_746_766_800_000,
    requestedPrice: '2200.5',
    targetNotionalUsd: '1200',
    reason: 'REJECT_PERMISSION_LATE',
    detail: 'the answer came after 512 ms, "late"',
    ...changes,
  }
}

export function sessionSettings(changes: Partial<SessionSettings> = {}): SessionSettings {
  return {
    schema: 'dolphin.session/1',
    sessionId: '2025-05-09-blue',
    startedAtMs: 1_746_748_800_000,
    engineVersion: '0.1.0',
    strategy: 'blue',
    direction: 'SHORT',
    initialCapitalUsd: '25000',
    fills: 'realistic',
    seed: 42,
    hashes: {
      champion: '5245d5d61c9542db',
      parameters: '5245d5d61c9542db',
      config: 'c'.repeat(64),
      code: 'd'.repeat(64),
    },
    days: [{ date: '2025-05-09', sha256: 'e'.repeat(64) }],
    options: { set: ['fraction=0.15'], volGate: 'p60', research: true },
    venue: { takerFee: '0.0005', latency: { meanMs: 40 } },
    ...changes,
  }
}

export function performanceSnapshot(changes: Partial<PerformanceSnapshot> = {}): PerformanceSnapshot {
  return {
    atMs: 1_746_757_000_000,
    totalTrades: 1,
    wins: 1,
    losses: 0,
    winRate: 1,
    profitFactor: null,
    breakeven: 0,
    winRate20: 1,
    sharpeRatio30d: 0,
    sharpeRatio90d: 0,
    byStrategy: [{ strategy: 'blue', trades: 1, wins: 1, losses: 0, netPnl: '0.94' }],
    currentDrawdownPct: 0,
    drawdownPctMax: 0,
    capitalUsd: '25000.94',
    peakCapitalUsd: '25000.94',
    netPnl: '0.94',
    realizedPnl: '1',
    feesUsd: '0.07',
    fundingUsd: '0.01',
    expectancyUsd: 0.94,
    averageWinUsd: 0.94,
    averageLossUsd: 0,
    largestWinUsd: '0.94',
    largestLossUsd: '0',
    streak: 1,
    longestWinStreak: 1,
    longestLossStreak: 0,
    meanHoldMs: 1_000_000,
    timeInMarket: 0.1,
    turnoverUsd: '99',
    ...changes,
  }
}
