/** Constants of the watch. Source: spec "External factors". */
export const DVOL = Object.freeze({
  windowMs: 3_600_000,
  /** A value at 11/10 of the lowest one of the window, or above, is a spike. */
  spikeNumerator: 11,
  spikeDenominator: 10,
})

/** Implied volatility of the last hour, and its last spike. */
export interface DvolWatch {
  /** In order of their stamps, the last one the newest. Values are hundredths of a point, whole, so that they compare exactly. */
  readonly window: readonly { readonly atMs: number; readonly hundredths: number }[]
  /** Stamp of the value that was the last spike, UTC ms; null while there was none. */
  readonly spikeAtMs: number | null
}

export const DVOL_START: DvolWatch = Object.freeze({ window: [], spikeAtMs: null })

/**
 * One value of implied volatility with its source's stamp. A rise of a tenth or more within the hour up to it, both ends
 * included, is a spike; the hour then starts anew with it, so that only a further tenth is another one. A value older than the
 * newest changes nothing; one with the same stamp replaces it. Whether a value may be believed is decided before.
 *
 * @param value points, such as 51.18.
 */
export function watchDvol(
  watch: DvolWatch,
  { atMs, value }: { readonly atMs: number; readonly value: number },
): DvolWatch {
  const newestMs = watch.window.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY
  if (atMs < newestMs || !Number.isFinite(value)) return watch
  const entry = { atMs, hundredths: Math.round(100 * value) }
  const window = watch.window.filter((before) => before.atMs >= atMs - DVOL.windowMs && before.atMs < atMs)
  const lowest = Math.min(...window.map(({ hundredths }) => hundredths))
  const isSpike = DVOL.spikeDenominator * entry.hundredths >= DVOL.spikeNumerator * lowest
  return isSpike ? { window: [entry], spikeAtMs: atMs } : { window: [...window, entry], spikeAtMs: watch.spikeAtMs }
}
