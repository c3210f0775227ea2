import { isPrice } from '../../base/price.js'
import { isMetaColumn } from '../../ports/days.js'
import { KlineError } from '../../ports/klines.js'
import { shown } from './refusal.js'
import type { FileRows, RowList } from './row-store.js'
import { DAY_MS, dayStartOf } from './times.js'
import { CLOSE_EXPECTED, isVolume } from './values.js'

/** Hands a tidy table's rows to the lists of their symbols and days; remembers the last one, since rows mostly stay with it. */
export class TidyRows {
  symbol = ''
  private dayMs = Number.NaN
  private list: RowList | undefined

  constructor(private readonly rows: FileRows) {}

  checkSymbol(symbol: string, place: () => string): void {
    if (!SYMBOL.test(symbol)) throw new KlineError(place(), 'a symbol such as BTCUSDT', shown(symbol))
    if (isMetaColumn(symbol)) {
      throw new KlineError(place(), 'a symbol that is no other column of a day', shown(symbol))
    }
  }

  /** Turns to the list of a symbol and time. */
  at(symbol: string, timeMs: number): void {
    if (symbol === this.symbol && timeMs >= this.dayMs && timeMs < this.dayMs + DAY_MS) return
    this.symbol = symbol
    this.dayMs = dayStartOf(timeMs)
    this.list = this.rows.list(symbol, this.dayMs)
  }

  /** Adds a row to the list turned to; NaN stands for a missing volume. */
  push(timeMs: number, close: number, volume: number, taker: number, line: number, place: () => string): void {
    if (!isPrice(close)) throw new KlineError(place(), CLOSE_EXPECTED, `${close}`)
    for (const value of [volume, taker]) {
      if (!isVolume(value) && !Number.isNaN(value)) throw new KlineError(place(), 'a volume of 0 or more', `${value}`)
    }
    if (taker > volume) throw new KlineError(place(), `a taker_buy_volume up to the volume ${volume}`, `${taker}`)
    this.rows.grid.add(timeMs, place)
    this.list!.push(timeMs, close, volume, taker, line)
  }
}

const SYMBOL = /^[\p{L}\p{N}][\p{L}\p{N}_.:/-]{0,63}$/u
