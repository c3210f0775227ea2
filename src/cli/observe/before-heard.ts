import type { RecordedTold } from '../compose/recorded-market.js'

/**
 * What a recording tells, and of each whether it is of the time before anything was heard: candles that warmed an observation up, and
 * times that were told because of them. While that was recorded nobody was shown it.
 */
export async function* beforeHeard(told: AsyncIterable<RecordedTold>): AsyncGenerator<ToldWhen, void, void> {
  let isBefore = true
  let boundary: RecordedTold | undefined
  for await (const next of told) {
    const isCandle = next.kind === 'events' && next.events.some(({ kind }) => kind === 'kline')
    // A time was told for candles where they follow on it.
    if (boundary !== undefined) yield { next: boundary, isBefore: isBefore && isCandle }
    boundary = undefined
    if (next.kind === 'boundary') {
      boundary = next
      continue
    }
    if (!next.events.every(({ kind }) => kind === 'kline' || kind === 'listed' || kind === 'lost')) isBefore = false
    yield { next, isBefore: isBefore && isCandle }
  }
  if (boundary !== undefined) yield { next: boundary, isBefore: false }
}

export interface ToldWhen {
  readonly next: RecordedTold
  readonly isBefore: boolean
}
