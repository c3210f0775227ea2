import type { ScanWindow, WindowScan } from '../../ports/vocabulary/scan.js'
import type { Kernel } from './kernel.js'
import type { LeadingPair } from './leading-pair.js'
import type { PriceHistory } from './price-history.js'
import { RollingMoments, UNIT } from './rolling-moments.js'

/** Fewer moving symbols than this and a window says nothing. Source: the scan definition. */
export const SYMBOLS_MIN = 10
/** What a research scan may lower it to: of two symbols every correlation matrix is one number. */
export const SYMBOLS_MIN_RESEARCH = 3

/** What a window works with: the solver and the matrix are shared by all. */
interface WindowParts {
  readonly pair: LeadingPair
  readonly window: ScanWindow
  readonly matrix: Float64Array
  readonly symbolsMin: number
}

/** One window from scan to scan: its moments, its last eigenpair, and what has changed since. */
export class WindowTracker {
  readonly moments: RollingMoments
  /** Unit leading eigenvector of the last scan, padded; zero where a symbol was left out. */
  readonly vector: Float64Array
  /** 1 for the symbols of the last scan's vector; all zero when it had none. */
  readonly members: Uint8Array
  /** The same of the scan before the last. */
  readonly vectorBefore: Float64Array
  readonly membersBefore: Uint8Array
  /** λmax of the last scan and its bound. */
  private readonly last = Float64Array.of(NaN, NaN)
  /** Fewer symbols, and the window has no values. */
  readonly symbolsMin: number
  private readonly pair: LeadingPair

  constructor(kernel: Kernel, history: PriceHistory, { pair, window, matrix, symbolsMin }: WindowParts) {
    this.moments = new RollingMoments(kernel, history, window, matrix)
    this.pair = pair
    this.symbolsMin = symbolsMin
    this.vector = kernel.allocate(kernel.stride)
    this.vectorBefore = kernel.allocate(kernel.stride)
    this.members = new Uint8Array(kernel.symbols)
    this.membersBefore = new Uint8Array(kernel.symbols)
  }

  /** The window after the history's latest step, of which the moments know already. */
  scan(): WindowScan {
    const { moments, vector, members } = this
    moments.correlate()
    const lambdaBefore = this.last[0]!
    const boundBefore = this.last[1]!
    this.vectorBefore.set(vector)
    this.membersBefore.set(members)
    if (moments.count < this.symbolsMin) {
      this.last.fill(NaN)
      vector.fill(0)
      members.fill(0)
      return undefinedWindow(moments.count)
    }

    this.start()
    const spectrum = {
      matrix: moments.correlations,
      dimension: moments.count,
      active: moments.active,
      frobenius: moments.frobenius,
    }
    const found = this.pair.solve(spectrum, vector)
    fixSign(vector)
    const { lambda } = found
    const bound = this.wholeBound(lambda, found.bound)
    this.last[0] = lambda
    this.last[1] = bound

    const velocity = (lambda - lambdaBefore) / lambdaBefore
    const rotation = Number.isNaN(lambdaBefore) ? NaN : this.rotation()
    members.set(moments.active)
    return {
      lambdaMax: lambda,
      lambdaMaxBound: bound,
      velocity,
      velocityBound: velocityBound({ lambda, bound, lambdaBefore, boundBefore }),
      rotation,
      instability: Math.abs(velocity) + rotation,
      symbols: moments.count,
    }
  }

  /** What the history does not determine, to be saved and put back; see {@link RollingMoments.state}. */
  state(): (Float64Array | Uint8Array)[] {
    return [...this.moments.state(), this.vector, this.members, this.last]
  }

  /** The last vector on the symbols of now; a newcomer starts with an average loading. */
  private start(): void {
    const { vector, moments } = this
    const average = 1 / Math.sqrt(moments.count)
    let squares = 0
    for (let i = 0; i < moments.active.length; i++) {
      if (moments.active[i] === 0) vector[i] = 0
      else if (this.members[i] === 0) vector[i] = average
      squares += vector[i]! * vector[i]!
    }
    if (!(squares > 1e-3)) for (let i = 0; i < moments.active.length; i++) vector[i] = moments.active[i]! * average
  }

  /** ½|a − b|² of the two vectors on their common symbols, each a unit vector there: 1 − |cos| without cancellation. */
  private rotation(): number {
    const { vector, vectorBefore, members, moments } = this
    let squaresNow = 0
    let squaresBefore = 0
    let product = 0
    for (let i = 0; i < members.length; i++) {
      if ((members[i]! & moments.active[i]!) === 0) continue
      squaresNow += vector[i]! * vector[i]!
      squaresBefore += vectorBefore[i]! * vectorBefore[i]!
      product += vector[i]! * vectorBefore[i]!
    }
    if (squaresNow === 0 || squaresBefore === 0) return NaN
    const scaleNow = 1 / Math.sqrt(squaresNow)
    const scaleBefore = (product < 0 ? -1 : 1) / Math.sqrt(squaresBefore)
    let apart = 0
    for (let i = 0; i < members.length; i++) {
      if ((members[i]! & moments.active[i]!) === 0) continue
      const difference = vector[i]! * scaleNow - vectorBefore[i]! * scaleBefore
      apart += difference * difference
    }
    return apart / 2
  }

  /**
   * |lambda − exact|: of the float64 matrix's eigenvalue, of the matrix (Weyl: at most the norm of its error), and of the
   * returns. The exact matrix is YᵀY with unit columns; columns that are off by h in all move √λmax, Y's norm, by at
   * most h. Where nothing is known, λmax still lies in 1 … number of symbols.
   */
  private wholeBound(lambda: number, solverBound: number): number {
    const { errorSum, errorLargest, inputError, count } = this.moments
    const matrix = errorSum + errorLargest * (lambda + solverBound)
    const input = inputError * (2 * Math.sqrt(lambda) + inputError)
    const bound = 1.01 * (solverBound + matrix + input)
    const cap = Math.max(lambda - 1, count - lambda) + 4 * UNIT * count
    return Math.min(bound, cap)
  }
}

interface Change {
  readonly lambda: number
  readonly bound: number
  readonly lambdaBefore: number
  readonly boundBefore: number
}

/** With λ = λ̂ ± b and λ' = λ̂' ± b', |λ/λ' − λ̂/λ̂'| ≤ (b + b'·λ̂/λ̂')/(λ̂' − b'); two roundings on top. */
function velocityBound({ lambda, bound, lambdaBefore, boundBefore }: Change): number {
  // λmax of a correlation matrix is at least 1, whatever is known of it.
  const least = Math.max(lambdaBefore - boundBefore, 1 - 4 * UNIT)
  const ratio = lambda / lambdaBefore
  return 1.01 * ((bound + boundBefore * ratio) / least + 3 * UNIT * Math.abs(ratio - 1))
}

function undefinedWindow(symbols: number): WindowScan {
  return {
    lambdaMax: NaN,
    lambdaMaxBound: NaN,
    velocity: NaN,
    velocityBound: NaN,
    rotation: NaN,
    instability: NaN,
    symbols,
  }
}

function fixSign(vector: Float64Array): void {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += vector[i]!
  if (sum < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!
}
