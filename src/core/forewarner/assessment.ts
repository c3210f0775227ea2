import { epochDay, type IsoDate } from '../../base/utc-date.js'
import type { ForewarnerReport } from '../../ports/forewarner.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import type { DocumentOf } from '../grid/document.js'
import type { FOREWARNER } from '../grid/feature-documents.js'
import { verdictOf } from './gate.js'
import { MONTE_CARLO, MonteCarloForewarner, NO_DATA_REPORT } from './monte-carlo.js'

/** What a forewarner learns from a closed trade, wherever it was written down. */
export type ClosedTrade = Pick<Trade, 'net' | 'capitalBefore' | 'leverageCeiling'> & {
  /** UTC ms. */
  readonly exitTimeMs: number
}

/** What is to be assessed. */
export interface AssessmentRequest {
  readonly date: IsoDate
  /** Leverage that the day would trade with at most, times the capital. */
  readonly maxLeverage: number
  /** Leverage that no day goes beyond. */
  readonly leverageMax: number
  /** Of the draws, an integer. */
  readonly seed: number
  /** In any order; one that is there twice counts once. */
  readonly trades: readonly ClosedTrade[]
}

/** What the trades warn of. */
export interface Assessment {
  readonly report: ForewarnerReport
  /** Closed trades that it rests on. */
  readonly trades: number
}

/** The Monte-Carlo forewarner's word on a date, from closed trades. Pure, 2 ms; the same request gives the same answer. */
export function assessTrades({ date, maxLeverage, leverageMax, seed, trades }: AssessmentRequest): Assessment {
  const forewarner = new MonteCarloForewarner({ seed, leverageMax })
  const day = epochDay(date)
  const evidence = distinct(trades).filter(({ exitTimeMs }) => {
    const closed = Math.floor(exitTimeMs / 86_400_000)
    return closed < day && closed >= day - MONTE_CARLO.evidenceDays
  })
  for (const trade of evidence) forewarner.observe(trade)
  const report = forewarner.assess({ date, maxLeverage })
  return { report, trades: Math.min(evidence.length, MONTE_CARLO.evidenceMax) }
}

/** What stands for an assessment that failed: as careful as one without evidence. Source: system bible §28.6. */
export const ERROR_REPORT: ForewarnerReport = Object.freeze({ ...NO_DATA_REPORT, source: 'FALLBACK_ERROR' })

/** The report as it is published. Its status is the display's, its gate the one that sensors and entries go by. */
export function forewarnerDocument(
  { report, trades }: Assessment,
  { date, maxLeverage, atMs }: Pick<AssessmentRequest, 'date' | 'maxLeverage'> & { readonly atMs: number },
): DocumentOf<typeof FOREWARNER> {
  const { catastrophicProbability, envelopeScore, source } = report
  return {
    status: displayStatus(catastrophicProbability),
    catastrophic_prob: catastrophicProbability,
    envelope_score: envelopeScore,
    source,
    timestamp: new Date(atMs).toISOString(),
    gate: verdictOf(report).status,
    date,
    max_leverage: maxLeverage,
    trades,
  }
}

/** Source: system bible §28.6; the gate's thresholds are others. */
export function displayStatus(catastrophicProbability: number): 'GREEN' | 'ORANGE' | 'RED' {
  if (!(catastrophicProbability < DISPLAY.red)) return 'RED'
  return catastrophicProbability < DISPLAY.orange ? 'GREEN' : 'ORANGE'
}

const DISPLAY = { orange: 0.1, red: 0.3 } as const

function distinct(trades: readonly ClosedTrade[]): ClosedTrade[] {
  const byKey = new Map<string, ClosedTrade>()
  for (const trade of trades) {
    const key = `${trade.exitTimeMs} ${trade.net} ${trade.capitalBefore} ${trade.leverageCeiling}`
    if (!byKey.has(key)) byKey.set(key, trade)
  }
  return [...byKey.values()].sort((one, other) => one.exitTimeMs - other.exitTimeMs)
}
