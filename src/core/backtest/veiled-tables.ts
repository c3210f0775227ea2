import { assert } from '../../base/assert.js'
import type { IsoDate } from '../../base/utc-date.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { Cut } from './other-future.js'
import type { BacktestSettings } from './settings.js'

/**
 * Settings of one run whose breaker and order book have another future after a cut, which may move as the run goes on; what
 * remembers what it has seen (gate, forewarner) stays the same.
 *
 * @param settingsAt settings of a run of its own, with tables that are otherwise after a cut.
 */
export function veiledTables(settingsAt: (cut?: Cut) => BacktestSettings): {
  readonly settings: BacktestSettings
  veil(cut: Cut): void
} {
  const own = settingsAt()
  let veiled = own
  let date: IsoDate | undefined
  return {
    settings: {
      ...own,
      ...(own.breaker === undefined ? {} : { breaker: { boostForDate: (day: IsoDate) => breakerOf(veiled)(day) } }),
      ...(own.orderBook === undefined ? {} : { orderBook: throughOrderBook(own.orderBook, () => veiled) }),
    },
    veil(cut) {
      // A breaker's rows are dated: they change once a day, an order book's with every bar.
      if (own.orderBook === undefined && (own.breaker === undefined || cut.date === date)) return
      date = cut.date
      veiled = settingsAt(cut)
    },
  }
}

function breakerOf({ breaker }: BacktestSettings) {
  assert(breaker !== undefined, 'a run has a breaker under every future, or under none')
  return (date: IsoDate) => breaker.boostForDate(date)
}

function throughOrderBook({ assets }: OrderBookSource, veiled: () => BacktestSettings): OrderBookSource {
  const source = (): OrderBookSource => {
    const { orderBook } = veiled()
    assert(orderBook !== undefined, 'a run has an order book under every future, or under none')
    return orderBook
  }
  return { assets, book: (asset, bar) => source().book(asset, bar), macro: (bar) => source().macro(bar) }
}
