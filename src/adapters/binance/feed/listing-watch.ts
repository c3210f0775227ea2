import type { Notice } from '../notice.js'
import type { RestCall } from '../rest/call.js'
import { listedContracts } from './universe.js'

/** Looks each hour at what the exchange lists, and tells when a contract that is followed trades no more, or again. */
export class ListingWatch {
  private readonly refusals = new Map<string, string>()
  private nextMs: number
  private calls = 0

  /** @param beganMs when the contracts were chosen, out of what was listed then. */
  constructor(
    private readonly symbols: readonly string[],
    beganMs: number,
  ) {
    this.nextMs = beganMs + EVERY_MS
  }

  get dueMs(): number {
    return this.nextMs
  }

  /** The call to make now, where it is time. */
  due(nowMs: number): RestCall | undefined {
    if (nowMs < this.nextMs) return undefined
    this.nextMs = nowMs + EVERY_MS
    const callId = `listing:${++this.calls}`
    return { callId, route: 'exchangeInfo', params: {}, priority: 'data', deadlineMs: nowMs + PATIENCE_MS }
  }

  /** What an `exchangeInfo` changes; an answer that is none changes nothing. */
  take(exchangeInfo: unknown): readonly Notice[] {
    const listed = listedContracts(exchangeInfo)
    if (listed === undefined || listed.symbols.length === 0) return []
    return this.symbols.flatMap((symbol) => this.changed(symbol, listed.refusal(symbol)))
  }

  private changed(symbol: string, why: string | undefined): readonly Notice[] {
    if (why === this.refusals.get(symbol)) return []
    if (why === undefined) {
      this.refusals.delete(symbol)
      return [{ kind: 'notice', level: 'INFO', code: 'TRADES_AGAIN', message: `${symbol} trades again.` }]
    }
    this.refusals.set(symbol, why)
    const message = `${symbol} trades no more: ${why}. It stays in its place, without a price.`
    return [{ kind: 'notice', level: 'WARNING', code: 'NOT_TRADED', message }]
  }
}

/** How often is looked whether the contracts that are followed still trade. */
const EVERY_MS = 3_600_000
/** What has no answer by then is asked for at the next time. */
const PATIENCE_MS = 60_000
