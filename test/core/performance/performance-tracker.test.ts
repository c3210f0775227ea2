import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { calendarOf } from '../../../src/core/performance/calendar.js'
import { figures } from '../../../src/core/performance/figures.js'
import { PerformanceTracker } from '../../../src/core/performance/performance-tracker.js'
import type { TradeRecord } from '../../../src/ports/vocabulary/session.js'
import { tradeRecord } from '../../support/session.js'

const MIDNIGHT = Date.UTC(2025, 4, 9)
const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = { initialCapitalUsd: '1000', startedAtMs: MIDNIGHT }

/** A trade of an hour with this result. */
function trade(netPnl: string, exitAtMs: number): TradeRecord {
  return tradeRecord({
    netPnl,
    entryTimeNs: `${exitAtMs - HOUR}000000`,
    exitTimeNs: `${exitAtMs}000000`,
    realizedPnl: new Exact(netPnl).plus('0.06').toFixed(),
  })
}

function trackerOf(trades: readonly TradeRecord[]): PerformanceTracker {
  const tracker = new PerformanceTracker(START)
  for (const each of trades) tracker.add(each)
  return tracker
}

describe('performance', () => {
  it('of a session without trades is all zeros', () => {
    expect(trackerOf([]).snapshot(MIDNIGHT + DAY)).toMatchObject({
      totalTrades: 0,
      winRate: 0,
      profitFactor: 0,
      sharpeRatio30d: 0,
      currentDrawdownPct: 0,
      capitalUsd: '1000',
      expectancyUsd: 0,
      timeInMarket: 0,
    })
  })

  it('of five trades can be checked by eye', () => {
    const nets = ['10', '-4', '-6', '0', '20']
    const snapshot = trackerOf(nets.map((net, i) => trade(net, MIDNIGHT + (i + 1) * 2 * HOUR))).snapshot(MIDNIGHT + DAY)
    expect(snapshot).toMatchObject({
      totalTrades: 5,
      wins: 2,
      losses: 2,
      winRate: 0.4,
      breakeven: 1,
      winRate20: 0.4,
      winLossRatio: 3,
      sharpeRatio30d: 0,
      sharpeRatio90d: 0,
      byStrategy: [{ strategy: 'blue', trades: 5, wins: 2, losses: 2, netPnl: '20' }],
      profitFactor: 3,
      netPnl: '20',
      realizedPnl: '20.3',
      feesUsd: '0.35',
      fundingUsd: '0.05',
      capitalUsd: '1020',
      peakCapitalUsd: '1020',
      currentDrawdownPct: 0,
      drawdownPctMax: 10 / 1010,
      expectancyUsd: 4,
      averageWinUsd: 15,
      averageLossUsd: -5,
      largestWinUsd: '20',
      largestLossUsd: '-6',
      streak: 1,
      longestWinStreak: 1,
      longestLossStreak: 2,
      meanHoldMs: HOUR,
      timeInMarket: 5 / 24,
      turnoverUsd: '495',
    })
  })

  it.each([
    [['5', '-5', '-5'], -2, 1, 2],
    [['5', '5', '5'], 3, 3, 0],
    [['-5', '0', '-5'], -1, 0, 1],
    [['-5', '5', '0'], 0, 1, 1],
  ] as const)('after %j has the streak %d, longest %d and %d', (nets, streak, wins, losses) => {
    const snapshot = trackerOf(nets.map((net, i) => trade(net, MIDNIGHT + (i + 1) * 2 * HOUR))).snapshot(MIDNIGHT + DAY)
    expect([snapshot.streak, snapshot.longestWinStreak, snapshot.longestLossStreak]).toEqual([streak, wins, losses])
  })

  it('has an infinite profit factor where nothing was lost', () => {
    expect(trackerOf([trade('5', MIDNIGHT + HOUR)]).snapshot(MIDNIGHT + DAY).profitFactor).toBeNull()
  })

  it('has a Sharpe ratio of the last 30 days, days without trades included', () => {
    // +10 % on the first day: within the window on day 30, out of it on day 31.
    const tracker = trackerOf([trade('100', MIDNIGHT + HOUR)])
    const mean = 0.1 / 30
    const deviation = Math.sqrt(((0.1 - mean) ** 2 + 29 * mean ** 2) / 30)
    expect(tracker.snapshot(MIDNIGHT + 29 * DAY).sharpeRatio30d).toBeCloseTo((mean / deviation) * Math.sqrt(365), 12)
    expect(tracker.snapshot(MIDNIGHT + 30 * DAY).sharpeRatio30d).toBe(0)
    expect(tracker.snapshot(MIDNIGHT + HOUR).sharpeRatio30d).toBe(0)
  })

  it('has a Sharpe ratio of 0 below five days, and another of 90 days', () => {
    const tracker = trackerOf([trade('100', MIDNIGHT + HOUR)])
    expect(tracker.snapshot(MIDNIGHT + 3 * DAY).sharpeRatio30d).toBe(0)
    expect(tracker.snapshot(MIDNIGHT + 4 * DAY).sharpeRatio30d).toBeGreaterThan(0)
    expect(tracker.snapshot(MIDNIGHT + 89 * DAY).sharpeRatio90d).toBeGreaterThan(0)
    expect(tracker.snapshot(MIDNIGHT + 90 * DAY).sharpeRatio90d).toBe(0)
  })

  it('has a win rate of the last twenty trades', () => {
    const nets = Array.from({ length: 30 }, (_, i) => (i < 15 ? '1' : '-1'))
    const { winRate, winRate20 } = trackerOf(nets.map((net, i) => trade(net, MIDNIGHT + (i + 1) * 2 * HOUR))).snapshot(
      MIDNIGHT + 3 * DAY,
    )
    expect([winRate, winRate20]).toEqual([0.5, 0.25])
  })

  it.each([[['5', '5']], [['-5', '0']], [['0']], [[]]])('of %j has no ratio of wins to losses', (nets) => {
    const snapshot = trackerOf(nets.map((net, i) => trade(net, MIDNIGHT + (i + 1) * 2 * HOUR))).snapshot(MIDNIGHT + DAY)
    expect(snapshot).not.toHaveProperty('winLossRatio')
  })

  it('tells R multiples where a stop is known: net over what the stop would have lost', () => {
    expect(trackerOf([trade('5', MIDNIGHT + HOUR)]).snapshot(MIDNIGHT + DAY)).not.toHaveProperty('meanRMultiple')
    const tracker = new PerformanceTracker({ ...START, stopPct: 0.1 })
    for (const [i, net] of ['9.9', '-4.95'].entries())
      tracker.add({ ...trade(net, MIDNIGHT + (i + 1) * 2 * HOUR), entryValueUsd: '49.5' })
    expect(tracker.snapshot(MIDNIGHT + DAY).meanRMultiple).toBeCloseTo(0.5, 12)
  })

  it('is told apart by strategy', () => {
    const tracker = new PerformanceTracker(START)
    tracker.add({ ...trade('5', MIDNIGHT + 2 * HOUR), strategy: 'blue' })
    tracker.add({ ...trade('-2', MIDNIGHT + 4 * HOUR), strategy: 'green' })
    tracker.add({ ...trade('1.5', MIDNIGHT + 6 * HOUR), strategy: 'blue' })
    expect(tracker.snapshot(MIDNIGHT + DAY).byStrategy).toEqual([
      { strategy: 'blue', trades: 2, wins: 2, losses: 0, netPnl: '6.5' },
      { strategy: 'green', trades: 1, wins: 0, losses: 1, netPnl: '-2' },
    ])
  })

  it('is that of the whole history, whatever was asked on the way', () => {
    const trades = fc
      .array(fc.record({ cents: fc.integer({ min: -1500, max: 1500 }), waitMs: fc.nat({ max: 2 * DAY }) }), {
        maxLength: 60,
      })
      .map((list) => {
        let atMs = MIDNIGHT
        return list.map(({ cents, waitMs }) => {
          atMs += HOUR + waitMs
          return trade(new Exact(cents).div(100).toFixed(), atMs)
        })
      })
    fc.assert(
      fc.property(trades, fc.nat({ max: 40 * DAY }), (list, laterMs) => {
        const tracker = new PerformanceTracker(START)
        for (const [i, each] of list.entries()) {
          tracker.add(each)
          const atMs = Number(each.exitTimeNs.slice(0, -6)) + laterMs
          expect(tracker.snapshot(atMs)).toMatchObject(fromScratch(list.slice(0, i + 1), atMs))
        }
      }),
      { numRuns: 40 },
    )
  })
})

/** The same figures from the whole list, by their definitions. */
function fromScratch(trades: readonly TradeRecord[], atMs: number): object {
  const nets = trades.map(({ netPnl }) => Number(new Exact(netPnl).times(100)))
  const capitals = nets.map((_, i) => 100_000 + nets.slice(0, i + 1).reduce((a, b) => a + b, 0))
  const peaks = capitals.map((_, i) => Math.max(100_000, ...capitals.slice(0, i + 1)))
  const drawdowns = capitals.map((capital, i) => new Exact(peaks[i]!).minus(capital).div(peaks[i]!).toNumber())
  const won = nets.filter((net) => net > 0)
  const lost = nets.filter((net) => net < 0)
  const runs = nets
    .map((net) => (net > 0 ? '+' : net < 0 ? '-' : '0'))
    .join('')
    .match(/\++|-+|0/g)!
  const longest = (sign: string) => Math.max(0, ...runs.filter((run) => run[0] === sign).map((run) => run.length))
  const last = runs.at(-1)!
  return {
    totalTrades: trades.length,
    winRate: won.length / trades.length,
    profitFactor: profitFactor(won, lost),
    currentDrawdownPct: drawdowns.at(-1),
    drawdownPctMax: Math.max(...drawdowns),
    capitalUsd: new Exact(capitals.at(-1)!).div(100).toFixed(),
    longestWinStreak: longest('+'),
    longestLossStreak: longest('-'),
    streak: last[0] === '0' ? 0 : last[0] === '+' ? last.length : -last.length,
    sharpeRatio30d: expect.closeTo(sharpe(trades, atMs), 9),
  }
}

function profitFactor(won: readonly number[], lost: readonly number[]): unknown {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  if (lost.length === 0) return won.length === 0 ? 0 : null
  return expect.closeTo(sum(won) / -sum(lost), 9)
}

function sharpe(trades: readonly TradeRecord[], atMs: number): number {
  const dayOf = (ms: number) => Math.floor((ms - MIDNIGHT) / DAY)
  const returns: number[] = []
  let capital = 100_000
  for (let day = 0; day <= dayOf(atMs); day++) {
    const closed = trades.filter(({ exitTimeNs }) => dayOf(Number(exitTimeNs.slice(0, -6))) === day)
    const net = closed.reduce((sum, { netPnl }) => sum + Number(new Exact(netPnl).times(100)), 0)
    returns.push(net / capital)
    capital += net
  }
  const last = returns.slice(-30)
  if (last.length < 5) return 0
  const mean = last.reduce((a, b) => a + b, 0) / last.length
  const deviation = Math.sqrt(last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / last.length)
  return last.every((value) => value === last[0]) ? 0 : (mean / deviation) * Math.sqrt(365)
}

describe('the calendar of a session', () => {
  it('is that of its bars, whenever it began and ended around them', () => {
    const tracker = new PerformanceTracker({ ...START, startedAtMs: MIDNIGHT - 30_000 })
    tracker.bar(MIDNIGHT)
    tracker.add(trade('-5', MIDNIGHT + 9 * HOUR))
    tracker.bar(MIDNIGHT + DAY - 5_000)
    // A day before the bars, or after them, would be a second return, and a ratio of -√365.
    expect(tracker.snapshot(MIDNIGHT + DAY + 25_000).sharpeRatio30d).toBe(0)
  })

  it('gives equal trades the figures of a backtest of the same days, missing ones included', () => {
    const nets = fc.array(fc.array(fc.integer({ min: -90, max: 90 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 12,
    })
    const skips = fc.array(fc.nat(2), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(nets, skips, (netsByDay, skipped) => {
        const tracker = new PerformanceTracker({ ...START, startedAtMs: MIDNIGHT - 30_000 })
        let dayMs = MIDNIGHT
        const days = netsByDay.map((dayNets, i) => {
          tracker.bar(dayMs)
          for (const [n, net] of dayNets.entries()) tracker.add(trade(String(net), dayMs + (n + 1) * 2 * HOUR))
          tracker.bar(dayMs + DAY - 1)
          const date = new Date(dayMs).toISOString().slice(0, 10)
          dayMs += DAY * (1 + skipped[i]!)
          return { date, bars: 2, trades: dayNets.length }
        })
        const backtest = figures(1000, netsByDay)
        const { sharpe, days: calendarDays } = calendarOf(days, backtest.dailyReturns)
        const session = tracker.snapshot(dayMs)
        if (calendarDays <= 30 && calendarDays >= 5) expect(session.sharpeRatio30d).toBeCloseTo(sharpe, 9)
        expect(session.drawdownPctMax).toBeCloseTo(backtest.maxDrawdown, 12)
        expect([session.totalTrades, session.wins]).toEqual([backtest.trades, backtest.wins])
        expect(session.winRate).toBe(backtest.winRate)
        expect(session.profitFactor ?? -1).toBeCloseTo(backtest.profitFactor ?? -1, 9)
        expect(Number(session.capitalUsd) / 1000 - 1).toBeCloseTo(backtest.roi, 12)
      }),
    )
  })
})
