import type { DecimalText } from '../../base/exact.js'

/** How many digits stand behind the point: 1 of `0.1`, also of `0.10`, and 0 of `1`. */
export function decimalsOf(text: DecimalText): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.replace(/0+$/, '').length - point - 1
}

/** With so many digits behind the point at least, as the exchange prints prices: `85999.9` as `85999.90`. */
export function padded(text: DecimalText, decimals: number): string {
  if (decimals === 0) return text
  const point = text.indexOf('.')
  if (point < 0) return `${text}.${'0'.repeat(decimals)}`
  return text.padEnd(point + 1 + decimals, '0')
}
