import { expect, it } from 'vitest'
import { accountProblem, type RuledRoute } from '../../../../src/adapters/binance/venue/account-rules.js'

it.each<[RuledRoute, unknown, string | undefined]>([
  ['positionMode', { dualSidePosition: false }, undefined],
  ['positionMode', { dualSidePosition: true }, 'HEDGE_MODE'],
  ['positionMode', null, 'HEDGE_MODE'],
  ['multiAssetsMode', { multiAssetsMargin: false }, undefined],
  ['multiAssetsMode', { multiAssetsMargin: true }, 'MULTI_ASSETS_MODE'],
  ['feeBurn', { feeBurn: false }, undefined],
  ['feeBurn', { feeBurn: true }, 'FEE_BURN'],
  ['feeBurn', {}, 'FEE_BURN'],
  ['apiRestrictions', { enableWithdrawals: false }, undefined],
  ['apiRestrictions', {}, undefined],
  ['apiRestrictions', { enableWithdrawals: true }, 'WITHDRAWALS_ALLOWED'],
])('%s answered with %j is the problem %s', (route, value, code) => {
  expect(accountProblem(route, value)?.code).toBe(code)
})
