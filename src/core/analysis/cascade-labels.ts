import { type DecimalText, Exact } from '../../base/exact.js'
import { CASCADE_RULES, type CascadeRules } from './cascade-rules.js'
import { CascadeStarts, type SearchedFeeds } from './cascade-starts.js'
import { lastAtOrBefore, TimedDecimals, type TimedFigures } from './timed-figures.js'
import { detectWaves } from './waves.js'

export interface CascadeInputs {
  readonly coin: string
  /** Base units. */
  readonly openInterest: TimedFigures
  /** Times of forced orders, UTC ms. */
  readonly liquidations: ArrayLike<number>
  readonly marks: TimedFigures
}

/** Many forced orders that took open interest with them, one after another. */
export interface LabeledCascade {
  /** 1, 2, 3 … of the coin. */
  readonly cascadeId: number
  readonly coin: string
  readonly startTsMs: number
  readonly endTsMs: number
  /** By how much the open interest fell, percent of the first, six decimals. */
  readonly oiDropPct: DecimalText
  readonly liquidationCount: number
  readonly waveCount: number
  readonly waves: readonly CascadeWave[]
  readonly priceStart: DecimalText
  readonly priceEnd: DecimalText
  readonly price5minAfter?: DecimalText
  /** What the price did in the five minutes after; absent where that is not known. */
  readonly outcome?: CascadeOutcome
}

export type CascadeOutcome = 'REVERSAL' | 'CONTINUATION' | 'NEUTRAL'

export interface CascadeWave {
  /** 1, 2, 3 … of the cascade. */
  readonly waveNum: number
  readonly startTsMs: number
  readonly endTsMs: number
  readonly liquidationCount: number
  /** Percent of the cascade's first open interest, six decimals; less than 0 where it rose. */
  readonly oiDropPct: DecimalText
}

export interface CascadeLabels {
  readonly labels: readonly LabeledCascade[]
  /** Cascades that were not labelled: the price at their start or end is not known. */
  readonly unpriced: number
}

const AFTER_MS = 300_000

/**
 * The cascades of one coin, from what was recorded of it: a fall of the open interest by a tenth within a minute with two liquidations
 * or more, and what follows. Decimals are exact, rounded half to even. The time that it takes grows with the number of snapshots.
 * Source: spec, "Analysis: cascade labeler".
 */
export function labelCascades(
  { coin, openInterest, liquidations, marks }: CascadeInputs,
  rules: CascadeRules = CASCADE_RULES,
): CascadeLabels {
  const snapshots = new TimedDecimals(openInterest)
  const prices = new TimedDecimals(marks)
  const forcedMs = Float64Array.from(liquidations).sort()
  const starts = new CascadeStarts({ snapshots, forcedMs, rules })
  const labels: LabeledCascade[] = []
  let unpriced = 0
  for (let found = starts.next(0); found !== undefined; ) {
    const cascade = { ...found, coin, ...extent(found, { snapshots, forcedMs, rules }) }
    const label = labelOf({ cascade, snapshots, prices, forcedMs, rules })
    if (label === undefined) unpriced++
    else labels.push({ cascadeId: labels.length + 1, ...label })
    found = starts.next(lastAtOrBefore(snapshots.tsMs, cascade.endTsMs) + 1)
  }
  return { labels, unpriced }
}

interface FoundCascade {
  /** Places of its first snapshot, and of the one by which the open interest had fallen. */
  readonly first: number
  readonly fallen: number
}

interface Cascade extends FoundCascade {
  readonly coin: string
  readonly startTsMs: number
  readonly endTsMs: number
  /** Places of its liquidations: from, and up to not including. */
  readonly fromForced: number
  readonly toForced: number
}

/** How long it runs, and which liquidations are its own. */
function extent({ first, fallen }: FoundCascade, { snapshots, forcedMs, rules }: SearchedFeeds) {
  const startTsMs = snapshots.tsMs[first]!
  let endTsMs = snapshots.tsMs[fallen]!
  let toForced = lastAtOrBefore(forcedMs, endTsMs) + 1
  while (toForced < forcedMs.length) {
    const nextMs = forcedMs[toForced]!
    if (nextMs - endTsMs > rules.followsMs || nextMs - startTsMs > rules.longestMs) break
    endTsMs = nextMs
    toForced++
  }
  return { startTsMs, endTsMs, fromForced: lastAtOrBefore(forcedMs, startTsMs - 1) + 1, toForced }
}

interface Labelling extends SearchedFeeds {
  readonly cascade: Cascade
  readonly prices: TimedDecimals
}

/** Undefined where a price is not known. */
function labelOf({
  cascade,
  snapshots,
  prices,
  forcedMs,
  rules,
}: Labelling): Omit<LabeledCascade, 'cascadeId'> | undefined {
  const { coin, first, startTsMs, endTsMs, fromForced, toForced } = cascade
  const priceStart = markAt(prices, startTsMs, rules)
  const priceEnd = markAt(prices, endTsMs, rules)
  if (priceStart === undefined || priceEnd === undefined) return undefined
  const openInterest = snapshots.exactAt(first)
  const dropPct = (fromPlace: number, least: Exact) => pctText(snapshots.exactAt(fromPlace).minus(least), openInterest)
  const forced = Array.from(forcedMs.subarray(fromForced, toForced), (tsMs) => ({ tsMs }))
  const waves = detectWaves(forced, { gapMs: rules.waveGapMs, minWaveSize: rules.waveSizeMin }).waves.map((wave) => {
    const [from, to] = [wave.startTsMs, wave.endTsMs].map((tsMs) => lastAtOrBefore(snapshots.tsMs, tsMs))
    return { ...wave, oiDropPct: dropPct(from!, snapshots.exactAt(to!)) }
  })
  const price5minAfter = markAt(prices, endTsMs + AFTER_MS, rules)
  return {
    ...{ coin, startTsMs, endTsMs },
    oiDropPct: dropPct(first, leastOf(snapshots, first, lastAtOrBefore(snapshots.tsMs, endTsMs))),
    liquidationCount: forced.length,
    waveCount: waves.length,
    waves,
    ...{ priceStart, priceEnd },
    ...(price5minAfter !== undefined && {
      price5minAfter,
      outcome: outcomeOf([priceStart, priceEnd, price5minAfter], rules),
    }),
  }
}

function leastOf(snapshots: TimedDecimals, from: number, to: number): Exact {
  let least = snapshots.exactAt(from)
  for (let i = from + 1; i <= to; i++) {
    const one = snapshots.exactAt(i)
    if (one.lt(least)) least = one
  }
  return least
}

function pctText(part: Exact, whole: Exact): DecimalText {
  const text = part.times(100).div(whole).toFixed(6, Exact.ROUND_HALF_EVEN)
  return text === '-0.000000' ? '0.000000' : text
}

/** The last mark price at or before a time, unless it is too old: nothing from after that time is known at it. */
function markAt(prices: TimedDecimals, tsMs: number, { markStaleMs }: CascadeRules): DecimalText | undefined {
  const place = lastAtOrBefore(prices.tsMs, tsMs)
  return place < 0 || tsMs - prices.tsMs[place]! > markStaleMs ? undefined : prices.textAt(place)
}

function outcomeOf(prices: readonly [DecimalText, DecimalText, DecimalText], rules: CascadeRules): CascadeOutcome {
  const [p, q, r] = prices.map((price) => new Exact(price)) as [Exact, Exact, Exact]
  const [moved, fell] = [r.minus(q), q.minus(p)]
  if (fell.isZero() || moved.abs().lte(p.times(rules.neutralFrac))) return 'NEUTRAL'
  return moved.isNegative() === fell.isNegative() ? 'CONTINUATION' : 'REVERSAL'
}
