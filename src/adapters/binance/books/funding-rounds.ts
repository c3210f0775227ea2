import type { SettledFundingEvent } from '../../../ports/market-data.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import { isCount, isDecimal, isPayload } from '../streams/payload.js'

/**
 * Asks which rates have settled since the last time, of all symbols at once: a call of its own for each would take most of what the
 * exchange allows. Beside its rounds it asks some seconds after each full hour, at which rates settle.
 */
export class FundingRounds {
  private symbols: ReadonlySet<string> = new Set()
  private everyMs: number | undefined
  private nextMs = Number.POSITIVE_INFINITY
  /** Settlements of then and later are asked for, the exchange's time. */
  private sinceMs: number | undefined
  private readonly toldMs = new Map<string, number>()
  private underWay: string | undefined
  private calls = 0

  follow(symbols: ReadonlySet<string>, everyMs: number | undefined, nowMs: number): void {
    this.symbols = symbols
    this.everyMs = everyMs
    if (everyMs === undefined || symbols.size === 0) this.nextMs = Number.POSITIVE_INFINITY
    else if (this.nextMs === Number.POSITIVE_INFINITY) this.nextMs = nowMs
    for (const symbol of this.toldMs.keys()) if (!symbols.has(symbol)) this.toldMs.delete(symbol)
  }

  /** Infinite while nothing is to be asked. */
  get dueMs(): number {
    return this.underWay === undefined ? this.nextMs : Number.POSITIVE_INFINITY
  }

  due({ nowMs, exchangeMs }: FundingMoment): RestCall | undefined {
    if (nowMs < this.dueMs || this.everyMs === undefined) return undefined
    if (exchangeMs === undefined) {
      this.nextMs = nowMs + CLOCK_LOOK_MS
      return undefined
    }
    this.sinceMs ??= exchangeMs - BEFORE_MS
    this.nextMs = nowMs + Math.ceil(Math.min(this.everyMs, untilSettledMs(exchangeMs)))
    const callId = `funding:${++this.calls}`
    this.underWay = callId
    const params = { startTime: String(Math.floor(this.sinceMs)), limit: String(ROWS_MAX) }
    return { callId, route: 'fundingRate', params, priority: 'data', deadlineMs: nowMs + PATIENCE_MS }
  }

  /** @returns undefined where the call was not its own; without an answer it comes again with the next round. */
  take(outcome: RestOutcome, nowMs: number): readonly SettledFundingEvent[] | 'malformed' | undefined {
    if (outcome.callId !== this.underWay) return undefined
    this.underWay = undefined
    if (outcome.kind !== 'done') return []
    const rows = read(outcome.value, nowMs)
    if (rows === undefined) return 'malformed'
    const latestMs = rows.at(-1)?.atMs ?? 0
    if (rows.length >= ROWS_MAX) {
      this.sinceMs = latestMs > this.sinceMs! ? latestMs : this.sinceMs! + 1
      this.nextMs = Math.min(this.nextMs, nowMs)
    } else this.sinceMs = Math.max(this.sinceMs!, outcome.sentAtExchangeMs - LATE_MS)
    return rows.filter((row) => this.isNew(row))
  }

  private isNew({ symbol, atMs }: SettledFundingEvent): boolean {
    if (!this.symbols.has(symbol) || atMs <= (this.toldMs.get(symbol) ?? 0)) return false
    this.toldMs.set(symbol, atMs)
    return true
  }
}

export interface FundingMoment {
  readonly nowMs: number
  /** Undefined while it is not known. */
  readonly exchangeMs: number | undefined
}

const HOUR_MS = 3_600_000
/** After a full hour: what settles then is there by the first, and certainly by the second. */
const SETTLED_MS = [5_000, 20_000] as const
const CLOCK_LOOK_MS = 1_000
const PATIENCE_MS = 10_000
const ROWS_MAX = 1_000
/** Settlements of so long before the first question are told, too. */
const BEFORE_MS = 60_000
/** How late the exchange may tell of one. */
const LATE_MS = 600_000

function untilSettledMs(exchangeMs: number): number {
  const inHourMs = exchangeMs % HOUR_MS
  for (const atMs of SETTLED_MS) if (inHourMs < atMs) return atMs - inHourMs
  return HOUR_MS - inHourMs + SETTLED_MS[0]
}

/** In the order of their times; undefined where the answer is no list of settlements. */
function read(answer: unknown, receivedMs: number): readonly SettledFundingEvent[] | undefined {
  if (!Array.isArray(answer)) return undefined
  const rows: SettledFundingEvent[] = []
  for (const row of answer as readonly unknown[]) {
    if (!isPayload(row)) return undefined
    const { symbol, fundingTime, fundingRate } = row
    if (typeof symbol !== 'string' || !isCount(fundingTime) || !isDecimal(fundingRate)) return undefined
    const rate = Number(fundingRate)
    if (!Number.isFinite(rate)) return undefined
    rows.push({ kind: 'settledFunding', symbol, rate, atMs: fundingTime, receivedMs })
  }
  return rows.sort((one, other) => one.atMs - other.atMs)
}
