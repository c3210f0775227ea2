import { present } from '../../../base/present.js'
import { dateOfEpochMs } from '../../../base/utc-date.js'
import { WARMUP_ROWS } from '../../../core/engine/engine.js'
import type { LiveVolGate } from '../../../core/signal/live-vol-gate.js'
import { VOLATILITY_ASSET } from '../../../core/signal/vol-gate.js'
import type { StrategyBar } from '../../../ports/strategy.js'
import { FundingTimes } from '../../session/funding-times.js'
import type { SessionStep } from '../../session/session-steps.js'
import type { TakenScan } from './scan-taker.js'

/** What a bar is decided under. */
export type BarGates = Pick<StrategyBar, 'posture' | 'breaker' | 'hold'>

/** What a bar is decided on beside its prices. */
export type BesidePrices = Pick<StrategyBar, 'books' | 'observation'>

export interface ScanBarsParts {
  /** What may be traded: prices of anything else are left out. */
  readonly symbols: ReadonlySet<string>
  /** Absent: entries are allowed from the hundredth bar of a day on. A scan that has a verdict of its own goes first. */
  readonly volGate?: LiveVolGate | undefined
  /** What a day begins with. */
  day(date: string): NonNullable<StrategyBar['day']>
  /** Told once per symbol that is not traded, of the first {@link UNKNOWN_MAX}. */
  onUnknown?(symbol: string): void
}

/** Scans as the bars of a session: numbered over its whole life, days by UTC date, whatever numbers the scanner counts by. */
export class ScanBars {
  private readonly parts: ScanBarsParts
  private readonly funding = new FundingTimes()
  private readonly unknown = new Set<string>()
  private bars = 0
  private date: string | undefined
  private row = 0
  /** In the order in which they appeared: grown, never shrunk, and a new list when it grows. */
  private symbols: readonly string[] = []
  private known = new Set<string>()

  constructor(parts: ScanBarsParts) {
    this.parts = parts
  }

  /** Of the next bar. */
  get nextNumber(): number {
    return this.bars
  }

  /** The next bar. `gates` is asked after the day that it may begin. `beside`: what else decides; absent where nothing does. */
  step(scan: TakenScan, gates: (date: string) => BarGates, beside: BesidePrices = {}): SessionStep {
    const { barAtMs } = scan
    const date = this.dateAt(barAtMs)
    const isFirst = date !== this.date
    if (isFirst) this.beginDay(date)
    const day = isFirst ? { day: this.parts.day(date) } : {}
    this.grow(scan.prices)
    const { symbols, bars: bar } = this
    const prices = new Float64Array(symbols.length)
    for (let i = 0; i < prices.length; i++) prices[i] = scan.prices.get(symbols[i]!) ?? Number.NaN
    const own = this.volatile(prices)
    const row = this.row++
    this.bars++
    return {
      bar: {
        bar,
        timestampMs: barAtMs,
        symbols,
        prices,
        velDiv: scan.velDiv,
        volOk: scan.volOk ?? own ?? row >= WARMUP_ROWS,
        ...present({ dataQuality: scan.dataQuality ?? undefined }),
        ...day,
        ...beside,
        ...gates(date),
      },
      date,
      ...present({ fundedAtMs: this.funding.settledBy(barAtMs) }),
    }
  }

  /** A bar of the session's own journal, as it was: the next ones follow it. As a step it is the one that it was. */
  again(bar: StrategyBar): SessionStep {
    const date = this.dateAt(bar.timestampMs)
    if (date !== this.date) this.beginDay(date)
    if (bar.symbols !== this.symbols) this.known = new Set(bar.symbols)
    this.symbols = bar.symbols
    this.volatile(bar.prices)
    this.bars = bar.bar + 1
    this.row++
    return { bar, date, ...present({ fundedAtMs: this.funding.settledBy(bar.timestampMs) }) }
  }

  /** A day that has begun goes on until the next one, also where a clock was set back over midnight. */
  private dateAt(epochMs: number): string {
    const date = dateOfEpochMs(epochMs)
    return this.date !== undefined && date < this.date ? this.date : date
  }

  private beginDay(date: string): void {
    this.date = date
    this.row = 0
    this.parts.volGate?.beginDay()
  }

  /** The gate's verdict on prices of the symbols; every bar is shown to it, in order. */
  private volatile(prices: Float64Array): boolean | undefined {
    return this.parts.volGate?.next(prices[this.symbols.indexOf(VOLATILITY_ASSET)] ?? Number.NaN)
  }

  private grow(prices: TakenScan['prices']): void {
    const { symbols, onUnknown } = this.parts
    const more: string[] = []
    for (const symbol of prices.keys()) {
      if (this.known.has(symbol) || this.unknown.has(symbol)) continue
      if (symbols.has(symbol)) more.push(symbol)
      else if (this.unknown.size < UNKNOWN_MAX) {
        this.unknown.add(symbol)
        onUnknown?.(symbol)
      }
    }
    if (more.length === 0) return
    for (const symbol of more) this.known.add(symbol)
    this.symbols = [...this.symbols, ...more]
  }
}

/** Symbols that are not traded and were told: what is published over months is without bounds. */
export const UNKNOWN_MAX = 256
