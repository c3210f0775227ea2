import { MINUTE_MS } from './bar.js'
import { hash } from './book-version.js'

/** What is held of a symbol, base units: about as much all the time, less what was closed. */
export class OpenInterest {
  private readonly base: number
  private readonly key: number
  /** Rising in time; `left`: of all that was held before any of it, the share that is left. */
  private readonly closings: { readonly timeMs: number; readonly left: number }[] = []

  /** `price`: USD, by which it is made; it does not follow the price from then on. */
  constructor(price: number, key: number) {
    this.base = INTEREST_USD / price
    this.key = key
  }

  at(timeMs: number): number {
    const minute = Math.floor(timeMs / MINUTE_MS)
    const part = (timeMs % MINUTE_MS) / MINUTE_MS
    const drawn = (1 - part) * this.drawn(minute) + part * this.drawn(minute + 1)
    const left = this.closings.findLast((closing) => closing.timeMs <= timeMs)?.left ?? 1
    return this.base * (1 + SWING * drawn) * left
  }

  close(share: number, timeMs: number): void {
    const left = (this.closings.at(-1)?.left ?? 1) * (1 - Math.min(1, share))
    this.closings.push({ timeMs, left })
    if (this.closings.length > 2 * CLOSINGS_KEPT) this.closings.splice(0, CLOSINGS_KEPT)
  }

  private drawn(minute: number): number {
    return hash(this.key, minute) / 2 ** 32
  }
}

/** USD that are held at least in each symbol, and how far it swings. */
const INTEREST_USD = 400_000_000
const SWING = 0.02
const CLOSINGS_KEPT = 1_000
