import type { FactorQuestion } from './http-factor-source.js'

/** Implied volatility of Bitcoin, the close of the newest candle of a minute, stamped as that begins. Source: notes on Binance, 5. */
export const VOLATILITY_QUESTION: FactorQuestion = {
  name: 'dvol',
  target: (nowMs) =>
    '/api/v2/public/get_volatility_index_data?currency=BTC&resolution=60' +
    `&start_timestamp=${nowMs - LOOK_BACK_MS}&end_timestamp=${nowMs + CANDLE_MS}`,
  read(answer) {
    const data = answer.at('result').at('data')
    let newest: { readonly atMs: number; readonly value: number } | undefined
    for (const candle of data.list(CANDLES_MAX)) {
      const cells = candle.list(CELLS_MAX)
      if (cells.length < CELLS_MIN) candle.refuse('a time, and open, high, low and close')
      const atMs = cells[0]!.moment('ms')
      const value = cells[CLOSE]!.number()
      if (newest === undefined || atMs > newest.atMs) newest = { atMs, value }
    }
    return newest === undefined ? data.refuse('a candle of the last hour') : { kind: 'value', ...newest }
  },
}

const CANDLE_MS = 60_000
const LOOK_BACK_MS = 3_600_000
/** The most that one answer may have. */
const CANDLES_MAX = 1_000
const CLOSE = 4
const CELLS_MIN = 5
/** Whatever may follow the close one day. */
const CELLS_MAX = 20
