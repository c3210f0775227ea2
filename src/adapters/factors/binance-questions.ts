import type { TakerRow } from '../../ports/factor-source.js'
import type { FactorQuestion } from './http-factor-source.js'

/** The running estimate of the funding rate, which the exchange calls the last one. Source: notes on Binance, 5. */
export const FUNDING_QUESTION: FactorQuestion = {
  name: 'funding',
  target: () => `/fapi/v1/premiumIndex?symbol=${SYMBOL}`,
  read(answer) {
    answer.at('symbol').is(SYMBOL)
    return { kind: 'value', value: answer.at('lastFundingRate').decimal(), atMs: answer.at('time').moment('ms') }
  },
}

/** A day of rows of 5 min, and an hour more. Source: notes on Binance, 5. */
export const TAKER_QUESTION: FactorQuestion = {
  name: 'taker',
  target: () => `/futures/data/takerlongshortRatio?symbol=${SYMBOL}&period=5m&limit=${ROWS_ASKED}`,
  read(answer) {
    const rows = answer.list(ROWS_MAX).map((row): TakerRow => {
      const [bought, sold] = [row.at('buyVol'), row.at('sellVol')]
      const volumes = [bought.decimal(), sold.decimal()] as const
      if (volumes[0] < 0) bought.refuse('a volume of 0 or more')
      if (volumes[1] < 0) sold.refuse('a volume of 0 or more')
      return [row.at('timestamp').moment('ms'), ...volumes]
    })
    return { kind: 'rows', rows }
  },
}

const SYMBOL = 'BTCUSDT'

const ROWS_ASKED = 300
/** The most that one answer may have. */
const ROWS_MAX = 500
