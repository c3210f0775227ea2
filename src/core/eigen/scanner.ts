import { assert } from '../../base/assert.js'
import { SCAN_WINDOWS, type Scan, type ScanPrecision } from '../../ports/vocabulary/scan.js'
import { Extended } from './extended.js'
import { type Kernel, strideOf } from './kernel.js'
import { Lanczos } from './lanczos.js'
import { LeadingPair } from './leading-pair.js'
import { HISTORY, PriceHistory } from './price-history.js'
import { UNIT } from './rolling-moments.js'
import { scanKernel } from './simd-kernel.js'
import { checkSnapshot, decodeInto, encodeArray, SCANNER_SCHEMA, type ScannerSnapshot } from './snapshot.js'
import { isOpen } from './verdict.js'
import { SYMBOLS_MIN, SYMBOLS_MIN_RESEARCH, WindowTracker } from './window-tracker.js'

/** Which scan this is: numbers and times are the caller's and pass through. */
export interface ScanStamp {
  /** From 1 on, one more with each scan. System bible §27.4. */
  readonly scanNumber: number
  readonly timestampNs: bigint
}

/** A price vector that is not one: the wrong length, or an infinite price. */
export class ScanInputError extends Error {
  override readonly name = 'ScanInputError'
}

/** A step's moments are summed afresh this often, one symbol and window at a time. */
const RENEWAL_STEPS = 512

/**
 * The eigenscan: correlation windows over the last 50, 150, 300 and 750 returns of every symbol, their leading eigenpairs
 * and how they change, step by step at a cost that does not grow.
 *
 * The same prices in the same order give the same bits, however often the scanner was stopped and restored.
 * Source: system bible §3, §25, §27 and the scan definition.
 */
export class Scanner {
  readonly symbols: readonly string[]
  readonly precision: ScanPrecision
  /** A window with fewer symbols that move has no values. */
  readonly symbolsMin: number
  private readonly kernel: Kernel
  private readonly history: PriceHistory
  private readonly trackers: readonly WindowTracker[]
  private readonly extended: Extended

  /** `symbolsMin`: with fewer symbols a window has no values; another number than `SYMBOLS_MIN` is research. */
  constructor(symbols: readonly string[], precision: ScanPrecision = 'auto', symbolsMin = SYMBOLS_MIN) {
    assert(symbols.length > 0, 'there is a symbol to scan')
    assert(new Set(symbols).size === symbols.length, 'every symbol is there once')
    assert(
      Number.isInteger(symbolsMin) && symbolsMin >= SYMBOLS_MIN_RESEARCH,
      'a window has a whole number of symbols, three or more',
    )
    this.symbols = [...symbols]
    this.symbolsMin = symbolsMin
    this.precision = precision
    this.kernel = scanKernel(symbols.length, capacityOf(symbols.length))
    this.history = new PriceHistory(this.kernel)
    const matrix = this.kernel.allocate(symbols.length * this.kernel.stride)
    const pair = new LeadingPair(this.kernel)
    this.trackers = SCAN_WINDOWS.map(
      (window) => new WindowTracker(this.kernel, this.history, { pair, window, matrix, symbolsMin }),
    )
    this.extended = new Extended(this.history, this.trackers)
  }

  /**
   * Takes the prices of one step, in the order of `symbols`, and scans. NaN, zero and negative values mean "no price", as
   * in a day's columns. A step in which no symbol has a price does not exist: `undefined`, and nothing has changed.
   *
   * @throws ScanInputError on a vector of another length or an infinite price; nothing has changed.
   */
  push(prices: Float64Array, stamp: ScanStamp): Scan | undefined {
    const priced = this.check(prices)
    if (priced === 0) return undefined
    this.history.push(prices)
    for (const { moments } of this.trackers) moments.advance()
    this.renewSome()
    const { windows, velDiv, velDivBound, escalated, loadings } =
      this.precision === '512' ? this.exactly() : this.quickly()
    const instability =
      windows[0].instability + windows[1].instability + windows[2].instability + windows[3].instability
    const kept = this.numbers(loadings, prices)
    return {
      scanNumber: stamp.scanNumber,
      timestampNs: stamp.timestampNs,
      windows,
      velDiv,
      velDivBound,
      regimeSignal: regimeSignal(velDiv),
      instabilityComposite: instability / windows.length,
      dataQuality: priced / this.symbols.length,
      escalated,
      assets: this.symbols,
      prices: kept.subarray(0, prices.length),
      loadings: kept.subarray(prices.length),
    }
  }

  /** The scanner at rest, as JSON. */
  snapshot(): ScannerSnapshot {
    return {
      schema: SCANNER_SCHEMA,
      symbols: this.symbols,
      precision: this.precision,
      ...(this.symbolsMin === SYMBOLS_MIN ? {} : { symbolsMin: this.symbolsMin }),
      steps: this.history.steps,
      prices: encodeArray(this.history.latest()),
      windows: this.trackers.map((tracker) => tracker.state().map(encodeArray)),
    }
  }

  /**
   * A scanner that goes on from a snapshot, to the bit.
   *
   * @throws ScannerSnapshotError on anything but a snapshot.
   */
  static restore(snapshot: ScannerSnapshot): Scanner {
    checkSnapshot(snapshot, SCAN_WINDOWS.length)
    const scanner = new Scanner(snapshot.symbols, snapshot.precision, snapshot.symbolsMin)
    const latest = new Float64Array(Math.min(snapshot.steps, HISTORY) * scanner.symbols.length)
    decodeInto(latest, snapshot.prices, 'prices')
    scanner.history.resume(snapshot.steps, latest)
    scanner.trackers.forEach((tracker, index) => {
      const texts = snapshot.windows[index]!
      tracker.state().forEach((array, part) => {
        decodeInto(array, texts[part], `part ${part} of window ${SCAN_WINDOWS[index]}`)
      })
    })
    return scanner
  }

  /** In float64, and the verdict in extended precision where the bound leaves it open. */
  private quickly(): Found {
    const windows = this.trackers.map((tracker) => tracker.scan()) as unknown as Scan['windows']
    const velDiv = windows[0].velocity - windows[3].velocity
    const velDivBound = 1.01 * (windows[0].velocityBound + windows[3].velocityBound) + UNIT * Math.abs(velDiv)
    const escalated = this.precision === 'auto' && isOpen(velDiv, velDivBound)
    const loadings = this.trackers[0]!.vector
    return { windows, velDiv: escalated ? this.extended.velDiv() : velDiv, velDivBound, escalated, loadings }
  }

  /** Everything in extended precision; float64 runs along to say where to look. */
  private exactly(): Found {
    let loadings = this.trackers[0]!.vector
    const windows = this.trackers.map((tracker, index) => {
      const quick = tracker.scan()
      const exact = this.extended.windowScan(index)
      if (exact !== undefined && index === 0) loadings = exact.loadings
      return exact?.scan ?? quick
    }) as unknown as Scan['windows']
    const velDiv = this.extended.velDiv()
    // Half a unit in the last place, or one where the verdict asks for a neighbour.
    return { windows, velDiv, velDivBound: 2.1 * UNIT * Math.abs(velDiv), escalated: true, loadings }
  }

  private check(prices: Float64Array): number {
    const { symbols } = this
    if (prices.length !== symbols.length) {
      throw new ScanInputError(`expected ${symbols.length} prices, one per symbol, found ${prices.length}`)
    }
    let priced = 0
    for (let i = 0; i < prices.length; i++) {
      const price = prices[i]!
      if (price > 0) priced++
      if (price === Infinity || price === -Infinity) {
        throw new ScanInputError(
          `expected a finite price, or NaN or 0 for none, found ${price} for ${symbols[i]} (position ${i})`,
        )
      }
    }
    return priced
  }

  /** Sums a share of the rows afresh, in turn: every row of every window once in RENEWAL_STEPS. */
  private renewSome(): void {
    const rows = this.trackers.length * this.symbols.length
    const turn = (this.history.steps - 1) % RENEWAL_STEPS
    const to = Math.floor(((turn + 1) * rows) / RENEWAL_STEPS)
    for (let row = Math.floor((turn * rows) / RENEWAL_STEPS); row < to; row++) {
      this.trackers[row % this.trackers.length]!.moments.renew(Math.floor(row / this.trackers.length))
    }
  }

  /** Prices and loadings by symbol in one allocation, which takes longer than filling it. */
  private numbers(vector: Float64Array, prices: Float64Array): Float64Array {
    const { members } = this.trackers[0]!
    const count = prices.length
    const numbers = new Float64Array(2 * count)
    for (let i = 0; i < count; i++) {
      numbers[i] = prices[i]!
      numbers[count + i] = members[i] === 1 ? vector[i]! : NaN
    }
    return numbers
  }
}

/** `loadings` by symbol, of no meaning for symbols outside the 50 window. */
type Found = Pick<Scan, 'windows' | 'velDiv' | 'velDivBound' | 'escalated' | 'loadings'>

/** Values that a scanner allocates in its kernel. */
function capacityOf(symbols: number): number {
  const stride = strideOf(symbols)
  const matrices = (SCAN_WINDOWS.length + 2) * symbols
  const vectors = SCAN_WINDOWS.length * 8 + Lanczos.rows(symbols) + 2
  return (HISTORY + matrices + vectors) * stride
}

export function regimeSignal(velDiv: number): -1 | 0 | 1 {
  if (velDiv < -0.02) return -1
  return velDiv > 0.01 ? 1 : 0
}
