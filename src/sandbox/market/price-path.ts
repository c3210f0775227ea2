import { hash } from './book-version.js'

/**
 * The logarithm of a price over all time, as a function of the time alone: sums of noise that is drawn at lattice points and runs
 * straight between them, each octave with a period a third of the one before. Amplitudes grow with the square root of the period, so
 * that it moves like a random walk over any span from a second to a year, and never leaves its neighbourhood for good.
 */
export class PricePath {
  private readonly octaves: readonly Octave[]

  /** `perDay`: the standard deviation of what it moves in a day, about. */
  constructor(key: number, perDay: number) {
    this.octaves = PERIODS_MS.map(
      (periodMs, i) => new Octave(hash(key, i), periodMs, perDay * Math.sqrt(periodMs / DAY_MS)),
    )
  }

  /** Reading on from a moment to a later one nearby costs a tenth of a first look. */
  at(timeMs: number): number {
    let sum = 0
    for (const octave of this.octaves) sum += octave.at(timeMs)
    return sum
  }
}

const DAY_MS = 86_400_000
/** From a year down to two seconds. */
const PERIODS_MS = Array.from({ length: 16 }, (_, i) => Math.round((365 * DAY_MS) / 3 ** i))

/** One band of the noise, with the lattice points around the last moment that was asked for. */
class Octave {
  private readonly key: number
  private readonly periodMs: number
  private readonly amplitude: number
  private cell = Number.NaN
  private before = 0
  private after = 0

  constructor(key: number, periodMs: number, amplitude: number) {
    this.key = key
    this.periodMs = periodMs
    this.amplitude = amplitude
  }

  at(timeMs: number): number {
    const place = timeMs / this.periodMs
    const cell = Math.floor(place)
    if (cell !== this.cell) {
      this.cell = cell
      this.before = this.drawn(cell)
      this.after = this.drawn(cell + 1)
    }
    return this.before + (this.after - this.before) * (place - cell)
  }

  /** Uniform, with the amplitude as its standard deviation. */
  private drawn(cell: number): number {
    return (hash(this.key, cell) / 2 ** 32 - 0.5) * SQRT_12 * this.amplitude
  }
}

const SQRT_12 = Math.sqrt(12)
