import type { FileMetaData, SchemaElement } from 'hyparquet'
import { bigEndianInteger, decimalNumber, MISSING_WORDS, scaledDecimal } from '../../base/decimal.js'
import { KlineError } from '../../ports/klines.js'
import { shown } from './refusal.js'

/**
 * The numbers of some columns as they are stored. The library multiplies a decimal by 10^−scale, which float64 does not
 * hold: most prices with five places come out one unit off. So it is not told that a column holds decimals, and
 * `storedNumber` divides.
 */
export function undividedDecimals(metadata: FileMetaData, names: readonly string[]): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    if (!isDecimal(element) || !names.includes(element.name)) return element
    const { converted_type: _, logical_type: __, ...plain } = element
    // Bytes of any length are text to the library unless they are something else; as a UUID they come as they are.
    return element.type === 'BYTE_ARRAY' ? { ...plain, logical_type: { type: 'UUID' } } : plain
  })
  return { ...metadata, schema }
}

/** Digits behind the point of every column of decimals, by name. */
export function decimalScales({ schema }: FileMetaData): ReadonlyMap<string, number> {
  return new Map(schema.filter(isDecimal).map((element) => [element.name, scaleOf(element)]))
}

/** A stored value as the nearest float64, `scale` for decimals; NaN for a missing one. */
export function storedNumber(value: unknown, scale: number | undefined, name: string, place: () => string): number {
  if (value === undefined || value === null) return Number.NaN
  if (typeof value === 'number') return scale === undefined ? value : scaledDecimal(value, scale)
  if (typeof value === 'bigint') return scaledDecimal(value, scale ?? 0)
  if (value instanceof Uint8Array && scale !== undefined) return scaledDecimal(bigEndianInteger(value), scale)
  if (typeof value === 'string') {
    const text = value.trim()
    const number = decimalNumber(text)
    if (Number.isFinite(number) || MISSING_WORDS.has(text.toLowerCase())) return number
  }
  throw new KlineError(place(), `a number as ${name}`, shown(String(value)))
}

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL'
}

function scaleOf({ scale, logical_type: logical }: SchemaElement): number {
  return scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0)
}
