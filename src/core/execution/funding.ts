import { type DecimalText, exact } from '../../base/exact.js'
import type { VenueEvent, VenueSnapshot } from '../../ports/venue.js'
import type { ExecutionDesk } from './execution-desk.js'
import { positionIdOf } from './fills.js'

/** Counts a funding once; one that a truth has counted already is late. */
export function onFunding(desk: ExecutionDesk, event: Extract<VenueEvent, { readonly kind: 'funding' }>): void {
  const { funding, fundings } = desk.state
  const { fundingId, symbol, amountUsd, timestampMs } = event
  if (fundings.includes(fundingId) || timestampMs < (funding?.throughMs ?? 0)) return
  const settledAtMs = Math.floor(timestampMs)
  const reports = reportOf(desk, { fundingId, symbol, amountUsd, settledAtMs })
  desk.record({ type: 'funding', fundingId, amountUsd, settledAtMs, reports })
}

/**
 * The venue's own sum tells what was settled while nobody listened. Compared with what was counted so far, so that
 * counting one too often or too little is put right by the next truth.
 */
export function settleFunding(desk: ExecutionDesk, symbol: string, { atMs, account }: VenueSnapshot): void {
  const { funding, entry } = desk.state
  const venueAtMs = Math.floor(atMs)
  const { fundingUsd } = account
  if (funding === null) {
    desk.record({ type: 'fundingTruth', fundingUsd, venueAtMs })
    return
  }
  const missed = exact(fundingUsd).minus(exact(funding.usd))
  if (missed.isZero() || venueAtMs < funding.lastMs) return
  const of = { fundingId: MISSED, symbol: entry?.instrument.symbol ?? symbol, settledAtMs: venueAtMs }
  const reports = reportOf(desk, { ...of, amountUsd: missed.toFixed() })
  desk.record({ type: 'fundingTruth', fundingUsd, venueAtMs, reports })
}

function reportOf(
  desk: ExecutionDesk,
  funding: {
    readonly fundingId: number
    readonly symbol: string
    readonly amountUsd: DecimalText
    readonly settledAtMs: number
  },
) {
  const { state } = desk
  const reportNumber = state.reportsIssued + 1
  const body = { reportNumber, positionId: positionIdOf(state, funding.symbol), ...funding }
  return [{ type: 'FUNDING_REPORT', body }] as const
}

/** Stands for whatever fundings were missed. */
const MISSED = 0
