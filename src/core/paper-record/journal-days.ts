import { assert } from '../../base/assert.js'
import { dateOfEpochMs, type IsoDate } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { RecordedBar } from '../decision/records.js'

/**
 * The bars of a decision journal as the days that a backtest reads: what was traded at live prices needs no other recording to be
 * compared with. Symbols that join during a day have no price before.
 */
export class JournalDays {
  private date: IsoDate | undefined
  private symbols: readonly string[] = []
  private bars: RecordedBar[] = []

  /** The day before this bar, where the bar begins another one. */
  take(bar: RecordedBar): DayColumns | undefined {
    // A day that has begun goes on until the next one, also where a clock was set back over midnight.
    const date = dateOfEpochMs(bar.timestampMs)
    const isNext = this.date === undefined || date > this.date
    const over = isNext ? this.end() : undefined
    if (isNext) this.date = date
    this.symbols = bar.symbols ?? this.symbols
    this.bars.push({ ...bar, symbols: this.symbols })
    return over
  }

  /** The day at hand, which is then over. */
  end(): DayColumns | undefined {
    const { date, bars } = this
    this.bars = []
    if (date === undefined || bars.length === 0) return undefined
    const assets = [...new Set(bars.flatMap(({ symbols }) => symbols!))]
    const columns = assets.map(() => new Float64Array(bars.length).fill(Number.NaN))
    const timestampNs = new BigInt64Array(bars.length)
    const velDiv = new Float64Array(bars.length)
    let places: { readonly symbols: readonly string[]; readonly at: readonly number[] } = { symbols: [], at: [] }
    bars.forEach(({ symbols, prices, timestampMs, velDiv: signal }, row) => {
      assert(symbols !== undefined && symbols.length === prices.length, 'a bar has a price for each of its symbols')
      if (symbols !== places.symbols) places = { symbols, at: symbols.map((symbol) => assets.indexOf(symbol)) }
      timestampNs[row] = BigInt(timestampMs) * NS_PER_MS
      velDiv[row] = signal ?? Number.NaN
      prices.forEach((price, i) => {
        if (price !== null) columns[places.at[i]!]![row] = price
      })
    })
    return { date, bars: bars.length, timestampNs, velDiv, eigen: {}, assets, prices: columns }
  }
}

const NS_PER_MS = 1_000_000n
