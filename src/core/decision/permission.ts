import { Exact } from '../../base/exact.js'
import type { OrderProvenance } from '../../ports/vocabulary/harness.js'
import type { InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { EntryIntent, EntryPermission, EntryRejectReason } from '../../ports/vocabulary/messages.js'
import type { Holding } from './state.js'

/** Why an intent is denied. */
export interface Denial {
  readonly reason: EntryRejectReason
  readonly detail: string
}

/**
 * What is wrong with an intent, the gate aside; undefined: it names the pending proposal exactly (id, instrument, side, size
 * and price), that was not permitted before, and its protection lies on both sides of the price.
 */
export function faultOf(intent: EntryIntent, holding: Holding | null): Denial | undefined {
  if (holding?.positionId !== intent.intentId)
    return { reason: 'REJECT_NO_PERMISSION', detail: 'not proposed, or taken back since' }
  if (holding.permissionId !== null) return { reason: 'REJECT_NO_PERMISSION', detail: 'permitted once, and once only' }
  const difference = differenceOf(intent, holding)
  if (difference !== undefined) return { reason: 'REJECT_PERMISSION_MISMATCH', detail: difference }
  if (isProtected(intent)) return undefined
  const { takeProfitPrice, stopPrice, requestedPrice } = intent
  const detail = `a take-profit at ${takeProfitPrice} and a stop at ${stopPrice} do not protect an entry at ${requestedPrice}`
  return { reason: 'REJECT_RISK_LIMIT', detail }
}

/** The permission for an intent without fault. */
export function permissionFor({ intentId, correlationId, instrument, side, quantity }: EntryIntent): EntryPermission {
  return { permissionId: `${intentId}.p`, intentId, correlationId, instrument, side, quantity }
}

function differenceOf(intent: EntryIntent, holding: Holding): string | undefined {
  if (!sameInstrument(holding.instrument, intent.instrument))
    return `${holding.instrument.symbol} proposed, ${intent.instrument.symbol} asked`
  if (holding.side !== intent.side) return `${holding.side} proposed, ${intent.side} asked`
  if (holding.orderedQuantity !== intent.quantity)
    return `${holding.orderedQuantity} proposed, ${intent.quantity} asked`
  if (holding.requestedPrice !== intent.requestedPrice)
    return `a price of ${holding.requestedPrice} proposed, ${intent.requestedPrice} asked`
  if (!sameProvenance(holding.provenance, intent.provenance))
    return `the belief ${beliefOf(holding)} proposed, ${beliefOf(intent)} asked`
  return undefined
}

function sameProvenance(a: OrderProvenance | undefined, b: OrderProvenance | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return (
    a.beliefId === b.beliefId &&
    a.signalId === b.signalId &&
    a.regimeStateId === b.regimeStateId &&
    a.permission === b.permission
  )
}

function beliefOf({ provenance }: Pick<EntryIntent, 'provenance'>): string {
  return provenance?.beliefId ?? 'of nobody'
}

function sameInstrument(a: InstrumentIdentity, b: InstrumentIdentity): boolean {
  return (
    a.symbol === b.symbol && a.exchange === b.exchange && a.contractType === b.contractType && a.expiry === b.expiry
  )
}

/** The take-profit on the side of the gain, the stop on that of the loss. */
function isProtected({ side, requestedPrice, takeProfitPrice, stopPrice }: EntryIntent): boolean {
  const price = new Exact(requestedPrice)
  const [low, high] = side === 'BUY' ? [stopPrice, takeProfitPrice] : [takeProfitPrice, stopPrice]
  return price.greaterThan(low) && price.lessThan(high)
}
