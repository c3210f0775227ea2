import type { CascadePageData, RecordedRound, ShownCascade } from '../../adapters/report/cascades/shown-cascade.js'
import { present } from '../../base/present.js'
import {
  AFTER_MS,
  type RecordedCascade,
  type RecordedCascades,
  ROUND_MS,
} from '../../core/analysis/recorded-cascades.js'
import type { RecordedFeeds, SymbolFeed } from '../../core/analysis/recorded-feeds.js'
import { packageVersion } from '../../files/package-files.js'
import { type AnalyseOptions, rulesText } from './options.js'

/** What the page shows: all cascades, and what was recorded round those that have a chart. */
export function cascadePageData(
  { cascades, unpriced }: RecordedCascades,
  feeds: RecordedFeeds,
  { paths, rules, pageCharts }: AnalyseOptions,
): CascadePageData {
  const charted = withCharts(cascades, pageCharts)
  return {
    engineVersion: packageVersion(),
    recordings: paths,
    ...{ fromMs: feeds.fromMs, untilMs: feeds.untilMs, symbols: feeds.symbols().length, unpriced },
    settings: rulesText(rules),
    cascades: cascades.map((cascade) =>
      shownCascade(cascade, charted.has(cascade) ? feeds.bySymbol.get(cascade.coin) : undefined),
    ),
  }
}

/** Those with the largest drops of open interest; of equal ones the earlier. */
function withCharts(cascades: readonly RecordedCascade[], count: number): ReadonlySet<RecordedCascade> {
  const byDrop = [...cascades].sort((a, b) => Number(b.oiDropPct) - Number(a.oiDropPct) || a.cascadeId - b.cascadeId)
  return new Set(byDrop.slice(0, count))
}

function shownCascade(cascade: RecordedCascade, feed: SymbolFeed | undefined): ShownCascade {
  const { cascadeId, coin, startTsMs, endTsMs, oiDropPct, liquidationCount, liquidatedUsd, waves } = cascade
  const { priceStart, priceEnd, price5minAfter, outcome } = cascade
  return {
    ...{ cascadeId, coin, startTsMs, endTsMs, liquidationCount, liquidatedUsd, waves, afterMs: endTsMs + AFTER_MS },
    ...{ oiDropPct: Number(oiDropPct), priceStart: Number(priceStart), priceEnd: Number(priceEnd) },
    ...present({
      priceAfter: price5minAfter === undefined ? undefined : Number(price5minAfter),
      outcome,
      recorded: feed && recordedRound(cascade, feed),
    }),
  }
}

function recordedRound({ startTsMs, endTsMs }: RecordedCascade, feed: SymbolFeed): RecordedRound {
  const [fromMs, untilMs] = [startTsMs - ROUND_MS.before, endTsMs + AFTER_MS + ROUND_MS.after]
  return {
    ...{ fromMs, untilMs },
    marks: feed.marks.between(fromMs, untilMs),
    openInterest: feed.openInterest.between(fromMs, untilMs),
    liquidations: feed.liquidations.filter(({ tsMs }) => tsMs >= fromMs && tsMs <= untilMs),
  }
}
