import type { TradingFloor } from '../trading/trading-floor.js'
import { type ParamRules, refuseParams } from './param-rules.js'
import { malformed, Params } from './params.js'
import { Refusal } from './refusal.js'

/** Up to five orders in one request, each answered by itself: one that is refused does not stop the others. */
export function batchOf(
  params: Params,
  rules: ParamRules,
  trading: TradingFloor,
  each: (params: Params, trading: TradingFloor) => object | Refusal,
): object | Refusal {
  const rows = listIn(params, 'batchOrders')
  if (rows === undefined) return malformed('batchOrders')
  if (rows.length === 0 || rows.length > BATCH_MAX) {
    return new Refusal(-4082, `Invalid number of batch place orders: ${rows.length}.`)
  }
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null) return written(malformed('batchOrders'))
    const one = new Params(new Map(Object.entries(row).map(([name, value]) => [name, String(value)])))
    return placed(refuseParams(one, rules, trading.floor.listing) ?? each(one, trading))
  })
}

/** The orders that a cancelling batch names, by number or by the client's name. */
export function cancelNames(params: Params): readonly ReadonlyMap<string, string>[] | Refusal {
  const symbol = params.text('symbol')!
  const byNumber = listIn(params, 'orderIdList')
  // Clients write the second name in lower case too.
  const byName = listIn(params, 'origClientOrderIdList') ?? listIn(params, 'origclientorderidlist')
  const list = byNumber ?? byName
  if (list === undefined) return malformed('orderIdList')
  if (list.length > CANCELS_MAX) return new Refusal(-4032, 'Exceed maximum cancel order size.')
  const key = byNumber === undefined ? 'origClientOrderId' : 'orderId'
  return list.map(
    (name) =>
      new Map([
        ['symbol', symbol],
        [key, String(name)],
      ]),
  )
}

/** One outcome within a list of them. */
export function placed(outcome: object | Refusal): object {
  return outcome instanceof Refusal ? written(outcome) : outcome
}

const BATCH_MAX = 5
const CANCELS_MAX = 10

function written({ code, message }: Refusal): object {
  return { code, msg: message }
}

function listIn(params: Params, name: string): readonly unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(params.text(name) ?? '')
    return Array.isArray(list) ? list : undefined
  } catch {
    return undefined
  }
}
