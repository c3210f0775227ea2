import type { DecisionState, Holding } from '../../../src/core/decision/state.js'
import { initialState } from '../../../src/core/decision/state.js'
import { flatPosition, type PositionEvent, transition } from '../../../src/core/position/position.js'
import { positionId, venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { FillReport } from '../../../src/ports/vocabulary/messages.js'
import { instrument } from '../../support/instruments.js'

export const TRADE: Holding = {
  positionId: positionId('t-1'),
  strategyId: 'blue',
  instrument: instrument().identity,
  direction: -1,
  side: 'SELL',
  orderedQuantity: '0.3',
  requestedPrice: '50000',
  targetNotionalUsd: '15000',
  entryBar: 3,
  entryBarAtMs: 15_000,
  proposedAtMs: 15_001,
  permissionId: 't-1.p',
  openedAtMs: null,
  entryFeesUsd: '0',
  exitQuantity: '0',
  exitValueUsd: '0',
  exitFeesUsd: '0',
  fundingUsd: '0',
  lastExit: null,
}

export const FLAT: DecisionState = { ...initialState({ initialBalanceUsd: '10000' }), bar: 7 }

const ENTRY: PositionEvent = { type: 'ENTRY', direction: -1 }
const FILL: PositionEvent = { type: 'ENTRY_FILL', quantity: '0.3', price: '50000', last: true }

function having(...events: readonly PositionEvent[]): DecisionState {
  return { ...FLAT, holding: TRADE, position: events.reduce(transition, flatPosition('BTCUSDT')) }
}

/** A permitted entry of 0.3, nothing filled. */
export const ENTERING = having(ENTRY)
/** All of it filled at 50,000, without fees. */
export const OPEN: DecisionState = { ...having(ENTRY, FILL), holding: { ...TRADE, openedAtMs: 15_100 } }

/** Fees of 1 USD; at 50,000. */
export function fillReport(changes: Partial<FillReport> & Pick<FillReport, 'reportNumber' | 'purpose'>): {
  readonly type: 'FILL_REPORT'
  readonly body: FillReport
} {
  const body: FillReport = {
    positionId: positionId('t-1'),
    instrument: TRADE.instrument,
    tradeId: venueTradeId(changes.reportNumber),
    clientOrderId: 't-1.e',
    side: changes.purpose === 'ENTRY' ? 'SELL' : 'BUY',
    quantity: '0.3',
    requestedPrice: '50000',
    filledPrice: '50000',
    slippageBps: 0,
    feeUsd: '1',
    maker: false,
    requestedAtMs: 15_050,
    filledAtMs: 15_100,
    positionQuantity: changes.purpose === 'ENTRY' ? '-0.3' : '0',
    ...changes,
  }
  return { type: 'FILL_REPORT', body }
}
