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
   * @param stepped is called after each engine step, with the time of the scan that has led to it, UTC ms.
   */
  start(grid: Grid, stepped: (scanAtMs: number) => void): Promise<void>
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
  /** Times of the scans that were stepped: no two that are sent have the same. */
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
    const first = this.next()
    await legs.leg(STEPPED, () => this.sendAndSee(first), this.missing(first))
    await this.publish(first)
    await this.settled(legs, ONCE, { sent: first, steps: 1 })
    const older = this.scan(++this.lastNumber, this.lastMs - 1)
    await this.publish(older)
    await this.settled(legs, IN_ORDER, { sent: older, steps: 0 })
    const again = this.scan(first.number, this.now())
    await this.publish(again)
    await this.settled(legs, FRESH, { sent: again, steps: 0 })
  }

  async close(): Promise<void> {
    await Promise.allSettled([
      this.parts.trader.stop(),
      this.parts.grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.scan),
    ])
  }

  /** How many steps a scan has led to, once one that was sent behind it has been stepped. */
  private async settled(
    legs: Legs,
    hop: string,
    expected: { readonly sent: Sent; readonly steps: number },
  ): Promise<void> {
    legs.current = hop
    const behind = this.next()
    await legs.within(this.sendAndSee(behind), this.missing(behind))
    const { sent } = expected
    const steps = this.steps.all.filter((atMs) => atMs === sent.atMs).length
    const why = `scan ${sent.number} of ${new Date(sent.atMs).toISOString()} has led to ${steps} steps`
    legs.check(hop, steps === expected.steps ? undefined : `${why}, expected ${expected.steps}`)
  }

  private async sendAndSee(sent: Sent): Promise<void> {
    await this.publish(sent)
    await this.steps.first((atMs) => atMs === sent.atMs)
  }

  private missing({ number }: Sent): () => string {
    return () => `scan ${number} led to no step in time; ${this.parts.trader.says()}`
  }

  /** As a scanner does: into the stream, then under the key. */
  private async publish({ text }: Sent): Promise<void> {
    const { grid } = this.parts
    await grid.stream(SCAN_STREAM).append(text)
    await grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, text)
  }

  private next(): Sent {
    return this.scan(++this.lastNumber, this.now())
  }

  private scan(number: number, atMs: number): Sent {
    const payload = eigenScanPayload(markedScan(number, atMs), { publishedAtMs: this.parts.clock.epochMs() })
    return { number, atMs, text: LATEST_EIGEN_SCAN.write(payload) }
  }

  /** Later than every scan before, with room for one that is older than the last. */
  private now(): number {
    this.lastMs = Math.max(Math.floor(this.parts.clock.epochMs()), this.lastMs + 2)
    return this.lastMs
  }
}

interface Sent {
  readonly number: number
  /** UTC ms, the scan's own time. */
  readonly atMs: number
  readonly text: string
}
