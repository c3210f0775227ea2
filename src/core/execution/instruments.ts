import { type DecimalText, exact } from '../../base/exact.js'
import type { Instrument, InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { ActiveContractStatus } from '../../ports/vocabulary/messages.js'
import { isMultipleOf } from '../orders/rounding.js'
import type { ExecutionDesk } from './execution-desk.js'

/** Whether an identity is the configured active contract, and may be traded now. No rollover: another contract is refused. */
export function contractStatus(desk: ExecutionDesk, asked: InstrumentIdentity): ActiveContractStatus {
  const active = desk.settings.instruments.find(({ identity }) => identity.symbol === asked.symbol)?.identity
  if (active === undefined) return { instrument: asked, status: 'UNINTENDED', detail: `${asked.symbol} is not active` }
  const other = difference(active, asked)
  if (other !== undefined) return { instrument: asked, status: 'UNINTENDED', detail: other }
  if (isExpired(active, desk.nowMs)) {
    return { instrument: asked, status: 'EXPIRED', detail: `${active.symbol} expired on ${active.expiry}` }
  }
  const stated = desk.instrumentOf(asked.symbol)
  const changed = stated === undefined ? undefined : difference(active, stated.identity)
  if (changed !== undefined) return { instrument: asked, status: 'UNINTENDED', detail: `the venue says: ${changed}` }
  if (stated?.status !== 'TRADING') {
    return { instrument: asked, status: 'NOT_TRADING', detail: `${active.symbol} is ${stated?.status ?? 'unknown'}` }
  }
  return { instrument: asked, status: 'ACTIVE', detail: '' }
}

/** Why the venue would refuse an opening order of this size; undefined when it would not. */
export function sizeProblem(
  instrument: Instrument,
  { quantity, price }: { readonly quantity: DecimalText; readonly price: DecimalText },
): string | undefined {
  const size = exact(quantity)
  const { lotSize, minQuantity, maxQuantity, minNotionalUsd } = instrument
  if (!isMultipleOf(size, lotSize)) return `quantity ${quantity} is no multiple of the lot ${lotSize}`
  if (size.lessThan(exact(minQuantity))) return `quantity ${quantity} is below ${minQuantity}`
  if (size.greaterThan(exact(maxQuantity))) return `quantity ${quantity} is above ${maxQuantity}`
  const notional = size.times(exact(price))
  if (notional.lessThan(exact(minNotionalUsd))) return `notional ${notional.toFixed()} USD is below ${minNotionalUsd}`
  return undefined
}

function difference(active: InstrumentIdentity, found: InstrumentIdentity): string | undefined {
  for (const key of ['symbol', 'exchange', 'contractType', 'expiry'] as const) {
    if (active[key] !== found[key]) return `${key}: the active contract has ${active[key]}, not ${found[key]}`
  }
  return undefined
}

/** From 00:00 UTC of its day of delivery on. */
function isExpired({ contractType, expiry }: InstrumentIdentity, nowMs: number): boolean {
  return contractType === 'DATED' && !(nowMs < Date.parse(`${expiry}T00:00:00Z`))
}
