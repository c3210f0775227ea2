import { createReadStream } from 'node:fs'
import type { DayColumns } from '../../../ports/days.js'
import { ORIGIN_OF, readHeader, readRow } from './recorded-row.js'

/** Where prices came from: of each symbol from each of these moments on. */
export interface OriginChanges {
  readonly timestampNs: BigInt64Array
  readonly symbols: readonly string[]
  /** `mid`, `mark`, `none`, or `unknown` for steps that were made up from scan files. */
  readonly origins: readonly string[]
}

export interface RecordedDay {
  readonly columns: DayColumns
  readonly origins: OriginChanges
  /** Time of the last step, UTC ms. */
  readonly lastMs: number
  /** Steps between the first and the last one that are not there. */
  readonly missingSteps: number
}

/**
 * The day that a file of recorded steps holds. Read as it comes: the next day is being recorded meanwhile. A last line that a crash
 * has cut off is none.
 *
 * @throws DataRefused on a line that is no step.
 */
export async function readRecordedDay(path: string): Promise<RecordedDay> {
  let day: GrowingDay | undefined
  let line = 0
  for await (const text of wholeLines(path)) {
    line++
    if (day === undefined) day = new GrowingDay(readHeader(text, path))
    else day.add(readRow(text, { path, line }))
  }
  return (day ?? new GrowingDay({ date: '1970-01-01', symbols: [], stepMs: 1 })).day()
}

async function* wholeLines(path: string): AsyncGenerator<string, void, void> {
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}

const EIGEN = [
  'v50_lambda_max_velocity',
  'v150_lambda_max_velocity',
  'v300_lambda_max_velocity',
  'v750_lambda_max_velocity',
  'instability_50',
  'instability_150',
] as const

class GrowingDay {
  private readonly times: bigint[] = []
  private readonly scans: bigint[] = []
  private readonly eigen: number[][] = ['vel_div', ...EIGEN].map(() => [])
  private readonly prices: number[][]
  private readonly changes: { readonly ns: bigint; readonly symbol: string; readonly origin: string }[] = []
  private readonly last: (string | undefined)[]

  constructor(private readonly of: ReturnType<typeof readHeader>) {
    this.prices = of.symbols.map(() => [])
    this.last = of.symbols.map(() => undefined)
  }

  add(row: ReturnType<typeof readRow>): void {
    this.times.push(row.timestampNs)
    this.scans.push(BigInt(row.scanNumber))
    for (const [i, column] of this.eigen.entries()) column.push(row.eigen[i] ?? Number.NaN)
    for (const [i, column] of this.prices.entries()) {
      column.push(row.prices[i] ?? Number.NaN)
      const origin = ORIGIN_OF[row.origins[i] ?? ''] ?? 'unknown'
      if (origin === this.last[i]) continue
      this.last[i] = origin
      this.changes.push({ ns: row.timestampNs, symbol: this.of.symbols[i]!, origin })
    }
  }

  day(): RecordedDay {
    const [first, last] = [this.times[0] ?? 0n, this.times.at(-1) ?? 0n]
    const steps = Math.round(Number(last - first) / 1e6 / this.of.stepMs) + 1
    const [velDiv, ...eigen] = this.eigen.map((column) => Float64Array.from(column))
    return {
      columns: {
        date: this.of.date,
        bars: this.times.length,
        timestampNs: BigInt64Array.from(this.times),
        scanNumber: BigInt64Array.from(this.scans),
        velDiv: velDiv!,
        eigen: Object.fromEntries(EIGEN.map((name, i) => [name, eigen[i]!])),
        assets: this.of.symbols,
        prices: this.prices.map((column) => Float64Array.from(column)),
      },
      origins: {
        timestampNs: BigInt64Array.from(this.changes, ({ ns }) => ns),
        symbols: this.changes.map(({ symbol }) => symbol),
        origins: this.changes.map(({ origin }) => origin),
      },
      lastMs: Number(last / 1_000_000n),
      missingSteps: Math.max(0, steps - this.times.length),
    }
  }
}
