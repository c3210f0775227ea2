import type { ObservedView } from '../../ports/status-surface.js'
import type { MarketObserver } from './market-observer.js'

/** How an observation stands and what it has counted, for people and measurements. */
export function observedView(observer: Pick<MarketObserver, 'snapshot' | 'counters'>): ObservedView {
  const { status, timestampMs, counters } = observer.snapshot()
  const { books, regimes } = observer.counters()
  const { unlisted, gaps, crossed, malformed } = books
  const ofBooks = { booksUnlisted: unlisted, bookGaps: gaps, booksCrossed: crossed, booksMalformed: malformed }
  return { status, timestampMs, counters, leftOut: { ...ofBooks, ...regimes } }
}
