import type { RateLimits } from './scheduler.js'

/** The limits that `exchangeInfo` states; of those that it does not, the ones that held `before`. */
export function limitsOf(exchangeInfo: unknown, before: RateLimits): RateLimits {
  const { rateLimits } = (exchangeInfo ?? {}) as { readonly rateLimits?: unknown }
  const stated = Array.isArray(rateLimits) ? (rateLimits as readonly StatedLimit[]) : []
  return {
    weight1m: limitOf(stated, 'REQUEST_WEIGHT', 'MINUTE', 1) ?? before.weight1m,
    orders10s: limitOf(stated, 'ORDERS', 'SECOND', 10) ?? before.orders10s,
    orders1m: limitOf(stated, 'ORDERS', 'MINUTE', 1) ?? before.orders1m,
  }
}

interface StatedLimit {
  readonly rateLimitType?: unknown
  readonly interval?: unknown
  readonly intervalNum?: unknown
  readonly limit?: unknown
}

function limitOf(stated: readonly StatedLimit[], type: string, interval: string, count: number): number | undefined {
  const one = stated.find(
    (limit) => limit?.rateLimitType === type && limit.interval === interval && limit.intervalNum === count,
  )
  return typeof one?.limit === 'number' && one.limit > 0 ? one.limit : undefined
}
