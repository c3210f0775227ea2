import { describe, expect, it } from 'vitest'
import { faultOf, permissionFor } from '../../../src/core/decision/permission.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { EntryIntent } from '../../../src/ports/vocabulary/messages.js'
import { TRADE } from './held.js'

/** A proposal to sell at 50,000 that was not permitted yet, and the intent for it. */
const PROPOSAL = { ...TRADE, permissionId: null }
const INTENT: EntryIntent = {
  intentId: TRADE.positionId,
  correlationId: '3.41',
  instrument: TRADE.instrument,
  side: TRADE.side,
  quantity: TRADE.orderedQuantity,
  requestedPrice: TRADE.requestedPrice,
  entryStyle: 'MARKET',
  takeProfitPrice: '49335',
  stopPrice: '55000',
}

describe('an intent', () => {
  it('without fault is permitted under the id of its question', () => {
    expect(faultOf(INTENT, PROPOSAL)).toBeUndefined()
    const { intentId, instrument, side, quantity } = INTENT
    const permission = { permissionId: 't-1.p', intentId, correlationId: '3.41', instrument, side, quantity }
    expect(permissionFor(INTENT)).toEqual(permission)
  })

  it.each<[string, Partial<EntryIntent>, string]>([
    ['of another size', { quantity: '7' }, 'REJECT_PERMISSION_MISMATCH'],
    ['of another price', { requestedPrice: '50001' }, 'REJECT_PERMISSION_MISMATCH'],
    ['of the other side', { side: 'BUY' }, 'REJECT_PERMISSION_MISMATCH'],
    [
      'of another contract',
      { instrument: { ...TRADE.instrument, contractType: 'DATED', expiry: '2026-12-25' } },
      'REJECT_PERMISSION_MISMATCH',
    ],
    [
      'of another belief',
      { provenance: { beliefId: 'b', signalId: 's', regimeStateId: 'r', permission: 'f' } },
      'REJECT_PERMISSION_MISMATCH',
    ],
    ['that nobody proposed', { intentId: positionId('t-2') }, 'REJECT_NO_PERMISSION'],
    ['whose stop lies below a short', { stopPrice: '49999' }, 'REJECT_RISK_LIMIT'],
    ['whose take-profit lies above a short', { takeProfitPrice: '50001' }, 'REJECT_RISK_LIMIT'],
    [
      'whose protection lies at the price itself',
      { takeProfitPrice: '50000', stopPrice: '50000' },
      'REJECT_RISK_LIMIT',
    ],
  ])('%s is denied', (_what, other, reason) => {
    expect(faultOf({ ...INTENT, ...other }, PROPOSAL)).toMatchObject({ reason })
  })

  it('whose protection would fit the other side is denied', () => {
    const long = { ...INTENT, side: 'BUY' } as const
    expect(faultOf(long, { ...PROPOSAL, side: 'BUY' })).toMatchObject({ reason: 'REJECT_RISK_LIMIT' })
    const turned = { ...long, takeProfitPrice: INTENT.stopPrice, stopPrice: INTENT.takeProfitPrice }
    expect(faultOf(turned, { ...PROPOSAL, side: 'BUY' })).toBeUndefined()
  })

  it('for what was permitted, or is no more, is denied', () => {
    expect(faultOf(INTENT, TRADE)).toMatchObject({ reason: 'REJECT_NO_PERMISSION' })
    expect(faultOf(INTENT, null)).toMatchObject({ reason: 'REJECT_NO_PERMISSION' })
  })
})
