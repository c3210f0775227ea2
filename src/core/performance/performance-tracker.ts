import { Exact } from '../../base/exact.js'
import { present } from '../../base/present.js'
import type { PerformanceSnapshot, TradeRecord } from '../../ports/vocabulary/session.js'
import { DailyBook, drawdown, entryAtMs, exitAtMs, type SessionStart } from './daily-book.js'
import { profitFactorOf, sharpeOf } from './figures.js'

/**
 * Performance of closed trades, kept up to date trade by trade; the figures are the same as if computed from the whole
 * history. Statistics only: it predicts and recommends nothing. Source: module contracts, layer 6.
 */
export class PerformanceTracker {
  private readonly startedAtMs: number
  private readonly stopPct: number | undefined
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
  private readonly recent: boolean[] = []
  private readonly strategies = new Map<string, StrategyTotals>()
  private rMultiples = 0

  constructor(start: SessionStart) {
    this.startedAtMs = start.startedAtMs
    this.stopPct = start.stopPct
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
    this.countStrategy(trade.strategy, net)
    if (this.stopPct !== undefined) this.rMultiples += net.div(trade.entryValueUsd).toNumber() / this.stopPct
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
      breakeven: trades - wins - losses,
      winRate20: this.recent.length === 0 ? 0 : this.recent.filter(Boolean).length / this.recent.length,
      ...present({
        winLossRatio: wins === 0 || losses === 0 ? undefined : -mean(this.gains, wins) / mean(this.lost, losses),
        meanRMultiple: this.stopPct === undefined || trades === 0 ? undefined : this.rMultiples / trades,
      }),
      sharpeRatio30d: this.rollingSharpe(atMs, 30),
      sharpeRatio90d: this.rollingSharpe(atMs, 90),
      byStrategy: Array.from(this.strategies, ([strategy, { trades, wins, losses, net }]) => {
        return { strategy, trades, wins, losses, netPnl: net.toFixed() }
      }),
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

  /** Over UTC days, today included; fewer than five say nothing. Source: module contracts, layer 6. */
  private rollingSharpe(atMs: number, days: number): number {
    const returns = this.book.days(atMs, days).map((day) => day.returnPct)
    return returns.length < FEWEST_SHARPE_DAYS ? 0 : sharpeOf(returns)
  }

  private countStrategy(strategy: string, net: Exact): void {
    this.recent.push(net.greaterThan(0))
    if (this.recent.length > ROLLING_TRADES) this.recent.shift()
    const { trades, wins, losses, net: before } = this.strategies.get(strategy) ?? NO_TOTALS
    this.strategies.set(strategy, {
      trades: trades + 1,
      wins: wins + (net.greaterThan(0) ? 1 : 0),
      losses: losses + (net.lessThan(0) ? 1 : 0),
      net: before.plus(net),
    })
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

const FEWEST_SHARPE_DAYS = 5
const ROLLING_TRADES = 20

const ZERO = new Exact(0)

interface StrategyTotals {
  readonly trades: number
  readonly wins: number
  readonly losses: number
  readonly net: Exact
}

const NO_TOTALS: StrategyTotals = { trades: 0, wins: 0, losses: 0, net: ZERO }

function mean(sum: Exact, amount: number): number {
  return amount === 0 ? 0 : sum.div(amount).toNumber()
}
