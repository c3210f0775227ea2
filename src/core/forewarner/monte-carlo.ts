import { assert } from '../../base/assert.js'
import { epochDay, type IsoDate, MS_PER_DAY } from '../../base/utc-date.js'
import type { Forewarner, ForewarnerQuery, ForewarnerReport } from '../../ports/forewarner.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { percentileInPlace } from '../numeric/percentile.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import { bootstrapPaths } from './block-bootstrap.js'

/** Engine semantics, section 3.3; the block length is this model's own choice. */
export const MONTE_CARLO = Object.freeze({
  paths: 10_000,
  tradesPerPath: 250,
  /** Sizing's streak multiplier looks back five trades, so results depend on their neighbours that far; ten keeps most such runs inside one block. */
  blockLength: 10,
  evidenceMax: 250,
  evidenceMin: 50,
  evidenceDays: 30,
  drawdownLimit: 0.3,
  tailPercentile: 0.05,
  /** The tail return at which the envelope score is 0; each as much again costs 1. */
  envelopeEdge: -0.15,
  scoreMin: -2,
  scoreMax: 1,
})

/** Too little evidence: conservative, never random, and ORANGE by its probability. Source: system bible §28.6. */
export const NO_DATA_REPORT: ForewarnerReport = Object.freeze({
  catastrophicProbability: 0.2,
  envelopeScore: 0.8,
  source: 'FALLBACK_NO_DATA',
})

export interface MonteCarloOptions {
  /** Unsigned 32-bit; with the query's date it fixes every draw. */
  readonly seed?: number
  /** No day trades with more leverage than this, whatever its boost asks for. */
  readonly leverageMax?: number
  /** Simulated futures per assessment; default 10,000. */
  readonly paths?: number
}

/** One closed trade as evidence. */
export interface TradeEvidence {
  /** Day of the exit, in days since 1970-01-01. */
  readonly closedDay: number
  /** Net result over the capital before it. */
  readonly returnOnCapital: number
  /** The most leverage that was allowed when it was entered. */
  readonly leverageCeiling: number
}

export interface ForewarnerSnapshot {
  readonly evidence: readonly TradeEvidence[]
}

/**
 * Forewarns from the run's own recent trades: what could 250 more of them do at the leverage this day would trade with?
 *
 * The evidence is the last 250 trades closed in the 30 days before the query's date, at least 50, so a RED verdict
 * cannot feed on itself for longer than that. A trade's return is scaled by the query's leverage over the ceiling it was
 * entered under: positions are sized in proportion to the ceiling wherever it binds. Catastrophic is a path that falls
 * more than 30 % below its peak; the envelope score puts the 5 % tail of the paths' final returns at 0 for −15 % and at
 * −1 for −30 %. A trade that would cost all capital ruins the path (−100 %).
 *
 * All queries of one date use the same draws, whatever their leverage: more leverage then never lowers the catastrophic
 * probability (the logarithm of each segment's growth is concave in the leverage and 0 at none). They come
 * from xoshiro128**, keyed by seed and date: with MT19937 an assessment takes twice as long (`bench/forewarner.ts`).
 */
export class MonteCarloForewarner implements Forewarner {
  private readonly seed: number
  private readonly leverageMax: number
  private readonly finals: Float64Array
  /** By day of closing; trades of one day in the order they were observed. */
  private readonly evidence: TradeEvidence[] = []

  constructor(options: MonteCarloOptions = {}) {
    this.seed = options.seed ?? 42
    this.leverageMax = options.leverageMax ?? 6
    this.finals = new Float64Array(options.paths ?? MONTE_CARLO.paths)
  }

  /**
   * Adds a closed trade. `closedOn` is the UTC date of its exit; it may be left out where the trade has an exit time.
   * Trades may come in any order, ahead of the queries too: a query sees only those closed before its date.
   */
  observe(trade: Pick<Trade, 'net' | 'capitalBefore' | 'leverageCeiling' | 'exitTimeMs'>, closedOn?: IsoDate): void {
    assert(closedOn !== undefined || trade.exitTimeMs !== null, 'a trade’s closing day is known')
    const closedDay = closedOn === undefined ? Math.floor(trade.exitTimeMs! / MS_PER_DAY) : epochDay(closedOn)
    const returnOnCapital = trade.net / trade.capitalBefore
    this.insert({ closedDay, returnOnCapital, leverageCeiling: trade.leverageCeiling })
  }

  assess(query: ForewarnerQuery): ForewarnerReport {
    const leverage = Math.min(query.maxLeverage, this.leverageMax)
    assert(leverage >= 0, 'the leverage asked about is a number and not negative')
    const day = epochDay(query.date)
    const evidence = this.evidenceBefore(day)
    if (evidence.length < MONTE_CARLO.evidenceMin) return NO_DATA_REPORT

    const growth = Float64Array.from(evidence, (trade) => growthAt(leverage, trade))
    const design = {
      trades: MONTE_CARLO.tradesPerPath,
      blockLength: MONTE_CARLO.blockLength,
      drawdownLimit: MONTE_CARLO.drawdownLimit,
    }
    const catastrophic = bootstrapPaths(growth, design, new Xoshiro128(this.seed, day), this.finals)
    const tail = percentileInPlace(this.finals, MONTE_CARLO.tailPercentile) - 1
    return {
      catastrophicProbability: catastrophic / this.finals.length,
      envelopeScore: envelopeScoreOf(tail),
      source: 'REAL_MODEL',
    }
  }

  /** The evidence as plain JSON. */
  snapshot(): ForewarnerSnapshot {
    return { evidence: [...this.evidence] }
  }

  static restore(options: MonteCarloOptions, snapshot: ForewarnerSnapshot): MonteCarloForewarner {
    const forewarner = new MonteCarloForewarner(options)
    for (const trade of snapshot.evidence) forewarner.insert(trade)
    return forewarner
  }

  private insert(trade: TradeEvidence): void {
    assert(Number.isFinite(trade.returnOnCapital), 'a trade’s return on capital is finite')
    assert(trade.leverageCeiling > 0, 'a trade was entered under a positive leverage ceiling')
    this.evidence.splice(this.countBefore(trade.closedDay + 1), 0, trade)
  }

  private evidenceBefore(day: number): readonly TradeEvidence[] {
    const end = this.countBefore(day)
    const recent = this.countBefore(day - MONTE_CARLO.evidenceDays)
    return this.evidence.slice(Math.max(recent, end - MONTE_CARLO.evidenceMax), end)
  }

  /** How many trades closed before this day. */
  private countBefore(day: number): number {
    let low = 0
    let high = this.evidence.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.evidence[middle]!.closedDay < day) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The score of a 5 % tail return: 1 at 0 and above, 0 at −15 %, −1 at −30 %, never below −2. */
export function envelopeScoreOf(tailReturn: number): number {
  const score = (tailReturn - MONTE_CARLO.envelopeEdge) / -MONTE_CARLO.envelopeEdge
  return Math.min(Math.max(score, MONTE_CARLO.scoreMin), MONTE_CARLO.scoreMax)
}

function growthAt(leverage: number, trade: TradeEvidence): number {
  return Math.max(0, 1 + (trade.returnOnCapital * leverage) / trade.leverageCeiling)
}
