import type {
  StructuralAbsenceDuration,
  StructuralPersistenceDuration,
} from '../../../../ports/vocabulary/primitives.js'
import type { NodeView } from '../symbol-view.js'

/** For how long of a window there was at least one ACTIVE node. */
export interface Presence {
  readonly presentMs: number
  readonly windowMs: number
}

/** Absent when the window has no length, or no node was there in it. */
export function presenceWithin(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  nodes: readonly Pick<NodeView, 'presenceMs'>[],
): Presence | undefined {
  // Most nodes were there before the window began: how far those reach needs no sorting.
  let untilMs = fromMs
  const later: (readonly [number, number])[] = []
  for (const { presenceMs } of nodes) {
    for (const interval of presenceMs) {
      const [start, end] = interval
      if (end <= untilMs || start >= toMs) continue
      if (start <= untilMs) untilMs = end
      else later.push(interval)
    }
  }
  let presentMs = Math.min(untilMs, toMs) - fromMs
  for (const [start, end] of later.sort(([a], [b]) => a - b)) {
    if (end <= untilMs) continue
    presentMs += Math.min(end, toMs) - Math.min(Math.max(start, untilMs), toMs)
    untilMs = end
  }
  return presentMs > 0 ? { presentMs, windowMs: toMs - fromMs } : undefined
}

export function structuralPersistenceDuration({ presentMs, windowMs }: Presence): StructuralPersistenceDuration {
  return {
    totalPersistenceSec: presentMs / 1_000,
    observationWindowSec: windowMs / 1_000,
    persistenceRatio: presentMs / windowMs,
  }
}

export function structuralAbsenceDuration({ presentMs, windowMs }: Presence): StructuralAbsenceDuration {
  const absentMs = windowMs - presentMs
  return {
    absenceSec: absentMs / 1_000,
    observationWindowSec: windowMs / 1_000,
    absenceRatio: absentMs / windowMs,
  }
}
