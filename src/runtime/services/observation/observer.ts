import type { MarketObserver } from '../../../core/analysis/market-observer.js'

/** Who observes a market: what a service and a command need of it. */
export type Observer = Pick<
  MarketObserver,
  'handle' | 'advance' | 'promotedEvents' | 'snapshot' | 'observed' | 'counters' | 'refusalSamples' | 'failure'
>
