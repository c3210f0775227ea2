import { accountV2, accountV3, balances, positionsV2, positionsV3 } from '../trading/account-views.js'
import { multiAssetsUpdate } from '../trading/order-events.js'
import type { TradingFloor } from '../trading/trading-floor.js'
import { ORDERS_1M_MAX, ORDERS_10S_MAX } from './limits.js'
import { flag, may, must, oneOf, symbol, whole } from './param-rules.js'
import type { Params } from './params.js'
import { Refusal } from './refusal.js'
import type { RestRoute, RouteTable } from './route.js'

/** The account, its settings and its listen key. Weights: notes on Binance, 1.3, and the adapter's own start-up. */
export const ACCOUNT_ROUTES: RouteTable<TradingFloor> = {
  'GET /fapi/v3/account': read(5, (_params, trading) => accountV3(trading)),
  'GET /fapi/v2/account': read(5, (_params, trading) => accountV2(trading)),
  'GET /fapi/v3/balance': read(5, (_params, trading) => balances(trading)),
  'GET /fapi/v2/balance': read(5, (_params, trading) => balances(trading)),
  'GET /fapi/v3/positionRisk': bySymbol(5, (params, trading) => positionsV3(trading, params.text('symbol'))),
  'GET /fapi/v2/positionRisk': bySymbol(5, (params, trading) => positionsV2(trading, params.text('symbol'))),
  'GET /fapi/v1/accountConfig': read(5, (_params, { floor }) => {
    const { hedgeMode, multiAssetsMode, withdrawalsAllowed } = floor.faults.plan
    return {
      feeTier: 0,
      canTrade: true,
      canDeposit: true,
      canWithdraw: withdrawalsAllowed,
      dualSidePosition: hedgeMode,
      updateTime: 0,
      multiAssetsMargin: multiAssetsMode,
      tradeGroupId: -1,
    }
  }),
  'GET /fapi/v1/symbolConfig': bySymbol(5, (params, { settings, floor }) =>
    wanted(params, floor.listing.symbols).map((name) => ({
      symbol: name,
      marginType: settings.marginType(name),
      isAutoAddMargin: false,
      leverage: settings.leverage(name),
      maxNotionalValue: settings.maxNotionalUsd(name),
    })),
  ),
  'GET /fapi/v1/leverageBracket': bySymbol(1, (params, { floor }) => {
    const rows = wanted(params, floor.listing.symbols).map((name) => bracketsOf(name, floor))
    return params.has('symbol') ? rows[0]! : rows
  }),
  'GET /fapi/v1/commissionRate': {
    access: 'signed',
    weight: 20,
    takes: { symbol: must(symbol) },
    answer: (params, { engine }) => ({
      symbol: params.text('symbol')!,
      makerCommissionRate: engine.fees.maker,
      takerCommissionRate: engine.fees.taker,
      rpiCommissionRate: engine.fees.maker,
    }),
  },
  'POST /fapi/v1/leverage': {
    access: 'signed',
    weight: 1,
    takes: { symbol: must(symbol), leverage: must(whole) },
    answer: setLeverage,
  },
  'POST /fapi/v1/marginType': {
    access: 'signed',
    weight: 1,
    takes: { symbol: must(symbol), marginType: must(oneOf(['CROSSED', 'ISOLATED'], badData('marginType'))) },
    answer: setMarginType,
  },
  'GET /fapi/v1/positionSide/dual': read(30, (_params, { floor }) => ({
    dualSidePosition: floor.faults.plan.hedgeMode,
  })),
  'POST /fapi/v1/positionSide/dual': {
    access: 'signed',
    weight: 1,
    takes: { dualSidePosition: must(flag) },
    answer: setPositionMode,
  },
  'GET /fapi/v1/multiAssetsMargin': read(30, (_params, { floor }) => ({
    multiAssetsMargin: floor.faults.plan.multiAssetsMode,
  })),
  'POST /fapi/v1/multiAssetsMargin': {
    access: 'signed',
    weight: 1,
    takes: { multiAssetsMargin: must(flag) },
    answer: setMultiAssets,
  },
  'GET /fapi/v1/feeBurn': read(30, (_params, { floor }) => ({ feeBurn: floor.faults.plan.feeBurn })),
  'POST /fapi/v1/feeBurn': {
    access: 'signed',
    weight: 1,
    takes: { feeBurn: must(flag) },
    answer: (params, { floor }) => {
      floor.faults.set('feeBurn', params.flag('feeBurn'))
      return DONE
    },
  },
  'GET /fapi/v1/rateLimit/order': read(1, () => [
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_10S_MAX },
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_1M_MAX },
  ]),
  'GET /sapi/v1/account/apiRestrictions': read(1, (_params, { floor }) => ({
    ipRestrict: false,
    createTime: 1_609_459_200_000,
    enableReading: true,
    enableWithdrawals: floor.faults.plan.withdrawalsAllowed,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: true,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: false,
    enablePortfolioMarginTrading: false,
  })),
  'POST /fapi/v1/listenKey': keyed((_params, { listenKeys }) => ({ listenKey: listenKeys.create() })),
  'PUT /fapi/v1/listenKey': keyed((_params, { listenKeys }) =>
    listenKeys.keep() ? { listenKey: listenKeys.key! } : NO_LISTEN_KEY,
  ),
  'DELETE /fapi/v1/listenKey': keyed((_params, { listenKeys }) => {
    listenKeys.delete()
    return {}
  }),
}

type Answer = RestRoute<TradingFloor>['answer']

const DONE = { code: 200, msg: 'success' }
const NO_LISTEN_KEY = new Refusal(
  -1125,
  'This listenKey does not exist. Please use `POST /fapi/v1/listenKey` to recreate `listenKey`',
)

function read(weight: number, answer: Answer): RestRoute<TradingFloor> {
  return { access: 'signed', weight, answer }
}

function bySymbol(weight: number, answer: Answer): RestRoute<TradingFloor> {
  return { access: 'signed', weight, takes: { symbol: may(symbol) }, answer }
}

function keyed(answer: Answer): RestRoute<TradingFloor> {
  return { access: 'key', weight: 1, answer }
}

function badData(name: string): Refusal {
  return new Refusal(-1130, `Data sent for parameter '${name}' is not valid.`)
}

function wanted(params: Params, symbols: readonly string[]): readonly string[] {
  const one = params.text('symbol')
  return one === undefined ? symbols : [one]
}

/** One bracket, of the instrument's own rates. */
function bracketsOf(name: string, { listing }: TradingFloor['floor']): object {
  const { maxLeverage, maintenanceMarginRate } = listing.find(name)!.instrument
  return {
    symbol: name,
    notionalCoef: 1,
    brackets: [
      {
        bracket: 1,
        initialLeverage: maxLeverage,
        notionalCap: 100_000_000,
        notionalFloor: 0,
        maintMarginRatio: Number(maintenanceMarginRate),
        cum: 0,
      },
    ],
  }
}

function setLeverage(params: Params, trading: TradingFloor): object {
  const name = params.text('symbol')!
  const leverage = params.whole('leverage')!
  const { maxLeverage } = trading.floor.listing.find(name)!.instrument
  if (!(leverage >= 1 && leverage <= maxLeverage)) return new Refusal(-4028, `Leverage ${leverage} is not valid`)
  if (leverage !== trading.settings.leverage(name)) trading.setLeverage(name, leverage)
  return { leverage, maxNotionalValue: trading.settings.maxNotionalUsd(name), symbol: name }
}

function setMarginType(params: Params, { settings, known, algos, engine }: TradingFloor): object {
  const name = params.text('symbol')!
  const marginType = params.text('marginType') as 'CROSSED' | 'ISOLATED'
  if (settings.marginType(name) === marginType) return new Refusal(-4046, 'No need to change margin type.')
  if (known.open(name).length > 0 || algos.open(name).length > 0) {
    return new Refusal(-4047, 'Margin type cannot be changed if there exists open orders.')
  }
  if (!engine.held(name).isZero()) {
    return new Refusal(-4048, 'Margin type cannot be changed if there exists position.')
  }
  settings.setMarginType(name, marginType)
  return DONE
}

function setPositionMode(params: Params, { floor, known, algos, engine }: TradingFloor): object {
  const isHedged = params.flag('dualSidePosition')
  if (isHedged === floor.faults.plan.hedgeMode) return new Refusal(-4059, 'No need to change position side.')
  if (known.open().length > 0 || algos.open().length > 0) {
    return new Refusal(-4067, 'Position side cannot be changed if there exists open orders.')
  }
  if (!engine.matcher.account.isFlat) {
    return new Refusal(-4068, 'Position side cannot be changed if there exists position.')
  }
  floor.faults.set('hedgeMode', isHedged)
  return DONE
}

function setMultiAssets(params: Params, { floor, known, feed }: TradingFloor): object {
  const isWanted = params.flag('multiAssetsMargin')
  if (isWanted === floor.faults.plan.multiAssetsMode) {
    return new Refusal(-4171, 'Adjusted asset mode is currently set and does not need to be adjusted repeatedly.')
  }
  if (known.open().length > 0) {
    return new Refusal(-4170, 'Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.')
  }
  floor.faults.set('multiAssetsMode', isWanted)
  feed.tell(() => multiAssetsUpdate(isWanted, floor.clock.exchangeMs))
  return DONE
}
