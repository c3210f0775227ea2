import type { StartProblem } from './venue-told.js'

/** What an answer says of how the account is set up: undefined where it is as this system trades. */
export function accountProblem(route: RuledRoute, value: unknown): StartProblem | undefined {
  const { field, expected, code, message } = RULES[route]
  const found =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined
  // What may be absent is not wrong by being absent.
  const isRight = route === 'apiRestrictions' ? found !== true : found === expected
  return isRight ? undefined : { code, message }
}

export type RuledRoute = keyof typeof RULES

const RULES = {
  positionMode: {
    field: 'dualSidePosition',
    expected: false,
    code: 'HEDGE_MODE',
    message:
      'position mode: expected one-way, found hedge mode: switch it in the settings of futures, with no position open',
  },
  multiAssetsMode: {
    field: 'multiAssetsMargin',
    expected: false,
    code: 'MULTI_ASSETS_MODE',
    message:
      'asset mode: expected single-asset, found multi-assets mode: switch it in the settings of futures, with no position open',
  },
  feeBurn: {
    field: 'feeBurn',
    expected: false,
    code: 'FEE_BURN',
    message: 'fees: expected in USDT, found in BNB: switch off "use BNB for fees" for futures',
  },
  apiRestrictions: {
    field: 'enableWithdrawals',
    expected: false,
    code: 'WITHDRAWALS_ALLOWED',
    message:
      'API key: expected one that may not withdraw, found one that may: take that permission from it, or make another',
  },
} as const
