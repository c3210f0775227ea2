import type { Figures } from '../../ports/vocabulary/trades.js'

/** Crypto trades every day, so a year has this many daily returns. */
export const TRADING_DAYS_PER_YEAR = 365

/**
 * Performance figures of a run on realised capital. Engine semantics, sections 9 and 13.
 *
 * @param initialCapital USD, positive; also the first peak.
 * @param netsByDay net results of the trades closed each day, USD, in order of closing; a day without trades counts.
 */
export function figures(initialCapital: number, netsByDay: readonly (readonly number[])[]): Figures {
  let capital = initialCapital
  let peak = initialCapital
  let maxDrawdown = 0
  let gains = 0
  let losses = 0
  let wins = 0
  const dailyReturns: number[] = []
  const tradeReturns: number[] = []
  for (const nets of netsByDay) {
    const dayStart = capital
    for (const net of nets) {
      tradeReturns.push(returnOn(capital, net))
      if (net > 0) {
        wins++
        gains += net
      } else losses += net
      capital += net
      peak = Math.max(peak, capital)
      maxDrawdown = Math.max(maxDrawdown, (peak - capital) / peak)
    }
    dailyReturns.push(returnOn(dayStart, capital - dayStart))
  }
  const trades = tradeReturns.length
  return {
    roi: capital / initialCapital - 1,
    profitFactor: profitFactorOf(gains, losses),
    winRate: trades === 0 ? 0 : wins / trades,
    maxDrawdown,
    sharpe: sharpeOf(dailyReturns),
    trades,
    wins,
    dailyReturns,
    tradeReturns,
  }
}

/** Annualised Sharpe ratio of daily returns (population deviation); 0 for fewer than two days or no variation. */
export function sharpeOf(dailyReturns: readonly number[]): number {
  const days = dailyReturns.length
  if (days < 2) return 0
  // Equal returns have no deviation, but their rounded mean may differ from them and leave one of 1e-17.
  if (dailyReturns.every((value) => value === dailyReturns[0])) return 0
  let sum = 0
  for (const value of dailyReturns) sum += value
  const mean = sum / days
  let squares = 0
  for (const value of dailyReturns) squares += (value - mean) * (value - mean)
  const deviation = Math.sqrt(squares / days)
  return deviation === 0 ? 0 : (mean / deviation) * Math.sqrt(TRADING_DAYS_PER_YEAR)
}

/** Gains over losses; null (infinite) when nothing was lost, 0 when nothing was won either. */
export function profitFactorOf(gains: number, losses: number): number | null {
  if (losses === 0) return gains === 0 ? 0 : null
  return gains / Math.abs(losses)
}

function returnOn(capital: number, change: number): number {
  return capital > 0 ? change / capital : 0
}
