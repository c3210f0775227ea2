import { Exact } from '../../base/exact.js'
import type { PerformanceSnapshot, TradeRecord } from '../../ports/vocabulary/session.js'
import { DailyBook, drawdown, entryAtMs, exitAtMs, type SessionStart } from './daily-book.js'
import { profitFactorOf, sharpeOf } from './figures.js'

/**
 * Performance of closed trades, kept up to date trade by trade; the figures are the same as if computed from the whole
 * history. Statistics only: it predicts and recommends nothing. Source: module contracts, layer 6.
 */
export class PerformanceTracker {
  private readonly startedAtMs: number
  private readonly book: DailyBook
  private trades = 0
  private wins = 0
  private losses = 0
  private gains = ZERO
  private lost = ZERO
  private realized = ZERO
  private fees = ZERO
  private funding = ZERO
  private turnover = ZERO
  private largestWin = ZERO
  private largestLoss = ZERO
  private streak = 0
  private longestWinStreak = 0
  private longestLossStreak = 0
  private drawdownMax = 0
  private heldMs = 0

  constructor(start: SessionStart) {
    this.startedAtMs = start.startedAtMs
    this.book = new DailyBook(start)
  }

  /** A bar of this time, UTC ms, has come: the days of a session are those of its bars. */
  bar(atMs: number): void {
    this.book.bar(atMs)
  }

  /** Trades come in order of their exits. */
  add(trade: TradeRecord): void {
    const net = new Exact(trade.netPnl)
    this.book.add(trade)
    this.trades++
    this.countResult(net)
    this.realized = this.realized.plus(trade.realizedPnl)
    this.fees = this.fees.plus(trade.entryFeesUsd).plus(trade.exitFeesUsd)
    this.funding = this.funding.plus(trade.fundingUsd)
    this.turnover = this.turnover.plus(trade.entryValueUsd).plus(trade.exitValueUsd)
    this.heldMs += exitAtMs(trade) - entryAtMs(trade)
    this.drawdownMax = Math.max(this.drawdownMax, drawdown(this.book.peakCapitalUsd, this.book.capitalUsd))
  }

  /** `atMs` is now, UTC: the rolling figures end with its day, and exposure is measured until then. */
  snapshot(atMs: number): PerformanceSnapshot {
    const { trades, wins, losses } = this
    const net = this.gains.plus(this.lost)
    const capital = this.book.capitalUsd
    const peak = this.book.peakCapitalUsd
    const elapsedMs = atMs - this.startedAtMs
    return {
      atMs,
      totalTrades: trades,
      wins,
      losses,
      winRate: trades === 0 ? 0 : wins / trades,
      profitFactor: profitFactorOf(this.gains.toNumber(), this.lost.toNumber()),
      sharpeRatio30d: sharpeOf(this.book.days(atMs, SHARPE_DAYS).map((day) => day.returnPct)),
      currentDrawdownPct: drawdown(peak, capital),
      drawdownPctMax: this.drawdownMax,
      capitalUsd: capital.toFixed(),
      peakCapitalUsd: peak.toFixed(),
      netPnl: net.toFixed(),
      realizedPnl: this.realized.toFixed(),
      feesUsd: this.fees.toFixed(),
      fundingUsd: this.funding.toFixed(),
      expectancyUsd: mean(net, trades),
      averageWinUsd: mean(this.gains, wins),
      averageLossUsd: mean(this.lost, losses),
      largestWinUsd: this.largestWin.toFixed(),
      largestLossUsd: this.largestLoss.toFixed(),
      streak: this.streak,
      longestWinStreak: this.longestWinStreak,
      longestLossStreak: this.longestLossStreak,
      meanHoldMs: trades === 0 ? 0 : this.heldMs / trades,
      timeInMarket: elapsedMs > 0 ? this.heldMs / elapsedMs : 0,
      turnoverUsd: this.turnover.toFixed(),
    }
  }

  /** A result of exactly zero is neither won nor lost, and ends a streak. */
  private countResult(net: Exact): void {
    if (net.greaterThan(0)) {
      this.wins++
      this.gains = this.gains.plus(net)
      this.largestWin = Exact.max(this.largestWin, net)
      this.streak = Math.max(this.streak, 0) + 1
      this.longestWinStreak = Math.max(this.longestWinStreak, this.streak)
    } else if (net.lessThan(0)) {
      this.losses++
      this.lost = this.lost.plus(net)
      this.largestLoss = Exact.min(this.largestLoss, net)
      this.streak = Math.min(this.streak, 0) - 1
      this.longestLossStreak = Math.max(this.longestLossStreak, -this.streak)
    } else this.streak = 0
  }
}

/** UTC days that the rolling Sharpe ratio looks back on, today included. Source: module contracts, layer 6. */
const SHARPE_DAYS = 30

const ZERO = new Exact(0)

function mean(sum: Exact, amount: number): number {
  return amount === 0 ? 0 : sum.div(amount).toNumber()
}
