import { assert } from '../../base/assert.js'
import { type DecimalText, Exact } from '../../base/exact.js'
import { dateOfEpochDay, MS_PER_DAY } from '../../base/utc-date.js'
import type { DailyStats, TradeRecord } from '../../ports/vocabulary/session.js'

/** What a session's books start from. */
export interface SessionStart {
  /** USD, above zero; also the first peak. */
  readonly initialCapitalUsd: DecimalText
  /** UTC ms; its day is the first of the session until there are bars. */
  readonly startedAtMs: number
  /** Share of trades that the certified backtest won; default 0.55. */
  readonly expectedWinRate?: number | undefined
  /** Distance of the stop that every position has from its entry price, a fraction; absent: none is known. */
  readonly stopPct?: number | undefined
}

/** UTC ms of a record's exit. */
export function exitAtMs(trade: TradeRecord): number {
  return Number(BigInt(trade.exitTimeNs) / 1_000_000n)
}

const ZERO = new Exact(0)

/** UTC ms of a record's entry. */
export function entryAtMs(trade: TradeRecord): number {
  return Number(BigInt(trade.entryTimeNs) / 1_000_000n)
}

interface Day {
  /** Days since 1970-01-01. */
  readonly day: number
  readonly capitalStart: Exact
  trades: number
  wins: number
  losses: number
  realized: Exact
  fees: Exact
  funding: Exact
  net: Exact
  drawdownMax: number
}

/**
 * Trades by the UTC day of their exit, in realised capital. The calendar is that of a backtest: from the day of the first bar
 * to that of the last, whenever the session itself began and ended.
 */
export class DailyBook {
  private firstDay: number
  private lastBarDay: number | undefined
  private readonly initialCapital: Exact
  /** Only days with trades, in order. */
  private readonly traded: Day[] = []
  private capital: Exact
  private peak: Exact

  constructor({ initialCapitalUsd, startedAtMs }: SessionStart) {
    this.initialCapital = new Exact(initialCapitalUsd)
    assert(this.initialCapital.greaterThan(0), 'a session starts with capital')
    this.capital = this.initialCapital
    this.peak = this.initialCapital
    this.firstDay = epochDayOf(startedAtMs)
  }

  /** A bar of this time, UTC ms, has come. Bars come in order. */
  bar(atMs: number): void {
    const day = epochDayOf(atMs)
    if (this.lastBarDay === undefined) this.firstDay = Math.min(day, this.traded[0]?.day ?? day)
    this.lastBarDay = day
  }

  /** Trades come in order of their exits, the first not before the session. */
  add(trade: TradeRecord): void {
    const day = this.dayOf(epochDayOf(exitAtMs(trade)))
    day.trades++
    const net = new Exact(trade.netPnl)
    if (net.greaterThan(0)) day.wins++
    if (net.lessThan(0)) day.losses++
    day.realized = day.realized.plus(trade.realizedPnl)
    day.fees = day.fees.plus(trade.entryFeesUsd).plus(trade.exitFeesUsd)
    day.funding = day.funding.plus(trade.fundingUsd)
    day.net = day.net.plus(net)
    this.capital = this.capital.plus(net)
    this.peak = Exact.max(this.peak, this.capital)
    day.drawdownMax = Math.max(day.drawdownMax, drawdown(this.peak, this.capital))
  }

  get capitalUsd(): Exact {
    return this.capital
  }

  get peakCapitalUsd(): Exact {
    return this.peak
  }

  /**
   * From the first day, or the last `limit` days, to the day of the last bar (of `atMs`, where nobody tells of bars) or the last
   * trade; days without trades included.
   */
  days(atMs: number, limit = Number.POSITIVE_INFINITY): DailyStats[] {
    const last = Math.max(this.lastBarDay ?? epochDayOf(atMs), this.traded.at(-1)?.day ?? this.firstDay)
    const first = Math.max(this.firstDay, last - limit + 1)
    let next = this.traded.findIndex(({ day }) => day >= first)
    if (next < 0) next = this.traded.length
    let capital = next === 0 ? this.initialCapital : endOf(this.traded[next - 1]!)
    const days: DailyStats[] = []
    for (let day = first; day <= last; day++) {
      const traded = this.traded[next]?.day === day ? this.traded[next++]! : emptyDay(day, capital)
      days.push(statsOf(traded))
      capital = endOf(traded)
    }
    return days
  }

  private dayOf(day: number): Day {
    const last = this.traded.at(-1)
    if (last?.day === day) return last
    assert(day >= (last?.day ?? this.firstDay), 'trades come in order of their exits, none before the session')
    const next = emptyDay(day, this.capital)
    this.traded.push(next)
    return next
  }
}

/** Fall from a peak as a fraction of it. */
export function drawdown(peak: Exact, capital: Exact): number {
  return peak.minus(capital).div(peak).toNumber()
}

function emptyDay(day: number, capitalStart: Exact): Day {
  return {
    day,
    capitalStart,
    trades: 0,
    wins: 0,
    losses: 0,
    realized: ZERO,
    fees: ZERO,
    funding: ZERO,
    net: ZERO,
    drawdownMax: 0,
  }
}

function endOf({ capitalStart, net }: Day): Exact {
  return capitalStart.plus(net)
}

function statsOf(day: Day): DailyStats {
  const { capitalStart, net } = day
  return {
    date: dateOfEpochDay(day.day),
    trades: day.trades,
    wins: day.wins,
    losses: day.losses,
    realizedPnl: day.realized.toFixed(),
    feesUsd: day.fees.toFixed(),
    fundingUsd: day.funding.toFixed(),
    netPnl: net.toFixed(),
    capitalStartUsd: capitalStart.toFixed(),
    capitalEndUsd: endOf(day).toFixed(),
    returnPct: capitalStart.greaterThan(0) ? net.div(capitalStart).toNumber() : 0,
    drawdownPctMax: day.drawdownMax,
  }
}

function epochDayOf(ms: number): number {
  return Math.floor(ms / MS_PER_DAY)
}
