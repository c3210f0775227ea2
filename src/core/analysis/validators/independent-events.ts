/** A stretch of time in which something happened to a coin, UTC ms. */
export interface CoinEvent {
  readonly coin: string
  readonly startTsMs: number
  readonly endTsMs: number
}

/**
 * The events that may be counted, in the order of their starts: one that begins less than five minutes after the end of the last
 * counted one of its coin shares its prices with that one, and would count the same move twice.
 */
export function independentEvents<Event extends CoinEvent>(events: readonly Event[]): Event[] {
  const endOf = new Map<string, number>()
  return inTime(events).filter(({ coin, startTsMs, endTsMs }) => {
    if (startTsMs - (endOf.get(coin) ?? Number.NEGATIVE_INFINITY) < APART_MS) return false
    endOf.set(coin, endTsMs)
    return true
  })
}

export const APART_MS = 300_000

/** The first 60 % of events in time, on which a threshold may be chosen, and the rest, of which alone is reported. */
export function calibrationSplit<Event extends CoinEvent>(
  events: readonly Event[],
): { readonly calibration: readonly Event[]; readonly reported: readonly Event[] } {
  const ordered = inTime(events)
  const first = Math.floor((ordered.length * CALIBRATION_TENTHS) / 10)
  return { calibration: ordered.slice(0, first), reported: ordered.slice(first) }
}

const CALIBRATION_TENTHS = 6

function inTime<Event extends CoinEvent>(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => a.startTsMs - b.startTsMs || (a.coin < b.coin ? -1 : Number(a.coin > b.coin)))
}
