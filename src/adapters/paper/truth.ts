import { Exact } from '../../base/exact.js'
import type { VenuePosition, VenueSnapshot } from '../../ports/venue.js'
import type { VenueTradeId } from '../../ports/vocabulary/ids.js'
import { BOOKED_PLACES } from './account.js'
import type { Matcher } from './matcher.js'
import { averagePrice, PRICE_DIGITS, reportOf } from './order.js'

/** What the account holds at this moment, and the fills of `symbol` after the one named. */
export function truthOf(matcher: Matcher, symbol: string, fillsAfter: VenueTradeId, atMs: number): VenueSnapshot {
  const { account, margin } = matcher
  const equityUsd = account.equityUsd(margin.valuation)
  const availableUsd = Exact.max(0, equityUsd.minus(margin.initialUsd()))
  return {
    atMs,
    account: {
      walletBalanceUsd: account.walletUsd.toFixed(),
      equityUsd: equityUsd.toFixed(),
      availableMarginUsd: availableUsd.toDecimalPlaces(BOOKED_PLACES, Exact.ROUND_DOWN).toFixed(),
      fundingUsd: account.fundingUsd.toFixed(),
    },
    positions: account.symbols.map((held) => positionOf(matcher, held)),
    openOrders: matcher.symbols.flatMap((one) => matcher.orders.open(one).map(reportOf)),
    fills: matcher.fillsAfter(symbol, fillsAfter),
    lastTradeId: matcher.lastTradeIdOf(symbol),
  }
}

function positionOf({ account, margin }: Matcher, symbol: string): VenuePosition {
  const { quantity, costUsd } = account.position(symbol)
  const { mark } = margin.valuation(symbol)
  const liquidationPrice = account.liquidationPrice(symbol, margin.valuation)
  return {
    symbol,
    quantity: quantity.toFixed(),
    entryPrice: averagePrice(costUsd, quantity),
    markPrice: mark.toFixed(),
    unrealizedPnlUsd: account.unrealisedUsd(symbol, mark).toFixed(),
    liquidationPrice: liquidationPrice?.toSignificantDigits(PRICE_DIGITS).toFixed() ?? null,
  }
}
