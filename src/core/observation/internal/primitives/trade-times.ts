import type {
  DirectionalContinuity,
  EventNonOccurrenceCounter,
  TradeBurst,
  TraversalVoidSpan,
} from '../../../../ports/vocabulary/primitives.js'
import type { TradeColumns } from '../symbol-view.js'

/** How long nobody traded; absent when all trades are of one time. */
export function traversalVoidSpan({ from, to, tsMs }: TradeColumns): TraversalVoidSpan | undefined {
  if (tsMs[to - 1] === tsMs[from]) return undefined
  const voidIntervalsMs: (readonly [number, number])[] = []
  let maxVoidMs = 0
  for (let i = from + 1; i < to; i++) {
    const gapMs = tsMs[i]! - tsMs[i - 1]!
    if (gapMs > maxVoidMs) maxVoidMs = gapMs
    if (gapMs >= VOID_MS) voidIntervalsMs.push(Object.freeze([tsMs[i - 1]!, tsMs[i]!] as const))
  }
  return { maxVoidSec: maxVoidMs / 1_000, voidIntervalsMs: Object.freeze(voidIntervalsMs) }
}

/** Gaps between trades that are listed one by one. */
const VOID_MS = 1_000

const BURST_MS = 1_000

/** The busiest second: of those with most trades, the first that begins with a trade. */
export function tradeBurst({ from, to, tsMs }: TradeColumns): TradeBurst {
  // The span looked at grows where a second holds one trade more than any before, and else moves on: it never shrinks.
  let first = from
  let tradeCount = 0
  for (let start = from, end = from; end < to; end++) {
    if (tsMs[end]! - tsMs[start]! <= BURST_MS) {
      first = start
      tradeCount = end - start + 1
    } else {
      start++
    }
  }
  const burstStartMs = tsMs[first]!
  const burstEndMs = tsMs[first + tradeCount - 1]!
  const burstDurationSec = (burstEndMs - burstStartMs) / 1_000
  const tradesPerSecond = burstDurationSec === 0 ? tradeCount : tradeCount / burstDurationSec
  return { burstStartMs, burstEndMs, burstDurationSec, tradeCount, tradesPerSecond }
}

/** How many trades were of one side: by count, not by volume. */
export function directionalContinuity({ from, to, isBuy }: TradeColumns): DirectionalContinuity {
  let buyTrades = 0
  for (let i = from; i < to; i++) buyTrades += isBuy[i]!
  const totalTrades = to - from
  const sellTrades = totalTrades - buyTrades
  return { totalTrades, buyTrades, sellTrades, continuityValue: Math.max(buyTrades, sellTrades) / totalTrades }
}

/** Of how many kinds of event that are expected there was none in the last minute. */
export function eventNonOccurrenceCounter(expectedCount: number, observedCount: number): EventNonOccurrenceCounter {
  return { expectedCount, observedCount, nonOccurrenceCount: expectedCount - observedCount }
}
