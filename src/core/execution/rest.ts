import type { Exact } from '../../base/exact.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { ExecutionDesk } from './execution-desk.js'

/** Signed base units: what our fills add up to, and what the venue has beyond them. */
export function quantityToClose(desk: ExecutionDesk, symbol: string): Exact {
  return desk.recordedQuantity(symbol).plus(desk.unexplained.get(symbol) ?? 0)
}

/**
 * A rest that the venue refuses for its size can be closed by no order of ours. One standing alert says what a person can do;
 * nothing is sent again before the rest or the smallest order changes, so a later fill is closed together with it.
 */
export function onExitRejected(desk: ExecutionDesk, symbol: string): boolean {
  const toClose = quantityToClose(desk, symbol)
  const instrument = desk.instrumentOf(symbol)
  if (toClose.isZero() || !isTooSmall(instrument, toClose)) return false
  desk.unclosable = toClose.toFixed()
  desk.alert(
    'ERROR',
    'position',
    `${toClose.toFixed()} ${symbol} is left and less than the venue's smallest order of ${instrument!.minQuantity}: ` +
      'it is closed with the next fill, or by hand at the venue; nothing opens until then',
  )
  return true
}

/** Whether no order of ours can close it: the venue takes none that small. */
export function isTooSmall(instrument: Instrument | undefined, quantity: Exact): boolean {
  return instrument !== undefined && quantity.abs().lessThan(instrument.minQuantity)
}
