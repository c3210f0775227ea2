import { Exact } from '../../base/exact.js'
import type { Floor } from '../floor.js'
import type { Listed } from '../listing.js'
import { CONTRACT_TYPE, deliveryMsOf, ONBOARD_MS, STATUS_WORDS } from './exchange-words.js'
import { oddSymbols, type SymbolRow } from './odd-symbols.js'
import { decimalsOf, padded } from './plain-decimals.js'
import { priceDecimalsOf } from './symbol-market.js'

/** The answer to `exchangeInfo`: limits, assets, and every symbol with its rules. Source: notes on Binance, 3. */
export function exchangeInfo({ clock, listing, settings }: Floor): object {
  const listed = listing.symbols
    .filter((symbol) => !listing.isHeldBack(symbol))
    .map((symbol) => symbolRow(listing.find(symbol)!))
  const odd = settings.market?.oddities === false ? [] : oddSymbols(listed[0]!, new Set(listing.symbols))
  return {
    timezone: 'UTC',
    serverTime: clock.exchangeMs,
    futuresType: 'U_MARGINED',
    rateLimits: [
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: weightLimitOf(settings.weightPerMinute),
      },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1_200 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
    ],
    exchangeFilters: [],
    assets: [
      { asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' },
      { asset: 'BTC', marginAvailable: true, autoAssetExchange: '-0.10000000' },
      { asset: 'BNB', marginAvailable: true, autoAssetExchange: '0' },
    ],
    symbols: [...listed, ...odd],
  }
}

/** A row of a symbol that is listed for trading. */
function symbolRow({ instrument, marketMaxQuantity }: Listed): SymbolRow {
  const { identity, status, tickSize, lotSize, minQuantity, maxQuantity, minNotionalUsd, priceBand } = instrument
  const { symbol } = identity
  const [pair = symbol] = symbol.split('_')
  const band = new Exact(priceBand)
  const pricePrecision = priceDecimalsOf(tickSize)
  const lots = { minQty: minQuantity, stepSize: lotSize }
  const tick = padded(tickSize, pricePrecision)
  return {
    symbol,
    pair,
    contractType: CONTRACT_TYPE[identity.contractType],
    deliveryDate: deliveryMsOf(identity),
    onboardDate: ONBOARD_MS,
    status: STATUS_WORDS[status],
    maintMarginPercent: new Exact(instrument.maintenanceMarginRate).times(100).toFixed(4),
    requiredMarginPercent: new Exact(100).div(instrument.maxLeverage).toFixed(4),
    baseAsset: pair.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    pricePrecision,
    quantityPrecision: decimalsOf(lotSize),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['Crypto'],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: band.toFixed(2),
    maxMoveOrderLimit: 10_000,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '9999999', tickSize: tick },
      { filterType: 'LOT_SIZE', ...lots, maxQty: maxQuantity },
      { filterType: 'MARKET_LOT_SIZE', ...lots, maxQty: marketMaxQuantity },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MIN_NOTIONAL', notional: minNotionalUsd },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: band.plus(1).toFixed(4),
        multiplierDown: new Exact(1).minus(band).toFixed(4),
        multiplierDecimal: '4',
      },
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY', 'DCA', 'PSB'],
  }
}

/** JSON has no infinity. */
function weightLimitOf(weightPerMinute = 2_400): number {
  return Math.min(weightPerMinute, Number.MAX_SAFE_INTEGER)
}
