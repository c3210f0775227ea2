import type { DecimalText } from '../../../base/exact.js'

/** The exchange's decimals without the zeros at their end, of which it writes any number: `0.100` is `0.1`, `-0.0` is `0`. */
export function plainDecimal(text: string): DecimalText {
  if (!text.includes('.')) return text === '-0' ? '0' : text
  let end = text.length
  while (text.charCodeAt(end - 1) === ZERO) end--
  if (text.charCodeAt(end - 1) === POINT) end--
  const plain = text.slice(0, end)
  return plain === '-0' ? '0' : plain
}

/** One that must be there: a decimal as text, or a number where the exchange has one. */
export function decimalOf(value: unknown): DecimalText | undefined {
  if (typeof value === 'string' && DECIMAL.test(value)) return plainDecimal(value)
  return typeof value === 'number' && DECIMAL.test(`${value}`) ? `${value}` : undefined
}

/** The exchange writes a price that there is none of as zero, or as nothing. */
export function priceOf(value: unknown): DecimalText | null {
  const price = decimalOf(value)
  return price === undefined || price === '0' ? null : price
}

/** An id, which the exchange writes as a number or as text; null where there is none. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return `${value}`
  return typeof value === 'string' && /^[1-9]\d*$/.test(value) ? value : null
}

const ZERO = 48
const POINT = 46
const DECIMAL = /^-?\d+(?:\.\d+)?$/
