import type { Timer } from '../../../ports/clock.js'
import { Driven } from '../machine.js'
import type { Notice } from '../notice.js'
import type { ExchangeError, RestCall, RestOutcome } from '../rest/call.js'
import { type RestInput, RestMachine, type RestTold } from '../rest/rest-machine.js'
import { isPayload } from '../streams/payload.js'
import type { Wire } from '../wire.js'
import { KLINE_INTERVALS } from './kline-files.js'

/** What the exchange's REST API has of a contract's day. */
export type DayOfKlines =
  /** Rows as the archive's CSV has them, of bars that are over. */
  | { readonly kind: 'rows'; readonly rows: readonly string[]; readonly isWhole: boolean }
  | { readonly kind: 'refused'; readonly error: ExchangeError }
  | { readonly kind: 'unreachable'; readonly message: string }

/** When a contract was listed, and whether it still is. */
export interface Listing {
  readonly symbol: string
  /** UTC ms. */
  readonly listedMs: number
}

export interface RestKlinesParts {
  readonly wire: Wire
  readonly timer: Timer
  /** Aborted: what is waited for ends with its reason. */
  readonly signal: AbortSignal
  notice(notice: Notice): void
}

/** A day of one-minute bars fits in one answer. */
const BARS_MAX = 1_500
const DAY_MS = 86_400_000
/** With all that waits before it: a minute's allowance may be used up, or the address be told to wait. */
const PATIENCE_MS = 180_000

/** Klines over the REST API of an exchange, within its limits. */
export class RestKlines {
  private readonly driven: Driven<RestInput, RestTold | Notice>
  private readonly waiting = new Map<string, (outcome: RestOutcome) => void>()
  private calls = 0

  private readonly signal: AbortSignal

  constructor(parts: RestKlinesParts) {
    const { wire, timer, signal, notice } = parts
    this.signal = signal
    const tell = (told: RestTold | Notice): void => {
      if (told.kind === 'notice') notice(told)
      else this.answered(told.outcome)
    }
    this.driven = new Driven<RestInput, RestTold | Notice>({ machine: new RestMachine(), wire, timer, tell })
  }

  /** Every contract that is listed now; undefined where the exchange does not say. */
  async listings(): Promise<readonly Listing[] | undefined> {
    const outcome = await this.call('exchangeInfo', {})
    if (outcome.kind !== 'done' || !isPayload(outcome.value) || !Array.isArray(outcome.value.symbols)) return undefined
    return outcome.value.symbols.filter(isPayload).flatMap(({ symbol, onboardDate }) => {
      if (typeof symbol !== 'string') return []
      return [{ symbol, listedMs: typeof onboardDate === 'number' ? onboardDate : 0 }]
    })
  }

  /** The bars of a UTC day that are over. */
  async day(symbol: string, interval: string, dayMs: number): Promise<DayOfKlines> {
    const [startTime, endTime] = [String(dayMs), String(dayMs + DAY_MS - 1)]
    const outcome = await this.call('klines', { symbol, interval, startTime, endTime, limit: String(BARS_MAX) })
    if (outcome.kind === 'refused') return outcome
    if (outcome.kind !== 'done') return { kind: 'unreachable', message: outcome.message }
    const rows = Array.isArray(outcome.value) ? outcome.value : []
    const over = rows.filter((row) => isRow(row, outcome.sentAtExchangeMs))
    const lastMs = over.at(-1)?.[0] ?? Number.NaN
    const isWhole = lastMs + KLINE_INTERVALS[interval]! === dayMs + DAY_MS
    return { kind: 'rows', rows: over.map((row) => row.join(',')), isWhole }
  }

  close(): Promise<void> {
    return this.driven.close()
  }

  private answered(outcome: RestOutcome): void {
    this.waiting.get(outcome.callId)?.(outcome)
    this.waiting.delete(outcome.callId)
  }

  private call(route: RestCall['route'], params: RestCall['params']): Promise<RestOutcome> {
    const callId = `download:${++this.calls}`
    return new Promise((resolve, reject) => {
      const { signal } = this
      signal.throwIfAborted()
      const stop = (): void => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      this.waiting.set(callId, (outcome) => {
        signal.removeEventListener('abort', stop)
        resolve(outcome)
      })
      const deadlineMs = this.driven.nowMs() + PATIENCE_MS
      this.driven.put({ kind: 'call', call: { callId, route, params, priority: 'data', deadlineMs } })
    })
  }
}

/** Twelve columns as the archive has them, of a bar that had ended when it was asked for. */
function isRow(row: unknown, askedMs: number): row is readonly [number, ...(string | number)[]] {
  if (!Array.isArray(row) || row.length !== 12 || typeof row[0] !== 'number' || typeof row[6] !== 'number') return false
  return row[6] < askedMs && row.every((field) => typeof field === 'number' || /^[\d.]+$/.test(String(field)))
}
