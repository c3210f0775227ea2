/** Strength after a time in which nothing happened; an event that is late finds it as it is. */
export function decayedStrength(
  strength: number,
  { decayPerSec, elapsedMs }: { readonly decayPerSec: number; readonly elapsedMs: number },
): number {
  return elapsedMs <= 0 ? strength : strength * Math.exp((-decayPerSec * elapsedMs) / 1000)
}

/** Strength of a DORMANT node that a liquidation revives, of what it was before. */
export function revivedStrength({
  interactionCount,
  totalVolumeUsd,
  quoteUsd,
}: {
  readonly interactionCount: number
  readonly totalVolumeUsd: number
  readonly quoteUsd: number
}): number {
  const ofCount = Math.min(0.5, 0.02 * interactionCount)
  const ofVolume = Math.min(0.3, totalVolumeUsd / 100_000)
  return Math.min(1, ofCount + ofVolume + Math.min(0.4, quoteUsd / 10_000))
}

/** How long decay needs to a strength, rather a second too short than too long: logarithms round. */
export function timeBelowStrengthMs(
  strength: number,
  { decayPerSec, strengthMin }: { readonly decayPerSec: number; readonly strengthMin: number },
): number {
  return (1000 * Math.log(strength / strengthMin)) / decayPerSec - 1000
}
