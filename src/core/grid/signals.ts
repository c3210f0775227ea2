import type { Mandate } from '../../ports/strategy.js'
import { mandateFault } from '../arbitration/arbitration.js'
import type { DocumentOf } from './document.js'
import type { SIGNALS } from './trader-documents.js'

export interface SignalledBar {
  readonly strategy: string
  readonly bar: number
  /** UTC ms. */
  readonly barAtMs: number
  /** Undefined where it is not known any more. */
  readonly scanNumber: number | undefined
  /** As the strategies said them; what is no mandate has been refused already, and is left out. */
  readonly mandates: readonly Mandate[]
}

/** What the strategies wanted at a bar, as the grid has it. What the document has no room for is left out. */
export function signalsOf({ strategy, bar, barAtMs, scanNumber, mandates }: SignalledBar): DocumentOf<typeof SIGNALS> {
  return {
    strategy,
    timestamp_ms: barAtMs,
    bar,
    ...(scanNumber === undefined ? {} : { scan_number: scanNumber }),
    mandates: mandates.filter(isShown).slice(0, MANDATES_MAX).map(shown),
  }
}

const MANDATES_MAX = 1000
const NAME = /^\S{1,64}$/u

/** Types first: what a strategy of somebody's own gives may be anything, and be no text that a fault could name. */
function isShown(mandate: Mandate): boolean {
  const { type, symbol, authority, timestampMs, direction, notionalUsd, price } = mandate
  if (typeof type !== 'string' || typeof symbol !== 'string') return false
  if (![authority, timestampMs, direction ?? 0, notionalUsd ?? 0, price ?? 0].every(isNumber)) return false
  return mandateFault(mandate) === undefined && NAME.test(symbol)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

function shown({ symbol, type, authority, reason, direction, notionalUsd, price }: Mandate) {
  return {
    symbol,
    type,
    authority,
    reason: typeof reason === 'string' ? reason : '',
    ...(direction === 1 || direction === -1 ? { direction } : {}),
    ...(isAmount(notionalUsd) ? { notional_usd: notionalUsd } : {}),
    ...(isAmount(price) ? { price } : {}),
  }
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY
}
