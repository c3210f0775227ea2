import { type AlgoType, type AlgoWanted, takesAtMarket } from '../trading/algo-order.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { matchedPrice } from './order-params.js'
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
  workingType,
} from './param-rules.js'
import { malformed, type Params } from './params.js'
import { Refusal } from './refusal.js'

/** Of a new conditional order. Source: notes on Binance, 1.5. */
export const ALGO_PARAMS: ParamRules = {
  algoType: must(oneOf(['CONDITIONAL'], malformed('algoType'))),
  symbol: must(symbol),
  side: must(side),
  type: must(
    oneOf(
      ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
      new Refusal(-1116, 'Invalid orderType.'),
    ),
  ),
  positionSide: may(positionSide),
  timeInForce: may(timeInForce),
  quantity: may(decimal),
  price: may(decimal),
  triggerPrice: may(decimal),
  workingType: may(workingType),
  priceMatch: may(priceMatch),
  closePosition: may(flag),
  priceProtect: may(flag),
  reduceOnly: may(flag),
  activatePrice: may(decimal),
  callbackRate: may(decimal),
  clientAlgoId: may(clientId),
  newOrderRespType: may(answerType),
  selfTradePreventionMode: may(selfTradePrevention),
  goodTillDate: may(whole),
}

/** Of one that is there, by either of its names. */
export const NAMED_ALGO: ParamRules = { algoId: may(whole), clientAlgoId: may(clientId) }

export function readAlgo(params: Params, trading: TradingFloor): AlgoWanted | Refusal {
  const type = params.text('type') as AlgoType
  const refused = refuseCombination(params, type)
  if (refused !== undefined) return refused
  const symbol = params.text('symbol')!
  const side = params.text('side') as AlgoWanted['side']
  const closePosition = params.flag('closePosition')
  const matched = params.text('priceMatch') ?? 'NONE'
  return {
    clientAlgoId: params.text('clientAlgoId') ?? trading.nextClientId(),
    symbol,
    side,
    type,
    timeInForce: closePosition ? 'GTE_GTC' : (params.text('timeInForce') ?? 'GTC'),
    quantity: closePosition ? '0' : params.decimal('quantity')!,
    price: matched === 'NONE' ? params.decimal('price') : matchedPrice(matched, { symbol, side }, trading),
    triggerPrice: params.decimal('triggerPrice'),
    workingType: (params.text('workingType') ?? 'CONTRACT_PRICE') as AlgoWanted['workingType'],
    priceProtect: params.flag('priceProtect'),
    reduceOnly: params.flag('reduceOnly'),
    closePosition,
    positionSide: (params.text('positionSide') ?? 'BOTH') as AlgoWanted['positionSide'],
    selfTradePreventionMode: (params.text('selfTradePreventionMode') ??
      'EXPIRE_MAKER') as AlgoWanted['selfTradePreventionMode'],
    priceMatch: matched,
    goodTillDate: params.whole('goodTillDate') ?? 0,
    activatePrice: params.decimal('activatePrice'),
    callbackRate: params.decimal('callbackRate'),
  }
}

/** What is missing, and what does not go together. */
function refuseCombination(params: Params, type: AlgoType): Refusal | undefined {
  if (type === 'TRAILING_STOP_MARKET') {
    const rate = Number(params.text('callbackRate'))
    if (!(rate >= 0.1 && rate <= CALLBACK_MAX_PCT)) return malformed('callbackRate')
  } else if (!params.has('triggerPrice')) return malformed('triggerPrice')
  if (params.flag('closePosition')) {
    if (params.has('quantity')) return new Refusal(-4137, 'Quantity must be zero with closePosition equals true.')
    if (params.has('reduceOnly')) return new Refusal(-1106, "Parameter 'reduceOnly' sent when not required.")
    return undefined
  }
  if (!params.has('quantity')) return malformed('quantity')
  const needsPrice = !takesAtMarket(type) && (params.text('priceMatch') ?? 'NONE') === 'NONE'
  return needsPrice && !params.has('price') ? malformed('price') : undefined
}

/** Raised on 2026-10-23. */
const CALLBACK_MAX_PCT = 20
