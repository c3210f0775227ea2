import { Exact } from '../../base/exact.js'
import type { CascadeRules } from './cascade-rules.js'
import type { TimedDecimals } from './timed-figures.js'

/**
 * Where cascades start. The least open interest that can end the fall from a snapshot is kept as the window moves on with it, so that
 * each snapshot enters and leaves once; only where it is low enough are snapshots compared exactly, one by one.
 */
export class CascadeStarts {
  private readonly least: SlidingLeast
  private readonly rules: CascadeRules
  /** Of the first snapshot at which two liquidations can have been. */
  private fromPlace = 0
  private toPlace = 0
  private forced = 0

  private readonly snapshots: TimedDecimals
  private readonly forcedMs: Float64Array
  /** Of the open interest, where it has fallen enough. */
  private readonly leftFrac: Exact
  private readonly roughLeftFrac: number

  constructor({ snapshots, forcedMs, rules }: SearchedFeeds) {
    this.snapshots = snapshots
    this.forcedMs = forcedMs
    this.rules = rules
    this.leftFrac = new Exact(1).minus(rules.dropFrac)
    this.roughLeftFrac = this.leftFrac.toNumber() * ROUGHLY
    this.least = new SlidingLeast(snapshots.rough)
  }

  /** The first start at or after a place, which never goes back. */
  next(fromPlace: number): { readonly first: number; readonly fallen: number } | undefined {
    const { snapshots } = this
    for (let first = fromPlace; first < snapshots.tsMs.length; first++) {
      if (!this.moveTo(first)) return undefined
      const rough = snapshots.rough[first]!
      if (rough > 0 && this.least.value <= rough * this.roughLeftFrac) {
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
    const enough = this.forcedMs[this.forced + this.rules.liquidationsMin - 1]
    if (enough === undefined) return false
    this.fromPlace = Math.max(this.fromPlace, first + 1)
    while (this.fromPlace < tsMs.length && tsMs[this.fromPlace]! < enough) this.fromPlace++
    while (this.toPlace < tsMs.length && tsMs[this.toPlace]! - tsMs[first]! <= this.rules.withinMs)
      this.least.push(this.toPlace++)
    this.least.dropBefore(this.fromPlace)
    return true
  }

  private fallenFrom(first: number): number | undefined {
    const left = this.snapshots.exactAt(first).times(this.leftFrac)
    const roughLeft = this.snapshots.rough[first]! * this.roughLeftFrac
    for (let place = this.fromPlace; place < this.toPlace; place++)
      if (this.snapshots.rough[place]! <= roughLeft && this.snapshots.exactAt(place).lte(left)) return place
    return undefined
  }
}

/** In what cascades are looked for, and by which rules. */
export interface SearchedFeeds {
  readonly snapshots: TimedDecimals
  /** Times of liquidations in order, UTC ms. */
  readonly forcedMs: Float64Array
  readonly rules: CascadeRules
}

/** Snapshots that float64 finds this near to the limit are compared exactly. */
const ROUGHLY = 1 + 1e-12

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
