import type { RestOutcome } from '../rest/call.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/**
 * Lets the exchange cancel entry orders that rest when this process is gone: told anew every half minute that it has two more.
 * Nothing relies on it. It cancels whatever else rests in the symbol's book, too, but no stop: those are elsewhere. Source: notes
 * on Binance, 1.5.
 */
export class DeadManSwitch implements CallOwner {
  /** Symbols whose countdown runs, and when it is wound up next. */
  private readonly dueMsOf = new Map<string, number>()

  constructor(private readonly desk: VenueDesk) {}

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const each of this.dueMsOf.values()) dueMs = Math.min(dueMs, each)
    return dueMs
  }

  /** After every input: orders may have come to rest, or be over. */
  settle(): void {
    if (this.desk.settings.isDeadManSwitchOn !== true) return
    const resting = this.restingSymbols()
    for (const symbol of resting) {
      if ((this.dueMsOf.get(symbol) ?? 0) > this.desk.nowMs) continue
      this.dueMsOf.set(symbol, this.desk.nowMs + WIND_UP_EVERY_MS)
      this.send(symbol, COUNTDOWN_MS)
    }
    for (const symbol of this.dueMsOf.keys()) {
      if (resting.has(symbol)) continue
      this.dueMsOf.delete(symbol)
      this.send(symbol, 0)
    }
  }

  onOutcome(outcome: RestOutcome, symbol: string): void {
    if (outcome.kind === 'refused' || outcome.kind === 'unknown')
      this.desk.notice('WARNING', 'DEAD_MAN_SWITCH', `the countdown of ${symbol} was not taken: ${messageOf(outcome)}`)
  }

  private restingSymbols(): ReadonlySet<string> {
    const symbols = new Set<string>()
    for (const { symbol, reduceOnly, type } of this.desk.registry.openOrders())
      if (!reduceOnly && (type === 'LIMIT' || type === 'POST_ONLY')) symbols.add(symbol)
    return symbols
  }

  private send(symbol: string, countdownMs: number): void {
    this.desk.call({
      owner: this,
      step: symbol,
      route: 'countdownCancelAll',
      params: { symbol, countdownTime: `${countdownMs}` },
      priority: 'truth',
      deadlineMs: this.desk.nowMs + this.desk.requestTimeoutMs,
    })
  }
}

function messageOf(outcome: Extract<RestOutcome, { readonly kind: 'refused' | 'unknown' }>): string {
  return outcome.kind === 'refused' ? outcome.error.message : outcome.message
}

const COUNTDOWN_MS = 120_000
const WIND_UP_EVERY_MS = 30_000
