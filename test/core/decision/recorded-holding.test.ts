import { expect, it } from 'vitest'
import { holdingOf } from '../../../src/core/decision/recorded-holding.js'
import { TRADE } from './held.js'

it('a recorded holding calls the id of its position tradeId, as the journals of every version do', () => {
  const { positionId, ...rest } = TRADE
  expect(holdingOf({ ...rest, tradeId: positionId })).toEqual(TRADE)
})
