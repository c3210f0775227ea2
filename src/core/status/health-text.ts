import type { HealthView } from '../../ports/status-surface.js'

/** Assumptions by how they stand, those that are worst first: `1 INVALID, 6 UNTESTED, 2 VALID`. */
export function assumptionCounts({ assumptions }: Pick<HealthView, 'assumptions'>): string {
  const counts = WORST_FIRST.map((status) => [status, assumptions.filter((each) => each.status === status).length])
  return counts.flatMap(([status, count]) => (count === 0 ? [] : [`${count} ${status}`])).join(', ')
}

const WORST_FIRST: readonly HealthView['assumptions'][number]['status'][] = [
  'INVALID',
  'EXPIRED',
  'WARNING',
  'UNTESTED',
  'VALID',
]

/** Symbols by how their market behaves: `RANGING BTCUSDT; UNKNOWN A, B, C and 4 more`. */
export function marketRegimeText(marketRegimes: HealthView['marketRegimes']): string {
  const regimes = [...new Set(marketRegimes.map(({ regime }) => regime))].sort()
  return regimes
    .map((word) => {
      const symbols = marketRegimes.filter(({ regime }) => regime === word).map(({ symbol }) => symbol)
      const named = symbols.slice(0, NAMED_MAX).join(', ')
      return symbols.length <= NAMED_MAX
        ? `${word} ${named}`
        : `${word} ${named} and ${symbols.length - NAMED_MAX} more`
    })
    .join('; ')
}

const NAMED_MAX = 3
