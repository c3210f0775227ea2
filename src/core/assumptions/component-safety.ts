import type { Assumption, AssumptionStatus, ComponentSafety } from '../../ports/vocabulary/assumptions.js'

/**
 * Whether what a component relies on holds. Nothing assumed is safe; what was never tested is not known to hold, and where money is
 * at stake that is unsafe. Source: observation semantics, section 9.
 */
export function componentSafety(
  statuses: readonly AssumptionStatus[],
  { isLive }: { readonly isLive: boolean },
): ComponentSafety {
  if (statuses.some((status) => status === 'INVALID' || status === 'EXPIRED')) return 'UNSAFE'
  if (isLive && statuses.includes('UNTESTED')) return 'UNSAFE'
  return statuses.every((status) => status === 'VALID') ? 'SAFE' : 'DEGRADED'
}

/** The components that the assumptions speak of, each with its safety, in the order in which they are first named. */
export function componentsOf(
  assumptions: readonly Assumption[],
  options: { readonly isLive: boolean },
): ReadonlyMap<string, ComponentSafety> {
  const statuses = new Map<string, AssumptionStatus[]>()
  for (const { affectedComponents, status } of assumptions)
    for (const component of affectedComponents) {
      const known = statuses.get(component)
      if (known === undefined) statuses.set(component, [status])
      else known.push(status)
    }
  return new Map(Array.from(statuses, ([component, of]) => [component, componentSafety(of, options)]))
}
