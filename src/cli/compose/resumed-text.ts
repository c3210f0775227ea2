import type { SessionPoint } from '../../runtime/session/session-recovery.js'

/** What a person is told when a session by a clock goes on: from where, and for how long nobody saw a price. */
export function resumedText({ bar, barAtMs }: SessionPoint, missed?: MissedPrices): string {
  if (bar < 0) return 'The session goes on: it had not come to its first bar.'
  const where = `The session goes on after bar ${bar} of ${new Date(barAtMs).toISOString()}`
  if (missed === undefined || missed.firstBarAtMs - barAtMs <= missed.gapMsMax) return `${where}.`
  const seconds = ((missed.firstBarAtMs - barAtMs) / 1000).toFixed(0)
  return `${where}: prices of ${seconds} s until ${new Date(missed.firstBarAtMs).toISOString()} were missed.`
}

/** Of a market that goes on without us. Recorded days wait. */
interface MissedPrices {
  /** UTC ms of the first bar since. */
  readonly firstBarAtMs: number
  /** From bar to bar that is no gap. */
  readonly gapMsMax: number
}
