import type { PriceHistory } from '../price-history.js'
import { HISTORY } from '../price-history.js'
import { type Enclosure, type ExactPair, exactLeadingPair } from './exact-leading-pair.js'
import { exactLogReturn } from './exact-log.js'
import { ExactMoments } from './exact-moments.js'
import { ceilDivide, FRACTION, floorDivide, floorRoot, ONE, toNumber } from './fixed-point.js'

/** The symbols of a window's scan (1 = in it) and their approximate leading vector. */
export interface Approximation {
  readonly members: Uint8Array
  readonly vector: Float64Array
}

/** One window at more than 512 bits; no velocity and rotation where there is no scan before. */
export interface ExactWindow {
  readonly lambda: Enclosure
  readonly velocity?: Enclosure
  readonly rotation?: number
  /** Loadings by symbol, zero outside the window's members. */
  readonly loadings: Float64Array
}

interface Scanned extends ExactPair {
  readonly step: number
  readonly kept: readonly number[]
}

/**
 * Windows at more than 512 bits, from the history's prices. Keeps the logarithms of the steps it has seen and moves its
 * sums on when asked for consecutive steps; asked out of the blue it starts from the prices, with the same result.
 */
export class ExactScan {
  private readonly history: PriceHistory
  private readonly windows = new Map<number, ExactRolling>()
  private readonly rows: { readonly step: number; readonly row: readonly bigint[] }[] = []

  constructor(history: PriceHistory) {
    this.history = history
  }

  /** The window after the history's latest step; `before` is the scan one step earlier, if the window had one. */
  scan(window: number, now: Approximation, before: Approximation | undefined): ExactWindow {
    let rolling = this.windows.get(window)
    if (rolling === undefined) {
      rolling = new ExactRolling(window, this.history.symbols, (step) => this.row(step))
      this.windows.set(window, rolling)
    }
    const step = this.history.steps
    const shorter = [...this.windows.values()].findLast((other) => other.window < window)
    const previous = before && rolling.scan(step - 1, before, shorter)
    const current = rolling.scan(step, now, shorter)
    const loadings = new Float64Array(this.history.symbols)
    current.kept.forEach((symbol, i) => {
      loadings[symbol] = toNumber(current.vector[i]!)
    })
    return {
      lambda: current.lambda,
      loadings,
      ...(previous && { velocity: velocity(current.lambda, previous.lambda), rotation: rotation(current, previous) }),
    }
  }

  /** Fixed-point log returns of a step (the first is 1), zero where a price is missing. */
  private row(step: number): readonly bigint[] {
    const cached = this.rows[step % HISTORY]
    if (cached?.step === step) return cached.row
    const { history } = this
    const back = history.steps - step
    const returns = Array.from({ length: history.symbols }, (_, symbol) => {
      const now = history.price(symbol, back)
      const before = history.price(symbol, back + 1)
      return now > 0 && before > 0 ? exactLogReturn(before, now) : 0n
    })
    this.rows[step % HISTORY] = { step, row: returns }
    return returns
  }
}

/** One window's exact sums and its latest pair. */
class ExactRolling {
  readonly window: number
  private readonly symbols: number
  private readonly row: (step: number) => readonly bigint[]
  private moments: ExactMoments | undefined
  private step = -1
  private latest: Scanned | undefined

  constructor(window: number, symbols: number, row: (step: number) => readonly bigint[]) {
    this.window = window
    this.symbols = symbols
    this.row = row
  }

  scan(step: number, { members, vector }: Approximation, shorter: ExactRolling | undefined): Scanned {
    if (this.latest?.step === step) return this.latest
    const moments = this.momentsAt(step, shorter)
    const kept = Array.from(members.keys()).filter((symbol) => members[symbol] === 1)
    const pair = exactLeadingPair(
      moments.correlations(kept),
      kept.map((symbol) => vector[symbol]!),
    )
    this.latest = { step, kept, ...pair }
    return this.latest
  }

  /** The sums at a step: moved on from the step before, or started from a shorter window's of about then, or afresh. */
  private momentsAt(step: number, shorter: ExactRolling | undefined): ExactMoments {
    const { window } = this
    if (this.moments !== undefined && this.step === step) return this.moments
    if (this.moments !== undefined && this.step === step - 1) {
      this.moments.add(this.row(step))
      this.moments.remove(this.row(step - window))
    } else {
      const donor = shorter?.moments !== undefined && Math.abs(shorter.step - step) <= 1 ? shorter : undefined
      this.moments = new ExactMoments(this.symbols, window, donor?.moments)
      const last = donor?.step ?? step
      const first = donor === undefined ? step + 1 : last - donor.window + 1
      for (let at = step - window + 1; at < first; at++) this.moments.add(this.row(at))
      if (last > step) this.moments.remove(this.row(last))
      if (last < step) this.moments.add(this.row(step))
    }
    this.step = step
    return this.moments
  }
}

function velocity(now: Enclosure, before: Enclosure): Enclosure {
  return {
    low: floorDivide(now.low << FRACTION, before.high) - ONE,
    high: ceilDivide(now.high << FRACTION, before.low) - ONE,
  }
}

/** 1 − |cos| on the common symbols. */
function rotation(now: Scanned, before: Scanned): number {
  const positions = new Map(before.kept.map((symbol, i) => [symbol, i]))
  let product = 0n
  let squaresNow = 0n
  let squaresBefore = 0n
  now.kept.forEach((symbol, i) => {
    const position = positions.get(symbol)
    if (position === undefined) return
    const a = now.vector[i]!
    const b = before.vector[position]!
    product += a * b
    squaresNow += a * a
    squaresBefore += b * b
  })
  const lengths = floorRoot(squaresNow * squaresBefore)
  if (lengths === 0n) return NaN
  const cosine = product < 0n ? -product : product
  return cosine >= lengths ? 0 : toNumber(((lengths - cosine) << FRACTION) / lengths)
}
