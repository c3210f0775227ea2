/** `−1,234.50`: fixed decimals, thousands separated, a true minus sign. */
export function formatNumber(value: number | null, decimals = 2): string {
  if (value === null || Number.isNaN(value)) return ABSENT
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`
  const magnitude = Math.abs(value)
  // Beyond 1e21 `toFixed` answers in exponent notation, which has no thousands to separate.
  if (magnitude >= 1e21) return (value < 0 ? MINUS : '') + magnitude.toExponential(decimals)
  const [whole, fraction] = magnitude.toFixed(decimals).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text
}

/**
 * Numbers and times as a reader sees them. Written out by hand rather than with `Intl`, so that the same report is the
 * same bytes under every ICU version, and so that the page's script and the renderer agree on every digit.
 */

const MINUS = '\u2212'
const ABSENT = '\u2013'

/** `$25,869.57`, `−$112.53`. */
export function formatUsd(value: number | null, decimals = 2): string {
  return withCurrency(formatNumber(value, decimals))
}

/** `+$869.57`: money that is a change. */
export function formatUsdChange(value: number | null, decimals = 2): string {
  return withPlus(value, formatUsd(value, decimals))
}

/** A fraction as a percentage: `0.0348 → 3.48%`. */
export function formatPercent(fraction: number | null, decimals = 2): string {
  const text = formatNumber(fraction === null ? null : fraction * 100, decimals)
  return text === ABSENT ? text : `${text}%`
}

/** `+3.48%`: a fraction that is a change. */
export function formatPercentChange(fraction: number | null, decimals = 2): string {
  return withPlus(fraction, formatPercent(fraction, decimals))
}

/** Profit factor; null stands for wins without a single loss. */
export function formatProfitFactor(profitFactor: number | null): string {
  return profitFactor === null ? '∞' : formatNumber(profitFactor, 2)
}

/** A price with the digits that carry meaning: 7 significant, no padding. */
export function formatPrice(price: number): string {
  if (!Number.isFinite(price)) return formatNumber(price)
  const rounded = Number(price.toPrecision(7))
  const text = String(rounded)
  if (text.includes('e')) return text.replace('-', MINUS)
  return formatNumber(rounded, text.split('.')[1]?.length ?? 0)
}

/** Any configuration value, as one would type it. */
export function formatSetting(value: number | string | boolean | null): string {
  return value === null ? 'none' : String(value)
}

/** A span of time in its two largest units: `2 h`, `1 h 20 min`, `3 d 4 h`, `45 s`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return ABSENT
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ]
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return `${formatNumber(seconds, seconds === 0 ? 0 : 3)} s`
  const [unit, size] = units[first]!
  const count = Math.floor(seconds / size)
  const next = units[first + 1]
  if (next === undefined) return `${trimZeros(seconds.toFixed(3))} s`
  const rest = Math.floor((seconds - count * size) / next[1])
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next[0]}`
}

/** `2025-05-10 07:36` UTC, with seconds where there are any. */
export function formatTime(timeMs: number | null): string {
  if (timeMs === null || !Number.isFinite(timeMs) || Math.abs(timeMs) > 8.64e15) return ABSENT
  const iso = new Date(timeMs).toISOString()
  const end = iso.indexOf('T')
  const time = iso.slice(end + 1, end + 9)
  return `${iso.slice(0, end)} ${time.endsWith(':00') ? time.slice(0, 5) : time}`
}

/** `9 May 2025` for `2025-05-09`; anything that is no date comes back as it is. */
export function formatDate(date: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  const month = match === null ? undefined : MONTHS[Number(match[2]) - 1]
  if (match === null || month === undefined) return date
  return `${Number(match[3])} ${month} ${match[1]}`
}

/** English month names, January first. */
export const MONTHS: readonly string[] = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `1 trade`, `2 trades`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(count, 0)} ${count === 1 ? singular : plural}`
}

function withCurrency(text: string): string {
  if (text === ABSENT) return text
  return text.startsWith(MINUS) ? `${MINUS}$${text.slice(1)}` : `$${text}`
}

function withPlus(value: number | null, text: string): string {
  return value !== null && value > 0 && /[1-9∞]/.test(text) ? `+${text}` : text
}

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, '')
}
