import type { RestCall, RestOutcome } from '../rest/call.js'
import { isForGood } from './refused.js'

/** The prices of all symbols at moments before a feed began, oldest first. */
export interface PriceHistory {
  /** UTC ms; moments at which no symbol has a price are left out. */
  readonly timesMs: readonly number[]
  /** A row for each moment, in the order of the symbols; NaN: no price. */
  readonly rows: readonly Float64Array[]
  /** Symbols whose klines the exchange did not give, and why. */
  readonly without: readonly { readonly symbol: string; readonly why: string }[]
}

export interface HistoryWish {
  readonly symbols: readonly string[]
  /** The last moment, UTC ms on a full minute. */
  readonly untilMs: number
  /** Moments, a minute apart, at most 1,500. */
  readonly minutes: number
}

const MINUTE_MS = 60_000
/** Calls that wait for the scheduler at a time: enough to keep it busy, few enough that others come in between. */
const UNDER_WAY_MAX = 4
/** What cannot be had within this much is done without. */
const PATIENCE_MS = 600_000
const TRIES_MAX = 5
const TRY_AGAIN_MS = 2_000

/**
 * Fetches klines of a minute for every symbol: each close is the price at the moment at which its bar ended. Weights and limits
 * are the scheduler's business; what was not sent, or has no answer, is asked for again.
 */
export class KlineHistory {
  private readonly waiting: { readonly symbol: number; readonly tries: number; readonly notBeforeMs: number }[]
  private readonly underWay = new Map<string, { readonly symbol: number; readonly tries: number }>()
  private readonly columns: Float64Array[]
  private readonly without: { readonly symbol: string; readonly why: string }[] = []
  private calls = 0

  constructor(
    private readonly wish: HistoryWish,
    private readonly beganMs: number,
  ) {
    const { symbols, minutes } = wish
    this.columns = symbols.map(() => new Float64Array(minutes).fill(Number.NaN))
    this.waiting = symbols.map((_, symbol) => ({ symbol, tries: 1, notBeforeMs: beganMs }))
  }

  get total(): number {
    return this.wish.symbols.length
  }

  /** Symbols that are over, with klines or without. */
  get done(): number {
    return this.total - this.waiting.length - this.underWay.size
  }

  /** Calls to make now. */
  due(nowMs: number): RestCall[] {
    const calls: RestCall[] = []
    while (this.underWay.size < UNDER_WAY_MAX) {
      const at = this.waiting.findIndex(({ notBeforeMs }) => notBeforeMs <= nowMs)
      if (at < 0) break
      const { symbol, tries } = this.waiting.splice(at, 1)[0]!
      const callId = `klines:${++this.calls}`
      this.underWay.set(callId, { symbol, tries })
      calls.push({ callId, ...this.request(symbol), priority: 'data', deadlineMs: this.beganMs + PATIENCE_MS })
    }
    return calls
  }

  /** When it wants to be asked for calls again; undefined: when an outcome comes. */
  nextDueMs(): number | undefined {
    if (this.waiting.length === 0 || this.underWay.size >= UNDER_WAY_MAX) return undefined
    return Math.min(...this.waiting.map(({ notBeforeMs }) => notBeforeMs))
  }

  /** @returns whether the outcome was of a call of its own. */
  take(outcome: RestOutcome, nowMs: number): boolean {
    const asked = this.underWay.get(outcome.callId)
    if (asked === undefined) return false
    this.underWay.delete(outcome.callId)
    if (outcome.kind === 'done') {
      if (!this.keep(asked.symbol, outcome.value)) this.giveUp(asked.symbol, 'the answer is no list of klines')
      return true
    }
    const { symbol, tries } = asked
    const isRefused = outcome.kind === 'refused'
    const isOver = isRefused ? isForGood(outcome.error) : nowMs >= this.beganMs + PATIENCE_MS
    if (isOver || tries >= TRIES_MAX) this.giveUp(symbol, isRefused ? outcome.error.message : outcome.message)
    else this.waiting.push({ symbol, tries: tries + 1, notBeforeMs: nowMs + TRY_AGAIN_MS * tries })
    return true
  }

  /** What has come. */
  history(): PriceHistory {
    const { minutes, untilMs } = this.wish
    const timesMs: number[] = []
    const rows: Float64Array[] = []
    for (let minute = 0; minute < minutes; minute++) {
      const row = Float64Array.from(this.columns, (column) => column[minute]!)
      if (!row.some((price) => price > 0)) continue
      timesMs.push(untilMs - (minutes - 1 - minute) * MINUTE_MS)
      rows.push(row)
    }
    return { timesMs, rows, without: this.without }
  }

  private request(symbol: number): Pick<RestCall, 'route' | 'params'> {
    const { symbols, minutes, untilMs } = this.wish
    const lastOpenMs = untilMs - MINUTE_MS
    return {
      route: 'klines',
      params: {
        symbol: symbols[symbol]!,
        interval: '1m',
        startTime: String(lastOpenMs - (minutes - 1) * MINUTE_MS),
        endTime: String(lastOpenMs),
        limit: String(minutes),
      },
    }
  }

  private keep(symbol: number, answer: unknown): boolean {
    if (!Array.isArray(answer)) return false
    const { minutes, untilMs } = this.wish
    const column = this.columns[symbol]!
    for (const row of answer) {
      if (!Array.isArray(row) || typeof row[0] !== 'number') return false
      const fromEnd = (untilMs - MINUTE_MS - row[0]) / MINUTE_MS
      const close = Number(row[4])
      if (
        Number.isInteger(fromEnd) &&
        fromEnd >= 0 &&
        fromEnd < minutes &&
        close > 0 &&
        close < Number.POSITIVE_INFINITY
      )
        column[minutes - 1 - fromEnd] = close
    }
    return true
  }

  private giveUp(symbol: number, why: string): void {
    this.without.push({ symbol: this.wish.symbols[symbol]!, why })
  }
}
