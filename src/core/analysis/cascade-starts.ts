import type { TimedDecimals } from './timed-figures.js'

/** Open interest that falls by a tenth within a minute, with two liquidations. Source: spec, "Analysis: cascade labeler". */
const WITHIN_MS = 60_000
const LEFT_FRAC = '0.9'
const LIQUIDATIONS_MIN = 2

/** Snapshots that float64 finds this near to the limit are compared exactly. */
const ROUGH_LEFT_FRAC = 0.9 * (1 + 1e-12)

/**
 * Where cascades start. The least open interest that can end the fall from a snapshot is kept as the window moves on with it, so that
 * each snapshot enters and leaves once; only where it is low enough are snapshots compared exactly, one by one.
 */
export class CascadeStarts {
  private readonly least: SlidingLeast
  /** Of the first snapshot at which two liquidations can have been. */
  private fromPlace = 0
  private toPlace = 0
  private forced = 0

  constructor(
    private readonly snapshots: TimedDecimals,
    private readonly forcedMs: Float64Array,
  ) {
    this.least = new SlidingLeast(snapshots.rough)
  }

  /** The first start at or after a place, which never goes back. */
  next(fromPlace: number): { readonly first: number; readonly fallen: number } | undefined {
    const { snapshots } = this
    for (let first = fromPlace; first < snapshots.tsMs.length; first++) {
      if (!this.moveTo(first)) return undefined
      const rough = snapshots.rough[first]!
      if (rough > 0 && this.least.value <= rough * ROUGH_LEFT_FRAC) {
        const fallen = this.fallenFrom(first)
        if (fallen !== undefined) return { first, fallen }
      }
    }
    return undefined
  }

  /** Makes the window that of the falls from this snapshot. False where no more liquidations follow. */
  private moveTo(first: number): boolean {
    const { tsMs } = this.snapshots
    while (this.forced < this.forcedMs.length && this.forcedMs[this.forced]! < tsMs[first]!) this.forced++
    const enough = this.forcedMs[this.forced + LIQUIDATIONS_MIN - 1]
    if (enough === undefined) return false
    this.fromPlace = Math.max(this.fromPlace, first + 1)
    while (this.fromPlace < tsMs.length && tsMs[this.fromPlace]! < enough) this.fromPlace++
    while (this.toPlace < tsMs.length && tsMs[this.toPlace]! - tsMs[first]! <= WITHIN_MS)
      this.least.push(this.toPlace++)
    this.least.dropBefore(this.fromPlace)
    return true
  }

  private fallenFrom(first: number): number | undefined {
    const left = this.snapshots.exactAt(first).times(LEFT_FRAC)
    const roughLeft = this.snapshots.rough[first]! * ROUGH_LEFT_FRAC
    for (let place = this.fromPlace; place < this.toPlace; place++)
      if (this.snapshots.rough[place]! <= roughLeft && this.snapshots.exactAt(place).lte(left)) return place
    return undefined
  }
}

/** The least of the figures in a window of places of which both ends only move on. */
class SlidingLeast {
  /** Places whose figures rise; the first is the least one's. */
  private readonly places: number[] = []
  private first = 0

  constructor(private readonly figures: ArrayLike<number>) {}

  /** Infinity while the window is empty. */
  get value(): number {
    const place = this.places[this.first]
    return place === undefined ? Number.POSITIVE_INFINITY : this.figures[place]!
  }

  push(place: number): void {
    const figure = this.figures[place]!
    while (this.places.length > this.first && this.figures[this.places.at(-1)!]! >= figure) this.places.pop()
    this.places.push(place)
  }

  dropBefore(place: number): void {
    while (this.first < this.places.length && this.places[this.first]! < place) this.first++
    if (this.first <= CLOSE_UP) return
    this.places.splice(0, this.first)
    this.first = 0
  }
}

const CLOSE_UP = 4_096
