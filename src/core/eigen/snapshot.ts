import type { ScanPrecision } from '../../ports/vocabulary/scan.js'
import { SYMBOLS_MIN_RESEARCH } from './window-tracker.js'

export const SCANNER_SCHEMA = 'dolphin-scanner/1'

/** A scanner at rest, as JSON; arrays of numbers are base64 of their little-endian bytes, so that no bit is lost. */
export interface ScannerSnapshot {
  readonly schema: typeof SCANNER_SCHEMA
  readonly symbols: readonly string[]
  readonly precision: ScanPrecision
  /** Absent: as the scan is defined. */
  readonly symbolsMin?: number
  /** Steps seen so far. */
  readonly steps: number
  /** Prices of the latest steps, oldest first, one row a step, NaN where missing. */
  readonly prices: string
  /** Per window: the sums and what their errors are bounded by, the last vector and its members, λmax and its bound. */
  readonly windows: readonly (readonly string[])[]
}

/** A snapshot that is not one. */
export class ScannerSnapshotError extends Error {
  override readonly name = 'ScannerSnapshotError'
}

export function encodeArray(array: Float64Array | Uint8Array): string {
  const bytes = new Uint8Array(array.length * array.BYTES_PER_ELEMENT)
  if (array instanceof Uint8Array) bytes.set(array)
  else {
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < array.length; i++) view.setFloat64(i * 8, array[i]!, true)
  }
  // In pieces: the arguments of one call are limited.
  let characters = ''
  for (let at = 0; at < bytes.length; at += 8192) {
    characters += String.fromCharCode(...bytes.subarray(at, at + 8192))
  }
  return btoa(characters)
}

/** Fills an array of the expected length from what {@link encodeArray} made. */
export function decodeInto(array: Float64Array | Uint8Array, text: string | undefined, what: string): void {
  let characters: string
  try {
    characters = atob(text ?? '')
  } catch {
    throw new ScannerSnapshotError(`expected base64 in ${what}, found something else`)
  }
  const bytes = array.length * array.BYTES_PER_ELEMENT
  if (characters.length !== bytes) {
    throw new ScannerSnapshotError(`expected ${bytes} bytes in ${what}, found ${characters.length}`)
  }
  const decoded = Uint8Array.from(characters, (character) => character.charCodeAt(0))
  if (array instanceof Uint8Array) array.set(decoded)
  else {
    const view = new DataView(decoded.buffer)
    for (let i = 0; i < array.length; i++) array[i] = view.getFloat64(i * 8, true)
  }
}

/** Refuses what cannot be a snapshot of this scanner's kind. */
export function checkSnapshot(snapshot: ScannerSnapshot, windows: number): void {
  const { schema, symbols, precision, steps } = snapshot
  if (schema !== SCANNER_SCHEMA) {
    throw new ScannerSnapshotError(`expected schema ${SCANNER_SCHEMA}, found ${String(schema)}`)
  }
  if (!Array.isArray(symbols) || symbols.length === 0 || symbols.some((symbol) => typeof symbol !== 'string')) {
    throw new ScannerSnapshotError('expected a list of symbols')
  }
  if (precision !== 'float64' && precision !== 'auto' && precision !== '512') {
    throw new ScannerSnapshotError(`expected precision float64, auto or 512, found ${String(precision)}`)
  }
  const { symbolsMin = SYMBOLS_MIN_RESEARCH } = snapshot
  if (!Number.isSafeInteger(symbolsMin) || symbolsMin < SYMBOLS_MIN_RESEARCH) {
    throw new ScannerSnapshotError(
      `expected a number of symbols from ${SYMBOLS_MIN_RESEARCH} on, found ${String(symbolsMin)}`,
    )
  }
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new ScannerSnapshotError(`expected a number of steps, found ${String(steps)}`)
  }
  if (!Array.isArray(snapshot.windows) || snapshot.windows.length !== windows) {
    throw new ScannerSnapshotError(`expected ${windows} windows`)
  }
}
