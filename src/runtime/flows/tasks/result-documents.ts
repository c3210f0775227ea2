import type { Posture } from '../../../ports/vocabulary/market.js'
import type { TaskOutputs } from './task-outputs.js'

/** A day as it is written down; one on which nothing was run, since the posture forbade it, has lost and gained nothing. */
export function writtenDay({
  before,
  ran,
  posture,
}: {
  readonly before: number
  readonly ran: TaskOutputs['run_day'] | undefined
  readonly posture: Posture | undefined
}) {
  const { capital, pnl, trades, boost, beta, forewarner, closed, bars } = ran ?? { ...NOTHING, capital: before }
  const result = {
    ...{ pnl, capital, trades, boost, beta, mc_status: forewarner, bars },
    ...(posture === undefined ? {} : { posture }),
    closed_trades: closed.slice(-EVIDENCE_MAX).map((trade) => ({
      exit_time_ms: trade.exitTimeMs,
      net: trade.net,
      capital_before: trade.capitalBefore,
      leverage_ceiling: trade.leverageCeiling,
    })),
  }
  return { capital, pnl, trades, posture, result }
}

/** Closed trades in the result of a day. */
const EVIDENCE_MAX = 10_000

const NOTHING: Omit<TaskOutputs['run_day'], 'capital'> = {
  ...{ pnl: 0, trades: 0, bars: 0, boost: 1, beta: 0, forewarner: 'OK', closed: [] },
}
