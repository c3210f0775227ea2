import { describe, expect, it } from 'vitest'
import type { DecisionState } from '../../../src/core/decision/state.js'
import { clearedBy, judgeAccount, judgePosition, TruthOfMoment } from '../../../src/core/decision/truth.js'
import type { AccountStatus, PositionStatus } from '../../../src/ports/vocabulary/messages.js'
import { ENTERING, FLAT, OPEN, TRADE } from './held.js'

function position(quantity: string, changes: Partial<PositionStatus> = {}): PositionStatus {
  return {
    instrument: TRADE.instrument,
    quantity,
    entryPrice: quantity === '0' ? null : '50000',
    markPrice: '50000',
    liquidationPrice: null,
    recordedQuantity: quantity,
    positionId: null,
    openOrders: [],
    venueAtMs: 1,
    reportsIssued: 0,
    ...changes,
  }
}

function account(walletBalanceUsd: string, equityUsd = walletBalanceUsd): AccountStatus {
  return { walletBalanceUsd, equityUsd, availableMarginUsd: '1', fundingUsd: '0', venueAtMs: 1, reportsIssued: 0 }
}

const CLOSING: DecisionState = { ...OPEN, position: { ...OPEN.position!, state: 'CLOSING' } }
const seen = (state: DecisionState): DecisionState => ({ ...state, mismatches: { position: 1, account: 1 } })

describe('a stated position', () => {
  it.each<[string, string | undefined, DecisionState, PositionStatus]>([
    ['flat and flat', undefined, FLAT, position('0')],
    ['as held', undefined, OPEN, position('-0.3')],
    ['an average price off by what rounding does', undefined, OPEN, position('-0.3', { entryPrice: '50000.2' })],
    ['an average price off by more', 'ALERT_ENTRY_PRICE', OPEN, position('-0.3', { entryPrice: '50000.3' })],
    ['flat, and nothing is on its way', 'SYNC_LOCAL', OPEN, position('0')],
    [
      'flat, but the fills of the other side are not',
      'AWAIT_NEXT_TRUTH',
      OPEN,
      position('0', { recordedQuantity: '-0.3' }),
    ],
    ['flat, while closing', 'AWAIT_NEXT_TRUTH', CLOSING, position('0')],
    ['flat, while closing, again', 'SYNC_LOCAL', seen(CLOSING), position('0')],
    ['smaller', 'EMERGENCY_CLOSE', OPEN, position('-0.2')],
    ['on the other side', 'EMERGENCY_CLOSE', OPEN, position('0.3')],
    ['held where we are flat', 'EMERGENCY_CLOSE', FLAT, position('0.1')],
    ['another, while closing', 'AWAIT_NEXT_TRUTH', CLOSING, position('-0.1')],
    ['another, while closing, again', 'EMERGENCY_CLOSE', seen(CLOSING), position('-0.1')],
    ['held, while entering', 'AWAIT_NEXT_TRUTH', ENTERING, position('-0.3')],
    [
      'held in a symbol that is not ours',
      'EMERGENCY_CLOSE',
      OPEN,
      position('1', { instrument: { ...TRADE.instrument, symbol: 'ETHUSDT' } }),
    ],
    [
      'flat in a symbol that is not ours',
      undefined,
      OPEN,
      position('0', { instrument: { ...TRADE.instrument, symbol: 'ETHUSDT' } }),
    ],
  ])('%s: %s', (_, decision, state, status) => {
    expect(judgePosition(state, status, '0.1')?.decision).toBe(decision)
  })

  it('never gives up an entry that may still fill: it is left instead', () => {
    const filled = { ...ENTERING, position: { ...ENTERING.position!, quantity: '0.1', entryQuantity: '0.1' } }
    expect(judgePosition(seen(filled), position('0'), '0.1')?.decision).toBe('EMERGENCY_CLOSE')
  })
})

describe('a stated account', () => {
  it.each<[string, string | undefined, DecisionState, AccountStatus]>([
    ['the same', undefined, FLAT, account('10000')],
    ['off by a tenth of a percent', undefined, FLAT, account('10010')],
    ['off by more', 'LOCKOUT', FLAT, account('10010.1')],
    ['equity as the mark price makes it', undefined, OPEN, account('10000', '9970')],
    ['equity off', 'LOCKOUT', OPEN, account('10000', '9900')],
    ['off while something is on its way', 'AWAIT_NEXT_TRUTH', CLOSING, account('9900', '9970')],
    ['off while something is on its way, again', 'LOCKOUT', seen(CLOSING), account('9900', '9970')],
  ])('%s: %s', (_, decision, state, status) => {
    const held = state.position === null ? undefined : position('-0.3', { markPrice: '50100' })
    expect(judgeAccount(state, status, held, '0.001')?.decision).toBe(decision)
  })

  it('is compared by its balance alone without a mark price of the same moment', () => {
    expect(judgeAccount(OPEN, account('10000', '1'), undefined, '0.001')).toBeUndefined()
  })
})

describe('latches that a truth which fits clears', () => {
  const latches = {
    RESTART_RECONCILE_REQUIRED: 'x',
    MARKET_DATA_STALE: 'x',
    LINK_NOT_OK: 'x',
    POSITION_MISMATCH: 'x',
    ACCOUNT_MISMATCH: 'x',
  }

  it.each`
    isLinkOk | isMarketFresh | kept
    ${true}  | ${true}       | ${['ACCOUNT_MISMATCH']}
    ${false} | ${true}       | ${['LINK_NOT_OK', 'ACCOUNT_MISMATCH']}
    ${true}  | ${false}      | ${['MARKET_DATA_STALE', 'ACCOUNT_MISMATCH']}
  `('are those whose cause is over: link $isLinkOk, market $isMarketFresh', ({ kept, ...now }) => {
    const cleared = clearedBy({ ...FLAT, latches }, now)
    expect(Object.keys(latches).filter((reason) => !(cleared as string[]).includes(reason))).toEqual(kept)
  })

  it('are none while something is on its way', () => {
    expect(clearedBy({ ...CLOSING, latches }, { isLinkOk: true, isMarketFresh: true })).toEqual([])
  })
})

describe('the truth of a moment', () => {
  const ether = position('0', { instrument: { ...TRADE.instrument, symbol: 'ETHUSDT' } })

  it('fits when all of it is there and fits', () => {
    const moment = new TruthOfMoment()
    expect(moment.agrees(FLAT)).toBe(false)
    moment.position(position('0'), true)
    expect(moment.agrees(FLAT)).toBe(false)
    moment.accounted(account('1'), true)
    expect(moment.agrees(FLAT)).toBe(true)
    moment.position(ether, false)
    expect(moment.agrees(FLAT)).toBe(false)
  })

  it('has the symbol that is held in it', () => {
    const moment = new TruthOfMoment()
    moment.accounted(account('1'), true)
    moment.position(ether, true)
    expect([moment.agrees(OPEN), moment.agrees(FLAT), moment.agrees(ENTERING)]).toEqual([false, true, true])
    moment.position(position('-0.3'), true)
    expect(moment.agrees(OPEN)).toBe(true)
  })

  it('is of one moment: a later one begins anew', () => {
    const moment = new TruthOfMoment()
    moment.position(position('0'), true)
    moment.accounted({ ...account('1'), venueAtMs: 2 }, true)
    expect(moment.agrees(FLAT)).toBe(false)
    expect(moment.statusOf('BTCUSDT', 1)).toBeUndefined()
  })
})
