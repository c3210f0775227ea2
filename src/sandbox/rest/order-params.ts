import type { OrderWanted, SelfTradePrevention, TimeInForce } from '../trading/order.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import {
  answerType,
  clientId,
  decimal,
  flag,
  may,
  must,
  oneOf,
  type ParamRules,
  positionSide,
  priceMatch,
  selfTradePrevention,
  side,
  symbol,
  timeInForce,
  whole,
} from './param-rules.js'
import { malformed, type Params } from './params.js'
import { Refusal } from './refusal.js'

/** Of a new order. Source: notes on Binance, 1.4. */
export const ORDER_PARAMS: ParamRules = {
  symbol: must(symbol),
  side: must(side),
  type: must(
    oneOf(
      ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
      new Refusal(-1116, 'Invalid orderType.'),
    ),
  ),
  positionSide: may(positionSide),
  timeInForce: may(timeInForce),
  quantity: may(decimal),
  price: may(decimal),
  reduceOnly: may(flag),
  newClientOrderId: may(clientId),
  newOrderRespType: may(answerType),
  priceMatch: may(priceMatch),
  selfTradePreventionMode: may(selfTradePrevention),
  goodTillDate: may(whole),
}

/** Of one that is there, by either of its names. */
export const NAMED_ORDER: ParamRules = { symbol: must(symbol), orderId: may(whole), origClientOrderId: may(clientId) }

export const AMENDED_ORDER: ParamRules = {
  ...NAMED_ORDER,
  side: must(side),
  quantity: must(decimal),
  price: must(decimal),
  reduceOnly: may(flag),
}

/** What a request for a single order takes of the limits of orders. */
export const ONE_ORDER = { in10s: 1, in1m: 1 }

export function readOrder(params: Params, trading: TradingFloor): OrderWanted | Refusal {
  const type = params.text('type')!
  if (type !== 'LIMIT' && type !== 'MARKET') return NOT_HERE
  const quantity = params.decimal('quantity')
  if (quantity === undefined) return malformed('quantity')
  const refused = refuseCombination(params, type, trading)
  if (refused !== undefined) return refused
  const symbol = params.text('symbol')!
  const side = params.text('side') as OrderWanted['side']
  const matched = params.text('priceMatch') ?? 'NONE'
  const price = matched === 'NONE' ? params.decimal('price') : matchedPrice(matched, { symbol, side }, trading)
  if (type === 'LIMIT' && price === undefined) return matched === 'NONE' ? malformed('price') : NO_MATCH
  return {
    clientOrderId: params.text('newClientOrderId') ?? trading.nextClientId(),
    symbol,
    side,
    type,
    timeInForce: (params.text('timeInForce') ?? 'GTC') as TimeInForce,
    price,
    quantity,
    reduceOnly: params.flag('reduceOnly'),
    closePosition: false,
    positionSide: (params.text('positionSide') ?? 'BOTH') as OrderWanted['positionSide'],
    selfTradePreventionMode: (params.text('selfTradePreventionMode') ?? 'EXPIRE_MAKER') as SelfTradePrevention,
    priceMatch: matched,
    goodTillDate: params.whole('goodTillDate') ?? 0,
  }
}

/** The price at which somebody wants to be without naming it: best of the other side, or of the own. */
export function matchedPrice(
  matched: string,
  { symbol, side }: Pick<OrderWanted, 'symbol' | 'side'>,
  { engine }: TradingFloor,
): string | undefined {
  const quote = engine.quote(symbol)
  if (quote === undefined) return undefined
  return matched.startsWith('OPPONENT') === (side === 'BUY') ? quote.ask : quote.bid
}

/** What does not go together. */
function refuseCombination(params: Params, type: 'LIMIT' | 'MARKET', { floor }: TradingFloor): Refusal | undefined {
  const hasMatch = (params.text('priceMatch') ?? 'NONE') !== 'NONE'
  if (type === 'MARKET') {
    for (const name of ['price', 'timeInForce']) {
      if (params.has(name)) return new Refusal(-1106, `Parameter '${name}' sent when not required.`)
    }
    return hasMatch
      ? new Refusal(-5038, 'Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT.')
      : undefined
  }
  if (!params.has('timeInForce')) return malformed('timeInForce')
  if (hasMatch && params.has('price')) return new Refusal(-1106, "Parameter 'price' sent when not required.")
  if (params.text('timeInForce') !== 'GTD') return undefined
  const untilMs = params.whole('goodTillDate')
  if (untilMs === undefined) return malformed('goodTillDate')
  return untilMs > floor.clock.exchangeMs + TEN_MINUTES_MS
    ? undefined
    : new Refusal(
        -5040,
        'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.',
      )
}

const TEN_MINUTES_MS = 600_000

/** Conditional orders left this route on 2025-12-09. */
const NOT_HERE = new Refusal(
  -4120,
  'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
)
const NO_MATCH = new Refusal(-5041, 'No depth matches this BBO order.')
