import type { Fault, FaultPlan } from './fault-plan.js'

/**
 * A smaller plan that still fails: drops ever smaller parts of it (delta debugging), then shortens what is left, as long
 * as `fails` says so and `triesMax` is not used up. Source: Zeller & Hildebrandt, "Simplifying and isolating
 * failure-inducing input", IEEE TSE 2002.
 */
export function shrinkPlan(plan: FaultPlan, fails: (plan: FaultPlan) => boolean, triesMax = 200): FaultPlan {
  let tries = 0
  const stillFails = (candidate: FaultPlan) => tries++ < triesMax && fails(candidate)
  return shorten(dropParts(plan, stillFails), stillFails)
}

function dropParts(plan: FaultPlan, fails: (plan: FaultPlan) => boolean): FaultPlan {
  if (plan.length > 0 && fails([])) return []
  let kept = plan
  for (let parts = 2; kept.length > 1; ) {
    const size = Math.ceil(kept.length / parts)
    const smaller = complements(kept, size).find(fails)
    if (smaller !== undefined) {
      kept = smaller
      parts = Math.max(2, parts - 1)
    } else if (size === 1) break
    else parts = Math.min(kept.length, parts * 2)
  }
  return kept
}

/** The plan without its first `size` faults, without the next `size`, and so on. */
function complements(plan: FaultPlan, size: number): FaultPlan[] {
  const starts = Array.from({ length: Math.ceil(plan.length / size) }, (_, part) => part * size)
  return starts.map((start) => [...plan.slice(0, start), ...plan.slice(start + size)])
}

function shorten(plan: FaultPlan, fails: (plan: FaultPlan) => boolean): FaultPlan {
  let kept = plan
  for (let index = 0; index < kept.length; index++) {
    for (const change of [halveDuration, halveAmount]) {
      for (let rounds = 0; rounds < 6; rounds++) {
        const changed = change(kept[index]!)
        const candidate = kept.with(index, changed)
        if (JSON.stringify(changed) === JSON.stringify(kept[index]) || !fails(candidate)) break
        kept = candidate
      }
    }
  }
  return kept
}

function halveDuration(fault: Fault): Fault {
  return { ...fault, forMs: Math.floor(fault.forMs / 2) }
}

function halveAmount(fault: Fault): Fault {
  return { ...fault, amount: Number((fault.amount / 2).toPrecision(4)) }
}
