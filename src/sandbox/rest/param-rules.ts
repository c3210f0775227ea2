import type { Listing } from '../listing.js'
import { malformed, type Params } from './params.js'
import { Refusal } from './refusal.js'

/** What a parameter must look like, by its name. */
export type ParamRules = Readonly<Record<string, ParamRule>>

export interface ParamRule {
  readonly must: boolean
  refuse(value: string, name: string, listing: Listing): Refusal | undefined
}

/** The first parameter that is missing or not what it should be. Codes: the exchange's list of errors. */
export function refuseParams(params: Params, rules: ParamRules, listing: Listing): Refusal | undefined {
  for (const name in rules) {
    const rule = rules[name]!
    const value = params.text(name)
    if (value === undefined) {
      if (rule.must) return malformed(name)
      continue
    }
    const refusal = rule.refuse(value, name, listing)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

export function must(rule: ParamRule['refuse']): ParamRule {
  return { must: true, refuse: rule }
}

export function may(rule: ParamRule['refuse']): ParamRule {
  return { must: false, refuse: rule }
}

export const symbol: ParamRule['refuse'] = (value, _name, listing) =>
  listing.find(value) === undefined || listing.isHeldBack(value) ? new Refusal(-1121, 'Invalid symbol.') : undefined

export const whole: ParamRule['refuse'] = (value, name) => (/^\d{1,16}$/.test(value) ? undefined : malformed(name))

/** A plain decimal: no exponent, no sign but a minus. */
export const decimal: ParamRule['refuse'] = (value, name) =>
  /^-?\d{1,20}(\.\d{1,20})?$/.test(value) ? undefined : malformed(name)

export const flag: ParamRule['refuse'] = (value, name) => (/^(true|false)$/i.test(value) ? undefined : malformed(name))

export const side = oneOf(['BUY', 'SELL'], new Refusal(-1117, 'Invalid side.'))

export const timeInForce = oneOf(
  ['GTC', 'IOC', 'FOK', 'GTX', 'GTD', 'RPI', 'GTE_GTC'],
  new Refusal(-1115, 'Invalid timeInForce.'),
)

export const positionSide = oneOf(['BOTH', 'LONG', 'SHORT'], new Refusal(-4060, 'Invalid position side.'))

export const answerType = oneOf(['ACK', 'RESULT'], new Refusal(-1136, 'Invalid newOrderRespType.'))

export const workingType = oneOf(
  ['MARK_PRICE', 'CONTRACT_PRICE'],
  new Refusal(-4031, 'Invalid parameter working type.'),
)

export const selfTradePrevention = oneOf(
  ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
  new Refusal(-5039, 'Invalid self trade prevention mode.'),
)

/** OPPONENT_10 and OPPONENT_20 were removed on 2025-10-23. */
export const priceMatch = oneOf(
  ['NONE', 'OPPONENT', 'OPPONENT_5', 'QUEUE', 'QUEUE_5', 'QUEUE_10', 'QUEUE_20'],
  new Refusal(-5037, 'Invalid price match.'),
)

/** At most 36 characters, of those that the exchange takes. */
export const clientId: ParamRule['refuse'] = (value, name) => {
  if (value.length > 36) return new Refusal(-4015, 'Client order id length should not be more than 36 chars')
  return CLIENT_ID.test(value)
    ? undefined
    : new Refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '${CLIENT_ID.source}'.`)
}

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/

/** Rows of one answer: 1 to 1,000. */
export const limit: ParamRule['refuse'] = (value, name) =>
  /^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= 1_000
    ? undefined
    : new Refusal(-1130, `Data sent for parameter '${name}' is not valid.`)

export function oneOf(values: readonly string[], refusal: Refusal): ParamRule['refuse'] {
  return (value) => (values.includes(value) ? undefined : refusal)
}
