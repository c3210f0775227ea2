import type { CountedCascade } from './cascade-hypotheses.js'
import { rateTest } from './rate-test.js'
import type { TestedHypothesis } from './validation-result.js'

/** The lowest basis of each minute of a coin: (mark − index) / index, the index being its venue's basket of spot prices. */
export class BasisMinutes {
  private readonly lowest = new Map<number, number>()

  /** Takes prices of a time, UTC ms, in any order. */
  add({ tsMs, mark, index }: { readonly tsMs: number; readonly mark: number; readonly index: number }): void {
    const minute = Math.floor(tsMs / MINUTE_MS)
    const basis = (mark - index) / index
    this.lowest.set(minute, Math.min(basis, this.lowest.get(minute) ?? Number.POSITIVE_INFINITY))
  }

  /** Whether the perpetual was far below spot in one of the five whole minutes before the one of this time; undefined: not known. */
  wasFarBelow(tsMs: number): boolean | undefined {
    return this.wasFarBelowBefore(Math.floor(tsMs / MINUTE_MS))
  }

  /** Of all minutes of which it is known, the share of those before which it was. */
  shareFarBelow(): number {
    let [known, below] = [0, 0]
    // The minute after the last is one as well: what came before it is known.
    const minutes = new Set([...this.lowest.keys()].map((minute) => minute + 1))
    for (const minute of minutes) {
      const was = this.wasFarBelowBefore(minute)
      if (was === undefined) continue
      known++
      if (was) below++
    }
    return known === 0 ? 0 : below / known
  }

  private wasFarBelowBefore(minute: number): boolean | undefined {
    let isKnown = false
    for (let before = minute - MINUTES_BEFORE; before < minute; before++) {
      const basis = this.lowest.get(before)
      if (basis === undefined) continue
      if (basis < FAR_BELOW) return true
      isKnown = true
    }
    return isKnown ? false : undefined
  }
}

const MINUTE_MS = 60_000
const MINUTES_BEFORE = 5
const FAR_BELOW = -0.005

/**
 * Before a cascade the perpetual trades more than half a percent below spot. The base rate is the share of minutes before which it
 * did, of the same coins.
 */
export function basis(
  cascades: readonly CountedCascade[],
  minutes: ReadonlyMap<string, BasisMinutes> = new Map(),
): TestedHypothesis {
  const shares = new Map<string, number>()
  let [total, supporting, chances] = [0, 0, 0]
  for (const { coin, startTsMs } of cascades) {
    const ofCoin = minutes.get(coin)
    const wasFarBelow = ofCoin?.wasFarBelow(startTsMs)
    if (ofCoin === undefined || wasFarBelow === undefined) continue
    if (!shares.has(coin)) shares.set(coin, ofCoin.shareFarBelow())
    total++
    chances += shares.get(coin)!
    if (wasFarBelow) supporting++
  }
  const test = {
    hypothesisName: 'basis',
    totalEvents: total,
    supportingEvents: supporting,
    baseRate: total === 0 ? 0 : chances / total,
    details: {
      spot: 'index price of the marks',
      ...(total === 0 && { reason: 'no index price is known before a cascade' }),
    },
  }
  return rateTest(test)
}
