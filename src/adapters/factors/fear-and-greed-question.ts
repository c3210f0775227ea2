import type { FactorQuestion } from './http-factor-source.js'

/** The index of the day, stamped 00:00 UTC of it. Source: notes on Binance, 5. */
export const FEAR_AND_GREED_QUESTION: FactorQuestion = {
  name: 'fng',
  target: () => '/fng/?limit=2&format=json',
  read(answer) {
    answer.at('metadata').at('error').is(null)
    const data = answer.at('data')
    let newest: { readonly atMs: number; readonly value: number } | undefined
    for (const day of data.list(DAYS_MAX)) {
      const atMs = day.at('timestamp').moment('s')
      const value = day.at('value').decimal()
      if (newest === undefined || atMs > newest.atMs) newest = { atMs, value }
    }
    return newest === undefined ? data.refuse('a day') : { kind: 'value', ...newest }
  },
}

/** Two are asked for. */
const DAYS_MAX = 100
