import type { BarObservation } from '../../ports/vocabulary/observation.js'

/** What was observed by each bar of a run, by its number; undefined: nothing is known. */
export interface BarObservations {
  at(bar: number): BarObservation | undefined
}

/** Observations of bars that are known beforehand, day by day: those of a journal, or of a recording that was read ahead. */
export class DayObservations implements BarObservations {
  private firstBar = 0
  private bars: readonly (BarObservation | undefined)[] = []

  /** The day that is run next. `firstBar`: number of its first bar over the run. */
  beginDay(firstBar: number, bars: readonly (BarObservation | undefined)[]): void {
    this.firstBar = firstBar
    this.bars = bars
  }

  at(bar: number): BarObservation | undefined {
    return this.bars[bar - this.firstBar]
  }
}
