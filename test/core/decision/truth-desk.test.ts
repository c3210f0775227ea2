import { describe, expect, it } from 'vitest'
import { Desk } from '../../../src/core/decision/desk.js'
import { Exits } from '../../../src/core/decision/exits.js'
import type { DecisionState } from '../../../src/core/decision/state.js'
import { Strategies } from '../../../src/core/decision/strategies.js'
import { TruthDesk } from '../../../src/core/decision/truth-desk.js'
import type { PositionStatus } from '../../../src/ports/vocabulary/messages.js'
import { OPEN, TRADE } from './held.js'
import { decisionSettings } from './two-sides.js'

/** Flat there, and no price was told. */
const FLAT_WITHOUT_PRICE: PositionStatus = {
  instrument: TRADE.instrument,
  quantity: '0',
  entryPrice: null,
  markPrice: null,
  liquidationPrice: null,
  recordedQuantity: '0',
  positionId: null,
  openOrders: [],
  venueAtMs: 5,
  reportsIssued: 0,
}

function stated(state: DecisionState, status: PositionStatus): Desk {
  const desk = new Desk(decisionSettings(), new Strategies([]), state)
  desk.begin({ kind: 'time', nowMs: 20_000 })
  new TruthDesk(desk, new Exits(desk)).positionStated(status)
  return desk
}

describe('a position that the venue does not have, and of which it tells no price', () => {
  it('is given up with nothing won or lost', () => {
    const { state } = stated(OPEN, FLAT_WITHOUT_PRICE)
    expect(state).toMatchObject({ position: null, trade: null, balanceUsd: '10000' })
    expect(state.latches).toHaveProperty('POSITION_MISMATCH')
  })

  it('is left at no price when its entry may still fill', () => {
    const position = { ...OPEN.position!, state: 'ENTERING', entryOver: false } as const
    const mismatches = { position: 1, account: 0 }
    const desk = stated({ ...OPEN, position, mismatches }, FLAT_WITHOUT_PRICE)
    expect(desk.state.exit).toMatchObject({ reason: 'position_mismatch', requestedPrice: null })
  })
})
