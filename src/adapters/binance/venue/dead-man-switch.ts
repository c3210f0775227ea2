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
  /** Symbols whose countdown is to be switched off, and has not been. */
  private readonly ending = new Map<string, Ending>()

  constructor(private readonly desk: VenueDesk) {}

  get dueMs(): number {
    let dueMs = Number.POSITIVE_INFINITY
    for (const each of this.dueMsOf.values()) dueMs = Math.min(dueMs, each)
    for (const { againMs } of this.ending.values()) dueMs = Math.min(dueMs, againMs)
    return dueMs
  }

  /** After every input: orders may have come to rest, or be over. */
  settle(): void {
    if (this.desk.settings.isDeadManSwitchOn !== true) return
    const resting = this.restingSymbols()
    for (const symbol of resting) {
      if ((this.dueMsOf.get(symbol) ?? 0) > this.desk.nowMs) continue
      this.dueMsOf.set(symbol, this.desk.nowMs + WIND_UP_EVERY_MS)
      this.ending.delete(symbol)
      this.send(symbol, COUNTDOWN_MS)
    }
    for (const symbol of this.dueMsOf.keys()) {
      if (resting.has(symbol)) continue
      this.dueMsOf.delete(symbol)
      this.ending.set(symbol, { againMs: this.desk.nowMs, overMs: this.desk.nowMs + COUNTDOWN_MS })
    }
    for (const [symbol, { againMs, overMs }] of this.ending) {
      if (againMs > this.desk.nowMs) continue
      this.ending.set(symbol, { againMs: Number.POSITIVE_INFINITY, overMs })
      this.send(symbol, 0)
    }
  }

  onOutcome(outcome: RestOutcome, step: string): void {
    const [symbol, countdown] = step.split(' ') as [string, string]
    if (countdown === '0') this.onEnding(symbol, outcome.kind === 'done')
    if (outcome.kind === 'refused' || outcome.kind === 'unknown')
      this.desk.notice('WARNING', 'DEAD_MAN_SWITCH', `the countdown of ${symbol} was not taken: ${messageOf(outcome)}`)
  }

  /** One that runs on would cancel what comes to rest in the symbol next; it has run out by itself in the end. */
  private onEnding(symbol: string, isDone: boolean): void {
    const ending = this.ending.get(symbol)
    const againMs = this.desk.nowMs + OFF_AGAIN_MS
    if (ending === undefined) return
    if (isDone || againMs >= ending.overMs) this.ending.delete(symbol)
    else this.ending.set(symbol, { ...ending, againMs })
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
      step: `${symbol} ${countdownMs}`,
      route: 'countdownCancelAll',
      params: { symbol, countdownTime: `${countdownMs}` },
      priority: 'truth',
      deadlineMs: this.desk.nowMs + this.desk.requestTimeoutMs,
    })
  }
}

interface Ending {
  /** When it is sent next; infinite while it is under way. */
  readonly againMs: number
  /** When the countdown has run out anyway. */
  readonly overMs: number
}

function messageOf(outcome: Extract<RestOutcome, { readonly kind: 'refused' | 'unknown' }>): string {
  return outcome.kind === 'refused' ? outcome.error.message : outcome.message
}

const COUNTDOWN_MS = 120_000
const WIND_UP_EVERY_MS = 30_000
const OFF_AGAIN_MS = 5_000
