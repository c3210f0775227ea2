import { formatPrice, formatUsd } from '../format.js'

/** `1.25M`, `980k`, `12.5`. */
export function briefNumber(value: number): string {
  const size = Math.abs(value)
  const [unit, suffix] = size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, '']
  return formatPrice(Number((value / unit).toPrecision(4))) + suffix
}

/** `$1.25M`, `$640`. */
export function briefUsd(value: number): string {
  return Math.abs(value) < 1_000 ? formatUsd(value, 0) : `$${briefNumber(value)}`
}
