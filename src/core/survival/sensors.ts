import type { ForewarnerStatus } from '../../ports/vocabulary/trades.js'
import { median } from '../numeric/percentile.js'
import type { DvolWatch } from './dvol-watch.js'
import type { SurvivalInput } from './survival.js'

/** Constants of the sensors. Source: spec "Survival sensors". */
export const SENSORS = Object.freeze({
  /** The ratio of depth, and of fill probability, to its own median from which on Cat3 gives the whole score. */
  figureFull: 0.8,
  /** A closed bar older than this many steps says nothing about the present. */
  barAgeStepsMax: 3,
})

/** What the survival stack knows at an update, from whoever told it. */
export interface SurvivalFacts {
  /** The latest report of the forewarner; absent while there was none. */
  readonly forewarner?: ForewarnerFact
  /** The latest closed bar of the order books; absent while one is awaited, `none` where no order book is configured. */
  readonly books?: BookFacts | 'none'
  /** Implied volatility so far. */
  readonly dvol: DvolWatch
  /** UTC ms of the update before; absent before the first. */
  readonly updatedAtMs?: number
}

export interface ForewarnerFact {
  readonly status: ForewarnerStatus
  /** UTC ms. */
  readonly reportedAtMs: number
}

export interface BookFacts {
  /** End of the bar, UTC ms. */
  readonly barMs: number
  readonly stepMs: number
  /** Number of traded assets. */
  readonly traded: number
  /** Of those that have any. */
  readonly figures: readonly BookFigures[]
}

/** Features of an asset at a bar, as ratios to their own medians; absent ones are undefined. */
export interface BookFigures {
  readonly depthQuality?: number | undefined
  readonly fillQuality?: number | undefined
}

/** What is measured at the update itself. */
export interface SurvivalMoment {
  /** UTC ms. */
  readonly nowMs: number
  /** Members of the grid that the client sees; 1 where it is embedded. */
  readonly hzNodes: number
  /** Age of the latest grid probe that came back, s. */
  readonly heartbeatAgeS: number
  readonly capitalUsd: number
  readonly peakUsd: number
}

/**
 * The sensors of one update. No report of the forewarner counts as ORANGE and fresh: it is no proof of anything yet, and its
 * absence does not age. Books that are awaited count as stale.
 */
export function survivalInput(facts: SurvivalFacts, moment: SurvivalMoment): SurvivalInput {
  const { forewarner, dvol, updatedAtMs } = facts
  const { nowMs, hzNodes, heartbeatAgeS, capitalUsd, peakUsd } = moment
  const books = bookInputs(facts.books, nowMs)
  return {
    hzNodes,
    heartbeatAgeS,
    mcStatus: forewarner?.status ?? 'ORANGE',
    stalenessHours: forewarner === undefined ? 0 : (nowMs - forewarner.reportedAtMs) / 3_600_000,
    bookStale: books.stale,
    // A stale book has a score of its own; these are not looked at.
    depthQuality: books.stale ? 0 : books.depth,
    fillProbability: books.stale ? 0 : books.fill,
    minutesSinceSpike: dvol.spikeAtMs === null ? null : Math.max(0, nowMs - dvol.spikeAtMs) / 60_000,
    drawdown: Math.max(0, (peakUsd - capitalUsd) / peakUsd),
    minutes: updatedAtMs === undefined ? 0 : (nowMs - updatedAtMs) / 60_000,
  }
}

export type Cat3Inputs =
  | { readonly stale: true }
  /** Both 0 … 1. */
  | { readonly stale: false; readonly depth: number; readonly fill: number }

/** Depth and fill of the traded assets with both figures at the last closed bar; stale when it is old, or half of them have none. */
export function cat3Inputs({
  figures,
  traded,
  barAgeMs,
  stepMs,
}: Pick<BookFacts, 'figures' | 'traded' | 'stepMs'> & { readonly barAgeMs: number }): Cat3Inputs {
  const depths: number[] = []
  const fills: number[] = []
  for (const { depthQuality, fillQuality } of figures) {
    if (depthQuality === undefined || fillQuality === undefined) continue
    depths.push(depthQuality)
    fills.push(fillQuality)
  }
  const isFresh = barAgeMs <= SENSORS.barAgeStepsMax * stepMs
  if (!isFresh || depths.length === 0 || 2 * depths.length < traded) return { stale: true }
  return { stale: false, depth: scoreOf(depths), fill: scoreOf(fills) }
}

const NO_ORDER_BOOK: Cat3Inputs = Object.freeze({ stale: false, depth: 1, fill: 1 })
const AWAITED: Cat3Inputs = Object.freeze({ stale: true })

function bookInputs(books: SurvivalFacts['books'], nowMs: number): Cat3Inputs {
  if (books === 'none') return NO_ORDER_BOOK
  if (books === undefined) return AWAITED
  return cat3Inputs({ ...books, barAgeMs: nowMs - books.barMs })
}

function scoreOf(ratios: readonly number[]): number {
  return Math.min(Math.max(median(ratios) / SENSORS.figureFull, 0), 1)
}
