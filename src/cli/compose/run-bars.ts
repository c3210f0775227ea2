import { DataRefused } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { findDays, readDays } from './days.js'

/**
 * When each bar of the run over these days is, UTC ms, by its number from 0: what a recorded order book is counted by.
 *
 * @throws DataRefused for a day that cannot be read, or whose times do not rise.
 */
export async function runBars(days: readonly string[], signal: AbortSignal): Promise<Float64Array> {
  const parts: Float64Array[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for await (const outcome of readDays(await findDays(days), { signal })) {
    const place = { file: displayPath(outcome.file.path) }
    if ('error' in outcome) {
      const { where, expected, found } = outcome.error
      const row = where.row === undefined ? '' : `row ${where.row}: `
      throw new DataRefused({ place, message: `${row}expected ${expected}, found ${found}` })
    }
    const { timestampNs } = outcome.day.columns
    if (timestampNs === undefined) throw new DataRefused({ place, message: 'expected a time in each row, found none' })
    const times = Float64Array.from(timestampNs, (ns) => Number(ns / NS_PER_MS))
    for (const [row, ms] of times.entries()) {
      if (ms <= lastMs) {
        const message = `row ${row}: expected a time after ${utc(lastMs)}, found ${utc(ms)}`
        throw new DataRefused({ place, message })
      }
      lastMs = ms
    }
    parts.push(times)
  }
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const NS_PER_MS = 1_000_000n

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
