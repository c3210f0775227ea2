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
  { isLive }: { readonly isLive: boolean },
): readonly ComponentReading[] {
  const names = new Set(assumptions.flatMap(({ affectedComponents }) => affectedComponents))
  return Array.from(names, (component) => {
    const of = assumptions.filter(({ affectedComponents }) => affectedComponents.includes(component))
    const statuses = of.map(({ status }) => status)
    return { component, safety: componentSafety(statuses, { isLive }), against: of.filter(isAgainst(isLive)) }
  })
}

export interface ComponentReading {
  readonly component: string
  readonly safety: ComponentSafety
  /** What makes it unsafe. */
  readonly against: readonly Assumption[]
}

function isAgainst(isLive: boolean): (assumption: Assumption) => boolean {
  return ({ status }) => componentSafety([status], { isLive }) === 'UNSAFE'
}
