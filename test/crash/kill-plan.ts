import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'

/** What the rig sees of an executor's life, as a word: `ready`, `submit`, `fill`, `ENTRY_INTENT`, `journal`, … */
export type Sign = string

/** When an executor dies: so long after it was started, or at once when it has given a sign for the nth time. */
export type KillPoint =
  | { readonly kind: 'time'; readonly afterMs: number }
  | { readonly kind: 'sign'; readonly sign: Sign; readonly nth: number; readonly delayMs: number }

/** Loading and recovery; on a busy machine they take longer, and everything is before them. */
const START_MS_MAX = 350
/** After it is ready: finding the other side, and the first seconds of trading. */
const TRADING_MS_MAX = 1_200

const SIGNS: readonly Sign[] = [
  // Requests that have reached the exchange.
  'submit',
  'submit',
  'cancel',
  'snapshot',
  // What the exchange has just told.
  'acknowledged',
  'fill',
  'fill',
  // Messages that have reached the decision side.
  'ENTRY_INTENT',
  'FILL_REPORT',
  'ENTRY_RESULT',
  'EXIT_ACK',
  'POSITION_STATUS',
  'RESYNC_REQUEST',
  // The journal's file has grown: a write is under way, or has just been.
  'journal',
  // Its lock is being taken, from whoever was killed before.
  'lock',
]

/** How often a sign comes in a short life; three times where nothing is said. */
const OFTEN: Readonly<Record<Sign, number>> = {
  journal: 60,
  lock: 12,
  snapshot: 6,
  POSITION_STATUS: 6,
  RESYNC_REQUEST: 1,
  EXIT_ACK: 1,
}

/** The same seed and life give the same point. */
export function killPoint(seed: number, life: number): KillPoint {
  const random = new Xoshiro128(seed, life)
  const below = (limit: number): number => Math.floor((random.uint32() / 2 ** 32) * limit)
  const kind = below(8)
  if (kind === 0) return { kind: 'time', afterMs: below(START_MS_MAX) }
  if (kind === 1) return { kind: 'sign', sign: 'ready', nth: 1, delayMs: below(TRADING_MS_MAX) }
  const sign = SIGNS[below(SIGNS.length)]!
  const nth = 1 + below(OFTEN[sign] ?? 3)
  // Half of them at once, the others within the time that a write or an answer takes.
  return { kind: 'sign', sign, nth, delayMs: below(2) === 0 ? 0 : below(12) }
}

export function killPointText(point: KillPoint): string {
  if (point.kind === 'time') return `${point.afterMs} ms after the start`
  return `at ${point.sign} no. ${point.nth}${point.delayMs === 0 ? '' : ` and ${point.delayMs} ms`}`
}
