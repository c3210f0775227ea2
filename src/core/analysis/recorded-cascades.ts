import { type LabeledCascade, labelCascades } from './cascade-labels.js'
import type { CascadeRules } from './cascade-rules.js'
import { dropTimes, type RecordedFeeds, type SymbolFeed } from './recorded-feeds.js'
import { TimeSpans } from './time-spans.js'

/** A cascade of any of the recorded symbols; numbered over all of them, in time. */
export interface RecordedCascade extends LabeledCascade {
  /** Quote currency, of all its liquidations. */
  readonly liquidatedUsd: number
}

export interface RecordedCascades {
  readonly cascades: readonly RecordedCascade[]
  /** Cascades that were not labelled: the price at their start or end is not known. */
  readonly unpriced: number
}

/** The cascades of everything that was recorded, in the order of their starts. */
export function recordedCascades(feeds: RecordedFeeds, rules: CascadeRules): RecordedCascades {
  let unpriced = 0
  const found = feeds.symbols().flatMap((coin) => {
    const feed = feeds.bySymbol.get(coin)!
    const labelled = labelsOf(coin, feed, rules)
    unpriced += labelled.unpriced
    return labelled.labels.map((label) => ({ ...label, liquidatedUsd: liquidatedIn(feed, label) }))
  })
  found.sort((a, b) => a.startTsMs - b.startTsMs || (a.coin < b.coin ? -1 : 1))
  return { cascades: found.map((cascade, i) => ({ ...cascade, cascadeId: i + 1 })), unpriced }
}

/** Before a cascade, and after what is known of it: what a chart shows besides. */
export const ROUND_MS = { before: 120_000, after: 90_000 } as const

/** From the end of a cascade to the price that its outcome is of. */
export const AFTER_MS = 300_000

/** Round every fall that may be a cascade: where prices are wanted of which most of a recording consists. */
export function wantedMarks({ openInterest }: SymbolFeed, rules: CascadeRules): TimeSpans {
  const spans = new TimeSpans()
  const lengthMs = rules.longestMs + rules.withinMs + AFTER_MS + ROUND_MS.after
  for (const ms of dropTimes(openInterest, { dropMin: Number(rules.dropFrac), windowMs: rules.withinMs }))
    spans.add(ms - ROUND_MS.before - rules.markStaleMs, ms + lengthMs)
  return spans
}

function labelsOf(coin: string, feed: SymbolFeed, rules: CascadeRules): ReturnType<typeof labelCascades> {
  const interest = feed.openInterest.inTime()
  const marks = feed.marks.inTime()
  return labelCascades(
    {
      coin,
      openInterest: { tsMs: interest.times, figures: interest.values },
      liquidations: feed.liquidations.map(({ tsMs }) => tsMs),
      marks: { tsMs: marks.times, figures: marks.values },
    },
    rules,
  )
}

function liquidatedIn({ liquidations }: SymbolFeed, { startTsMs, endTsMs }: LabeledCascade): number {
  let sum = 0
  for (const { tsMs, valueUsd } of liquidations) if (tsMs >= startTsMs && tsMs <= endTsMs) sum += valueUsd
  return sum
}
