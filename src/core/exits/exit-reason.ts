import { type ExitReason, OUTSIDE_EXITS, OWN_EXITS } from '../../ports/vocabulary/trades.js'

/** The exit that a reason in somebody's words stands for: itself where it is a known one, else OTHER. */
export function exitReasonOf(reason: string): ExitReason {
  return EXIT_REASONS.has(reason) ? (reason as ExitReason) : 'OTHER'
}

const EXIT_REASONS: ReadonlySet<string> = new Set([...OWN_EXITS, ...OUTSIDE_EXITS])
