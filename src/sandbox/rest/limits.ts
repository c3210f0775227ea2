import type { ExchangeClock } from '../floor.js'
import { Refusal } from './refusal.js'

/**
 * What an address and an account may ask for. Windows are those of the UTC clock, not sliding; refused requests count. A refusal
 * lasts as long as was said, also when the exchange's clock is set meanwhile.
 * Source: notes on Binance, 1.3.
 */
export class Limits {
  private readonly weightPerMinute: number
  private readonly weight = new Window(MINUTE_MS)
  private readonly ordersIn10s = new Window(TEN_SECONDS_MS)
  private readonly ordersIn1m = new Window(MINUTE_MS)
  private readonly refused = new Window(MINUTE_MS)
  private limitedUntilMs = 0
  private bannedUntilMs = 0
  private bans = 0

  constructor(weightPerMinute: number) {
    this.weightPerMinute = weightPerMinute
  }

  /** A request arrives. Whoever goes on after a 429 is banned, twice as long each time. */
  spend(weight: number, clock: ExchangeClock): Refusal | undefined {
    const { nowMs, exchangeMs } = clock
    if (nowMs < this.bannedUntilMs) return this.banned(clock)
    const used = this.weight.add(this.weightPerMinute === Number.POSITIVE_INFINITY ? 0 : weight, exchangeMs)
    if (used <= this.weightPerMinute && nowMs >= this.limitedUntilMs) return undefined
    if (this.refused.add(1, exchangeMs) > REFUSED_MAX) {
      this.ban(clock, Math.min(BAN_MAX_MS, BAN_MS * 2 ** this.bans))
      return this.banned(clock)
    }
    const limit = `current limit is ${this.weightPerMinute} requests per minute`
    return new Refusal(
      -1003,
      `Too many requests; ${limit}. Please use the websocket for live updates to avoid polling the API.`,
      429,
    )
  }

  /** Orders of the account arrive. */
  order({ in10s, in1m }: { readonly in10s: number; readonly in1m: number }, atMs: number): Refusal | undefined {
    const overIn10s = this.ordersIn10s.add(in10s, atMs) > ORDERS_10S_MAX
    const overIn1m = this.ordersIn1m.add(in1m, atMs) > ORDERS_1M_MAX
    if (!overIn10s && !overIn1m) return undefined
    const limit = overIn10s ? `${ORDERS_10S_MAX} orders per TEN_SECONDS` : `${ORDERS_1M_MAX} orders per MINUTE`
    return new Refusal(-1015, `Too many new orders; current limit is ${limit}.`, 429)
  }

  ban({ nowMs }: ExchangeClock, forMs: number): void {
    this.bans++
    this.bannedUntilMs = nowMs + forMs
  }

  limit({ nowMs }: ExchangeClock, forMs: number): void {
    this.limitedUntilMs = nowMs + forMs
  }

  /** How long whoever was refused should stay away, whole seconds. */
  retryAfterS(status: number, { nowMs, exchangeMs }: ExchangeClock): number {
    const windowMs = MINUTE_MS - (exchangeMs % MINUTE_MS)
    const waitMs = status === 418 ? this.bannedUntilMs - nowMs : Math.max(this.limitedUntilMs - nowMs, windowMs)
    return Math.max(1, Math.ceil(waitMs / 1_000))
  }

  weightUsed(atMs: number): number {
    return this.weight.add(0, atMs)
  }

  ordersUsed(atMs: number): { readonly in10s: number; readonly in1m: number } {
    return { in10s: this.ordersIn10s.add(0, atMs), in1m: this.ordersIn1m.add(0, atMs) }
  }

  private banned({ nowMs, exchangeMs }: ExchangeClock): Refusal {
    const until = `IP banned until ${exchangeMs + this.bannedUntilMs - nowMs}`
    return new Refusal(
      -1003,
      `Way too many requests; ${until}. Please use the websocket for live updates to avoid bans.`,
      418,
    )
  }
}

/** Recorded exchangeInfo of 2026-10-07. */
export const ORDERS_10S_MAX = 300
export const ORDERS_1M_MAX = 1_200
const MINUTE_MS = 60_000
const TEN_SECONDS_MS = 10_000
/** Requests after the first 429 within its minute that are forgiven. Assumed: the exchange does not say how many. */
const REFUSED_MAX = 10
const BAN_MS = 2 * MINUTE_MS
const BAN_MAX_MS = 3 * 86_400_000

/** A count that begins anew with each interval since 1970. */
class Window {
  private readonly intervalMs: number
  private index = -1
  private count = 0

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs
  }

  add(count: number, atMs: number): number {
    const index = Math.floor(atMs / this.intervalMs)
    if (index !== this.index) {
      this.index = index
      this.count = 0
    }
    this.count += count
    return this.count
  }
}
