import { eigenScanPayload } from '../../core/eigen/payload.js'
import { LATEST_EIGEN_SCAN } from '../../core/grid/eigen-scan.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../core/grid/names.js'
import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Legs } from './legs.js'
import { markedNumbersFrom, markedScan } from './marked-scan.js'
import type { OpenedPath, SignalPath } from './path-verification.js'
import { Sightings } from './sightings.js'

/** A trader, seen from outside: scans of the grid in, engine steps out. */
export interface TraderProbe {
  /**
   * Begins to take scans from the grid; resolves when it hears them.
   *
   * @param stepped is called with the number of each scan that has led to an engine step, in the order of the steps.
   */
  start(grid: Grid, stepped: (scanNumber: number) => void): Promise<void>
  /** What it says of itself, for a hop that did not hold. */
  says(): string
  stop(): Promise<void>
}

export interface TraderPathParts {
  readonly grid: Grid
  readonly clock: Clock
  readonly trader: TraderProbe
}

const STEPPED = 'latest_eigen_scan → engine step'
const ONCE = 'the same scan again: no step'
const IN_ORDER = 'an older scan: no step'
const FRESH = 'its number again with stale prices: no step'

/**
 * Scans into a trader, which steps once for each. That a scan leads to no step is said by the one behind it, which comes to the
 * trader later: its step shows that the trader has dealt with everything before. Source: system bible §14.4, §23.1, §27.1.
 */
export function traderPath(parts: TraderPathParts): SignalPath {
  return { name: 'trader', hops: [STEPPED, ONCE, IN_ORDER, FRESH], open: () => TraderRounds.open(parts) }
}

class TraderRounds implements OpenedPath {
  private readonly steps = new Sightings<number>()
  private lastNumber: number
  private lastMs = 0

  private constructor(private readonly parts: TraderPathParts) {
    this.lastNumber = markedNumbersFrom(parts.clock.epochMs())
  }

  static async open(parts: TraderPathParts): Promise<TraderRounds> {
    const rounds = new TraderRounds(parts)
    await parts.trader.start(parts.grid, rounds.steps.see)
    return rounds
  }

  async round(_round: number, legs: Legs): Promise<void> {
    const first = await this.stepOn(legs, STEPPED)
    await this.publish(first.text)
    await this.noStepBut(legs, ONCE, first)
    const older = this.next(this.lastMs - 1_000)
    await this.publish(older.text)
    await this.noStepBut(legs, IN_ORDER, older)
    const again = this.scan(first.number, this.now())
    await this.publish(again.text)
    await this.noStepBut(legs, FRESH, first)
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      this.parts.trader.stop(),
      this.parts.grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.scan),
    ])
  }

  /** The scan's number has led to as many steps as it may: one where it was taken, else none. */
  private async noStepBut(legs: Legs, hop: string, { number, isTaken }: Sent): Promise<void> {
    legs.current = hop
    const behind = this.next(this.now())
    await legs.within(
      this.publish(behind.text).then(() => this.steps.first((step) => step === behind.number)),
      () => `scan ${behind.number}, published behind it, led to no step in time; ${this.parts.trader.says()}`,
    )
    const steps = this.steps.all.filter((step) => step === number).length
    const most = isTaken ? 1 : 0
    legs.check(hop, steps === most ? undefined : `scan ${number} has led to ${steps} steps, expected ${most}`)
  }

  private async stepOn(legs: Legs, hop: string): Promise<Sent> {
    const scan = this.next(this.now())
    await legs.leg(
      hop,
      () => this.publish(scan.text).then(() => this.steps.first((step) => step === scan.number)),
      () => `scan ${scan.number} led to no step in time; ${this.parts.trader.says()}`,
    )
    return { ...scan, isTaken: true }
  }

  /** As a scanner does: into the stream, then under the key. */
  private async publish(text: string): Promise<void> {
    const { grid } = this.parts
    await grid.stream(SCAN_STREAM).append(text)
    await grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, text)
  }

  private next(timestampMs: number): Sent {
    return this.scan(++this.lastNumber, timestampMs)
  }

  private scan(number: number, timestampMs: number): Sent {
    const record = markedScan(number, timestampMs)
    const text = LATEST_EIGEN_SCAN.write(eigenScanPayload(record, { publishedAtMs: this.parts.clock.epochMs() }))
    return { number, text, isTaken: false }
  }

  /** Later than every scan before. */
  private now(): number {
    this.lastMs = Math.max(this.parts.clock.epochMs(), this.lastMs + 1)
    return this.lastMs
  }
}

interface Sent {
  readonly number: number
  readonly text: string
  readonly isTaken: boolean
}
