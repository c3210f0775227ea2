import { canonicalJson } from '../../base/canonical-json.js'
import type { ObservationSnapshot } from '../../ports/vocabulary/observation.js'
import type { M4PrimitiveBundle } from '../../ports/vocabulary/primitives.js'

/** A snapshot as plain JSON has it: what is absent is not there. */
export type PlainSnapshot = Omit<ObservationSnapshot, 'primitives'> & {
  readonly primitives: Readonly<Record<string, M4PrimitiveBundle>>
}

export function plainSnapshot(snapshot: ObservationSnapshot): PlainSnapshot {
  return { ...snapshot, primitives: Object.fromEntries(snapshot.primitives) }
}

/** The one text of a snapshot: of the same events and advances come the same bytes, on any machine. */
export function canonicalSnapshot(snapshot: ObservationSnapshot): string {
  return canonicalJson(plainSnapshot(snapshot))
}
