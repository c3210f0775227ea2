import { describe, expect, it, test } from 'vitest'
import { type Booked, bookReport, bookSyncFlat, walletUsd } from '../../../src/core/decision/book.js'
import type { Report } from '../../../src/core/decision/records.js'
import type { DecisionState, ExitOrder } from '../../../src/core/decision/state.js'
import { type PositionId, positionId } from '../../../src/ports/vocabulary/ids.js'
import type { EntryResult, ExitAck, FillPurpose } from '../../../src/ports/vocabulary/messages.js'
import { ENTERING, FLAT, fillReport, OPEN, TRADE } from './held.js'

const EXIT: ExitOrder = {
  exitId: 't-x9',
  positionId: positionId('t-1'),
  trigger: 'STRATEGY',
  reason: 'MAX_HOLD',
  requestedPrice: '49900',
  bar: 6,
}

function result(changes: Partial<EntryResult> = {}): Report {
  const common = { reportNumber: 1, intentId: 't-1', instrument: TRADE.instrument, filledQuantity: '0' }
  return {
    type: 'ENTRY_RESULT',
    body: { ...common, outcome: 'NOT_FILLED', reason: 'REJECT_VENUE', detail: 'no', ...changes },
  }
}

function acknowledged(outcome: ExitAck['outcome'], exitId = 't-x9'): Report {
  const common = { reportNumber: 1, positionId: TRADE.positionId, instrument: TRADE.instrument, detail: '' }
  return { type: 'EXIT_ACK', body: { ...common, exitId, outcome } }
}

function funded(amountUsd: string, positionId: PositionId | null, reportNumber = 1): Report {
  const body = { reportNumber, fundingId: 1, positionId, symbol: 'BTCUSDT', amountUsd, settledAtMs: 1 }
  return { type: 'FUNDING_REPORT', body }
}

/** One after another; the last one's booking. */
function booked(state: DecisionState, ...reports: readonly Report[]): Booked {
  let last: Booked = { state, facts: {}, calls: [] }
  for (const report of reports) last = bookReport(last.state, report)
  return last
}

describe('an entry', () => {
  it('opens the trade with its first fill and is complete with its last', () => {
    const first = booked(
      ENTERING,
      fillReport({ reportNumber: 1, purpose: 'ENTRY', quantity: '0.1', positionQuantity: '-0.1' }),
    )
    expect(first.facts.opened).toMatchObject({ tradeId: 't-1', direction: 'SHORT', openedAtMs: 15_100, entryBar: 3 })
    expect(first.calls).toMatchObject([{ strategyId: 'blue', fill: { leg: 'entry', quantity: 0.1, complete: false } }])
    const last = booked(
      first.state,
      fillReport({ reportNumber: 2, purpose: 'ENTRY', quantity: '0.2', filledPrice: '50003' }),
    )
    expect(last.facts.opened).toBeUndefined()
    expect(last.calls).toMatchObject([{ fill: { price: 50002, quantity: 0.3, feesUsd: 2, complete: true } }])
    expect(last.state.position).toMatchObject({ state: 'OPEN', quantity: '0.3', entryPrice: '50002' })
  })

  it('that ends in part is complete with what filled', () => {
    const part = fillReport({ reportNumber: 1, purpose: 'ENTRY', quantity: '0.1', positionQuantity: '-0.1' })
    const end = result({ reportNumber: 2, outcome: 'PARTIALLY_FILLED', filledQuantity: '0.1' })
    const { state, calls } = booked(ENTERING, part, end)
    expect(state.position).toMatchObject({ state: 'OPEN', quantity: '0.1' })
    expect(calls).toMatchObject([{ fill: { leg: 'entry', quantity: 0.1, complete: true } }])
  })

  it('of which nothing filled is missed, and the strategy is told why', () => {
    const { state, facts, calls } = booked(ENTERING, result({ reason: 'REJECT_PERMISSION_LATE', detail: 'late' }))
    expect([state.position, state.holding]).toEqual([null, null])
    expect(facts.missed).toMatchObject([
      { strategy: 'blue', reason: 'REJECT_PERMISSION_LATE', detail: 'late', requestedPrice: '50000' },
    ])
    expect(calls).toEqual([
      { strategyId: 'blue', kind: 'dropped', symbol: 'BTCUSDT', reason: 'REJECT_PERMISSION_LATE' },
    ])
  })

  it('that was taken back here, or is over, may end there', () => {
    for (const end of [result(), result({ outcome: 'FILLED', filledQuantity: '0.3' })])
      expect(booked(FLAT, end)).toEqual({ state: { ...FLAT, reportsSeen: 1 }, facts: {}, calls: [] })
  })
})

describe('an exit', () => {
  it.each<[FillPurpose, ExitOrder | null, string, string, string | null]>([
    ['EXIT', EXIT, 'MAX_HOLD', 'MAX_HOLD', '49900'],
    ['EXIT', { ...EXIT, trigger: 'OPERATOR', reason: 'lunch' }, 'lunch', 'OPERATOR', '49900'],
    [
      'EXIT',
      { ...EXIT, trigger: 'SAFETY', reason: 'position_mismatch', positionId: null },
      'position_mismatch',
      'SAFETY',
      '49900',
    ],
    ['EXIT', { ...EXIT, positionId: positionId('t-0') }, 'OTHER', 'OTHER', '50000'],
    ['EXIT', null, 'OTHER', 'OTHER', '50000'],
    ['TAKE_PROFIT', null, 'TAKE_PROFIT', 'TAKE_PROFIT', '50000'],
    ['TAKE_PROFIT', EXIT, 'TAKE_PROFIT', 'TAKE_PROFIT', '50000'],
    ['CATASTROPHIC_STOP', null, 'CATASTROPHIC_STOP', 'CATASTROPHIC_STOP', '50000'],
    ['FAIL_SAFE', null, 'FAIL_SAFE', 'FAIL_SAFE', '50000'],
    ['LIQUIDATION', null, 'LIQUIDATION', 'LIQUIDATION', '50000'],
  ])('by %s, ordered by %o, is %s to the journal and %s to the strategy', (purpose, exit, reason, told, requested) => {
    const { state, facts, calls } = booked({ ...OPEN, exit }, fillReport({ reportNumber: 1, purpose }))
    expect(facts.closed).toMatchObject({
      tradeId: 't-1',
      purpose,
      reason,
      requestedPrice: requested,
      exitBar: exit?.bar === 6 && purpose === 'EXIT' && reason !== 'OTHER' ? 6 : 7,
    })
    expect(calls).toMatchObject([{ fill: { leg: 'exit', complete: true, reason: told } }])
    expect([state.position, state.holding]).toEqual([null, null])
  })

  it('brings its money to the balance exactly: prices, both legs’ fees, funding', () => {
    const state: DecisionState = { ...OPEN, holding: { ...OPEN.holding!, entryFeesUsd: '2.5' } }
    const part = fillReport({
      reportNumber: 2,
      purpose: 'EXIT',
      quantity: '0.1',
      filledPrice: '49000',
      positionQuantity: '-0.2',
    })
    const rest = fillReport({ reportNumber: 3, purpose: 'EXIT', quantity: '0.2', filledPrice: '49500.5' })
    const half = booked(state, funded('-0.75', TRADE.positionId), part)
    expect(half.calls).toMatchObject([{ fill: { price: 49000, quantity: 0.1, complete: false } }])
    expect(walletUsd(half.state).toFixed()).toBe('10095.75')
    const { facts, state: flat } = booked(half.state, rest)
    expect(facts.closed).toMatchObject({
      quantity: '0.3',
      entryValueUsd: '15000',
      exitValueUsd: '14800.1',
      entryFeesUsd: '2.5',
      exitFeesUsd: '2',
      fundingUsd: '-0.75',
    })
    expect([flat.balanceUsd, walletUsd(flat).toFixed()]).toEqual(['10194.65', '10194.65'])
  })

  it('stays ordered until it is said to be done, by its own id', () => {
    const state = { ...OPEN, exit: EXIT }
    expect(booked(state, acknowledged('ACCEPTED')).state.exit).toBe(EXIT)
    expect(booked(state, acknowledged('COMPLETE', 't-x8')).state.exit).toBe(EXIT)
    expect(booked(state, acknowledged('COMPLETE')).state.exit).toBeNull()
    expect(booked(state, acknowledged('ALREADY_FLAT')).state.exit).toBeNull()
  })

  it('before the entry is over leaves the trade until that is', () => {
    const part = fillReport({ reportNumber: 1, purpose: 'ENTRY', quantity: '0.1', positionQuantity: '-0.1' })
    const out = fillReport({ reportNumber: 2, purpose: 'FAIL_SAFE', quantity: '0.1' })
    const waiting = booked(ENTERING, part, out)
    expect(waiting).toMatchObject({ state: { position: { state: 'CLOSING', quantity: '0' } }, facts: {} })
    const end = result({ reportNumber: 3, outcome: 'PARTIALLY_FILLED', filledQuantity: '0.1' })
    const { facts, calls, state } = booked(waiting.state, end)
    expect(facts.closed).toMatchObject({ quantity: '0.1', purpose: 'FAIL_SAFE' })
    expect(calls).toMatchObject([{ fill: { leg: 'exit', complete: true } }])
    expect(state.holding).toBeNull()
  })
})

describe('a reduction', () => {
  const reduction = {
    actionId: 't-r5',
    positionId: TRADE.positionId,
    quantity: '0.2',
    filledQuantity: '0',
    requestedPrice: '50000',
    proposedAtMs: 1,
  }

  it('is over when its quantity has filled, and the position stays', () => {
    const part = fillReport({ reportNumber: 1, purpose: 'REDUCE', quantity: '0.15', positionQuantity: '-0.15' })
    const rest = fillReport({ reportNumber: 2, purpose: 'REDUCE', quantity: '0.05', positionQuantity: '-0.1' })
    const half = booked({ ...OPEN, reduction }, part)
    expect(half.state).toMatchObject({ reduction: { filledQuantity: '0.15' }, position: { state: 'REDUCING' } })
    const { state, calls } = booked(half.state, rest)
    expect(state).toMatchObject({ reduction: null, position: { state: 'OPEN', quantity: '0.1' } })
    expect(calls).toMatchObject([{ fill: { leg: 'exit', quantity: 0.2, complete: false } }])
  })

  it('ends with a result of its own when its rest will not fill', () => {
    const { state } = booked({ ...OPEN, reduction }, result({ intentId: 't-r5' }))
    expect(state).toMatchObject({ reduction: null, position: { state: 'OPEN' } })
  })
})

describe('an exit from a position that somebody else has made larger', () => {
  const known: DecisionState = { ...OPEN, latches: { POSITION_MISMATCH: 'trade 7 of BTCUSDT is not ours' } }

  it.each<FillPurpose>(['EXIT', 'TAKE_PROFIT', 'CATASTROPHIC_STOP', 'FAIL_SAFE', 'LIQUIDATION'])(
    'by %s closes what is held here, at its price and with the whole fee',
    (purpose) => {
      const { state, facts, fault } = booked(
        known,
        fillReport({
          reportNumber: 1,
          purpose,
          quantity: '0.5',
          filledPrice: '49000',
          feeUsd: '12',
          positionQuantity: '0',
        }),
      )
      expect(fault).toBeUndefined()
      expect(facts.closed).toMatchObject({ quantity: '0.3', exitValueUsd: '14700', exitFeesUsd: '12' })
      expect(state).toMatchObject({ position: null, holding: null, latches: known.latches })
    },
  )

  it('is taken off what is held here first, fill by fill', () => {
    const part = { purpose: 'EXIT', feeUsd: '1' } as const
    const { state, facts, fault } = booked(
      known,
      fillReport({ ...part, reportNumber: 1, quantity: '0.2', positionQuantity: '-0.3' }),
      fillReport({ ...part, reportNumber: 2, quantity: '0.3', positionQuantity: '0' }),
    )
    expect(fault).toBeUndefined()
    expect(facts.closed).toMatchObject({ quantity: '0.3', exitValueUsd: '15000', exitFeesUsd: '2' })
    expect(state.position).toBeNull()
  })

  it('is no such exit while nobody else is known of', () => {
    const { fault } = booked(OPEN, fillReport({ reportNumber: 1, purpose: 'EXIT', quantity: '0.5' }))
    expect(fault).toContain('0.5 of 0.3')
  })
})

describe('funding', () => {
  it.each([
    [positionId('t-1'), '10000', '-3'],
    [positionId('t-0'), '9997', '0'],
    [null, '9997', '0'],
  ])('of position %s goes to the trade that is open, else to the balance', (of, balanceUsd, fundingUsd) => {
    const { state } = booked(OPEN, funded('-3', of))
    expect([state.balanceUsd, state.holding?.fundingUsd]).toEqual([balanceUsd, fundingUsd])
  })
})

describe('a report that does not fit', () => {
  it.each<[string, DecisionState, Report]>([
    ['ENTRY fill 1 of t-1: nothing is held here', FLAT, fillReport({ reportNumber: 1, purpose: 'ENTRY' })],
    [
      'ENTRY fill 1 of t-2: t-1 is held here',
      ENTERING,
      fillReport({ reportNumber: 1, purpose: 'ENTRY', positionId: positionId('t-2') }),
    ],
    ['FOREIGN fill 1 of t-1', OPEN, fillReport({ reportNumber: 1, purpose: 'FOREIGN' })],
    ['BUY BTCUSDT does not fit SELL BTCUSDT', ENTERING, fillReport({ reportNumber: 1, purpose: 'ENTRY', side: 'BUY' })],
    ['0.4 of t-1 filled, 0.3 ordered', ENTERING, fillReport({ reportNumber: 1, purpose: 'ENTRY', quantity: '0.4' })],
    [
      'a position of -0.3 is left here, -0.2 there',
      ENTERING,
      fillReport({ reportNumber: 1, purpose: 'ENTRY', positionQuantity: '-0.2' }),
    ],
    ['0.4 of 0.3', OPEN, fillReport({ reportNumber: 1, purpose: 'EXIT', quantity: '0.4' })],
    ['ENTRY_FILL is impossible in OPEN', OPEN, fillReport({ reportNumber: 1, purpose: 'ENTRY', quantity: '0' })],
    ['0.1 filled there, 0.3 here', OPEN, result({ filledQuantity: '0.1' })],
  ])('changes nothing but is seen, and says: %s', (message, state, report) => {
    const { fault, state: after, calls } = booked(state, report)
    expect(fault).toContain(message)
    expect(after).toEqual({ ...state, reportsSeen: 1 })
    expect(calls).toEqual([])
  })
})

test('a funding that is told while an entry has no fill yet is of the account, and stays when nothing fills', () => {
  const told = booked(ENTERING, funded('-6', positionId('t-1')))
  const before = Number(ENTERING.balanceUsd)
  expect(Number(told.state.balanceUsd)).toBe(before - 6)
  expect(Number(booked(told.state, result({ reportNumber: 2 })).state.balanceUsd)).toBe(before - 6)
})

describe('a position that the venue does not have', () => {
  it("never closes before it opened, wherever the venue's clock was set", () => {
    expect(bookSyncFlat(OPEN, '50100', 99).facts.closed).toMatchObject({ closedAtMs: 15_100 })
    const early = fillReport({ reportNumber: 1, purpose: 'LIQUIDATION', quantity: '0.3', filledAtMs: 11_100 })
    expect(booked(OPEN, early).facts.closed).toMatchObject({ closedAtMs: 15_100 })
  })

  it('is given up at the mark price', () => {
    const { state, facts, calls } = bookSyncFlat(OPEN, '50100', 20_000)
    expect(facts.closed).toMatchObject({
      reason: 'SYNC_LOCAL',
      exitValueUsd: '15030',
      quantity: '0.3',
      closedAtMs: 20_000,
    })
    expect(calls).toMatchObject([{ fill: { complete: true, reason: 'SAFETY' } }])
    expect(state).toMatchObject({ position: null, holding: null, balanceUsd: '9970' })
  })
})
