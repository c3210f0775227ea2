import { checkAgainst } from '../core/status/check-against.js'
import { CURRENT_CONTRACT } from '../core/status/contract-2.js'
import type { StatusDocument } from '../ports/vocabulary/status.generated.js'

/** No event for longer than this, where one comes every second, and nothing shown is true any more. */
export const STALE_AFTER_MS = 3_000

/** What the page may say: a document that keeps its contract and is fresh, or that it does not know. */
export type Verdict =
  | { readonly known: true; readonly status: StatusDocument }
  | { readonly known: false; readonly why: string; readonly details: readonly string[] }

/**
 * Fails closed: without a document, with one that is old, and with one that breaks a rule of its contract (an owner view
 * that says other than the fields included) the answer is that nothing is known.
 */
export function verdictOf(received: { readonly status: unknown; readonly ageMs: number } | undefined): Verdict {
  if (received === undefined) return unknown('Waiting for the first word from the system.')
  if (received.ageMs > STALE_AFTER_MS) {
    return unknown(`Nothing heard from the system for ${Math.floor(received.ageMs / 1000)} s.`)
  }
  const violations = checkAgainst(CURRENT_CONTRACT, received.status)
  if (violations.length > 0) {
    return unknown(
      'What the system says breaks its own contract.',
      violations.map(({ rule, field }) => `${rule}: ${field}`),
    )
  }
  return { known: true, status: received.status as StatusDocument }
}

function unknown(why: string, details: readonly string[] = []): Verdict {
  return { known: false, why, details }
}
