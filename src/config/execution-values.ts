import { Exact } from '../base/exact.js'

/** What a key of the execution configuration takes: in words, and as a test. */
export interface ValueCheck {
  readonly expected: string
  readonly fits: (value: unknown) => boolean
}

/** The checks, key by key; a key without one is no key. `standard` is the value in force without a file. */
export function valueCheck(key: string, standard: unknown): ValueCheck {
  return OWN[key] ?? ofKind(key, standard)
}

/** A timer that is to wait longer fires at once: 24.8 days. */
const TIMER_MS_MAX = 2 ** 31 - 1
/** Beyond it, half a spread is more than the price. */
const BPS = 10_000
/** More than any venue offers. */
const LEVERAGE = 1000

/** Keys whose values are bounded otherwise than their kind. */
const OWN: Readonly<Record<string, ValueCheck>> = {
  // A take-profit of 1 and more stands at or below a price of zero.
  'protection.take_profit': fraction({ above: 0, below: 1, such: '0.0133' }),
  'protection.catastrophic_stop': fraction({ above: 0, such: '0.1' }),
  'risk.liquidation_distance_min': number({ above: 0, below: 1 }),
  'risk.liquidation_distance_critical': number({ above: 0, below: 1 }),
  'risk.stop_loss_pct': orNull(number({ above: 0, below: 1 })),
  'risk.consecutive_losses_max': orNull(whole()),
  'risk.loss_pct_max': orNull(number({ above: 0, below: 1 })),
  'risk.expected_win_rate': number({ above: 0, below: 1 }),
  'risk.feed_latency_max_ms': whole(),
  'paper.leverage': number({ from: 1, below: LEVERAGE }),
  'paper.maker_fee': decimal({ below: 1, such: '0.0002' }),
  'paper.taker_fee': decimal({ below: 1, such: '0.0005' }),
  'paper.liquidation_fee': decimal({ below: 1, such: '0.0125' }),
  'paper.half_spread_bps': decimal({ below: BPS, such: '0.5' }),
  'paper.displayed_usd': decimal({ above: 0, such: '100000' }),
  'paper.funding_rate': decimal({ below: 1, such: '0.0001' }),
  'harness.mode': {
    expected: 'live or shadow',
    fits: (value) => value === 'live' || value === 'shadow',
  },
  'exchange.retry_after_ms': {
    expected: `whole numbers of milliseconds from 1 to ${TIMER_MS_MAX}, such as [1000, 2000]`,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(whole().fits),
  },
}

function ofKind(key: string, standard: unknown): ValueCheck {
  if (typeof standard === 'boolean') return { expected: 'true or false', fits: (value) => typeof value === 'boolean' }
  if (Array.isArray(standard)) return RANGE
  if (typeof standard === 'string') return decimal({ such: standard })
  return key.startsWith('risk.') ? number({ above: 0, below: LEVERAGE }) : whole()
}

/** Least and most. */
const RANGE: ValueCheck = {
  expected: 'two whole numbers of milliseconds, such as [10, 90]',
  fits(value) {
    if (!Array.isArray(value) || value.length !== 2) return false
    return value.every((ms) => ms === 0 || whole().fits(ms)) && value[0] <= value[1]
  },
}

export function whole(): ValueCheck {
  return {
    expected: `a whole number from 1 to ${TIMER_MS_MAX}`,
    fits: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= TIMER_MS_MAX,
  }
}

function number({ from, above, below }: { from?: number; above?: number; below?: number }): ValueCheck {
  return {
    expected: `a number ${from === undefined ? `above ${inWords(above!)}` : `from ${from}`}${upTo(below)}`,
    fits: (value) =>
      Number.isFinite(value) &&
      (from === undefined || (value as number) >= from) &&
      (above === undefined || (value as number) > above) &&
      (below === undefined || (value as number) < below),
  }
}

/** A person writes `0.0002` as well as `"0.0002"`; both are the same decimal. A list of one is neither. */
function decimal({ above, below, such }: { above?: number; below?: number; such: string }): ValueCheck {
  const from = above === undefined ? 'of zero or more' : `above ${inWords(above)}`
  return {
    expected: `a decimal ${from}${upTo(below)}, such as ${such}`,
    fits(value) {
      if (typeof value !== 'string' && typeof value !== 'number') return false
      const text = typeof value === 'number' ? new Exact(value).toFixed() : value
      if (!/^\d{1,20}(\.\d{1,18})?$/.test(text)) return false
      const exact = new Exact(text)
      return (above === undefined || exact.gt(above)) && (below === undefined || exact.lt(below))
    },
  }
}

/** Of the entry's price: none of it is no way to a level. */
function fraction(bounds: Parameters<typeof decimal>[0]): ValueCheck {
  const { expected, fits } = decimal(bounds)
  return { expected: expected.replace('a decimal', 'a fraction'), fits }
}

export function orNull({ expected, fits }: ValueCheck): ValueCheck {
  return { expected: `${expected}, or null`, fits: (value) => value === null || fits(value) }
}

function upTo(below: number | undefined): string {
  return below === undefined ? '' : ` and below ${below}`
}

function inWords(bound: number): string {
  return bound === 0 ? 'zero' : String(bound)
}

/** A text that is not empty: a file, a folder, an address. */
export function file(what: string): ValueCheck {
  return { expected: what, fits: (value) => typeof value === 'string' && value.trim() !== '' }
}
