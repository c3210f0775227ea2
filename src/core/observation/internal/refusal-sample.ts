import { clipped } from '../../../base/clipped.js'
import { printable } from '../../../base/printable.js'

/**
 * What was refused, as a log may show it: the fields that events have, and nothing else that the thing carries; texts clipped, what
 * is neither text nor number by its type. An account is somebody's and is not shown.
 */
export function refusalSample(event: unknown): string {
  if (typeof event !== 'object' || event === null) return typed(event)
  const shown = FIELDS.flatMap((name) => {
    const value = shownField(event, name)
    return value === undefined ? [] : [`${name} ${value}`]
  })
  return shown.length === 0 ? 'an object with no field of an event' : clipped(shown.join(', '), SAMPLE_MAX)
}

const SAMPLE_MAX = 240
const TEXT_MAX = 24

const FIELDS = [
  ...['kind', 'symbol', 'tsMs', 'price', 'baseQty', 'side', 'venueId', 'orderPrice'],
  ...['bidSize', 'askSize', 'bestBid', 'bestAsk', 'markPrice', 'indexPrice', 'fundingRate', 'nextFundingMs'],
  ...['rate', 'openInterest', 'openInterestUsd', 'interval', 'openMs', 'closeMs', 'open', 'high', 'low', 'close'],
  ...['baseVolume', 'closed', 'positionSize', 'positionValueUsd', 'entryPrice', 'liquidationPrice', 'leverage'],
]

function shownField(event: object, name: string): string | undefined {
  try {
    const value = (event as Record<string, unknown>)[name]
    return value === undefined ? undefined : typed(value)
  } catch {
    return 'that throws'
  }
}

function typed(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(printable(clipped(value, TEXT_MAX)))
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return String(value)
  return `of type ${typeof value}`
}
