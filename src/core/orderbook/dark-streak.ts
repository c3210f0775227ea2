/** Bars in a row without a frame of an asset that make its data stale. Source: system bible §20.1; spec "Guards". */
export const DARK_BARS = 10

export type DarkSignal = 'STALE_DATA' | 'DATA_BACK'

/**
 * One closed bar of one asset, from its subscription on (0 bars are dark then). The signal comes once: with the tenth dark bar
 * in a row, and with the first bar after those in which a frame arrived.
 *
 * @param darkBars in a row until now.
 * @param frames of the asset that arrived in the bar.
 */
export function step({ darkBars, frames }: { readonly darkBars: number; readonly frames: number }): {
  readonly darkBars: number
  readonly signal?: DarkSignal
} {
  if (frames > 0) return darkBars >= DARK_BARS ? { darkBars: 0, signal: 'DATA_BACK' } : { darkBars: 0 }
  // Counting ends one beyond the limit: what is dark for a day stays a small number.
  const dark = Math.min(darkBars + 1, DARK_BARS + 1)
  return dark === DARK_BARS ? { darkBars: dark, signal: 'STALE_DATA' } : { darkBars: dark }
}
