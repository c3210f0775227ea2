import type { RegimeReading, SymbolObservation } from '../../ports/vocabulary/observation.js'

/** Three digits and a unit: `61.7k`, `1.23M`, `0.00512`. Never longer than seven characters below 10^15. */
export function short(value: number): string {
  const size = Math.abs(value)
  const [unit, by] = UNITS.find(([, from]) => size >= from * 0.9995) ?? ['', 1]
  if (size === 0) return '0'
  if (size < SMALLEST) return value.toExponential(1)
  return `${plain(value / by)}${unit}`
}

const UNITS = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const
const SMALLEST = 0.0001

function plain(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A price with as many digits as tell it from the next: six, and none beyond eight decimals. */
export function priceText(price: number): string {
  const whole = Math.max(1, Math.floor(Math.log10(Math.max(Math.abs(price), 1e-8))) + 1)
  return price.toFixed(Math.min(8, Math.max(0, price >= 1 ? 6 - whole : 6 - Math.ceil(Math.log10(price)))))
}

/** A regime in a word; of UNKNOWN its reason: `none` of the three, or `no data` to say. */
export function regimeText({ regime, reason }: RegimeReading): string {
  if (regime !== 'UNKNOWN') return regime
  return reason === 'NO_CRITERIA' ? 'none' : 'no data'
}

/** Trades a second over the trades that are remembered; undefined where they have no length. */
export function tradesPerSecond({ primitives }: SymbolObservation): number | undefined {
  const { directionalContinuity, priceTraversalVelocity } = primitives
  if (directionalContinuity === undefined || priceTraversalVelocity === undefined) return undefined
  return directionalContinuity.totalTrades / priceTraversalVelocity.timeDeltaSec
}

/** `2026-01-05 00:01:30.250 UTC`. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').slice(0, -1)} UTC`
}
