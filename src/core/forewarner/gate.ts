import type { Forewarner, ForewarnerQuery, ForewarnerReport } from '../../ports/forewarner.js'
import type { ForewarnerStatus } from '../../ports/vocabulary/trades.js'

/** The gate's thresholds. Source: system bible §12; the display's (§28.6) are others on the same report. */
export const FOREWARNER_GATE = Object.freeze({
  catastrophicRed: 0.25,
  catastrophicOrange: 0.1,
  envelopeRed: -1,
  envelopeOrange: 0,
  /** Size multiplier of an ORANGE day. */
  orangeScale: 0.5,
})

/** A day's verdict. RED forbids entries for the whole day, so its scale is 1 and never sizes anything. */
export interface ForewarnerVerdict {
  readonly status: ForewarnerStatus
  /** Multiplies the day's leverage: 0.5 when ORANGE, else 1. */
  readonly scale: number
}

/** The verdict on a report; one that is not finite is RED. Engine semantics, section 3.3. */
export function verdictOf(
  report: Pick<ForewarnerReport, 'catastrophicProbability' | 'envelopeScore'>,
): ForewarnerVerdict {
  return verdictFor(statusOf(report))
}

export function verdictFor(status: ForewarnerStatus): ForewarnerVerdict {
  return { status, scale: status === 'ORANGE' ? FOREWARNER_GATE.orangeScale : 1 }
}

/** Asks for a day's verdict: no forewarner is OK, one that throws is RED. */
export function assessDay(forewarner: Forewarner | undefined, query: ForewarnerQuery): ForewarnerVerdict {
  if (forewarner === undefined) return verdictFor('OK')
  try {
    return verdictOf(forewarner.assess(query))
  } catch {
    return verdictFor('RED')
  }
}

function statusOf({
  catastrophicProbability: catastrophic,
  envelopeScore: envelope,
}: {
  readonly catastrophicProbability: number
  readonly envelopeScore: number
}): ForewarnerStatus {
  if (!Number.isFinite(catastrophic) || !Number.isFinite(envelope)) return 'RED'
  if (catastrophic > FOREWARNER_GATE.catastrophicRed || envelope < FOREWARNER_GATE.envelopeRed) return 'RED'
  if (envelope < FOREWARNER_GATE.envelopeOrange || catastrophic > FOREWARNER_GATE.catastrophicOrange) return 'ORANGE'
  return 'OK'
}
