import { assert } from '../../base/assert.js'
import type { DayColumns } from '../../ports/days.js'
import { curveAt, type PlantedCascade } from './planted-cascades.js'
import type { SyntheticAsset } from './synthetic-assets.js'

/**
 * The price of an asset at any time of a synthetic day: straight from close to close, and through cascades what these make of the price
 * at which they start. Of what the market does meanwhile only a part is felt, or chance would decide how a cascade ends.
 */
export class PlantedPath {
  /** UTC ms of bars, rounded down. */
  readonly times: Float64Array
  private readonly closes: Float64Array

  constructor(
    day: DayColumns,
    private readonly asset: SyntheticAsset,
    private readonly cascades: readonly PlantedCascade[],
  ) {
    const { timestampNs } = day
    assert(timestampNs !== undefined, 'a synthetic day has times')
    this.times = Float64Array.from(timestampNs, (ns) => Number(ns / 1_000_000n))
    this.closes = day.prices[day.assets.indexOf(asset.symbol)]!
  }

  /** On the asset's tick. At the time of a bar it is the day's close. */
  at(ms: number): number {
    const cascade = this.cascades.find(({ startMs, priceFactors }) => ms > startMs && ms < priceFactors.at(-1)![0])
    return onTick(cascade === undefined ? this.closeAt(ms) : this.through(cascade, ms), this.asset)
  }

  /** The day's closes. */
  prices(): Float64Array {
    return this.times.map((ms) => this.at(ms))
  }

  private through({ startMs, priceFactors }: PlantedCascade, ms: number): number {
    const [[calmMs], [untilMs]] = [priceFactors.at(-2)!, priceFactors.at(-1)!]
    const felt = ms <= calmMs ? FELT : FELT + ((1 - FELT) * (ms - calmMs)) / (untilMs - calmMs)
    const startPrice = this.closeAt(startMs)
    return (startPrice + felt * (this.closeAt(ms) - startPrice)) * curveAt(priceFactors, ms)
  }

  private closeAt(ms: number): number {
    const { closes, times } = this
    let bar = Math.min(times.length - 1, Math.max(0, Math.floor((ms - times[0]!) / (DAY_MS / times.length))))
    while (bar > 0 && times[bar]! > ms) bar--
    while (bar + 1 < times.length && times[bar + 1]! <= ms) bar++
    if (bar + 1 === times.length) return closes[bar]!
    return closes[bar]! + ((closes[bar + 1]! - closes[bar]!) * (ms - times[bar]!)) / (times[bar + 1]! - times[bar]!)
  }
}

const DAY_MS = 86_400_000
const FELT = 0.2

/** The price on the asset's tick. */
export function onTick(price: number, { decimals }: SyntheticAsset): number {
  const ticksPerUnit = 10 ** decimals
  return Math.max(1, Math.round(price * ticksPerUnit)) / ticksPerUnit
}
