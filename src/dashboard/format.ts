/** `2.0 s`, `3 min`, `2 h`; `never` for what has not happened. */
export function age(ms: number | null): string {
  if (ms === null) return 'never'
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.round(ms / 3_600_000)} h`
}

const CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export function usd(value: number): string {
  return CENTS.format(value)
}

/** With its sign: a gain is told from a loss without colour. */
export function signedUsd(value: number): string {
  return value > 0 ? `+${usd(value)}` : usd(value)
}

/** `2025-05-09 12:34:56`. */
export function utc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
