import type { InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { EntryIntent, EntryPermission } from '../../ports/vocabulary/messages.js'
import type { Holding } from './state.js'

/**
 * The permission for an intent that names the pending proposal exactly: id, instrument, side, size and price. A proposal is
 * permitted once; null for everything else, which is answered by silence.
 */
export function permissionFor(intent: EntryIntent, trade: Holding | null): EntryPermission | null {
  if (trade === null || trade.permissionId !== null || trade.positionId !== intent.intentId) return null
  const isExact =
    sameInstrument(trade.instrument, intent.instrument) &&
    trade.side === intent.side &&
    trade.orderedQuantity === intent.quantity &&
    trade.requestedPrice === intent.requestedPrice
  if (!isExact) return null
  const { intentId, instrument, side, quantity } = intent
  return { permissionId: `${intentId}.p`, intentId, instrument, side, quantity }
}

function sameInstrument(a: InstrumentIdentity, b: InstrumentIdentity): boolean {
  return (
    a.symbol === b.symbol && a.exchange === b.exchange && a.contractType === b.contractType && a.expiry === b.expiry
  )
}
