/** Steps without a closed bar, and at least so many ms, after which the books are said to stand still. Source: spec "Guards". */
export const STALL = Object.freeze({ steps: 3, silentMsMin: 15_000 })

export type StallSignal = 'BARS_STALLED' | 'BARS_BACK'

/**
 * Whether bars are still being closed, asked from time to time. The signal comes once: when none has been closed for three steps
 * and 15 s, and when one is again.
 *
 * @param silentMs since a bar was last closed, or since the start, by a local clock.
 */
export function step({
  isStalled,
  silentMs,
  stepMs,
}: {
  readonly isStalled: boolean
  readonly silentMs: number
  readonly stepMs: number
}): { readonly isStalled: boolean; readonly signal?: StallSignal } {
  const isSilent = silentMs >= Math.max(STALL.steps * stepMs, STALL.silentMsMin)
  if (isSilent === isStalled) return { isStalled }
  return { isStalled: isSilent, signal: isSilent ? 'BARS_STALLED' : 'BARS_BACK' }
}
