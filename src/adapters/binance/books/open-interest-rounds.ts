import type { OpenInterestEvent } from '../../../ports/market-data.js'
import type { RestCall, RestOutcome } from '../rest/call.js'
import { isCount, isDecimal, isPayload } from '../streams/payload.js'

/** Asks for the open interest of one symbol after the other, evenly, each once in a period. */
export class OpenInterestRounds {
  private symbols: readonly string[] = []
  private everyMs: number | undefined
  private nextMs = Number.POSITIVE_INFINITY
  private place = 0
  private calls = 0
  private readonly underWay = new Map<string, string>()

  follow(symbols: readonly string[], everyMs: number | undefined, nowMs: number): void {
    this.symbols = symbols
    this.everyMs = everyMs
    if (everyMs === undefined || symbols.length === 0) this.nextMs = Number.POSITIVE_INFINITY
    else if (this.nextMs === Number.POSITIVE_INFINITY) this.nextMs = nowMs
  }

  /** Infinite while nothing is to be asked. */
  get dueMs(): number {
    return Math.ceil(this.nextMs)
  }

  due(nowMs: number): RestCall | undefined {
    const { everyMs, symbols } = this
    if (nowMs < this.dueMs || everyMs === undefined) return undefined
    this.nextMs = Math.max(this.nextMs + everyMs / symbols.length, nowMs)
    if (this.underWay.size >= UNDER_WAY_MAX) return undefined
    const symbol = symbols[this.place++ % symbols.length]!
    const callId = `openInterest:${++this.calls}`
    this.underWay.set(callId, symbol)
    const deadlineMs = nowMs + Math.max(everyMs, PATIENCE_MIN_MS)
    return { callId, route: 'openInterest', params: { symbol }, priority: 'data', deadlineMs }
  }

  /** @returns undefined where the call was not its own or has no answer; it comes again with the next round. */
  take(outcome: RestOutcome, nowMs: number): OpenInterestEvent | { readonly malformed: string } | undefined {
    const symbol = this.underWay.get(outcome.callId)
    if (symbol === undefined) return undefined
    this.underWay.delete(outcome.callId)
    return outcome.kind === 'done' ? (read(outcome.value, symbol, nowMs) ?? { malformed: symbol }) : undefined
  }
}

/** More that wait for an answer would only wait longer; a turn that comes meanwhile is left out. */
const UNDER_WAY_MAX = 4
const PATIENCE_MIN_MS = 10_000

function read(answer: unknown, symbol: string, nowMs: number): OpenInterestEvent | undefined {
  if (!isPayload(answer) || answer.symbol !== symbol) return undefined
  const { openInterest, time } = answer
  if (!isDecimal(openInterest) || !isCount(time)) return undefined
  const value = Number(openInterest)
  if (!Number.isFinite(value) || value < 0) return undefined
  return { kind: 'openInterest', symbol, openInterest: value, atMs: time, receivedMs: nowMs }
}
